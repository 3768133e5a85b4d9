// A site that an example of examples/ was built for: the example's own files, its settings, and a relay.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { pack, unpack } from "../npm/tarball.mjs";
import { openPort } from "../stack/ports.mjs";
import { pageConfig } from "../stack/portal/config.mjs";
import { load, pathInside } from "../stack/portal/files.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { control, urls } from "./surroundings.mjs";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Inside the repository, so that npm's packages are found in the node_modules of its root; nothing is fetched. */
const BUILT = join(ROOT, "target", "examples");

/** @returns {Promise<string>} the tarball's path */
export async function packForExamples() {
  return (await pack(join(BUILT, "tarball"))).path;
}

/**
 * Copies an example as a newcomer would, with the package from the tarball, and builds it.
 *
 * @param {string} name a folder of examples/
 * @param {string} tarball
 * @returns {Promise<string>} the folder
 */
export async function prepareExample(name, tarball) {
  const folder = join(BUILT, name);
  const stamp = `${folder}.stamp`;
  const madeFrom = await digestOf(join(ROOT, "examples", name), tarball, join(ROOT, "package-lock.json"));
  // The next browser takes what was built for the one before.
  if ((await readFile(stamp, "utf8").catch(() => "")) === madeFrom) return folder;
  await rm(stamp, { force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(join(ROOT, "examples", name), folder, { recursive: true });
  await unpack(tarball, join(folder, "node_modules", "cablink"));
  await mkdir(join(folder, "node_modules", "@azure"));
  // A junction, on Windows, needs no rights.
  await symlink(join(ROOT, "node_modules", "@azure", "msal-browser"), join(folder, "node_modules", "@azure", "msal-browser"), "junction");
  // The runner's own settings are no newcomer's.
  const { NODE_ENV: _env, NODE_OPTIONS: _options, ...env } = process.env;
  await run("npm", ["run", "build"], { cwd: folder, env, shell: process.platform === "win32" });
  await writeFile(stamp, madeFrom);
  return folder;
}

/** Of all these files, and of those in these folders. */
async function digestOf(...paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const names = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true }) : [""];
    for (const name of names.sort()) {
      const file = join(path, name);
      if ((await stat(file)).isFile()) hash.update(`${name}\0`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

/**
 * Serves it as a portal would be, with the strict policy, on an origin of its own. The relay is the portal's.
 *
 * @param {string} folder
 * @param {{changePolicy?: (policy: string) => Promise<string>}} [options]
 * @returns {Promise<{origin: string, failNext: (path: RegExp) => void, close: () => Promise<void>}>} `failNext`: the next
 *   request for such a file is answered as if it was not there
 */
export async function serveExample(folder, { changePolicy = async (policy) => policy } = {}) {
  const site = await openPort("example", 0);
  const policy = await changePolicy(portalPolicy(urls));
  let failing;

  async function answer(request, response) {
    const [path] = request.url.split("?", 1);
    if (path.startsWith("/devcenter/")) return pass(request, response);
    if (failing?.test(path)) {
      failing = undefined;
      return response.writeHead(404).end();
    }
    const name = path === "/" ? "index.html" : path.slice(1);
    const found = path === "/config.json" ? { type: "application/json", body: JSON.stringify(pageConfig(urls)) } : await load(pathInside(folder, name));
    response.writeHead(found ? 200 : 404, {
      "content-type": found?.type ?? "text/plain",
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
    });
    response.end(found?.body ?? "There is no such file.\n");
  }

  site.use((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  return { ...site, failNext: (pattern) => (failing = pattern) };
}

/** Lets pages of the site sign in, until the stack is reset. */
export function allowSignIn(...sites) {
  return control.set({ moreOrigins: sites.map(({ origin }) => origin) });
}

async function pass(request, response) {
  const { method, headers } = request;
  const upstream = http.request(new URL(request.url, urls.portal), { method, headers: { ...headers, host: new URL(urls.portal).host }, agent: false });
  response.once("close", () => upstream.destroy());
  upstream.end();
  const reply = await new Promise((resolve, reject) => upstream.once("response", resolve).once("error", reject));
  response.writeHead(reply.statusCode, reply.headers);
  await pipeline(reply, response);
}
