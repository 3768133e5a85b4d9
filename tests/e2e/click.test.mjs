// The main story: sign in, click, and the file is there, byte for byte.

import assert from "node:assert/strict";

import { CABS } from "../stack/known.mjs";
import { cabRequests, methods, storageIsQuiet, withToken } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory, testEverywhere } from "./story.mjs";
import { browserName, control, recordOf, urls } from "./surroundings.mjs";

const SIZES = [["8 KiB", CABS.kib8], ["1 MiB", CABS.mib1], ["256 MiB", CABS.mib256]];

const story = tellStory(async ({ portal }) => {
  await portal.open();
  await portal.signIn("alice");
});

for (const [size, id] of SIZES) {
  testEverywhere(`through the relay, a click saves ${size}, equal to the blob`, async () => {
    const { browser, portal } = story;
    await portal.listed();
    const link = await portal.link(id);
    await control.clearRequests();
    await link.click();

    const states = await portal.state(id, "downloading");
    await assertSaved(browser, id);
    assert.deepEqual(
      states.map(({ state, attempt, on }) => [state, attempt, on]),
      GOOD_STATES.map((state) => [state, 1, "a"]),
    );

    await storageIsQuiet(1);
    const { all, relay, endpoint, storage } = await cabRequests();
    assert.deepEqual([relay, endpoint, storage].map(methods), [["GET"], ["GET"], ["GET"]]);
    assert.deepEqual(withToken(all), [
      "portal /devcenter/ihvdriver/cabdownload",
      "devcenter /v1.0/my/analytics/ihvdriver/cabdownload",
    ]);
    assertBare(storage[0]);
    // Not a byte that the person did not ask for.
    assert.equal(storage[0].bytesSent, (await recordOf(id)).bytes);
  });
}

for (const [size, id] of [["8 KiB", CABS.kib8], ["16 MiB", CABS.mib16]]) {
  testEverywhere(`straight to an endpoint that answers CORS, a click saves ${size}, with one OPTIONS more`, async () => {
    const { browser, portal } = story;
    const endpointAddress = `${urls.devcenter}/v1.0/my/analytics/`;
    await control.set({ cors: [urls.portal], portalConfig: { endpoint: endpointAddress } });
    await portal.open();
    await portal.listed();
    const link = await portal.link(id);
    await control.clearRequests();
    await link.click();

    const states = await portal.state(id, "downloading");
    await assertSaved(browser, id);
    assert.deepEqual(names(states), GOOD_STATES);

    await storageIsQuiet(1);
    const { all, relay, endpoint, storage } = await cabRequests();
    assert.deepEqual([relay, endpoint, storage].map(methods), [[], ["OPTIONS", "GET"], ["GET"]]);
    assert.deepEqual(withToken(all), ["devcenter /v1.0/my/analytics/ihvdriver/cabdownload"]);
    assert.equal(endpoint[1].headers.referer, undefined);
    assertBare(storage[0]);
  });
}

testEverywhere("storage need not call the file an attachment, but for MiniBrowser, which drops it in silence", async () => {
  const { browser, portal } = story;
  await control.set({ storageDisposition: null });
  await portal.open();
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  await storageIsQuiet(1);
  await control.set({ storageDisposition: "attachment" });
  await (await portal.link(CABS.kib64)).click();
  await portal.state(CABS.kib64, "downloading");
  // No engine's decision but that of the program around it, which takes other files from the main frame only; script
  // sees the same as after a download.
  await assertSaved(browser, ...(browserName === "webkit" ? [] : [CABS.kib8]), CABS.kib64);
});

/** Storage learns nothing but the address. No look at cookies: here all parts share the host name, so it gets some. */
function assertBare({ headers, hasSas }) {
  assert.equal(hasSas, true);
  for (const name of ["authorization", "referer", "origin"]) assert.equal(headers[name], undefined, name);
}
