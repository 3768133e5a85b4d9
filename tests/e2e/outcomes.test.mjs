// What else can come of a click: storage that refuses, redirects to elsewhere, services that say no.

import assert from "node:assert/strict";
import { after } from "node:test";

import { CABS, UNKNOWN_CAB } from "../stack/known.mjs";
import { cabRequests, methods } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { startStranger } from "./stranger.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

let stranger;
const story = tellStory(async ({ portal }) => {
  stranger = await startStranger();
  await portal.ready("/host-page.html");
});
after(() => stranger?.close());

/** A failed download of the tests' own page: its error, and that nothing was saved and nothing moved. */
async function failing(cab, options) {
  const { browser, portal } = story;
  await portal.hostPage(options);
  await control.clearRequests();
  const { result, error } = await portal.host("download", cab);
  assert.equal(result, undefined);
  assert.equal(error.name, "CabLinkError");
  for (const text of [error.message, error.nextStep]) assert.match(text, /^[A-Z].+\.$/);
  assert.equal(await portal.driver.getCurrentUrl(), `${urls.portal}/host-page.html`);
  assert.deepEqual(await browser.downloads.names(), []);
  const states = await portal.states(cab);
  assert.equal(states.at(-1).state, "failed");
  assert.equal(states.at(-1).error.code, error.code);
  return error;
}

const REFUSALS = {
  "an expired signature": () => control.set({ sasSeconds: -60 }),
  "a wrong signature": () => control.set({ sasWrongSignature: true }),
  "a deleted blob": () => control.deleteBlob(CABS.kib8),
};
for (const [what, provoke] of Object.entries(REFUSALS)) {
  testEverywhere(`${what} is storage_refused, after one more try, and the portal stays where it was`, async () => {
    story.allow(/status of 40[34]/);
    await provoke();
    assert.equal((await failing(CABS.kib8)).code, "storage_refused");
    const { endpoint, storage } = await cabRequests();
    assert.deepEqual([endpoint, storage].map(methods), [["GET", "GET"], ["GET", "GET"]]);
  });
}

testEverywhere("an address that had only just expired downloads at the second try", async () => {
  const { browser, portal } = story;
  story.allow(/status of 403/);
  await portal.hostPage();
  await control.fault({ at: "storage", status: 403, times: 1 });
  const { result } = await portal.host("download", CABS.kib8);
  assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "worker", attempts: 2 });
  await assertSaved(browser, CABS.kib8);
});

testEverywhere("storage that cuts the connection is storage_refused, where the engine tells", async () => {
  story.allow(/net::ERR_/);
  const { browser, portal } = story;
  await portal.hostPage();
  await control.clearRequests();
  await control.fault({ at: "storage", drop: true });
  const { result, error } = await portal.host("download", CABS.kib8);
  // In WebKit the frame looks exactly as after a download.
  if (browserName === "webkit") assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "worker", attempts: 1 });
  else assert.equal(error?.code, "storage_refused");
  assert.ok((await cabRequests()).storage.length > 0);
  assert.deepEqual(await browser.downloads.names(), []);
});

for (const [what, index] of [["of the same site", 0], ["of another site", 1]]) {
  testEverywhere(`a redirect to a stranger ${what} is storage_blocked, and the stranger is not contacted`, async () => {
    // The browser names the policy that stopped it.
    story.allow(/Content.Security.Policy/i);
    stranger.requests.length = 0;
    await control.fault({ at: "cabdownload", redirect: `${stranger.origins[index]}/file?sig=abc` });
    assert.equal((await failing(CABS.kib8)).code, "storage_blocked");
    assert.deepEqual(stranger.requests, []);
  });
}

testEverywhere("a redirect to our own origin, such as a login page, is unexpected_response", async () => {
  await control.fault({ at: "relay", redirect: `${urls.portal}/cablink.html` });
  assert.equal((await failing(CABS.kib8)).code, "unexpected_response");
});

testEverywhere("a redirect without an address is unexpected_response", async () => {
  await control.fault({ at: "cabdownload", status: 302 });
  assert.equal((await failing(CABS.kib8)).code, "unexpected_response");
});

const ANSWERS = [
  [400, "bad_request", "BadRequest", "The calling client sent a bad request to the service."],
  [403, "forbidden", "Forbidden", "Access to the requested resource is forbidden."],
  [404, "not_found", "NotFound", "The requested resource was not found."],
];
for (const [status, code, serviceCode, serviceMessage] of ANSWERS) {
  testEverywhere(`${status} is ${code}, with the service's own words`, async () => {
    await control.fault({ at: "cabdownload", status });
    const error = await failing(CABS.kib8);
    assert.deepEqual(
      { code: error.code, status: error.status, serviceCode: error.serviceCode, serviceMessage: error.serviceMessage },
      { code, status, serviceCode, serviceMessage },
    );
    assert.equal(error.retryable, false);
    assert.deepEqual(methods((await cabRequests()).endpoint), ["GET"]);
  });
}

