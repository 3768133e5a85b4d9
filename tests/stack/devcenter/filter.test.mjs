import assert from "node:assert/strict";
import { test } from "node:test";

import { parseFilter } from "./filter.mjs";

const FIELDS = ["market", "deviceType", "date", "oemName"];
const ROW = { market: "US", deviceType: "PC", date: "2017-03-14 23:51:11", oemName: "O'Neil" };

const matching = [
  ["market eq 'US'", true],
  ["market eq 'us'", false],
  ["market ne 'US'", false],
  ["market EQ 'US' AND deviceType eq 'PC'", true],
  ["market eq 'DE' and deviceType eq 'PC'", false],
  ["market eq 'US' or market eq 'DE' and deviceType eq 'Phone'", true],
  ["(market eq 'US' or market eq 'DE') and deviceType eq 'Phone'", false],
  ["oemName eq 'O''Neil'", true],
  ["date eq '2017-03-14'", true],
  ["date eq '3/14/2017'", true],
  ["date ne '2017-03-15'", true],
  ["date eq '2017-03-14 23:51:11'", true],
  ["market eq US", true],
  ["  market   eq   'US'  ", true],
];
for (const [text, expected] of matching) {
  test(`filter ${text}`, () => {
    const { matches, problem } = parseFilter(text, FIELDS);
    assert.equal(problem, undefined);
    assert.equal(matches(ROW), expected);
  });
}

const wrong = ["", "market", "market eq", "market gt 'US'", "seller eq 'x'", "market eq 'US", "market eq 'US' and", "market eq 'US' market eq 'US'", "(market eq 'US'", ")", "'market' eq 'US'"];
for (const text of wrong) {
  test(`refused filter: ${text || "(empty)"}`, () => {
    assert.match(parseFilter(text, FIELDS).problem, /^filter parameter /);
  });
}
