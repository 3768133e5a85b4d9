// Runs the tests of what the measurements are made with: node tests/bench/run.mjs

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runFiles } from "../run-files.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

const names = (await readdir(HERE)).filter((name) => name.endsWith(".test.mjs")).sort();
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted.abort());
const problems = await runFiles(names.map((name) => join(HERE, name)), { signal: interrupted.signal });
if (problems.length > 0) process.stderr.write(`${problems.join(" ")}\n`);
process.exit(problems.length > 0 ? 1 : 0);
