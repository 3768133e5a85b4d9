// Browsers end a service worker whenever they like. Wherever it stands then, the download goes on or its end has a name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { seededRandom } from "../stack/devcenter/random.mjs";
import { CABS } from "../stack/known.mjs";
import { cabRequests, storageIsQuiet } from "./requests.mjs";
import { assertSaved, names } from "./saved.mjs";
import { smallCabs } from "./small-cabs.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control } from "./surroundings.mjs";
import { until } from "./until.mjs";
import { endWorker } from "./worker-end.mjs";

const PAGE = "/prepared.html";
const story = tellStory(({ portal }) => portal.ready(PAGE), { insides: true });

async function started(options = {}) {
  await story.portal.open(PAGE);
  assert.equal(await story.browser.run((all) => window.endurance.startHoldable(all), options), null);
  await control.clearRequests();
}

const questionIsHeld = () => until("the question", () => story.browser.run(() => window.questions.isHeld()));

/** What the servers saw of one CAB: the endpoint's answers, and how often storage was asked. */
async function seenOf(cabIdHash) {
  const { endpoint, storage } = await cabRequests();
  const of = (requests) => requests.filter(({ path }) => path.includes(cabIdHash));
  return { endpoint: of(endpoint).map(({ status }) => status), storage: of(storage).length };
}

const result = (cabIdHash, attempts) => ({ result: { cabIdHash, via: "worker", attempts } });

test("ended before anything asks, it is started again and nothing is noticed", async () => {
  await started();
  await endWorker(story.browser);
  assert.deepEqual(await story.portal.host("download", CABS.kib8), result(CABS.kib8, 1));
  await assertSaved(story.browser, CABS.kib8);
  assert.deepEqual(await seenOf(CABS.kib8), { endpoint: [302], storage: 1 });
});

test("ended while it asks for the frame, it costs a new frame and no request", async () => {
  const { browser, portal } = story;
  await started();
  await browser.run(() => window.questions.hold("/frame?"));
  await portal.host("begin", "it", CABS.kib8);
  await questionIsHeld();
  await endWorker(browser);
  await browser.run(() => window.questions.release());
  assert.deepEqual(await portal.host("outcome", "it"), result(CABS.kib8, 1));
  assert.ok(names(await portal.states()).includes("retrying"));
  await assertSaved(browser, CABS.kib8);
  assert.deepEqual(await seenOf(CABS.kib8), { endpoint: [302], storage: 1 });
});

// Four at once, since Chromium leaves such navigations hanging until the crate gives them up.
test("ended at every later step of four downloads, each file arrives once", async () => {
  const { browser, portal } = story;
  const asking = CABS.kib8;
  const requested = CABS.kib64;
  const renewing = CABS.unusualId;
  const redirected = CABS.mib1;
  await started();
  await control.fault({ at: "cabdownload", cabIdHash: requested, delayMs: 3_600_000, times: 1 });
  await control.fault({ at: "cabdownload", cabIdHash: renewing, status: 401, times: 1 });
  await control.fault({ at: "storage", cabIdHash: redirected, delayMs: 2_000, times: 1 });

  // One after the other as far as each is to get.
  for (const id of [requested, redirected]) await portal.host("begin", id, id);
  await until("one to be asked for", async () => (await seenOf(requested)).endpoint.length === 1);
  await until("one to be redirected", async () => (await seenOf(redirected)).storage === 1);
  await portal.host("begin", renewing, renewing);
  await browser.run(() => window.endurance.holdTokens({ renewed: true }));
  await portal.state(renewing, "retrying");
  await browser.run((id) => window.questions.hold(id), asking);
  await portal.host("begin", asking, asking);
  await questionIsHeld();

  await endWorker(browser);
  await browser.run(() => {
    window.questions.release();
    window.endurance.releaseTokens();
  });
  const outcomes = {};
  for (const id of [asking, requested, renewing, redirected]) outcomes[id] = await portal.host("outcome", id);
  // An attempt is a request that the page gave out, whether the worker lived to send it or not.
  assert.deepEqual(outcomes[asking], result(asking, 2));
  assert.deepEqual(outcomes[requested], result(requested, 2));
  assert.deepEqual(outcomes[redirected], result(redirected, 1));
  assert.equal(outcomes[renewing].result?.via, "worker");
  await assertSaved(browser, asking, requested, renewing, redirected);
  assert.deepEqual(await seenOf(asking), { endpoint: [302], storage: 1 });
  // The connection ended with the worker, before any answer.
  assert.deepEqual(await seenOf(requested), { endpoint: [null, 302], storage: 1 });
  assert.deepEqual(await seenOf(renewing), { endpoint: [401, 302], storage: 1 });
  assert.deepEqual(await seenOf(redirected), { endpoint: [302], storage: 1 });
});

