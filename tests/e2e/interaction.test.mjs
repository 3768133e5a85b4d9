// The sign-in has ended, and only a person can renew it: MSAL's window, and whatever keeps it from helping.

import assert from "node:assert/strict";
import { test } from "node:test";

import { By } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const HOST_PAGE = "/host-page.html";
/** Seconds. MSAL renews five minutes before the end: it asks the provider for every such token. */
const ABOUT_TO_EXPIRE = 200;

const story = tellStory(async ({ portal }) => {
  await control.set({ accessTokenSeconds: ABOUT_TO_EXPIRE });
  await portal.ready(HOST_PAGE);
});

/** The tests' own page with links to CABs, and a sign-in that nobody but a person can renew. */
async function withoutSession(...cabs) {
  const { portal } = story;
  await control.set({ accessTokenSeconds: ABOUT_TO_EXPIRE });
  await portal.hostPage({ enhance: "#links" });
  await portal.host("showLinks", cabs);
  await endSession();
}

/** What Chromium says about a refused renewal, and about the frame in which MSAL asks for the session. */
const OF_RENEWAL = [/status of 400/, /can escape its sandboxing/];

async function endSession() {
  story.allow(...OF_RENEWAL);
  await control.set({ refuseRefresh: true });
  await control.endSessions();
  await control.clearRequests();
}

const link = (cab) => story.portal.driver.findElement(By.css(`a[data-cab-id-hash="${cab}"]`));
const handles = () => story.portal.driver.getAllWindowHandles();

/** The window that opens, with the sign-in page in it. */
async function signInWindow(before) {
  const { browser, portal } = story;
  const opened = await browser.newWindow(before);
  await portal.driver.switchTo().window(opened);
  await portal.visible("#alice");
  return opened;
}

/** A person signs in there, and the window closes. */
async function signInThere(before, opened) {
  const { portal } = story;
  await portal.driver.switchTo().window(opened);
  await (await portal.visible("#alice")).click();
  await until("the sign-in window's end", async () => !(await handles()).includes(opened));
  await portal.driver.switchTo().window(portal.tab);
}

const requestsFor = async (start) =>
  (await control.look()).requests.filter(({ at, path }) => at === "identity" && path.startsWith(start));

/** The error of a download that ends with one. */
async function failed(cab) {
  const { error } = (await story.portal.state(cab, "failed")).at(-1);
  for (const text of [error.message, error.nextStep]) assert.match(text, /^[A-Z].+\.$/);
  return error;
}

test("one window for two clicks at once, and both downloads go on afterwards", async () => {
  const { browser, portal } = story;
  await withoutSession(CABS.kib8, CABS.kib64);
  // Both clicks come before anything is known of the first.
  await control.fault({ at: "token", delayMs: 700, times: 1 });
  const before = await handles();
  await portal.driver.actions().click(await link(CABS.kib8)).click(await link(CABS.kib64)).perform();
  const opened = await signInWindow(before);
  assert.equal((await handles()).length, before.length + 1);
  await signInThere(before, opened);
  for (const cab of [CABS.kib8, CABS.kib64]) await portal.state(cab, "downloading");
  await assertSaved(browser, CABS.kib8, CABS.kib64);
  assert.equal((await cabRequests()).endpoint.length, 2);
});

