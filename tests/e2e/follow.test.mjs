// Without the worker, by choice: the page follows the redirect itself and navigates to where it led.

import assert from "node:assert/strict";
import { after } from "node:test";

import { CABS, UNKNOWN_CAB } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { cabRequests, methods, storageIsQuiet, withToken } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { startStranger } from "./stranger.mjs";
import { tellStory, testEverywhere } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";

let stranger;
const story = tellStory(async ({ portal }) => {
  stranger = await startStranger();
  await portal.ready("/host-page.html");
});
after(() => stranger?.close());

const ENDPOINT = `${urls.devcenter}/v1.0/my/analytics/`;

/** The portal's policy with storage in these directives: what a host without the worker has to allow. */
function policyWithStorage(directives = ["connect-src", "frame-src"], ...more) {
  const parts = portalPolicy(urls).split("; ");
  return parts.map((part) => (directives.includes(part.split(" ")[0]) ? [part, urls.storage, ...more].join(" ") : part)).join("; ");
}

/** Storage that answers CORS, a portal that allows it, cablink without the worker. */
async function following(options) {
  await control.set({ storageCors: "*", portalCsp: policyWithStorage() });
  await start(options);
}

async function start(options) {
  await story.portal.hostPage({ handoff: "follow", ...options });
  await control.clearRequests();
}

/** A failed download: its error, and that nothing was saved and nothing moved. */
async function failing(cab = CABS.kib8) {
  const { browser, portal } = story;
  await control.clearRequests();
  const { result, error } = await portal.host("download", cab);
  assert.equal(result, undefined);
  assert.equal(error.name, "CabLinkError");
  assert.equal(await portal.driver.getCurrentUrl(), `${urls.portal}/host-page.html`);
  assert.deepEqual(await browser.downloads.names(), []);
  assert.equal((await portal.states(cab)).at(-1).error.code, error.code);
  return error;
}

/**
 * How the page's look reaches storage: Firefox and WebKit ask beforehand, because of the token that they then leave out,
 * and WebKit wants that header allowed.
 */
const LOOK = browserName === "chromium" ? ["GET"] : ["OPTIONS", "GET"];

/** Storage saw the page's look and the browser's download, and never the token. */
async function assertAskedStorage(origin) {
  await storageIsQuiet(LOOK.length + 1);
  const { all, storage } = await cabRequests();
  assert.deepEqual(methods(storage), [...LOOK, "GET"]);
  const look = storage.at(-2);
  assert.deepEqual([look.headers.origin, storage.at(-1).headers.origin], [origin, undefined]);
  if (browserName !== "chromium") {
    const asksFor = storage[0].headers["access-control-request-headers"];
    assert.equal(asksFor, browserName === "webkit" ? "authorization" : undefined);
  }
  for (const { headers } of storage) {
    for (const name of ["authorization", "referer"]) assert.equal(headers[name], undefined, name);
  }
  assert.ok(withToken(all).every((each) => !each.startsWith("storage")));
}

for (const [size, id] of [["8 KiB", CABS.kib8], ["16 MiB", CABS.mib16]]) {
  testEverywhere(`through the relay, ${size} arrive, equal to the blob; storage is asked twice and sees no token`, async () => {
    const { browser, portal } = story;
    await following();
    assert.deepEqual(await portal.host("download", id), { result: { cabIdHash: id, via: "follow", attempts: 1 } });
    await assertSaved(browser, id);
    assert.deepEqual(names(await portal.states(id)), GOOD_STATES);
    await assertAskedStorage(urls.portal);
    const { relay, endpoint } = await cabRequests();
    assert.deepEqual([relay, endpoint].map(methods), [["GET"], ["GET"]]);
  });
}

testEverywhere("straight to an endpoint that answers CORS, storage sees no origin either", async () => {
  const { browser, portal } = story;
  await control.set({ cors: [urls.portal] });
  await following({ endpoint: ENDPOINT });
  const { result } = await portal.host("download", CABS.kib8);
  assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "follow", attempts: 1 });
  await assertSaved(browser, CABS.kib8);
  await assertAskedStorage("null");
  assert.deepEqual(methods((await cabRequests()).endpoint), ["OPTIONS", "GET"]);
});

testEverywhere("the storage address is nowhere where script can see it", async () => {
  const { browser, portal } = story;
  await following();
  await browser.run(watch);
  await portal.host("download", CABS.kib8);
  await assertSaved(browser, CABS.kib8);
  const { msal, ...places } = await browser.run(traces);
  const secrets = await control.secrets();
  assert.deepEqual(found(places, secrets), []);
  assert.deepEqual(found({ msal }, secrets), ["msal: token"]);
  assert.deepEqual(await browser.run(() => [window.length, document.querySelectorAll("iframe").length]), [0, 0]);
});

const MISSING = {
  "storage that answers no CORS": [{ portalCsp: policyWithStorage() }, /storage answer CORS/],
  "a host whose policy lacks storage in connect-src": [
    { storageCors: "*", portalCsp: policyWithStorage(["frame-src"]) },
    /name it in connect-src/,
  ],
};
for (const [what, [settings, named]] of Object.entries(MISSING)) {
  testEverywhere(`${what} is network_error, and the next step says what is missing`, async () => {
    story.allow(/CORS|Content.Security.Policy|Failed to load resource/i);
    await control.set(settings);
    await start();
    const error = await failing();
    assert.deepEqual([error.code, error.retryable], ["network_error", true]);
    assert.match(error.nextStep, named);
    const { storage } = await cabRequests();
    assert.ok(storage.every(({ headers }) => headers.authorization === undefined));
  });
}

