// A browser that really has no service worker for this page: "auto" follows instead, "worker" says what is missing.

import assert from "node:assert/strict";

import { SignIn } from "../stack/identity/sign-in.mjs";
import { CABS } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { cabRequests, methods } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory, testEverywhere } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

/** Firefox and WebKit are told to have none; Chromium knows no such switch, but refuses one to a site without site data. */
const WITHOUT_WORKERS = {
  chromium: {
    preferences: { "profile.content_settings.exceptions.cookies": { [`${urls.portal},*`]: { setting: 2 } } },
  },
  firefox: { preferences: { "dom.serviceWorkers.enabled": false } },
  webkit: { flags: ["--features=-ServiceWorkers"] },
};

let token;
const story = tellStory(async () => {
  token = (await new SignIn(urls).as("alice")).access_token;
}, WITHOUT_WORKERS);

const POLICY = portalPolicy(urls).replaceAll(/(connect-src|frame-src)/g, `$1 ${urls.storage}`);

async function start(handoff) {
  await story.portal.plainPage();
  const problem = await story.portal.host("start", token, { handoff, storage: [urls.storage] });
  await control.clearRequests();
  return problem;
}

function assertNoWorker(problem) {
  assert.deepEqual([problem.name, problem.code, problem.retryable], ["CabLinkError", "worker_unavailable", false]);
  // Chromium offers the interface and then refuses.
  const said = browserName === "chromium" ? /refused the download worker/ : /offers no service worker here/;
  assert.match(problem.message, said);
  assert.match(problem.nextStep, /allow site data/);
}

testEverywhere("with handoff auto the file arrives by following", async () => {
  const { browser, portal } = story;
  await control.set({ storageCors: "*", portalCsp: POLICY });
  assert.equal(await start("auto"), null);
  const { result } = await portal.host("download", CABS.mib1);
  assert.deepEqual(result, { cabIdHash: CABS.mib1, via: "follow", attempts: 1 });
  await assertSaved(browser, CABS.mib1);
  assert.deepEqual(names(await portal.states(CABS.mib1)), GOOD_STATES);
  assert.deepEqual(methods((await cabRequests()).relay), ["GET"]);
});

testEverywhere("with handoff auto and storage that answers no CORS, the worker is what is missing, and the service is asked once", async () => {
  const { browser, portal } = story;
  story.allow(/CORS|Failed to load resource/);
  await control.set({ portalCsp: POLICY });
  assert.equal(await start("auto"), null);
  const { error } = await portal.host("download", CABS.kib8);
  assertNoWorker(error);
  assert.deepEqual(methods((await cabRequests()).relay), ["GET"]);
  assert.deepEqual(await browser.downloads.names(), []);
});

testEverywhere("the doctor says what is missing", async () => {
  const { browser, portal } = story;
  story.allow(/status of (400|401|404)|ServiceWorker/);
  await portal.driver.get(`${urls.portal}/doctor-page.html`);
  portal.tab = await portal.driver.getWindowHandle();
  await until("the page's script", () => browser.run(() => Boolean(window.host)));
  const report = await portal.host("doctor", { token, storage: [urls.storage] });
  const told = report.checks.filter(({ name }) => ["service_worker", "registration"].includes(name)).map(({ ok, change }) => [ok, change]);
  // Chromium offers the interface and then refuses; the other two offer none, which may be the browser's choice or the page's.
  assert.deepEqual(told, browserName === "chromium"
    ? [[true, undefined], [false, "Open the page in a normal window and allow site data."]]
    : [[null, "Open the page over https, in a normal window, with site data allowed."], [null, undefined]], report.text);
  assert.equal(report.ok, browserName !== "chromium");
});

testEverywhere("with handoff worker it does not start, says worker_unavailable, and asks for no token", async () => {
  const { browser } = story;
  const problem = await start("worker");
  assertNoWorker(problem);
  assert.equal(await browser.run(() => window.host.asked), 0);
});
