// A laptop that is closed in the middle of a download and opened again: everything that was to happen meanwhile happens
// at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

for (const at of ["cabdownload", "storage"]) for (const deadlineMs of [3000, 60000]) {
  test(`x ${at} ${deadlineMs}`, async (t) => {
    const { browser, portal } = story;
    await portal.hostPage({ deadlineMs });
    await control.clearRequests();
    await control.fault({ at, delayMs: 1_000, times: 1 });
    const began = performance.now();
    await portal.host("begin", "it", CABS.kib8);
    await until("request", async () => (await cabRequests())[at === "storage" ? "storage" : "endpoint"].length === 1);
    await browser.asleepUntil("deadline", () => performance.now() - began > 4_000);
    const outcome = await portal.host("outcome", "it");
    t.diagnostic(JSON.stringify([performance.now() - began, outcome, await portal.states(), await browser.downloads.names()]));
    t.diagnostic(JSON.stringify(await portal.host("download", CABS.kib64)));
    t.diagnostic(JSON.stringify([(await browser.downloads.names()), (await cabRequests()).storage.map(({status, aborted}) => [status, aborted])]));
  });
}
