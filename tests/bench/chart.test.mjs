import assert from "node:assert/strict";
import { test } from "node:test";

import { chart } from "./chart.mjs";

const value = (median) => ({ median, min: median / 2, max: median * 2, count: 3 });
const METHODS = ["link", "hand-off", "blob", "streamsaver", "follow and abort"];

test("a chart has a bar for each method and figure, within its width, and for both themes", () => {
  const methods = METHODS.map((method, index) => ({ method, complete: value(1000 * (index + 1)), cpu: value(index + 1), memory: value(1 << (20 + index)) }));
  const svg = chart(methods, "256 MiB");
  const bars = [...svg.matchAll(/class="bar[^"]*" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)];
  assert.equal(bars.length, METHODS.length * 3);
  for (const [, x, width] of bars) assert.ok(Number(x) + Number(width) < 880, `${x} ${width}`);
  assert.equal(svg.match(/class="bar mine"/g).length, 3);
  assert.match(svg, /prefers-color-scheme: dark/);
});

test("what was not measured is said so", () => {
  const svg = chart([{ method: "link", complete: value(1), cpu: null, memory: null }], "256 MiB");
  assert.equal(svg.match(/not measured here/g).length, 2);
});
