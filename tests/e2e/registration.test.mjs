// The worker: refused for each of its reasons, of another version, silent, gone, and beside another one of the host's.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { cabRequests, methods } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const HOST_PAGE = "/host-page.html";
const story = tellStory(({ portal }) => portal.ready(HOST_PAGE));
const JAVASCRIPT = "text/javascript; charset=utf-8";

/** No worker is left of the test before. */
function unregister() {
  return story.browser.run(async () => {
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
  });
}

/** The error of a start that needs the worker, with the page served anew under what was provoked before. */
async function refusedStart(options = {}) {
  const { portal } = story;
  await unregister();
  await portal.ready(HOST_PAGE);
  const error = await portal.host("start", { handoff: "worker", ...options });
  assert.equal(error?.name, "CabLinkError");
  for (const text of [error.message, error.nextStep]) assert.match(text, /^[A-Z].+\.$/);
  return error;
}

/** The portal's policy with some of its directives replaced. */
const policyWith = (changes) =>
  [...portalPolicy(urls).split("; ").filter((each) => !(each.split(" ")[0] in changes)), ...Object.entries(changes).map((each) => each.join(" "))].join("; ");

test("a worker that is missing is named", async () => {
  story.allow(/status of 404|bad HTTP response code|404/);
  await control.fault({ at: "worker", status: 404 });
  const { code, message, nextStep } = await refusedStart();
  assert.deepEqual([code, message], ["worker_unavailable", "The server does not have the download worker of this page (HTTP 404)."]);
  assert.match(nextStep, /worker\.js/);
});

test("a worker of the wrong type is named", async () => {
  story.allow(/MIME type|Content-Type/i);
  await control.fault({ at: "worker", contentType: "text/plain" });
  const { code, message, nextStep } = await refusedStart();
  assert.deepEqual([code, message], ["worker_unavailable", "The server does not send the download worker of this page as JavaScript."]);
  assert.match(nextStep, /text\/javascript/);
});

test("a worker that the server redirects, as to a login page, is named", async () => {
  story.allow(/redirect/i);
  await control.fault({ at: "worker", redirect: `${urls.portal}${HOST_PAGE}` });
  const { code, message } = await refusedStart();
  assert.deepEqual([code, message], ["worker_unavailable", "The server redirects the download worker of this page, which browsers refuse."]);
});

test("a policy without workers is named", async () => {
  story.allow(/Content.Security.Policy/i);
  await control.set({ portalCsp: policyWith({ "worker-src": "'none'" }) });
  const { code, nextStep } = await refusedStart();
  assert.equal(code, "worker_unavailable");
  assert.match(nextStep, /worker-src 'self'/);
});

test("what else the page's policy refuses at that moment is not taken for the reason", async () => {
  story.allow(/Content.Security.Policy|status of 404|404|Trusted/i);
  await control.fault({ at: "worker", status: 404 });
  await unregister();
  await story.portal.ready(HOST_PAGE);
  const heard = await story.browser.run(async () => {
    const violations = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => violations.push(effectiveDirective));
    const refused = window.host.start({ handoff: "worker" });
    const script = document.createElement("script");
    script.append("window.inline = true");
    document.body.append(script);
    const { message } = await refused;
    return { message, violations };
  });
  assert.equal(heard.message, "The server does not have the download worker of this page (HTTP 404).");
  assert.ok(heard.violations.length > 0, "the page was refused nothing");
});

test("Trusted Types that do not know our policy are named", async () => {
  story.allow(/Content.Security.Policy|Trusted/i);
  await control.set({ portalCsp: policyWith({ "trusted-types": "another" }) });
  if (browserName === "firefox") {
    // Firefox asks for no typed address here.
    await unregister();
    return story.portal.hostPage({ handoff: "worker" });
  }
  const { code, nextStep } = await refusedStart();
  assert.equal(code, "worker_unavailable");
  assert.match(nextStep, /name cablink in trusted-types/);
});

/** The worker as another version of the portal would bring it. */
const workerOf = async (version) =>
  (await readFile(new URL("../../src/worker.js", import.meta.url), "utf8")).replace("const PROTOCOL = 1;", `const PROTOCOL = ${version};`);

