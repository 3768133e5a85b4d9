// What the service and storage may answer, and what becomes of it: a file, or an error that says so.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { CABS, UNKNOWN_CAB } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

let elsewhere;
let heard = 0;

before(async () => {
  elsewhere = createServer((request, response) => {
    heard += 1;
    response.end("Nothing to see here.");
  });
  await new Promise((resolve, reject) => elsewhere.once("error", reject).listen(urls.strangerPort, "127.0.0.1", resolve));
});

after(() => {
  elsewhere.closeAllConnections();
  return new Promise((resolve) => elsewhere.close(resolve));
});

/** Downloads on the host page and gives the error; the page stays where it was, and nothing is saved. */
async function refused(cabIdHash, options) {
  const { browser, portal } = story;
  await portal.hostPage(options);
  const { error, result } = await portal.host("download", cabIdHash);
  assert.equal(result, undefined);
  assert.equal(error.name, "CabLinkError");
  assert.ok(error.message.endsWith(".") && error.nextStep.endsWith("."), error.text);
  assert.equal(await portal.driver.getCurrentUrl(), `${urls.portal}/host-page.html`);
  assert.equal(await browser.run(() => document.querySelectorAll("iframe[title='CAB download']").length), 0);
  assert.deepEqual(await browser.downloads.names(), []);
  return error;
}

const STORAGE_REFUSES = {
  "an expired signature": () => control.set({ sasSeconds: -60 }),
  "a wrong signature": () => control.set({ sasWrongSignature: true }),
  "a deleted blob": () => control.deleteBlob(CABS.kib8),
};

for (const [what, provoke] of Object.entries(STORAGE_REFUSES)) {
  test(`${what}: one fresh attempt, then storage_refused`, async () => {
    story.allow(/ (403|404) /);
    await provoke();
    await control.clearRequests();
    const error = await refused(CABS.kib8);
    assert.deepEqual([error.code, error.retryable], ["storage_refused", true]);
    const { endpoint, storage } = await cabRequests();
    assert.deepEqual([endpoint.length, storage.length], [2, 2]);
  });
}

test("a signature that has just aged is survived without the person noticing", async () => {
  const { browser, portal } = story;
  story.allow(/ 403 /);
  await control.fault({ at: "storage", status: 403, times: 1 });
  await portal.hostPage();
  const { result } = await portal.host("download", CABS.kib64);
  assert.deepEqual(result, { cabIdHash: CABS.kib64, via: "worker", attempts: 2 });
  await assertSaved(browser, CABS.kib64);
});

test("a redirect outside the allowed storage is never followed", async () => {
  story.allow(/Content.Security.Policy|violates the following/i);
  await control.fault({ at: "cabdownload", redirect: `http://127.0.0.1:${elsewhere.address().port}/secret?sig=x` });
  heard = 0;
  const error = await refused(CABS.kib8);
  assert.deepEqual([error.code, error.retryable], ["storage_blocked", false]);
  assert.equal(heard, 0);
});

test("a redirect to a login page of the portal's own is no file", async () => {
  await control.fault({ at: "cabdownload", redirect: `${urls.portal}/redirect.html` });
  const error = await refused(CABS.kib8);
  assert.equal(error.code, "unexpected_response");
});

for (const [status, code] of [[400, "bad_request"], [403, "forbidden"], [404, "not_found"]]) {
  test(`${status} is ${code} at once, in the service's own words`, async () => {
    story.allow(new RegExp(` ${status} `));
    await control.fault({ at: "cabdownload", status });
    await control.clearRequests();
    const error = await refused(CABS.kib8);
    assert.deepEqual([error.code, error.status, error.retryable], [code, status, false]);
    assert.ok(error.serviceCode && error.serviceMessage, error.text);
    assert.equal((await cabRequests()).endpoint.length, 1);
  });
}

test("a CAB that the service does not know is not_found", async () => {
  story.allow(/ 404 /);
  assert.equal((await refused(UNKNOWN_CAB)).code, "not_found");
});

test("a failing service is asked again, and then downloads", async () => {
  const { browser, portal } = story;
  story.allow(/ 502 /);
  await control.fault({ at: "cabdownload", status: 502, body: "<html>Bad gateway</html>", contentType: "text/html", times: 2 });
  await portal.hostPage();
  const { result } = await portal.host("download", CABS.kib8);
  assert.equal(result?.attempts, 3);
  await assertSaved(browser, CABS.kib8);
});

test("a relay that sends the file itself: the browser saves it, unread by the page", async () => {
  const { browser, portal } = story;
  await control.fault({ at: "relay", serveFile: true });
  await portal.hostPage();
  const { result } = await portal.host("download", CABS.mib1);
  assert.deepEqual(result, { cabIdHash: CABS.mib1, via: "worker", attempts: 1 });
  await assertSaved(browser, CABS.mib1);
});

for (const contentType of ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"]) {
  test(`a 200 of ${contentType} is no file and never runs`, async () => {
    const { browser } = story;
    const body = `<html xmlns="http://www.w3.org/1999/xhtml"><script>top.ran = true</script></html>`;
    await control.fault({ at: "relay", status: 200, contentType, body });
    const error = await refused(CABS.kib8);
    assert.equal(error.code, "unexpected_response");
    assert.equal(await browser.run(() => window.ran), null);
  });
}

test("a service that says nothing in time is a timeout", async () => {
  await control.fault({ at: "cabdownload", delayMs: 3_600_000 });
  const error = await refused(CABS.kib8, { deadlineMs: 1_500 });
  assert.deepEqual([error.code, error.retryable], ["timeout", true]);
});

test("a body that echoes the token is not repeated", async () => {
  story.allow(/ 403 /);
  const body = JSON.stringify({ code: "Forbidden", message: "You sent {{token}} to us." });
  await control.fault({ at: "cabdownload", status: 403, body, contentType: "application/json" });
  const error = await refused(CABS.kib8);
  assert.equal(error.serviceMessage, "You sent [removed] to us.");
});

test("a click before the worker is ready is queued, not lost", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await browser.run(async () => {
    window.host.cabs.stop();
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
  });
  await control.fault({ at: "worker", delayMs: 1_000 });
  await browser.run((id) => {
    const link = document.createElement("a");
    link.id = "early";
    link.href = `/devcenter/ihvdriver/cabdownload?cabIdHash=${id}`;
    link.textContent = "Early";
    document.getElementById("links").replaceChildren(link);
    window.starting = window.host.start({ enhance: "#links" });
  }, CABS.kib8);
  await (await portal.visible("#early")).click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  assert.equal(await browser.run(() => window.starting), null);
});
