import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { ControlClient } from "../stack/control-client.mjs";
import { SignIn } from "../stack/identity/sign-in.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What the peers' pages load, by where a portal would serve it. */
const PEERS = {
  "file-saver.js": "file-saver/dist/FileSaver.min.js",
  "streamsaver/StreamSaver.js": "streamsaver/StreamSaver.js",
  "streamsaver/mitm.html": "streamsaver/mitm.html",
  "streamsaver/sw.js": "streamsaver/sw.js",
};

const GONE = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };

/**
 * The stack on free ports, serving the pages of this folder beside those of the end-to-end tests, with somebody signed
 * in.
 *
 * @param {{cabFolder?: string, catalog?: object}} [options] as for `startStack`
 */
export async function startServers(options = {}) {
  const folder = await mkdtemp(join(tmpdir(), "cablink-bench-"));
  process.once("exit", () => rmSync(folder, GONE));
  const www = join(folder, "www");
  await cp(join(ROOT, "www"), www, { recursive: true });
  await cp(join(ROOT, "tests", "e2e", "pages"), www, { recursive: true });
  await cp(join(ROOT, "tests", "bench", "pages"), join(www, "bench"), { recursive: true });
  for (const [to, from] of Object.entries(PEERS)) await cp(join(ROOT, "node_modules", from), join(www, "bench", to));

  const child = fork(fileURLToPath(new URL("servers-process.mjs", import.meta.url)));
  const end = () => child.kill("SIGTERM");
  process.once("exit", end);
  const close = async () => {
    process.removeListener("exit", end);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.connected) child.disconnect();
    if (child.exitCode === null && child.signalCode === null) await ended;
    await rm(folder, GONE);
  };
  try {
    const answer = await new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", () => reject(new Error("The servers ended while they were starting.")));
      child.send({ ...options, www, dataFolder: join(folder, "azurite") });
    });
    if (answer.problem) throw new Error(answer.problem);
    const { urls } = answer;
    const control = new ControlClient(urls.control);
    const { access_token: token } = await new SignIn(urls).as("alice");
    return { urls, control, token, pid: child.pid, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A new SAS address for a CAB, as the endpoint gives it. */
export async function sasAddress({ urls, token }, cabIdHash) {
  const answer = await fetch(`${urls.devcenter}/v1.0/my/analytics/ihvdriver/cabdownload?cabIdHash=${cabIdHash}`, {
    headers: { authorization: `Bearer ${token}` },
    redirect: "manual",
  });
  const address = answer.headers.get("location");
  if (!address) throw new Error(`The endpoint answered ${answer.status} for ${cabIdHash}.`);
  return address;
}
