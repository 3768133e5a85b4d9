// The same fifty where the browser has its own setting for several downloads from one page: it may ask the person, or
// drop some without a word. No page can know, so nothing is claimed.

import assert from "node:assert/strict";

import { cabRequests, storageIsQuiet } from "./requests.mjs";
import { GOOD_STATES, names } from "./saved.mjs";
import { smallCabs } from "./small-cabs.mjs";
import { tellStory, testEverywhere } from "./story.mjs";
import { browserName, control } from "./surroundings.mjs";

const COUNT = 50;
/** Chromium takes the first and, with nobody there to be asked, drops the others, though storage has sent them. */
const ALL_SAVED = { chromium: false, firefox: true, webkit: true };

const story = tellStory(({ portal }) => portal.ready("/prepared.html"), { asksBeforeMany: true });

testEverywhere("with the browser's own setting every promise settles, and handed over is all that is said", async (t) => {
  const { browser, portal } = story;
  await portal.open("/prepared.html");
  assert.equal(await portal.host("start", {}), null);
  const { ids, sha256 } = await smallCabs(COUNT);
  await control.clearRequests();
  await portal.forgetStates();
  const results = await browser.run((all) => Promise.all(all.map((id) => window.host.download(id))), ids);
  // The result names nothing but the hand-off itself.
  assert.deepEqual(results, ids.map((cabIdHash) => ({ result: { cabIdHash, via: "worker", attempts: 1 } })));
  for (const id of ids) assert.deepEqual(names(await portal.states(id)), GOOD_STATES);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint.length, storage.length], [COUNT, COUNT]);
  await storageIsQuiet(COUNT);
  const files = await browser.downloads.finished(ALL_SAVED[browserName] ? COUNT : 1);
  t.diagnostic(`${files.length} of ${COUNT} files were saved`);
  assert.ok(files.every((file) => file.sha256 === sha256));
  assert.equal(files.length === COUNT, ALL_SAVED[browserName]);
});
