import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";

import { LONG, inOrder, lanesFor, takeNext } from "../e2e/schedule.mjs";

const file = (name) => `${name}.test.mjs`;
const [longest, second] = LONG;
const PLAN = new Map([
  ["chromium", ["abuse", "away", second, longest].map(file)],
  ["firefox", ["abuse", "away", second, longest].map(file)],
  ["webkit", ["away"].map(file)],
]);
const said = ({ browser, file: name }) => `${browser} ${name.replace(".test.mjs", "")}`;

test("long files start first, and of the others no browser is left for the end", () => {
  assert.deepEqual(inOrder(PLAN).map(said), [
    `chromium ${longest}`,
    `firefox ${longest}`,
    `chromium ${second}`,
    `firefox ${second}`,
    "chromium abuse",
    "firefox abuse",
    "webkit away",
    "chromium away",
    "firefox away",
  ]);
});

test("every file that is called long exists", async () => {
  const names = await readdir(new URL("../e2e/", import.meta.url));
  assert.deepEqual(LONG.map(file).filter((name) => !names.includes(name)), []);
});

test("everything runs once, and no file in two browsers at once", () => {
  const waiting = inOrder(PLAN);
  const all = waiting.map(said).sort();
  const running = [];
  const ran = [];
  while (waiting.length > 0 || running.length > 0) {
    for (let work = takeNext(waiting, running); work; work = takeNext(waiting, running)) running.push(work);
    const names = running.map((work) => work.file);
    assert.equal(new Set(names).size, names.length, `${names} run at once`);
    assert.ok(names.length > 0, "nothing runs, though something waits");
    ran.push(said(running.shift()));
  }
  assert.deepEqual(ran.sort(), all);
});

test("as many lanes as the machine's cores and memory take, but one at least", () => {
  const GIB = 2 ** 30;
  assert.equal(lanesFor(2, 16 * GIB), 3);
  assert.equal(lanesFor(8, 64 * GIB), 9);
  assert.equal(lanesFor(16, 8 * GIB), 5);
  assert.equal(lanesFor(4, 1 * GIB), 1);
});
