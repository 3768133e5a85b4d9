// Fifty downloads at once: a queue, not a stampede, and no more is claimed than a page can know.

import assert from "node:assert/strict";

import { cabRequests } from "./requests.mjs";
import { smallCabs } from "./small-cabs.mjs";
import { tellStory, testEverywhere } from "./story.mjs";
import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const COUNT = 50;
/** As the crate's queue has it: browsers open six connections to a host, and the portal needs some. */
const LIMIT = 4;

const story = tellStory(({ portal }) => portal.ready("/prepared.html"));

testEverywhere("fifty at once: never more than four under way, and all arrive", async () => {
  const { browser, portal } = story;
  await portal.open("/prepared.html");
  assert.equal(await portal.host("start", {}), null);
  const { ids, sha256 } = await smallCabs(COUNT);
  await control.set({ latencyMs: { devcenter: 150, storage: 50 } });
  await control.clearRequests();
  // Every change of the page is looked at, so that no frame is missed.
  await browser.run(() => {
    const frames = () => document.querySelectorAll("iframe[title='CAB download']").length;
    window.mostFrames = 0;
    new MutationObserver(() => (window.mostFrames = Math.max(window.mostFrames, frames()))).observe(document.body, {
      childList: true,
    });
  });
  await browser.run((all) => window.endurance.beginAll(all), ids);
  const most = { endpoint: 0, storage: 0 };
  await until("every download to have ended", async () => {
    const { endpoint, storage } = await cabRequests();
    const underWay = (requests) => requests.filter(({ finished, aborted }) => !finished && !aborted).length;
    most.endpoint = Math.max(most.endpoint, underWay(endpoint));
    most.storage = Math.max(most.storage, underWay(storage));
    return (await browser.run(() => window.endurance.ended())).filter(Boolean).length === COUNT;
  }, { deadlineMs: 60_000 });
  const results = await browser.run(() => window.endurance.ended());
  assert.deepEqual(results, ids.map((cabIdHash) => ({ cabIdHash, via: "worker", attempts: 1 })));
  assert.equal(await browser.run(() => window.mostFrames), LIMIT);
  assert.ok(most.endpoint >= 2 && most.endpoint <= LIMIT, `${most.endpoint} requests to the endpoint`);
  assert.ok(most.storage <= LIMIT, `${most.storage} requests to storage`);
  const files = await browser.downloads.finished(COUNT);
  assert.deepEqual(files.map(({ name }) => name), ids.map((id) => `${id}.cab`).sort());
  assert.deepEqual([...new Set(files.map((file) => file.sha256))], [sha256]);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint.length, storage.length], [COUNT, COUNT]);
});

testEverywhere("those that wait in the queue can be stopped, and ask nobody", async () => {
  const { browser, portal } = story;
  await portal.open("/prepared.html");
  assert.equal(await portal.host("start", {}), null);
  const { ids } = await smallCabs(COUNT);
  await control.fault({ at: "cabdownload", delayMs: 3_600_000 });
  await control.clearRequests();
  await browser.run((all) => window.endurance.beginAll(all), ids);
  await until("four requests", async () => (await cabRequests()).endpoint.length === LIMIT);
  await browser.run(() => window.host.cabs.stop());
  const results = await until("all to have ended", async () => {
    const all = await browser.run(() => window.endurance.ended());
    return all.filter(Boolean).length === COUNT && all;
  });
  assert.deepEqual(results, Array(COUNT).fill({ code: "aborted" }));
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint.length, storage.length], [LIMIT, 0]);
  assert.deepEqual(await browser.downloads.names(), []);
});
