import assert from "node:assert/strict";

import { recordOf } from "./surroundings.mjs";

/** The download folder holds exactly these CABs, each equal to its blob; their names are storage's choice. */
export async function assertSaved(browser, ...ids) {
  const records = await Promise.all(ids.map(recordOf));
  const files = await browser.downloads.finished(ids.length, { bytes: records.reduce((sum, { bytes }) => sum + bytes, 0) });
  const facts = (each) => `${each.bytes} bytes, SHA-256 ${each.sha256}`;
  assert.deepEqual(files.map(facts).sort(), records.map(facts).sort());
}

/** States that a first try which goes well passes through. */
export const GOOD_STATES = ["authorizing", "requesting", "handed-off", "downloading"];

export const names = (states) => states.map(({ state }) => state);
