// What can be no id is refused before anything leaves the page; what may be one is downloaded.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { requestsOfPages } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

/** As source text, since not every one of them survives the way to the browser. */
const BAD = {
  "nothing at all": "",
  "an empty text": '""',
  "a blank": '" "',
  "5,000 characters": '"a".repeat(5000)',
  "129 characters": '"a".repeat(129)',
  "a second parameter": '"a&b=c"',
  "a path upwards": '"../x"',
  "a line feed": '"\\n"',
  "a line feed after an id": '"c1a51104\\n"',
  "a blank around an id": '" c1a51104 "',
  "a lone surrogate": '"\\ud800"',
  "a lone surrogate inside": '"a\\udc00b"',
  "a number": "12345",
  "null": "null",
  "a symbol": "Symbol('c1a51104')",
  "an object without an id": "{}",
  "an object with a bad id": '{ cabIdHash: "../x" }',
  "an object with a bad method": '{ cabIdHash: "c1a51104", method: "../ihvdriver" }',
  "a percent sign": '"%2e%2e"',
  "a slash": '"a/b"',
  "a question mark": '"a?b"',
};

test("bad ids are refused, and no request leaves", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.clearRequests();
  const codes = {};
  for (const [what, source] of Object.entries(BAD)) {
    const { result, error } = await browser.run(`return window.host.download(${source})`);
    codes[what] = result ? "resolved" : [error.name, error.code];
  }
  assert.deepEqual(codes, Object.fromEntries(Object.keys(BAD).map((what) => [what, ["CabLinkError", "invalid_cab_id"]])));
  assert.deepEqual(await requestsOfPages(), []);
  assert.deepEqual(await portal.states(), []);
  assert.deepEqual(await browser.run(() => window.host.wanted), []);
});

test("an id that is no UUID downloads", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  assert.equal(CABS.unusualId, "012345-5dbc9-b12f-c124-9d9810f05d8b");
  const { result } = await portal.host("download", CABS.unusualId);
  assert.deepEqual(result, { cabIdHash: CABS.unusualId, via: "worker", attempts: 1 });
  await assertSaved(browser, CABS.unusualId);
});
