// A download goes on by itself: slow storage while the person is elsewhere in the portal.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready());

const SLOW = 50_000;
const sent = async () => {
  const { storage } = await cabRequests();
  return storage.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
};

for (const [what, to] of [["to another page of the portal", "/cablink.html"], ["to another site", "about:blank"]]) {
  test(`at 50 KB/s the portal may go ${what}, and the file arrives whole`, async () => {
    const { browser, portal } = story;
    await portal.ready();
    await control.set({ storageBytesPerSecond: SLOW });
    const link = await portal.link(CABS.mib1);
    await control.clearRequests();
    await link.click();
    const states = await portal.state(CABS.mib1, "downloading");
    assert.deepEqual(names(states), GOOD_STATES);
    assert.ok((await sent()) < 500_000, "it is still under way");
    await portal.driver.get(to.startsWith("/") ? urls.portal + to : to);
    // For a while nobody is there but the browser; then there is no reason to make the test wait any longer.
    const left = await sent();
    await until("two seconds' worth of more", async () => (await sent()) > left + 2 * SLOW);
    await control.set({ storageBytesPerSecond: null });
    await assertSaved(browser, CABS.mib1);
    const { endpoint, storage } = await cabRequests();
    assert.deepEqual([endpoint, storage].map((requests) => requests.map(({ status }) => status)), [[302], [200]]);
  });
}