test("without a click there is no window, and the next click opens it at once", async () => {
  const { browser, portal } = story;
  await withoutSession(CABS.kib8);
  const before = await handles();
  const { error } = await portal.host("downloadWithoutClick", CABS.kib8);
  assert.deepEqual([error.code, error.retryable], ["interaction_required", true]);
  assert.match(error.nextStep, /Click once more/);
  assert.deepEqual(await handles(), before);
  await control.clearRequests();
  await portal.forgetStates();
  await (await link(CABS.kib8)).click();
  const opened = await signInWindow(before);
  assert.deepEqual(await requestsFor("/token"), [], "nothing was tried silently before");
  await signInThere(before, opened);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a hover that finds the sign-in ended opens no window and tells nobody; the click opens it", async () => {
  const { browser, portal } = story;
  await withoutSession(CABS.kib8);
  await portal.host("start", { getToken: "of MSAL", enhance: "#links" });
  await control.clearRequests();
  const before = await handles();
  for (let hovers = 0; hovers < 2; hovers += 1) {
    await portal.driver.actions().move({ x: 0, y: 0 }).move({ origin: await link(CABS.kib8) }).perform();
  }
  await until("the refusal", async () => (await requestsFor("/token")).some(({ finished }) => finished));
  assert.deepEqual(await handles(), before);
  assert.deepEqual(await portal.states(), []);
  assert.equal((await requestsFor("/token")).length, 1);
  await (await link(CABS.kib8)).click();
  const opened = await signInWindow(before);
  await signInThere(before, opened);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a host that wants no windows gets interaction_required, click or not", async () => {
  const { portal } = story;
  await withoutSession(CABS.kib8);
  await portal.host("start", { getToken: "no window", enhance: "#links" });
  const before = await handles();
  for (let clicks = 0; clicks < 2; clicks += 1) {
    await portal.forgetStates();
    await (await link(CABS.kib8)).click();
    assert.equal((await failed(CABS.kib8)).code, "interaction_required");
  }
  assert.deepEqual(await handles(), before);
});

test("a sign-in that the person cancels at the provider is told", async () => {
  const { browser, portal } = story;
  await withoutSession(CABS.kib8);
  const before = await handles();
  await (await link(CABS.kib8)).click();
  const opened = await signInWindow(before);
  await (await portal.visible("#cancel")).click();
  await until("the sign-in window's end", async () => !(await handles()).includes(opened));
  await portal.driver.switchTo().window(portal.tab);
  const error = await failed(CABS.kib8);
  assert.deepEqual([error.code, error.message], ["token_unavailable", "The sign-in was cancelled."]);
  assert.deepEqual((await cabRequests()).endpoint, []);
  assert.deepEqual(await browser.downloads.names(), []);
});

test("a window that the person closed is opened again by the next click on the same link", async () => {
  const { browser, portal } = story;
  await withoutSession(CABS.kib8, CABS.kib64);
  const before = await handles();
  await (await link(CABS.kib8)).click();
  await signInWindow(before);
  await portal.driver.close();
  await portal.driver.switchTo().window(portal.tab);
  await (await link(CABS.kib8)).click();
  const second = await signInWindow(before);
  // Another CAB's click joins the one that is open, instead of taking its place.
  await portal.driver.switchTo().window(portal.tab);
  await (await link(CABS.kib64)).click();
  await portal.state(CABS.kib64, "authorizing");
  await signInThere(before, second);
  for (const cab of [CABS.kib8, CABS.kib64]) await portal.state(cab, "downloading");
  await assertSaved(browser, CABS.kib8, CABS.kib64);
  assert.equal((await portal.states()).filter(({ state }) => state === "failed").length, 0);
  assert.equal((await cabRequests()).endpoint.length, 2);
});

