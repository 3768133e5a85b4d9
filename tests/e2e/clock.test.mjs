// Clocks that are wrong: the person's, the service's, and one that is put right in the middle of a download. The
// machine's own cannot be moved, so the page's `Date` is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.ready("/prepared.html"));

const HOUR_MS = 3_600_000;
const SHIFTS = { "an hour behind": -HOUR_MS, "an hour ahead": HOUR_MS };
const inSeconds = (seconds) => new Date(Date.now() + seconds * 1_000).toUTCString();

async function startedAt(shift) {
  await story.portal.ready(`/prepared.html?by=${shift}`);
  assert.equal(await story.browser.run(() => window.clockIsOffBy()), shift);
  assert.equal(await story.portal.host("start", {}), null);
  await control.clearRequests();
}

const statuses = async () => (await cabRequests()).endpoint.map(({ status }) => status);

for (const [what, shift] of Object.entries(SHIFTS)) {
  test(`a machine that is ${what} downloads, and waits no longer than a service asks`, async () => {
    const { browser, portal } = story;
    await startedAt(shift);
    assert.deepEqual((await portal.host("download", CABS.kib8)).result?.attempts, 1);
    // By this machine's own clock it would be an hour, or no time at all.
    await control.fault({ at: "relay", status: 429, headers: { "Retry-After": inSeconds(2) }, times: 1 });
    assert.deepEqual(await portal.host("download", CABS.kib64), {
      result: { cabIdHash: CABS.kib64, via: "worker", attempts: 2 },
    });
    await assertSaved(browser, CABS.kib8, CABS.kib64);
    assert.deepEqual(await statuses(), [302, 302]);
  });
}

test("a service that is an hour ahead is believed only so far: throttled, with the time it named", async () => {
  const { browser, portal } = story;
  await startedAt(0);
  await control.fault({ at: "relay", status: 429, headers: { "Retry-After": inSeconds(3_600) }, times: 1 });
  const { error } = await portal.host("download", CABS.kib8);
  assert.equal(error?.code, "throttled");
  assert.ok(error.retryAfterMs > HOUR_MS / 2 && error.retryAfterMs <= HOUR_MS, `${error.retryAfterMs} ms`);
  assert.deepEqual(await browser.downloads.names(), []);
  assert.deepEqual(await statuses(), []);
});

test("a service that is an hour behind asks for no wait, and gets another try", async () => {
  const { browser, portal } = story;
  await startedAt(0);
  await control.fault({ at: "relay", status: 503, headers: { "Retry-After": inSeconds(-3_600) }, times: 1 });
  assert.deepEqual(await portal.host("download", CABS.kib8), {
    result: { cabIdHash: CABS.kib8, via: "worker", attempts: 2 },
  });
  await assertSaved(browser, CABS.kib8);
});

for (const [what, shift] of Object.entries(SHIFTS)) {
  test(`a clock that jumps to ${what} while the service is asked changes nothing`, async () => {
    const { browser, portal } = story;
    await startedAt(0);
    await control.fault({ at: "cabdownload", delayMs: 700, times: 1 });
    await portal.host("begin", "it", CABS.kib8);
    await portal.state(CABS.kib8, "requesting");
    await browser.run((by) => window.shiftClock(by), shift);
    assert.deepEqual((await portal.host("outcome", "it")).result?.attempts, 1);
    assert.deepEqual(names(await portal.states(CABS.kib8)), GOOD_STATES);
    await assertSaved(browser, CABS.kib8);
    // Tokens that seem to have ended are MSAL's affair: it renews them, and the download goes on.
    assert.equal((await portal.host("download", CABS.kib64)).result?.attempts, 1);
    await assertSaved(browser, CABS.kib8, CABS.kib64);
  });
}
