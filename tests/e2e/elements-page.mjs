// The tests' own page for the elements (pages/elements.html).

import assert from "node:assert/strict";

import { until } from "./until.mjs";

export const PAGE = "/elements.html";

/** Opens the page anew, with the elements defined; `start` starts cablink, too. */
export async function openElements({ browser, portal }, { start = true } = {}) {
  await portal.ready(PAGE);
  await until("the page's own script", () => browser.run(() => Boolean(window.elements && window.host)));
  assert.equal(await browser.run(() => window.elements.load()), null);
  if (start) assert.equal(await portal.host("start"), null);
}