test("ended again and again, a download ends as worker_silent", async () => {
  const { browser, portal } = story;
  await started();
  await control.fault({ at: "cabdownload", delayMs: 3_600_000 });
  await portal.host("begin", "it", CABS.kib8);
  const asked = (times) => until(`request ${times}`, async () => (await seenOf(CABS.kib8)).endpoint.length === times, { deadlineMs: 40_000 });
  for (const times of [1, 2]) {
    await asked(times);
    await endWorker(browser);
  }
  const { error } = await portal.host("outcome", "it");
  assert.deepEqual([error?.code, error?.retryable], ["worker_silent", true]);
  assert.deepEqual(await browser.downloads.names(), []);
  assert.deepEqual(await seenOf(CABS.kib8), { endpoint: [null, null], storage: 0 });
  // And the next click works.
  await control.clearFaults();
  assert.deepEqual(await portal.host("download", CABS.kib8), result(CABS.kib8, 1));
  await assertSaved(browser, CABS.kib8);
});

/**
 * How often the worker is ended below. In Chromium each time may cost all four that are under way the 22 seconds after
 * which the crate gives such a navigation up.
 */
const ENDS = { chromium: 4, firefox: 12 };
/** What a download may end with that met the end of its worker twice. */
const NAMED = ["worker_silent", "network_error", "timeout", "unexpected_response", "storage_refused"];

test("ended at random during fifty downloads, each has one end and no file arrives twice", async (t) => {
  const seed = Number(process.env.CABLINK_E2E_SEED ?? Date.now() % 1_000_000);
  t.diagnostic(`CABLINK_E2E_SEED=${seed} repeats it`);
  const random = seededRandom(seed);
  const { browser } = story;
  const COUNT = 50;
  const { ids, sha256 } = await smallCabs(COUNT);
  await started();
  await browser.run((all) => window.endurance.beginAll(all), ids);
  const ended = async () => (await browser.run(() => window.endurance.ended())).filter(Boolean).length;
  for (let end = 1; end <= ENDS[browserName]; end += 1) {
    // Somewhere in the course of the next ones: after so many more, and so many looks at the servers.
    const more = (await ended()) + 1 + random.below(3);
    await until("some more to have ended", async () => (await ended()) >= Math.min(more, COUNT), { deadlineMs: 60_000 });
    for (let look = random.below(20); look > 0; look -= 1) await control.look({ since: Number.MAX_SAFE_INTEGER });
    await endWorker(browser);
  }
  await until("every download to have ended", async () => (await ended()) === COUNT, { deadlineMs: 120_000 });
  const results = await browser.run(() => window.endurance.ended());
  await storageIsQuiet(0);
  const resolved = results.filter(({ cabIdHash }) => cabIdHash);
  const files = await browser.downloads.finished(resolved.length);
  assert.deepEqual([...new Set(files.map((file) => file.sha256))], [sha256]);
  assert.deepEqual(files.map(({ name }) => name), resolved.map(({ cabIdHash }) => `${cabIdHash}.cab`).sort());
  const retried = resolved.filter(({ attempts }) => attempts > 1).length;
  t.diagnostic(`${resolved.length} arrived, ${retried} of them at a second try; ${COUNT - resolved.length} were refused`);
  for (const [index, outcome] of results.entries()) {
    const { endpoint, storage } = await seenOf(ids[index]);
    if (outcome.code) assert.ok(NAMED.includes(outcome.code), outcome.code);
    else assert.ok(endpoint.length <= outcome.attempts, `${endpoint.length} requests in ${outcome.attempts} attempts`);
    assert.ok(storage <= endpoint.filter((status) => status === 302).length, `storage was asked ${storage} times`);
  }
});
