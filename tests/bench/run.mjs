// Runs the tests of what the measurements are made with: node tests/bench/run.mjs

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runAndExit } from "../run-files.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

const names = (await readdir(HERE)).filter((name) => name.endsWith(".test.mjs")).sort();
await runAndExit(names.map((name) => join(HERE, name)));
