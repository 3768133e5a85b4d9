// Certificates of an authority that nobody trusts but a test, made by openssl, which is on every Linux that nginx is tried on.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * @param {string} folder where the files go
 * @param {string} name of the authority's files
 * @returns {Promise<{ca: string, issue: (host: string, file?: string) => Promise<{cert: string, key: string}>}>} paths
 */
export async function makeAuthority(folder, name = "authority") {
  const at = (file) => join(folder, file);
  async function make(file, subject, words) {
    const [cert, key] = [at(`${file}.crt`), at(`${file}.key`)];
    const fresh = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    await run("openssl", ["req", ...fresh, "-subj", `/CN=${subject}`, "-keyout", key, "-out", cert, ...words]);
    return { cert, key };
  }
  const authority = await make(name, `A test's ${name}`, []);
  return {
    ca: authority.cert,
    issue: (host, file = host) =>
      make(file, host, ["-addext", `subjectAltName=DNS:${host}`, "-addext", "basicConstraints=critical,CA:FALSE", "-CA", authority.cert, "-CAkey", authority.key]),
  };
}
