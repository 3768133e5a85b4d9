import assert from "node:assert/strict";
import { test } from "node:test";

import { median, ratio, summary } from "./statistics.mjs";

test("the median is the middle, or between the two in the middle", () => {
  assert.equal(median([3]), 3);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("a summary leaves out what was not measured", () => {
  assert.deepEqual(summary([2, NaN, undefined, 1]), { median: 1.5, min: 1, max: 2, count: 2 });
  assert.equal(summary([NaN]), null);
  assert.equal(summary([]), null);
});

test("ten pairs: the interval lies between the second and the ninth ratio, as in tables of the sign test", () => {
  const found = ratio(Array.from({ length: 10 }, (_, index) => [index + 1, 1]));
  assert.deepEqual([found.median, found.low, found.high, found.count], [5.5, 2, 9, 10]);
  assert.ok(Math.abs(found.confidence - 0.9785) < 0.001, String(found.confidence));
});

test("few pairs: the interval is the whole range and says how sure it is", () => {
  const found = ratio([[1, 1], [2, 1], [3, 1]]);
  assert.deepEqual([found.low, found.high, found.confidence], [1, 3, 0.75]);
  assert.equal(ratio([[1, 1]]).confidence, 0);
});

test("pairs without a measure to compare with do not count", () => {
  assert.equal(ratio([[1, 0], [1, undefined]]), null);
  assert.equal(ratio([[1, 0], [4, 2]]).median, 2);
});