test("a closed window that nobody asks for again is a timeout, and the click after it signs in", async () => {
  const { browser, portal } = story;
  await control.set({ portalConfig: { signInWindowMs: 8_000 } });
  await withoutSession(CABS.kib8);
  const before = await handles();
  await (await link(CABS.kib8)).click();
  await signInWindow(before);
  await portal.driver.close();
  await portal.driver.switchTo().window(portal.tab);
  const error = await failed(CABS.kib8);
  assert.deepEqual([error.code, error.message, error.retryable], ["timeout", "The sign-in did not finish in time.", true]);
  await portal.forgetStates();
  await (await link(CABS.kib8)).click();
  await signInThere(before, await signInWindow(before));
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("while the host's own sign-in window is open the click is told so; the next one tries without, and takes its place", async () => {
  const { browser, portal } = story;
  await withoutSession(CABS.kib8);
  const before = await handles();
  await portal.driver.findElement(By.id("switch")).click();
  await signInWindow(before);
  await portal.driver.switchTo().window(portal.tab);
  await (await link(CABS.kib8)).click();
  const error = await failed(CABS.kib8);
  assert.deepEqual([error.code, error.message], ["interaction_required", "A sign-in window is already open."]);
  const both = await handles();
  await portal.forgetStates();
  await (await link(CABS.kib8)).click();
  await signInThere(both, await signInWindow(both));
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a click after the person has finished the host's own sign-in window needs no other", async () => {
  const { browser, portal } = story;
  await withoutSession(CABS.kib8);
  const before = await handles();
  await portal.driver.findElement(By.id("switch")).click();
  const own = await signInWindow(before);
  await portal.driver.switchTo().window(portal.tab);
  await (await link(CABS.kib8)).click();
  assert.equal((await failed(CABS.kib8)).message, "A sign-in window is already open.");
  await control.set({ refuseRefresh: false });
  await signInThere(before, own);
  await portal.forgetStates();
  // As a person would: once the page has taken the sign-in in.
  await until("the end of that sign-in", () => browser.run(() => !Object.keys(sessionStorage).concat(Object.keys(localStorage)).some((key) => key.includes("interaction.status"))));
  await control.clearRequests();
  await (await link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  assert.deepEqual(await requestsFor("/auth"), [], "a window was opened");
  assert.equal((await requestsFor("/token")).length, 1, "renewed silently");
  assert.deepEqual(await handles(), before);
  await assertSaved(browser, CABS.kib8);
});

test("a window that the browser blocks is popup_blocked", async () => {
  const { browser, portal } = story;
  await withoutSession();
  // A sandbox without allow-popups is what blocks windows whatever a driver has switched on.
  await browser.run((address) => {
    const frame = document.createElement("iframe");
    frame.id = "embedded";
    frame.sandbox = "allow-scripts allow-same-origin allow-downloads allow-forms";
    frame.src = address;
    document.body.append(frame);
  }, `${urls.portal}${HOST_PAGE}`);
  await portal.driver.switchTo().frame(await portal.driver.findElement(By.id("embedded")));
  await until("the page in the frame", () => browser.run(() => Boolean(window.host)));
  await portal.recordStates();
  assert.equal(await portal.host("start", { enhance: "#links" }), null);
  await portal.host("showLinks", [CABS.kib8]);
  await (await link(CABS.kib8)).click();
  // Chromium says why.
  story.allow(/Blocked opening/);
  const error = await failed(CABS.kib8);
  assert.deepEqual([error.code, error.retryable], ["popup_blocked", true]);
  assert.match(error.nextStep, /Allow pop-ups/);
});

test("offline at the sign-in is network_error", async () => {
  const { browser, portal } = story;
  await control.set({ accessTokenSeconds: ABOUT_TO_EXPIRE });
  await portal.hostPage();
  story.allow(/ERR_INTERNET_DISCONNECTED|ERR_EMPTY_RESPONSE|CORS|NetworkError|Failed to load/);
  const offline = { offline: true, latency: 0, download_throughput: -1, upload_throughput: -1 };
  // Firefox has no such switch for a test; there nobody answers at the provider.
  if (browserName === "chromium") await portal.driver.setNetworkConditions(offline);
  else await control.fault({ at: "token", drop: true });
  try {
    const { error } = await portal.host("download", CABS.kib8);
    assert.deepEqual([error.code, error.message], ["network_error", "The sign-in service could not be reached."]);
    assert.equal(error.retryable, true);
  } finally {
    if (browserName === "chromium") await portal.driver.deleteNetworkConditions();
  }
  await control.clearFaults();
  const { result } = await portal.host("download", CABS.kib8);
  assert.equal(result?.via, "worker");
  await assertSaved(browser, CABS.kib8);
});

const BAD_TOKENS = {
  throws: ["token_unavailable", /Sign in again/],
  "gives an object": ["token_unavailable", /Sign in again/],
  "never answers": ["timeout", /Try again/],
};
for (const [what, [code, nextStep]] of Object.entries(BAD_TOKENS)) {
  test(`a host's own token function that ${what}: the download ends, and names the sign-in`, async () => {
    const { portal } = story;
    await portal.hostPage({ getToken: what, deadlineMs: 300 });
    await control.clearRequests();
    const { error } = await portal.host("download", CABS.kib8);
    assert.equal(error.code, code);
    assert.match(error.message, /sign-in/);
    assert.match(error.nextStep, nextStep);
    assert.deepEqual((await cabRequests()).relay, []);
    assert.deepEqual(names(await portal.states(CABS.kib8)), ["authorizing", "failed"]);
  });
}
