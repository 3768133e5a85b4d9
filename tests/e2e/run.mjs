// Runs the end-to-end tests; README.md beside this file explains how. Starts the stack once, then every test file in
// every browser, one after the other: the stack's settings are for one test at a time.

import { rmSync } from "node:fs";
import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { runFiles } from "../run-files.mjs";
import { ANY_PORTS, PortTakenError } from "../stack/ports.mjs";
import { startStack } from "../stack/stack.mjs";
import { CabFilesMissingError } from "../stack/storage/cab-files.mjs";
import { BROWSER_VARIABLE, STACK_VARIABLE } from "./surroundings-variables.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BROWSERS = ["chromium", "firefox", "webkit"];

const words = process.argv.slice(2);
const anyPorts = words.includes("--any-ports");
const pattern = words.find((word) => word.startsWith("--name="))?.slice("--name=".length);
const plain = words.filter((word) => !word.startsWith("--"));
const wanted = BROWSERS.filter((browser) => plain.includes(browser));
const parts = plain.filter((word) => !BROWSERS.includes(word));

/** nginx is set up on Linux only. */
const NGINX_FILE = "nginx.test.mjs";
const isLeftOut = (name) => name === NGINX_FILE && process.platform !== "linux";

const names = (await readdir(HERE)).filter((name) => name.endsWith(".test.mjs") && !isLeftOut(name)).sort();
const files = names
  .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
  .map((name) => join(HERE, name));
if (files.length === 0) giveUp(`No test file has ${parts.join(" or ")} in its name; there are ${names.join(", ")}.`);

if (isLeftOut(NGINX_FILE)) process.stdout.write("nginx is left out: it is tried on Linux only.\n");

/** What to run, by browser. */
const plan = new Map();
for (const browser of wanted.length > 0 ? wanted : BROWSERS) {
  const left = browser === "webkit" ? await whyNotInWebKit() : undefined;
  if (!left) plan.set(browser, browser === "webkit" ? await filesForWebKit() : files);
  else if (wanted.length > 0) giveUp(`webkit cannot run: ${left}`);
  else process.stdout.write(`webkit is left out: ${left}\n`);
}

const folder = await mkdtemp(join(tmpdir(), "cablink-e2e-www-"));
const folders = [folder];
const interrupted = new AbortController();
let stack;
let ending;

function end() {
  ending ??= (async () => {
    await stack?.close();
    for (const each of folders) await rm(each, { recursive: true, force: true });
  })();
  return ending;
}

// Node's runner ends this process on a signal, too, and may be first.
process.once("exit", () => {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    // Ends the test file that runs, and with it its browser.
    interrupted.abort();
    await end();
    process.exit(1);
  });
}

try {
  // The portal as it is, and beside it a page of these tests' own.
  await cp(join(ROOT, "www"), folder, { recursive: true });
  await cp(join(HERE, "pages"), folder, { recursive: true });
  const options = { www: folder };
  if (anyPorts) {
    options.ports = ANY_PORTS;
    options.dataFolder = await mkdtemp(join(tmpdir(), "cablink-e2e-data-"));
    folders.push(options.dataFolder);
  }
  stack = await startStack(options);
} catch (error) {
  await end();
  const expected = error instanceof PortTakenError || error instanceof CabFilesMissingError;
  process.stderr.write(`${expected ? error.message : error.stack}\n`);
  process.exit(1);
}

process.env[STACK_VARIABLE] = JSON.stringify({ ...stack.urls, strangerPort: anyPorts ? 0 : 4406 });
const failed = [];
for (const [browser, chosen] of plan) {
  process.env[BROWSER_VARIABLE] = browser;
  process.stdout.write(`\n${browser}: ${chosen.map((file) => basename(file, ".test.mjs")).join(", ")}\n`);
  const problems = await runFiles(chosen, { pattern, signal: interrupted.signal });
  if (problems.length > 0) failed.push(`${browser}: ${problems.join(" ")}`);
}
await end();
if (failed.length > 0) process.stderr.write(`${failed.join("\n")}\n`);
process.exit(failed.length > 0 ? 1 : 0);

/** The files that say so themselves, see story.mjs. */
async function filesForWebKit() {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return files.filter((_, at) => texts[at].includes("testEverywhere("));
}

/** @returns {Promise<string | undefined>} the reason, as a sentence */
async function whyNotInWebKit() {
  if (process.platform !== "linux") return "its driver, that of WebKitGTK, exists on Linux only.";
  if ((await filesForWebKit()).length === 0) return "none of these files has a test for it.";
  // Most tests are for the other two, so that none of that name may be left.
  if (pattern && wanted.length === 0) return "with --name it runs only when it is named, too.";
  return undefined;
}

function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
