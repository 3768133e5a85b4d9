// A laptop that is closed in the middle of a download and opened again: every timer has ended, and everything that was to
// happen meanwhile happens at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

/** Long enough to fall asleep in, short enough to be slept through. */
const DEADLINE_MS = 3_000;
/** When a sleeper wakes: the deadline is over by more than a busy machine explains. */
const SLEPT_MS = DEADLINE_MS + 2_500;

/** Begins a download and gives back a look at whether its time is long over. */
async function underWay(at) {
  await story.portal.hostPage({ deadlineMs: DEADLINE_MS });
  await control.clearRequests();
  await control.fault({ at: at === "storage" ? "storage" : "cabdownload", delayMs: 1_000, times: 1 });
  const began = performance.now();
  await story.portal.host("begin", "it", CABS.kib8);
  await until(`a request at ${at}`, async () => (await cabRequests())[at].length === 1);
  return () => performance.now() - began > SLEPT_MS;
}

/** How it ended; and the next click works, which brings its own file. */
async function ended() {
  const outcome = await story.portal.host("outcome", "it");
  await story.portal.host("start", {});
  assert.equal((await story.portal.host("download", CABS.kib64)).result?.attempts, 1);
  return outcome;
}

const DONE = { result: { cabIdHash: CABS.kib8, via: "worker", attempts: 1 } };

/** The ways to sleep that exist here: only systems with signals can stop a whole browser, only Chromium freezes a page. */
const SLEEPS = {
  ...(process.platform === "win32" ? {} : { "the whole machine": (over) => story.browser.asleepUntil("the deadline to be long over", over) }),
  ...(browserName === "chromium" ? { "the page alone": frozenUntil } : {}),
};

async function frozenUntil(over) {
  const { driver } = story.browser;
  await driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: "frozen" });
  await until("the deadline to be long over", over);
  await driver.sendDevToolsCommand("Page.setWebLifecycleState", { state: "active" });
}

for (const [who, sleepUntil] of Object.entries(SLEEPS)) {
  test(`${who} sleeps while storage answers: the file is there and is not called late`, async () => {
    await sleepUntil(await underWay("storage"));
    assert.deepEqual(await ended(), DONE);
    assert.deepEqual(names(await story.portal.states(CABS.kib8)), GOOD_STATES);
    await assertSaved(story.browser, CABS.kib8, CABS.kib64);
    const { endpoint, storage } = await cabRequests();
    assert.deepEqual([endpoint.length, storage.length], [2, 2]);
  });

  test(`${who} sleeps while the service is asked: it goes on, or its time was over`, async (t) => {
    await sleepUntil(await underWay("endpoint"));
    const { result, error } = await ended();
    t.diagnostic(result ? `resolved after ${result.attempts}` : `rejected as ${error.code}`);
    if (error) assert.equal(error.code, "timeout");
    else await assertSaved(story.browser, CABS.kib8, CABS.kib64);
  });
}
