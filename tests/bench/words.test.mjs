import assert from "node:assert/strict";
import { test } from "node:test";

import { SECTIONS, read } from "./words.mjs";

test("without words everything is measured", () => {
  const { sections, quick, browserName, sizes } = read([]);
  assert.deepEqual([sections, quick, browserName, sizes], [SECTIONS, false, "chromium", ["64K", "16M", "256M"]]);
});

test("sections and flags", () => {
  const wanted = read(["latency", "--firefox", "--pairs", "3", "--sizes", "64K,1G", "downloads"]);
  assert.deepEqual(wanted.sections, ["latency", "downloads"]);
  assert.deepEqual([wanted.browserName, wanted.pairs, wanted.sizes], ["firefox", 3, ["64K", "1G"]]);
});

for (const words of [["speed"], ["--pairs"], ["--pairs", "0"], ["--pairs", "two"], ["--sizes"], ["--sizes", "64K,2M"], ["--quick", "--write"], ["--firefox", "--write"]]) {
  test(`refused: ${words.join(" ")}`, () => assert.throws(() => read(words)));
}