testEverywhere("a CAB that the service does not know is not_found", async () => {
  const error = await failing(UNKNOWN_CAB);
  assert.equal(error.code, "not_found");
  assert.match(error.serviceMessage, /The CAB was not found\.$/);
});

testEverywhere("the same at an endpoint that answers CORS", async () => {
  // Chromium tells the page's console about the worker's requests to other origins.
  await control.set({ cors: [urls.portal] });
  await control.fault({ at: "cabdownload", status: 403 });
  const error = await failing(CABS.kib8, { endpoint: `${urls.devcenter}/v1.0/my/analytics/` });
  assert.deepEqual([error.code, error.status, error.serviceCode], ["forbidden", 403, "Forbidden"]);
});

testEverywhere("an endpoint that answers no CORS is network_error, and the next step names the relay", async () => {
  story.allow(/CORS|Failed to load resource/);
  const error = await failing(CABS.kib8, { endpoint: `${urls.devcenter}/v1.0/my/analytics/` });
  assert.equal(error.code, "network_error");
  assert.match(error.nextStep, /relay/);
  assert.deepEqual(methods((await cabRequests()).storage), []);
});

testEverywhere("throttled once, the download waits as long as it was asked to and goes on", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.fault({ at: "cabdownload", status: 429, headers: { "Retry-After": "1" }, times: 1 });
  const { result } = await portal.host("download", CABS.kib8);
  assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "worker", attempts: 2 });
  await assertSaved(browser, CABS.kib8);
  assert.ok(names(await portal.states(CABS.kib8)).includes("retrying"));
});

testEverywhere("a relay that sends the file itself downloads", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await control.fault({ at: "relay", serveFile: true });
  await control.clearRequests();
  const { result } = await portal.host("download", CABS.mib16);
  assert.equal(result?.attempts, 1);
  await assertSaved(browser, CABS.mib16);
  const { relay, endpoint, storage } = await cabRequests();
  assert.deepEqual([relay, endpoint, storage].map(methods), [["GET"], [], []]);
});

test("a file that a relay sends for longer than a navigation is held arrives whole", async () => {
  const { browser, portal } = story;
  const bytesPerSecond = 48 * 1024;
  // The worker holds a navigation for 20 s at most.
  const heldBytes = 20 * bytesPerSecond;
  await portal.hostPage();
  await control.set({ storageBytesPerSecond: bytesPerSecond });
  await control.fault({ at: "relay", serveFile: true });
  await control.clearRequests();
  const { result } = await portal.host("download", CABS.mib1);
  assert.equal(result?.attempts, 1);
  const sent = async () => (await cabRequests()).relay[0];
  await until("the relay to have sent for so long", async () => (await sent()).aborted || (await sent()).bytesSent >= heldBytes, {
    deadlineMs: 60_000,
    everyMs: 500,
  });
  assert.equal((await sent()).aborted, false);
  await control.set({ storageBytesPerSecond: null });
  await assertSaved(browser, CABS.mib1);
});

for (const contentType of ["text/html", "application/xhtml+xml", "image/svg+xml", "text/xml"]) {
  testEverywhere(`a 200 that is ${contentType} is unexpected_response, and is never shown`, async () => {
    await control.fault({ at: "relay", contentType, body: "<script>top.shown = true</script>" });
    assert.equal((await failing(CABS.kib8)).code, "unexpected_response");
    assert.equal(await story.browser.run(() => window.shown), null);
  });
}

test("a click before the worker is ready is queued, not lost", async () => {
  const { browser, portal } = story;
  await portal.ready();
  await browser.run(async () => (await navigator.serviceWorker.getRegistration("/cablink/"))?.unregister());
  await control.fault({ at: "worker", hold: true });
  await portal.open();
  const link = await portal.link(CABS.kib8);
  await control.clearRequests();
  const registered = () =>
    browser.run(async () => Boolean((await navigator.serviceWorker.getRegistration("/cablink/"))?.active));
  assert.equal(await registered(), false);
  await link.click();
  assert.deepEqual(names(await portal.states(CABS.kib8)), ["authorizing"]);
  await control.release();
  const states = await portal.state(CABS.kib8, "downloading");
  assert.equal(await registered(), true);
  assert.deepEqual(names(states), GOOD_STATES);
  await assertSaved(browser, CABS.kib8);
  const { relay, endpoint, storage } = await cabRequests();
  assert.deepEqual([relay, endpoint, storage].map(methods), [["GET"], ["GET"], ["GET"]]);
});
