// Services that answer with markup, floods and secrets, and what our own pages let in.

import assert from "node:assert/strict";
import { test } from "node:test";

import { By, Key } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { found } from "./traces.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

const MARKUP = `</script><img src=x onerror="window.ran=true"><script>window.ran=true</script><b id="injected">`;
const JSON_TYPE = "application/json";

/** What an error body may be, with what of it may be told: the code, and a pattern of the message. */
const BODIES = {
  "markup in every field": [JSON_TYPE, JSON.stringify({ code: MARKUP, message: MARKUP, innererror: { message: MARKUP, data: [MARKUP] } }), null, /./],
  "markup instead of JSON": ["text/html", `<!doctype html><h1>403</h1>${MARKUP}`, null, null],
  "megabytes of JSON": [JSON_TYPE, JSON.stringify({ code: "Forbidden", message: "a".repeat(3_000_000) }), null, null],
  "JSON that ends in the middle": [JSON_TYPE, '{"code": "Forbidden", "message": "No acc', null, null],
  "a list instead of an object": [JSON_TYPE, '[{"code": "Forbidden"}]', null, null],
  "values of other types": [JSON_TYPE, '{"code": 7, "message": {"a": []}, "error": [1], "innererror": "x"}', null, null],
  "nothing": [JSON_TYPE, "", null, null],
  "bytes that are no text": ["application/octet-stream", "\u0000\u0001\ufffd{", null, null],
  "a long message": [JSON_TYPE, JSON.stringify({ code: "Forbidden", message: `No access. ${"Ask again. ".repeat(500)}` }), "Forbidden", /^No access\. Ask again\. /],
  "the token itself": [JSON_TYPE, '{"code": "{{token}}", "message": "You sent Bearer {{token}}, {{token}}"}', null, /^You sent/],
  "lines and controls": [JSON_TYPE, '{"code": "Forbidden", "message": "No\\u0000 \\u202eaccess\\r\\nhere"}', "Forbidden", /^No/],
};

test("an error body of any kind is told as plain, short, harmless text, beside the link too", async () => {
  const { browser, portal } = story;
  await portal.hostPage({ enhance: "#links" });
  await portal.host("showLinks", [CABS.kib8]);
  for (const [what, [contentType, body, code, message]] of Object.entries(BODIES)) {
    await control.clearFaults();
    await control.fault({ at: "cabdownload", status: 403, contentType, body });
    await portal.forgetStates();
    await browser.run(() => document.querySelector("#links a").click());
    const { error } = (await portal.state(CABS.kib8, "failed")).at(-1);
    assert.deepEqual([error.code, error.status], ["forbidden", 403], what);
    if (code) assert.equal(error.serviceCode, code, what);
    else assert.ok(!error.serviceCode || /^[\w .-]{1,100}$/.test(error.serviceCode), `${what}: ${error.serviceCode}`);
    if (message) assert.match(error.serviceMessage, message, what);
    else assert.equal(error.serviceMessage ?? null, null, what);
    assert.ok((error.serviceMessage ?? "").length < 1_000, what);
    // Neither a control nor a sign that turns text around.
    assert.doesNotMatch(error.serviceMessage ?? "", /[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/, what);
    const page = await browser.run(() => [window.ran ?? null, document.getElementById("injected") !== null, document.querySelectorAll("#links *").length]);
    // The line, the link, and what stands beside it.
    assert.deepEqual(page, [null, false, 3], what);
    assert.deepEqual(found({ error: JSON.stringify(error) }, await control.secrets()), [], what);
  }
});

test("400 that comes with markup is bad_request in the tab of its own as well, as text", async () => {
  const { browser, portal } = story;
  await portal.hostPage({ enhance: "#links" });
  await portal.host("showLinks", [CABS.kib8]);
  await control.fault({ at: "cabdownload", status: 400, contentType: JSON_TYPE, body: JSON.stringify({ code: "BadRequest", message: MARKUP }) });
  const before = await portal.driver.getAllWindowHandles();
  await portal.driver.actions().keyDown(Key.CONTROL).click(await portal.driver.findElement(By.css("#links a"))).keyUp(Key.CONTROL).perform();
  assert.equal((await portal.state(CABS.kib8, "failed")).at(-1).error.code, "bad_request");
  await portal.driver.switchTo().window(await browser.newWindow(before));
  await until("the explaining page", async () => (await portal.driver.getTitle()) === "The download did not start");
  const page = await browser.run(() => [window.ran ?? null, document.images.length, document.scripts.length, document.body.innerText.includes("onerror=")]);
  assert.deepEqual(page, [null, 0, 0, true]);
});

test("every page of ours keeps to its policy: nothing inline, nothing from elsewhere, Trusted Types", async () => {
  const { browser, portal } = story;
  const REPORTS = "/policy-reports";
  const policy = portalPolicy(urls);
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "require-trusted-types-for 'script'"]) assert.ok(policy.includes(part));
  await control.set({ portalCsp: `${policy}; report-uri ${REPORTS}` });
  await portal.ready();
  await portal.listed();
  const scope = `${urls.portal}/cablink/`;
  for (const [address, heading] of [
    [`${urls.portal}/redirect.html`, "Driver crashes"],
    // Not an address of the worker's, so the server's page.
    [`${scope}elsewhere`, "This download starts in the portal"],
    [`${scope}ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`, "Download a CAB"],
    [`${urls.portal}/doctor.html`, "Check this portal"],
  ]) {
    await portal.driver.get(address);
    const h1 = await portal.visible("h1");
    await until(heading, async () => (await h1.getText()) === heading, { seen: () => h1.getText() });
    // Its style was let in: the browser's own would be a serif at twice the size.
    assert.notEqual(await browser.run(() => getComputedStyle(document.querySelector("h1")).fontSize), "32px", address);
  }
  await portal.ready();
  const { requests } = await control.look();
  assert.deepEqual(requests.filter(({ path }) => path.startsWith(REPORTS)), []);
});
