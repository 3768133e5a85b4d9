// Options of `start` that cannot be right.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { requestsOfPages } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

/** As source text: not every value survives the way to the browser. */
const BAD = {
  getToken: ["undefined", "null", "'token'", "{}"],
  endpoint: ["7", "'ftp://a.example/'", "'http://a.example/'", "'https://u:p@a.example/'", "'/x?y=z'", "'javascript:alert(1)'", "'data:,x'", "'https://'"],
  worker: ["7", "'https://elsewhere.example/worker.js'", "'javascript:alert(1)'", "'data:text/javascript,'"],
  storage: ["'https://a.example'", "[]", "[7]", "['*']", "['https://*']", "['http://a.example']", "['https://a.example/path']", "[\"https://a.example; script-src *\"]"],
  scopes: ["'one'", "[]", "['a b']", "[7]"],
  deadlineMs: ["0", "-1", "NaN", "Infinity", "'60000'"],
  handoff: ["'direct'", "7", "''"],
  coep: ["'same-origin'", "'require-corp\\nX: y'", "7"],
  enhance: ["'body'", "{}", "7"],
};

test("each wrong option is refused by its name", async () => {
  const { browser, portal } = story;
  await portal.ready("/host-page.html");
  await control.clearRequests();
  const seen = [];
  for (const [name, sources] of Object.entries(BAD)) {
    for (const source of sources) {
      const error = await browser.run(`return window.host.startWith(${source}, "${name}")`);
      seen.push([name, source, error?.name, error?.code, error?.field, error?.message.includes(name), error?.retryable]);
    }
  }
  assert.deepEqual(
    seen,
    seen.map(([name, source]) => [name, source, "CabLinkError", "invalid_options", name, true, false]),
  );
  assert.equal(seen.length, Object.values(BAD).flat().length);
  assert.deepEqual(await requestsOfPages(), []);
});

test("options that are nothing at all are refused, and the page goes on", async () => {
  const { browser, portal } = story;
  await portal.ready("/host-page.html");
  const codes = [];
  for (const source of ["undefined", "null", "7", "'x'", "[]"]) {
    codes.push((await browser.run(`return window.host.startWith(${source})`))?.code);
  }
  assert.deepEqual(codes, Array(5).fill("invalid_options"));
  assert.equal(await portal.host("start"), null);
  assert.equal((await portal.host("download", CABS.kib8)).result?.via, "worker");
  await assertSaved(browser, CABS.kib8);
});