for (const [age, version] of [["an older", 0], ["a newer", 2]]) {
  test(`${age} worker is named, and its update heals it`, async () => {
    const { browser, portal } = story;
    const fault = await workerOf(version);
    assert.ok(fault.includes(`const PROTOCOL = ${version};`));
    await control.fault({ at: "worker", contentType: JAVASCRIPT, body: fault });
    const { code, message } = await refusedStart();
    assert.deepEqual([code, message], ["worker_unavailable", "This page and its download worker are of different versions."]);
    await control.clearFaults();
    assert.equal(await portal.host("start", { handoff: "worker" }), null);
    const { result } = await portal.host("download", CABS.kib8);
    assert.equal(result?.via, "worker");
    await assertSaved(browser, CABS.kib8);
  });
}

test("a page that was there before a newer worker says so, and goes on once the worker fits again", async () => {
  const { browser, portal } = story;
  await portal.hostPage({ handoff: "worker" });
  await control.fault({ at: "worker", contentType: JAVASCRIPT, body: await workerOf(2) });
  // As another tab would, with the new version's page.
  await browser.run(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/cablink/");
    const before = registration.active;
    await registration.update();
    while (before.state !== "redundant") await new Promise((resolve) => before.addEventListener("statechange", resolve, { once: true }));
  });
  const { error } = await portal.host("download", CABS.kib8);
  assert.deepEqual([error.code, error.message], ["worker_unavailable", "This page and its download worker are of different versions."]);
  assert.match(error.nextStep, /^Reload/);
  assert.deepEqual((await cabRequests()).relay, []);
  await control.clearFaults();
  const { result } = await portal.host("download", CABS.kib8);
  assert.equal(result?.via, "worker");
  await assertSaved(browser, CABS.kib8);
});

test("a worker that says hello and never asks is worker_silent", async () => {
  const { browser, portal } = story;
  // The server answers in its place, which the console may name.
  story.allow(/status of 404/);
  await portal.hostPage({ handoff: "worker", worker: "/silent/worker.js" });
  await control.clearRequests();
  const { error } = await portal.host("download", CABS.kib8);
  assert.deepEqual([error.code, error.retryable], ["worker_silent", true]);
  assert.match(error.nextStep, /^Reload/);
  const { all, relay } = await cabRequests();
  // Asked twice, and the token was sent nowhere.
  assert.equal(all.filter(({ path }) => path.startsWith("/silent/frame?")).length, 2);
  assert.deepEqual(relay, []);
  assert.deepEqual(await browser.downloads.names(), []);
  await unregister();
});

test("a registration that is gone is made anew, and the download arrives", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await unregister();
  const { result } = await portal.host("download", CABS.kib8);
  assert.equal(result?.via, "worker");
  await assertSaved(browser, CABS.kib8);
});

test("after a reload past every cache the download arrives, or the person is told to reload", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  if (browserName === "chromium") await portal.driver.sendDevToolsCommand("Page.reload", { ignoreCache: true });
  else await browser.run(() => void setTimeout(() => location.reload(true)));
  await until("the page again", () => browser.run(() => Boolean(window.host) && !window.host.cabs));
  await portal.recordStates();
  assert.equal(await portal.host("start"), null);
  if (browserName === "firefox") {
    // Firefox loads the frames of such a page past the worker as well, as long as the page is there.
    const { error } = await portal.host("download", CABS.kib8);
    assert.equal(error.code, "worker_silent");
    assert.match(error.nextStep, /^Reload the page/);
    await portal.hostPage();
  }
  const { result } = await portal.host("download", CABS.kib8);
  assert.equal(result?.via, "worker");
  await assertSaved(browser, CABS.kib8);
});

test("beside a host's own worker for the whole site downloads arrive, and that worker stays", async () => {
  const { browser, portal } = story;
  await portal.ready(HOST_PAGE);
  await browser.run(async () => {
    await navigator.serviceWorker.register("/root-worker.js", { scope: "/" }).catch(() => {});
    const types = globalThis.trustedTypes?.createPolicy("cablink", { createScriptURL: (url) => url });
    await navigator.serviceWorker.register(types ? types.createScriptURL("/root-worker.js") : "/root-worker.js", { scope: "/" });
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
  });
  story.allow(/Trusted|Content.Security.Policy/i);
  await portal.hostPage();
  const controlled = () => browser.run(() => navigator.serviceWorker.controller?.scriptURL ?? "nobody");
  assert.match(await controlled(), /\/root-worker\.js$/);
  await control.clearRequests();
  const { result } = await portal.host("download", CABS.kib8);
  assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "worker", attempts: 1 });
  await assertSaved(browser, CABS.kib8);
  const { relay, endpoint, storage } = await cabRequests();
  assert.deepEqual([relay, endpoint, storage].map(methods), [["GET"], ["GET"], ["GET"]]);
  assert.match(await controlled(), /\/root-worker\.js$/);
  await unregister();
});
