// `download()` and `href()` called by a host's own script.

import assert from "node:assert/strict";

import { CABS } from "../stack/known.mjs";
import { cabRequests, methods, requestsOfPages } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));
const SCOPE = `${urls.portal}/cablink/`;

testEverywhere("download() resolves with what it did, and tells the document on its way", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.clearRequests();
  assert.deepEqual(await portal.host("download", CABS.mib1), {
    result: { cabIdHash: CABS.mib1, via: "worker", attempts: 1 },
  });
  await assertSaved(browser, CABS.mib1);
  const states = await portal.states(CABS.mib1);
  assert.deepEqual(names(states), GOOD_STATES);
  assert.deepEqual([...new Set(states.map(({ on }) => on))], ["document"]);
  assert.deepEqual(await browser.run(() => window.host.wanted), [
    { forceRefresh: false, claims: null, scopes: ["https://manage.devcenter.microsoft.com/.default"] },
  ]);
});

test("a CAB may be an object that names its method", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  const { result } = await portal.host("download", { cabIdHash: CABS.kib8, method: "ihvdriver" });
  assert.equal(result.cabIdHash, CABS.kib8);
  await assertSaved(browser, CABS.kib8);
});

testEverywhere("a second download() of a CAB under way is the same promise and asks nobody", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.fault({ at: "cabdownload", delayMs: 700 });
  const both = await browser.run(async (id) => {
    const first = window.host.cabs.download(id);
    const second = window.host.cabs.download(id);
    return [first === second, await first];
  }, CABS.kib64);
  assert.equal(both[0], true);
  await assertSaved(browser, CABS.kib64);
  const { relay, endpoint } = await cabRequests();
  assert.deepEqual([relay, endpoint].map(methods), [["GET"], ["GET"]]);
});

test("href() is the CAB's address inside the scope", async () => {
  const { portal } = story;
  await portal.hostPage();
  assert.equal(await portal.host("href", CABS.kib8), `${SCOPE}ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`);
  const { code, name } = await portal.host("href", "../x");
  assert.deepEqual([name, code], ["CabLinkError", "invalid_cab_id"]);
});

for (const [spelling, endpoint] of [
  ["a path", "/devcenter/"],
  ["a path without its last slash", "/devcenter"],
  ["an address of this site", `${urls.portal}/devcenter/`],
  ["an address without its last slash", `${urls.portal}/devcenter`],
]) {
  test(`endpoint may be ${spelling}`, async () => {
    const { browser, portal } = story;
    await portal.hostPage({ endpoint });
    await control.clearRequests();
    const { result } = await portal.host("download", CABS.kib8);
    assert.equal(result?.attempts, 1);
    await assertSaved(browser, CABS.kib8);
    const { relay } = await cabRequests();
    assert.deepEqual(relay.map(({ path }) => path), [`/devcenter/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`]);
  });
}

for (const [spelling, slash] of [["with", "/"], ["without", ""]]) {
  test(`endpoint may be an address elsewhere, ${spelling} its last slash`, async () => {
    const { browser, portal } = story;
    await control.set({ cors: [urls.portal] });
    await portal.hostPage({ endpoint: `${urls.devcenter}/v1.0/my/analytics${slash}` });
    await control.clearRequests();
    const { result } = await portal.host("download", CABS.kib8);
    assert.equal(result?.attempts, 1);
    await assertSaved(browser, CABS.kib8);
    const { relay, endpoint } = await cabRequests();
    assert.deepEqual([relay, endpoint].map(methods), [[], ["OPTIONS", "GET"]]);
  });
}

testEverywhere("stop() ends what is under way as aborted, and nothing starts afterwards", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.fault({ at: "cabdownload", delayMs: 3_600_000 });
  await portal.host("begin", "stopped", CABS.kib8);
  await portal.state(CABS.kib8, "requesting");
  await browser.run(() => window.host.cabs.stop());
  assert.equal((await portal.host("outcome", "stopped")).error?.code, "aborted");
  assert.equal((await portal.host("download", CABS.kib8)).error?.code, "aborted");
  assert.deepEqual(await browser.downloads.names(), []);
  const left = await browser.run(() => document.querySelectorAll("iframe[title='CAB download']").length);
  assert.equal(left, 0);
});

testEverywhere("an AbortSignal ends one download, and not the other", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.fault({ at: "cabdownload", delayMs: 3_600_000, cabIdHash: CABS.kib8 });
  await portal.host("begin", "one", CABS.kib8);
  await portal.host("begin", "other", CABS.kib64);
  await portal.state(CABS.kib8, "requesting");
  await portal.host("abort", "one");
  assert.equal((await portal.host("outcome", "one")).error?.code, "aborted");
  assert.equal((await portal.host("outcome", "other")).result?.cabIdHash, CABS.kib64);
  await assertSaved(browser, CABS.kib64);
});

test("a link that is no element, and a signal that is none, are named, and nothing leaves", async () => {
  await story.portal.hostPage();
  await control.clearRequests();
  for (const [name, value] of [["link", "#links"], ["link", {}], ["signal", "x"]]) {
    const { error } = await story.portal.host("download", CABS.kib8, { [name]: value });
    assert.deepEqual([error?.code, error?.field], ["invalid_options", name]);
  }
  assert.deepEqual((await cabRequests()).endpoint, []);
});

test("a signal that was aborted before lets no request leave", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.clearRequests();
  const code = await browser.run(async (id) => {
    try {
      await window.host.cabs.download(id, { signal: AbortSignal.abort() });
      return "resolved";
    } catch (error) {
      return error.code;
    }
  }, CABS.kib8);
  assert.equal(code, "aborted");
  assert.deepEqual(await requestsOfPages(), []);
});
