// The tarball: what is in it, and what the tools say that look at packages.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { pack, PKG, runProgram } from "./tarball.mjs";

let folder;
let tarball;
let manifest;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "cablink-npm-"));
  tarball = await pack(folder);
  manifest = JSON.parse(await readFile(join(PKG, "package.json"), "utf8"));
});
after(() => rm(folder, { recursive: true, force: true }));

test("the tarball has what the manifest names, and nothing else", () => {
  assert.deepEqual(tarball.files, [...manifest.files, "package.json"].sort());
});

test("what is exported, and what that loads, is in the tarball", async () => {
  const named = Object.values(manifest.exports).flatMap((entry) => (typeof entry === "string" ? [entry] : Object.values(entry)));
  assert.ok(named.length >= 5);
  const script = await readFile(join(PKG, "cablink.js"), "utf8");
  const lists = await readFile(join(PKG, "cablink_lists.js"), "utf8");
  // As bundlers look for them.
  const loaded = [...`${script}${lists}`.matchAll(/new URL\("([^"]+)",import\.meta\.url\)|import\("([^"]+)"\)/g)].map(([, url, path]) => url ?? path);
  assert.deepEqual(loaded.sort(), ["./cablink_lists.js", "cablink_bg.wasm", "cablink_lists_bg.wasm"]);
  for (const path of [...named, ...loaded]) assert.ok(tarball.files.includes(path.replace("./", "")), path);
});

test("no file names a machine", async () => {
  for (const file of tarball.files) {
    const text = await readFile(join(PKG, file), "latin1");
    assert.doesNotMatch(text, /\/(?:home|Users)\/[a-z]/, file);
  }
});

test("publint has nothing to say", async () => {
  const { stdout } = await runProgram("publint", [tarball.path, "--strict"]);
  assert.match(stdout, /All good!/);
});

test("attw finds the types of every entry", async () => {
  // ES modules only, as .attw.json says. JSON: the table would have to be read by eye.
  const { stdout } = await runProgram("@arethetypeswrong/cli", [tarball.path, "--format", "json", "--config-path", ".attw.json"], { program: "attw" });
  // It ends badly when it finds a problem; here only that it looked at everything.
  const { analysis } = JSON.parse(stdout);
  assert.deepEqual(Object.keys(analysis.entrypoints).sort(), Object.keys(manifest.exports).sort());
});
