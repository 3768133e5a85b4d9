// Services that are slow, busy or failing: how often they are asked, how long is waited, and what is said in the end.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));
const CAB = CABS.kib8;

/** Keeps the addresses of the hidden frames that the page adds; `renew` is called when the first of them is gone. */
function watchFrames() {
  return story.browser.run(() => {
    window.added = [];
    const ours = (nodes) => [...nodes].filter(({ title }) => title === "CAB download");
    new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) {
        window.added.push(...ours(addedNodes).map(({ src }) => src));
        if (ours(removedNodes).length > 0) window.host.renew?.();
      }
    }).observe(document.body, { childList: true });
  });
}

/** How many frames were added; each has a ticket of its own. */
async function addedFrames() {
  const added = await story.browser.run(() => window.added);
  assert.equal(new Set(added).size, added.length);
  return added.length;
}

/** A download's end on a page that was just started, the statuses that the endpoint answered, and how many frames it took. */
async function endOf(options = {}) {
  const { browser, portal } = story;
  await portal.hostPage(options);
  await control.clearRequests();
  await watchFrames();
  const { result, error } = await portal.host("download", CAB);
  const { endpoint } = await cabRequests();
  assert.equal(await browser.run(() => document.querySelectorAll("iframe[title='CAB download']").length), 0);
  return { result, error, statuses: endpoint.map(({ status }) => status), frames: await addedFrames() };
}

const inSeconds = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();

test("a wait beyond the deadline is told at once as throttled", async () => {
  await control.fault({ at: "cabdownload", status: 429, headers: { "Retry-After": "20" } });
  const { error, statuses } = await endOf({ deadlineMs: 10_000 });
  assert.deepEqual([error.code, error.status, error.retryAfterMs, error.retryable], ["throttled", 429, 20_000, true]);
  assert.deepEqual(statuses, [429]);
});

test("a Retry-After that is a date far away is throttled as well, with the time until then", async () => {
  await control.fault({ at: "cabdownload", status: 429, headers: { "Retry-After": inSeconds(3600) } });
  const { error, statuses } = await endOf();
  assert.equal(error.code, "throttled");
  assert.ok(error.retryAfterMs > 3_000_000 && error.retryAfterMs <= 3_600_000, String(error.retryAfterMs));
  assert.deepEqual(statuses, [429]);
});

test("503 with a date as Retry-After waits until then, in a new frame", async () => {
  await control.fault({ at: "cabdownload", status: 503, headers: { "Retry-After": inSeconds(2) }, times: 1 });
  const { result, statuses, frames } = await endOf();
  assert.deepEqual(result, { cabIdHash: CAB, via: "worker", attempts: 2 });
  assert.deepEqual([statuses, frames], [[503, 302], 2]);
  await assertSaved(story.browser, CAB);
});

test("503 for longer than the deadline is service_error, with the time that was asked for", async () => {
  await control.fault({ at: "cabdownload", status: 503, headers: { "Retry-After": "3600" } });
  const { error, statuses } = await endOf();
  assert.deepEqual([error.code, error.status, error.retryAfterMs, error.retryable], ["service_error", 503, 3_600_000, true]);
  assert.deepEqual(statuses, [503]);
});

test("a service that keeps failing is service_error after four requests", async () => {
  await control.fault({ at: "cabdownload", status: 500 });
  const { error, statuses, frames } = await endOf();
  assert.deepEqual([error.code, error.status, error.retryable], ["service_error", 500, true]);
  assert.deepEqual([statuses, frames], [[500, 500, 500, 500], 4]);
  assert.equal(names(await story.portal.states(CAB)).filter((state) => state === "retrying").length, 3);
});

test("a gateway's 502 and 504 are tried again, and the download arrives", async () => {
  await control.fault({ at: "cabdownload", status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>", times: 1 });
  await control.fault({ at: "cabdownload", status: 504, body: "", times: 1 });
  const { result, statuses } = await endOf();
  assert.deepEqual([result?.attempts, statuses], [3, [502, 504, 302]]);
  await assertSaved(story.browser, CAB);
});

test("501 is not tried again", async () => {
  await control.fault({ at: "cabdownload", status: 501 });
  const { error, statuses } = await endOf();
  assert.deepEqual([error.code, statuses], ["service_error", [501]]);
});

test("a connection that is cut is tried again, and the download arrives", async () => {
  story.allow(/ERR_EMPTY_RESPONSE|Failed to load/);
  // Browsers send a request on a connection that was cut once more by themselves.
  await control.fault({ at: "relay", drop: true, times: 2 });
  const { result } = await endOf();
  assert.equal(result?.via, "worker");
  await assertSaved(story.browser, CAB);
});

test("a service whose connections are always cut is network_error", async () => {
  story.allow(/ERR_EMPTY_RESPONSE|Failed to load/);
  await control.fault({ at: "relay", drop: true });
  const { error, statuses } = await endOf();
  assert.deepEqual([error.code, error.retryable, statuses], ["network_error", true, []]);
});

test("a service that does not answer in time is a timeout that names it", async () => {
  await control.fault({ at: "cabdownload", delayMs: 3_600_000 });
  const { error } = await endOf({ deadlineMs: 5_000 });
  assert.deepEqual([error.code, error.message, error.retryable], ["timeout", "The service did not answer in time.", true]);
});

test("storage that does not answer in time is a timeout", async () => {
  await control.fault({ at: "storage", delayMs: 3_600_000 });
  const { error, statuses } = await endOf({ deadlineMs: 6_000 });
  assert.deepEqual([error.code, error.message], ["timeout", "Storage did not answer in time."]);
  assert.deepEqual(statuses, [302]);
  assert.deepEqual(await story.browser.downloads.names(), []);
});

test("no navigation is held over 20 s: a slow sign-in gets a new frame, a service that never answers is a timeout", async () => {
  const { portal } = story;
  await portal.hostPage({ getToken: "renews when told" });
  await control.fault({ at: "cabdownload", delayMs: 3_600_000, cabIdHash: CABS.kib8 });
  await control.clearRequests();
  await watchFrames();
  await portal.host("begin", "never answers", CABS.kib8);
  // The token in hand is refused; the person comes back once the frame that waited for it was given up. The renewed
  // token is no better, but it is sent, in another frame.
  const slow = (await portal.host("download", CABS.kib64)).error;
  assert.deepEqual([slow.code, slow.status], ["unauthorized", 401]);
  const silent = (await portal.host("outcome", "never answers")).error;
  assert.deepEqual([silent.code, silent.retryable], ["timeout", true]);
  // Two each: a service that is too slow for one navigation gets another.
  assert.equal(await addedFrames(), 4);
  const endpoint = (await cabRequests()).endpoint.filter(({ path }) => path.includes(CABS.kib64));
  assert.deepEqual(endpoint.map(({ status }) => status), [401, 401]);
  assert.notEqual(endpoint[0].tokenSha256, endpoint[1].tokenSha256);
});
