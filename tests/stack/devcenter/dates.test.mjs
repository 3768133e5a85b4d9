import assert from "node:assert/strict";
import { test } from "node:test";

import { bucketOf, daysBefore, parseDay, slashed } from "./dates.mjs";

const days = [
  ["1/1/2015", "2015-01-01"],
  ["8/31/2015", "2015-08-31"],
  ["04/28/2018", "2018-04-28"],
  ["2016-11-05", "2016-11-05"],
  ["2017/03/01", "2017-03-01"],
  ["2016-02-29", "2016-02-29"],
  ["2017-02-29", undefined],
  ["13/1/2017", undefined],
  ["2017-3-1", undefined],
  ["today", undefined],
  ["", undefined],
];
for (const [text, day] of days) test(`day ${text || "(empty)"}`, () => assert.equal(parseDay(text), day));

test("buckets begin on the day, on Sunday, on the first", () => {
  assert.equal(bucketOf("2017-03-01", "day"), "2017-03-01");
  assert.equal(bucketOf("2017-03-01", "week"), "2017-02-26");
  assert.equal(bucketOf("2017-02-26", "week"), "2017-02-26");
  assert.equal(bucketOf("2017-03-31", "month"), "2017-03-01");
});

test("days before cross months and leap days; next links use slashes", () => {
  assert.equal(daysBefore("2016-03-01", 1), "2016-02-29");
  assert.equal(slashed("2016-03-01"), "2016/03/01");
});