testEverywhere("a host whose policy lacks storage in frame-src is frame_blocked, and the address is not told", async () => {
  const { browser } = story;
  story.allow(/Content.Security.Policy/i);
  await control.set({ storageCors: "*", portalCsp: policyWithStorage(["connect-src"]) });
  await start();
  await browser.run(watch);
  const error = await failing();
  assert.equal(error.code, "frame_blocked");
  assert.match(error.nextStep, /storage in frame-src/);
  const { msal, ...places } = await browser.run(traces);
  // The event is the blank frame's around it.
  assert.doesNotMatch(places.kept, /^violation: /m);
  assert.deepEqual(found(places, await control.secrets()), []);
  assert.deepEqual(methods((await cabRequests()).storage), LOOK);
});

testEverywhere("a host whose own script lets no such frame be added is told so, instead of a file that never comes", async () => {
  await following();
  await story.browser.run(() => {
    Element.prototype.attachShadow = () => {
      throw new Error("Not today.");
    };
  });
  assert.equal((await failing()).code, "frame_blocked");
});

const REFUSALS = {
  "an expired signature": () => control.set({ sasSeconds: -60 }),
  "a wrong signature": () => control.set({ sasWrongSignature: true }),
  "a deleted blob": () => control.deleteBlob(CABS.kib8),
};
for (const [what, provoke] of Object.entries(REFUSALS)) {
  testEverywhere(`${what} is storage_refused, after one more try`, async () => {
    story.allow(/status of 40[34]/);
    await following();
    await provoke();
    assert.equal((await failing()).code, "storage_refused");
    const { endpoint, storage } = await cabRequests();
    assert.deepEqual([endpoint, storage].map(methods), [["GET", "GET"], [...LOOK, ...LOOK]]);
  });
}

testEverywhere("an address that stops working between the look and the download is asked for once more", async () => {
  const { browser, portal } = story;
  story.allow(/status of 403/);
  await following();
  await control.fault({ at: "storage", headers: { "x-nothing": "" }, times: 1 });
  await control.fault({ at: "storage", status: 403, times: 1 });
  await browser.run(watch);
  const { result } = await portal.host("download", CABS.kib8);
  assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "follow", attempts: 2 });
  await assertSaved(browser, CABS.kib8);
  // A frame that shows a document is an entry of the document around it, with its whole address.
  const { msal, ...places } = await browser.run(traces);
  // WebKit keeps none of a request that was redirected to another origin.
  assert.match(places.entries, browserName === "webkit" ? /config\.json/ : /cabdownload/);
  assert.deepEqual(found(places, await control.secrets()), []);
});

for (const [what, index] of [["of the same site", 0], ["of another site", 1]]) {
  testEverywhere(`a redirect to a stranger ${what} is storage_blocked: asked once, without the token, never navigated to`, async () => {
    const origin = stranger.origins[index];
    stranger.requests.length = 0;
    await control.set({ storageCors: "*", portalCsp: policyWithStorage(undefined, origin) });
    await start();
    await control.fault({ at: "cabdownload", redirect: `${origin}/file?sig=abc` });
    const error = await failing();
    assert.equal(error.code, "storage_blocked");
    assert.ok(!JSON.stringify(error).includes("sig="));
    assert.deepEqual(methods(stranger.requests), LOOK);
    for (const { headers } of stranger.requests) assert.equal(headers.authorization, undefined);
    assert.ok(stranger.requests.every(({ headers }) => headers["sec-fetch-dest"] !== "iframe"));
  });
}

testEverywhere("a redirect to our own origin, such as a login page, is unexpected_response", async () => {
  await following();
  await control.fault({ at: "relay", redirect: `${urls.portal}/cablink.html` });
  assert.equal((await failing()).code, "unexpected_response");
});

testEverywhere("a 401 is answered by one renewed token", async () => {
  const { browser, portal } = story;
  story.allow(/status of 401/);
  await following();
  await control.fault({ at: "cabdownload", status: 401, times: 1 });
  const { result } = await portal.host("download", CABS.kib64);
  assert.deepEqual(result, { cabIdHash: CABS.kib64, via: "follow", attempts: 2 });
  await assertSaved(browser, CABS.kib64);
  const { endpoint } = await cabRequests();
  assert.deepEqual(endpoint.map(({ status }) => status), [401, 302]);
  assert.notEqual(endpoint[0].tokenSha256, endpoint[1].tokenSha256);
});

testEverywhere("a second 401 is unauthorized, and 404 is not_found with the service's own words", async () => {
  story.allow(/status of 40[14]/);
  await following();
  await control.fault({ at: "cabdownload", status: 401 });
  assert.equal((await failing()).code, "unauthorized");
  assert.deepEqual((await cabRequests()).endpoint.map(({ status }) => status), [401, 401]);
  await control.clearFaults();
  const error = await failing(UNKNOWN_CAB);
  assert.deepEqual([error.code, error.status], ["not_found", 404]);
  assert.match(error.serviceMessage, /The CAB was not found\.$/);
  assert.deepEqual((await cabRequests()).storage, []);
});

for (const contentType of ["text/html", "application/xhtml+xml", "image/svg+xml", "text/xml"]) {
  testEverywhere(`a 200 that is ${contentType} is unexpected_response, and never runs`, async () => {
    await following();
    await control.fault({ at: "relay", contentType, body: "<script>top.shown = true</script>" });
    assert.equal((await failing()).code, "unexpected_response");
    assert.equal(await story.browser.run(() => window.shown ?? null), null);
  });
}
