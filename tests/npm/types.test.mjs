// Pages in TypeScript, under strict settings, against the package's types.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { runProgram } from "./tarball.mjs";

test("what a page, a framework and MSAL make of the types is what they say", async () => {
  // Fails with the compiler's own words.
  const { stdout } = await runProgram("typescript", ["--project", fileURLToPath(new URL("types/tsconfig.json", import.meta.url)), "--listFiles"], { program: "tsc" });
  for (const file of ["pkg/cablink.d.ts", "pkg/doctor.d.ts", "pkg/elements.d.ts", "types/page.ts", "types/elements.tsx"]) {
    assert.ok(stdout.replaceAll("\\", "/").includes(file), file);
  }
});

test("the lines for React name types that there are", async () => {
  const [page, types] = await Promise.all(["../../docs/ELEMENTS.md", "../../src/elements.d.ts"].map((path) => readFile(new URL(path, import.meta.url), "utf8")));
  const [, names] = /import type \{ ([^}]+) \} from "cablink\/elements\.js";/.exec(page);
  for (const name of names.split(", ")) assert.match(types, new RegExp(`export (?:class|interface) ${name} `));
});
