// Runs the tests of the npm package: node tests/npm/run.mjs [part of a file's name...] [--name=<part of a test's name>]
// With --accept, what is different from the contract in tests/npm/contract is written there instead of failing.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runAndExit } from "../run-files.mjs";
import { ACCEPT_VARIABLE } from "./snapshot.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

const words = process.argv.slice(2);
const pattern = words.find((word) => word.startsWith("--name="))?.slice("--name=".length);
const parts = words.filter((word) => !word.startsWith("--"));
if (words.includes("--accept")) process.env[ACCEPT_VARIABLE] = "yes";

const names = (await readdir(HERE)).filter((name) => name.endsWith(".test.mjs")).sort();
const files = names.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part))).map((name) => join(HERE, name));
if (files.length === 0) {
  process.stderr.write(`No test file has ${parts.join(" or ")} in its name; there are ${names.join(", ")}.\n`);
  process.exit(1);
}

await runAndExit(files, { pattern });
