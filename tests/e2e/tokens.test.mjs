// Tokens that run out, and services that refuse them.

import assert from "node:assert/strict";

import { By } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved, names } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

/** Seconds. MSAL renews 300 s before the end, so that it never gives out such a token a second time. */
const ABOUT_TO_EXPIRE = 200;
const SHORT = 3;

/** Digest of the last token that the lists used before the first test. */
let signedInWith;

const story = tellStory(async ({ portal }) => {
  await portal.open();
  await control.set({ accessTokenSeconds: ABOUT_TO_EXPIRE });
  await portal.signIn();
  await portal.listed();
  signedInWith = (await control.look()).requests.findLast(({ tokenSha256 }) => tokenSha256).tokenSha256;
});

/** Renewals, as the identity provider saw them. */
const renewals = async () =>
  (await control.look()).requests.filter(({ at, method, path }) => at === "identity" && method === "POST" && path.startsWith("/token"));

testEverywhere("a token that MSAL gives out no more is renewed silently before the request", async () => {
  const { browser, portal } = story;
  const link = await portal.link(CABS.kib8);
  const windows = await portal.driver.getAllWindowHandles();
  await link.click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  const { endpoint } = await cabRequests();
  assert.deepEqual(endpoint.map(({ status }) => status), [302]);
  assert.notEqual(endpoint[0].tokenSha256, signedInWith);
  assert.equal((await renewals()).length, 1);
  assert.deepEqual(await portal.driver.getAllWindowHandles(), windows);
});

testEverywhere("a token that the host gave out too late is refused by the service, and renewed once", async () => {
  const { browser, portal } = story;
  await control.set({ accessTokenSeconds: SHORT });
  await portal.hostPage();
  const expires = await portal.host("keepToken");
  await control.set({ accessTokenSeconds: 3_600 });
  await until("the token's end", () => Date.now() / 1000 > expires);
  await control.clearRequests();
  const { result } = await portal.host("download", CABS.kib64);
  assert.deepEqual(result, { cabIdHash: CABS.kib64, via: "worker", attempts: 2 });
  await assertSaved(browser, CABS.kib64);
  assert.deepEqual((await browser.run(() => window.host.wanted)).map(({ forceRefresh }) => forceRefresh), [false, true]);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual(endpoint.map(({ status }) => status), [401, 302]);
  assert.notEqual(endpoint[0].tokenSha256, endpoint[1].tokenSha256);
  assert.equal(storage.length, 1);
  assert.equal((await renewals()).length, 1);
});

testEverywhere("a token about to expire is renewed when the pointer comes to a link, and the click has it", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await portal.host("showLinks", [CABS.kib8, CABS.kib64]);
  await control.set({ accessTokenSeconds: ABOUT_TO_EXPIRE });
  await portal.host("keepToken");
  await control.set({ accessTokenSeconds: 3_600 });
  // Away from the links: a pointer that rests on one would come to it before the requests are counted.
  await portal.driver.actions().move({ x: 0, y: 0 }).perform();
  // Not the function that gave that token: a minute long it would not look again.
  await portal.host("start", { getToken: "no window", enhance: "#links" });
  await control.clearRequests();
  const [link, other] = await portal.driver.findElements(By.css("#links a"));
  for (const each of [link, other, link]) await portal.driver.actions().move({ origin: each }).perform();
  await until("the renewal", async () => (await renewals()).some(({ finished }) => finished));
  assert.deepEqual((await cabRequests()).endpoint, []);
  assert.deepEqual(await portal.states(), []);
  await link.click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  assert.equal((await renewals()).length, 1);
  assert.deepEqual((await cabRequests()).endpoint.map(({ status }) => status), [302]);
});

testEverywhere("a 401 for a good token is answered by one renewed token", async () => {
  const { browser, portal } = story;
  await portal.ready();
  const link = await portal.link(CABS.mib1);
  await control.fault({ at: "cabdownload", status: 401, times: 1 });
  await control.clearRequests();
  await link.click();
  const states = await portal.state(CABS.mib1, "downloading");
  await assertSaved(browser, CABS.mib1);
  assert.deepEqual(
    states.map(({ state, attempt }) => [state, attempt]),
    [["authorizing", 1], ["requesting", 1], ["retrying", 1], ["requesting", 2], ["handed-off", 2], ["downloading", 2]],
  );
  const { relay, endpoint } = await cabRequests();
  assert.deepEqual([relay.length, endpoint.map(({ status }) => status)], [2, [401, 302]]);
  assert.notEqual(endpoint[0].tokenSha256, endpoint[1].tokenSha256);
});

testEverywhere("a service that refuses every token is asked twice, then the person is told", async () => {
  const { browser, portal } = story;
  await portal.ready();
  const link = await portal.link(CABS.kib8);
  await control.fault({ at: "cabdownload", status: 401 });
  await control.clearRequests();
  await link.click();
  const states = await portal.state(CABS.kib8, "failed");
  const { code, status } = states.at(-1).error;
  assert.deepEqual([code, status], ["unauthorized", 401]);
  const { endpoint } = await cabRequests();
  assert.deepEqual(endpoint.map(({ status: each }) => each), [401, 401]);
  assert.deepEqual(names(states).filter((state) => state === "retrying"), ["retrying"]);
  assert.deepEqual(await browser.downloads.names(), []);
});

testEverywhere("a claims challenge reaches the host's getToken", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: "c1" } } });
  const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;
  await control.fault({ at: "cabdownload", status: 401, headers: { "WWW-Authenticate": challenge }, times: 1 });
  await portal.host("download", CABS.kib8);
  const wanted = await browser.run(() => window.host.wanted);
  assert.deepEqual(wanted.map(({ forceRefresh, claims: asked }) => [forceRefresh, asked]), [[false, null], [true, claims]]);
});
