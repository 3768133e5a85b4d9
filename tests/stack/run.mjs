// Runs the tests of the surroundings: node tests/stack/run.mjs [part of a path...] [--name=<part of a test's name>]

import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runAndExit } from "../run-files.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

const words = process.argv.slice(2);
const pattern = words.find((word) => word.startsWith("--name="))?.slice("--name=".length);
const parts = words.filter((word) => !word.startsWith("--"));

const paths = (await readdir(HERE, { recursive: true })).map((path) => path.replaceAll("\\", "/"));
const files = paths
  .filter((path) => path.endsWith(".test.mjs") && (parts.length === 0 || parts.some((part) => path.includes(part))))
  .sort()
  .map((path) => join(HERE, path));
if (files.length === 0) {
  process.stderr.write(`No test file has ${parts.join(" or ")} in its path.\n`);
  process.exit(1);
}

// Each file has a stack of its own on any free ports.
await runAndExit(files, { pattern, atOnce: Math.min(files.length, availableParallelism()) });
