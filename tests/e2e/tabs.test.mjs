// Several tabs of one portal: each answers for its own downloads, and the end of one is no matter to the other.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { cabRequests, methods } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const HOST_PAGE = "/host-page.html";
const story = tellStory(({ portal }) => portal.ready(HOST_PAGE));

/** Another tab with the same page, started with a token that no service takes; gives its handle and stays in it. */
async function otherTab(options = {}) {
  const { browser, portal } = story;
  await portal.driver.switchTo().newWindow("tab");
  await portal.driver.get(urls.portal + HOST_PAGE);
  await until("the page in the other tab", () => browser.run(() => Boolean(window.host)));
  await portal.recordStates();
  await browser.run(() => {
    window.asked = [];
    navigator.serviceWorker.addEventListener("message", ({ data }) => window.asked.push(data.report ? "report" : "question"));
  });
  assert.equal(await portal.host("start", { getToken: "gives any token", ...options }), null);
  return portal.driver.getWindowHandle();
}

const to = (tab) => story.portal.driver.switchTo().window(tab);

test("with two tabs the one that was clicked in answers, and the other learns nothing", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  const other = await otherTab();
  await to(portal.tab);
  await control.clearRequests();
  const { result } = await portal.host("download", CABS.kib8);
  assert.equal(result?.attempts, 1);
  assert.deepEqual(names(await portal.states(CABS.kib8)), GOOD_STATES);
  await assertSaved(browser, CABS.kib8);
  await to(other);
  // Asked about the frame and about the CAB like every page of the origin, it was told of no outcome.
  assert.deepEqual(await browser.run(() => window.asked), ["question", "question"]);
  assert.deepEqual(await portal.states(), []);
  const { relay, endpoint, storage } = await cabRequests();
  assert.deepEqual([relay, endpoint, storage].map(methods), [["GET"], ["GET"], ["GET"]]);
});

test("both tabs download at once, each with its own token", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  const other = await otherTab();
  await control.fault({ at: "cabdownload", delayMs: 500, cabIdHash: CABS.kib8 });
  await to(portal.tab);
  await portal.host("begin", "mine", CABS.kib8);
  await to(other);
  const { error } = await portal.host("download", CABS.kib64);
  assert.deepEqual([error?.code, error?.status], ["unauthorized", 401]);
  await to(portal.tab);
  assert.equal((await portal.host("outcome", "mine")).result?.cabIdHash, CABS.kib8);
  await assertSaved(browser, CABS.kib8);
});

const HELD = {
  "while the service is asked": { options: {}, provoke: () => control.fault({ at: "cabdownload", delayMs: 3_600_000, cabIdHash: CABS.kib64 }), state: "requesting" },
  "while the worker waits for its renewed token": { options: { getToken: "renews when told" }, provoke: async () => {}, state: "retrying" },
};
for (const [when, { options, provoke, state }] of Object.entries(HELD)) {
  test(`a tab that is closed ${when} leaves the other's downloads alone`, async () => {
    const { browser, portal } = story;
    await portal.hostPage();
    await provoke();
    await otherTab(options);
    await portal.host("begin", "theirs", CABS.kib64);
    await portal.state(CABS.kib64, state);
    await portal.driver.close();
    await to(portal.tab);
    const { result } = await portal.host("download", CABS.kib8);
    assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "worker", attempts: 1 });
    await assertSaved(browser, CABS.kib8);
    const { storage } = await cabRequests();
    assert.deepEqual(methods(storage), ["GET"], "nothing was asked for the closed tab");
  });
}
