// A lane of the end-to-end tests, started by run.mjs: a stack of its own, on any free ports, and in it one test file after
// the other as run.mjs hands them out. The stack's settings are for one test at a time.

import { rmSync } from "node:fs";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runFile } from "../run-files.mjs";
import { ANY_PORTS } from "../stack/ports.mjs";
import { startStack } from "../stack/stack.mjs";
import { CabFilesMissingError } from "../stack/storage/cab-files.mjs";
import { BROWSER_VARIABLE, STACK_VARIABLE } from "./surroundings-variables.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GONE = { recursive: true, force: true };

const folders = [];
const interrupted = new AbortController();
let stack;
let running;
let ending;

/** Leaves nothing behind: no test, no browser, no server, no folder. */
function end(code) {
  ending ??= (async () => {
    // Ends the test file that runs, and with it its browser.
    interrupted.abort();
    await running?.catch(() => {});
    await stack?.close();
    for (const folder of folders) await rm(folder, GONE);
    process.exit(code);
  })();
  return ending;
}

// Node's runner ends this process on a signal, too, and may be first.
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, GONE);
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => end(1));
// However run.mjs ends, this ends as well.
process.once("disconnect", () => end(0));

process.on("message", (work) => {
  running = runOne(work);
});

/** @param {{browser: string, file: string, pattern?: string}} work `file`: its name */
async function runOne({ browser, file, pattern }) {
  process.env[BROWSER_VARIABLE] = browser;
  const write = (text) => tell({ text });
  const sum = await runFile(join(HERE, file), { pattern, signal: interrupted.signal, write });
  tell({ sum });
}

function tell(message) {
  if (process.connected && !ending) process.send(message);
}

async function newFolder(name) {
  const folder = await mkdtemp(join(tmpdir(), `cablink-e2e-${name}-`));
  folders.push(folder);
  return folder;
}

try {
  // The portal as it is, and beside it pages of these tests' own.
  const www = await newFolder("www");
  await cp(join(ROOT, "www"), www, { recursive: true });
  await cp(join(HERE, "pages"), www, { recursive: true });
  stack = await startStack({ www, ports: ANY_PORTS, dataFolder: await newFolder("data") });
  process.env[STACK_VARIABLE] = JSON.stringify(stack.urls);
  tell({ ready: true });
} catch (error) {
  tell({ problem: error instanceof CabFilesMissingError ? error.message : error.stack });
  await end(1);
}
