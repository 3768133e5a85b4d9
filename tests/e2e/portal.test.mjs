// The portal's own pages: quiet, within their policy, usable by keyboard, and plain about problems.

import assert from "node:assert/strict";
import { test } from "node:test";

import { By, Key } from "selenium-webdriver";

import { complaintsInBothSchemes } from "./accessibility.mjs";
import { SignIn } from "../stack/identity/sign-in.mjs";
import { CABS } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const REPORTS = "/policy-reports";
// Axe-core looks at both colour schemes, which Firefox lets only its insides change.
const story = tellStory(undefined, { insides: true });

test("from the first visit to the file and out again: no console output, no violation of the policy", async () => {
  const { browser, portal } = story;
  // The browser itself reports what the portal's policy refuses, in frames and workers too.
  await control.set({ portalCsp: `${portalPolicy(urls)}; report-uri ${REPORTS}` });
  await portal.open();
  await portal.signIn("bob");
  assert.equal(await (await portal.visible("#who")).getText(), "Bob");
  await portal.listed();
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);

  const before = await portal.driver.getAllWindowHandles();
  await (await portal.visible("#sign-out")).click();
  await portal.visible("#sign-in");
  await until("the sign-out window's end", async () => (await portal.driver.getAllWindowHandles()).length === before.length);
  assert.equal(await portal.isVisible("a.cab-link"), false);

  await portal.driver.get(`${urls.portal}/cablink/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`);
  await portal.visible("h1");
  const { requests } = await control.look();
  assert.deepEqual(requests.filter(({ path }) => path.startsWith(REPORTS)), []);
});

test("the policy is in force and reports reach the server", async () => {
  const { browser, portal } = story;
  await control.set({ portalCsp: `${portalPolicy(urls)}; report-uri ${REPORTS}` });
  await portal.open();
  story.allow(/Content.Security.Policy/i, /Failed to load resource/);
  await browser.run(() => fetch("http://localhost:1/").catch(() => {}));
  await until("a report", async () => (await control.look()).requests.some(({ path }) => path.startsWith(REPORTS)));
});

test("by keyboard alone: Tab to a CAB, Enter, and the file is there", async () => {
  const { browser, portal } = story;
  await portal.ready();
  await portal.listed();
  const press = (...keys) => portal.driver.actions().sendKeys(...keys).perform();
  const focused = () => browser.run(() => document.activeElement?.getAttribute("title"));
  await browser.run(() => document.getElementById("failures-heading").focus());
  for (let presses = 0; (await focused()) !== CABS.kib8; presses += 1) {
    assert.ok(presses < 200, "Tab never reached the link");
    await press(Key.TAB);
  }
  await press(Key.ENTER);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  assert.equal(await focused(), CABS.kib8);
});

test("a download's problem stands beside its link with the next step, and goes away with success", async () => {
  const { browser, portal } = story;
  await portal.ready();
  const link = await portal.link(CABS.kib8);
  await control.fault({ at: "cabdownload", status: 403, times: 1 });
  await link.click();
  const { error } = (await portal.state(CABS.kib8, "failed")).at(-1);
  const row = await link.findElement(By.xpath("ancestor::li"));
  const text = await row.getText();
  for (const part of [error.message, error.nextStep, "Code: forbidden", "HTTP 403"]) assert.ok(text.includes(part), part);
  assert.equal(await link.getAttribute("data-cab-state"), "failed");

  await portal.forgetStates();
  await link.click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  assert.ok(!(await row.getText()).includes("forbidden"));
});

test("the doctor's page, by keyboard alone: check, copy, check again", async () => {
  const { browser, portal } = story;
  story.allow(/status of (400|401|404)/);
  await portal.ready();
  await portal.driver.get(`${urls.portal}/doctor.html`);
  const press = (...keys) => portal.driver.actions().sendKeys(...keys).perform();
  const forward = () => press(Key.TAB);
  // Not round through the browser's own buttons, where keys are no longer the page's.
  const back = () => portal.driver.actions().keyDown(Key.SHIFT).sendKeys(Key.TAB).keyUp(Key.SHIFT).perform();
  const go = async (id, step = forward) => {
    await until(id, () => portal.isVisible(`#${id}`));
    for (let presses = 0; (await browser.run(() => document.activeElement?.id)) !== id; presses += 1) {
      assert.ok(presses < 10, `Tab never reached ${id}`);
      await step();
    }
    await press(Key.ENTER);
  };
  const shown = () => browser.run(() => document.querySelector("main").innerText);
  const status = () => browser.run(() => document.getElementById("status").textContent);
  const says = (pattern) => until(String(pattern), async () => pattern.test(await status()), { seen: shown });
  await until("the start", () => browser.run(() => document.getElementById("check").textContent === "Check"));
  await go("check");
  // Pressed again meanwhile, it goes on, and keeps the focus.
  await press(Key.ENTER);
  await says(/Nothing is known to be wrong\./);
  const rows = await browser.run(() => [...document.querySelectorAll("#checks li")].map((row) => row.innerText));
  assert.equal(rows.length, 29);
  assert.equal(await browser.run(() => document.activeElement.id), "check");
  assert.ok(rows.some((row) => /Good token_audience/.test(row)), rows.join("\n"));
  await go("copy");
  await says(/Copied\.|does not let this page copy/);
  // A fault is what stands out, with its line.
  await control.fault({ at: "relay", status: 502 });
  story.allow(/status of 502/);
  await go("check", back);
  await says(/^1 to change\.$/);
  const bad = await portal.visible(".doctor-bad");
  assert.match(await bad.getText(), /To change endpoint[^]*Change: Point the relay at/);
});

/** The doctor's page, once it says that it can check, or cannot. */
async function doctorPage() {
  const { browser, portal } = story;
  await portal.driver.get(`${urls.portal}/doctor.html`);
  portal.tab = await portal.driver.getWindowHandle();
  await until("the start", () => browser.run(() => document.getElementById("check")?.textContent === "Check"));
}

/** Nobody is signed in in this tab. */
async function nobody() {
  await story.portal.driver.get(`${urls.portal}/doctor.html`);
  await story.browser.run(() => sessionStorage.clear());
}

test("the doctor's page of a portal with a host file of its own asks that for the token, and loads nothing of MSAL", async () => {
  const { browser, portal } = story;
  story.allow(/status of (400|401|404)/);
  await control.set({ portalConfig: { host: "token-host.js", around: new URL(urls.portal).origin } });
  await nobody();
  await control.clearRequests();
  await doctorPage();
  const { access_token: token } = await new SignIn(urls).as("alice");
  await browser.run((given) => {
    addEventListener("message", ({ data }) => data?.wants === "token" && postMessage({ token: given }, location.origin));
  }, token);
  await (await portal.visible("#sign-in")).click();
  await until("the sign-in", async () => !(await portal.isVisible("#sign-in")));
  await (await portal.visible("#check")).click();
  const text = () => browser.run(() => document.querySelector("main").innerText);
  await until("the report", async () => (await text()).includes("Nothing is known to be wrong."), { seen: text });
  assert.match(await text(), /Good token_audience/);
  const { requests } = await control.look();
  assert.deepEqual(requests.filter(({ path }) => /msal/.test(path)), []);
});

const DOCTOR_PAGES_OWN = ["doctor", "config", "page", "frame", "panel", "problems"].map((name) => `${urls.portal}/${name}.js`).join(" ");
for (const [what, set, code, checks] of [
  ["the sign-in", { portalConfig: { host: "absent.js" } }, "sign_in_script", true],
  ["cablink", { portalCsp: portalPolicy(urls).replace(" 'wasm-unsafe-eval'", "") }, "download_script", true],
  ["the doctor", { portalCsp: portalPolicy(urls).replace("script-src 'self'", `script-src ${DOCTOR_PAGES_OWN}`) }, "download_script", false],
]) {
  test(`the doctor's page without ${what} says which part is missing`, async () => {
    const { browser, portal } = story;
    story.allow(/404|Content.Security.Policy|WebAssembly|Failed to load|Loading (failed|module)|error loading dynamically|MIME/i);
    await nobody();
    await control.set(set);
    await doctorPage();
    assert.match(await (await portal.visible("#problem .problem")).getText(), new RegExp(`Code: ${code}`));
    assert.equal(await browser.run(() => !document.getElementById("check").disabled), checks);
    assert.equal(await (await portal.visible("#problem button")).getText(), "Reload");
  });
}

test("the doctor's page where windows are blocked: signing in by leaving it comes back", async () => {
  const { browser, portal } = story;
  await nobody();
  await doctorPage();
  await browser.run(() => void (window.open = () => null));
  await (await portal.visible("#sign-in")).click();
  const panel = await portal.visible("#problem .problem");
  assert.match(await panel.getText(), /Code: popup_blocked/);
  await panel.findElement(By.css("button")).click();
  await (await portal.visible("#alice")).click();
  await until("the page again", () => browser.run(() => document.getElementById("check")?.textContent === "Check"));
  assert.equal(await browser.run(() => location.href), `${urls.portal}/doctor.html`);
  assert.equal(await portal.isVisible("#sign-in"), false);
});

const LISTS = [
  [{ at: "failurehits", status: 403 }, "#list-problem", /Your account may not read this data\..*Hardware Dev Center/s],
  [{ at: "failurehits", status: 500 }, "#list-problem", /problem of its own\..*Try again/s],
  [{ at: "failurehits", contentType: "text/html", body: "<h1>login</h1>" }, "#list-problem", /web page instead of data/],
];
for (const [fault, place, said] of LISTS) {
  test(`a list that cannot be had says so: ${JSON.stringify(fault)}`, async () => {
    const { browser, portal } = story;
    story.allow(/status of (403|500)/);
    await portal.ready();
    await portal.listed();
    await control.fault(fault);
    await (await portal.visible("#refresh")).click();
    await until("the problem", async () => said.test(await browser.run((at) => document.querySelector(at).innerText, place)));
    await control.clearFaults();
    await portal.driver.findElement(By.xpath(`//*[@id="list-problem"]//button[text()="Try again"]`)).click();
    await until("the problem's end", () => browser.run((at) => document.querySelector(at).children.length === 0, place));
  });
}

test("a refresh that fails leaves the list as it was, and what was still loading arrives", async () => {
  const { browser, portal } = story;
  story.allow(/status of 403/);
  await control.fault({ at: "failuredetails", hold: true });
  await portal.ready();
  const loading = () => browser.run(() => document.querySelectorAll("#failures .failure-note .busy").length);
  await until("failures without CABs yet", loading);
  await control.fault({ at: "failurehits", status: 403, times: 1 });
  await (await portal.visible("#refresh")).click();
  await portal.visible("#list-problem .problem");
  assert.ok((await loading()) > 0);
  await control.release();
  await portal.listed();
  assert.equal(await loading(), 0);
  await portal.link(CABS.kib8);
});

test("axe-core finds nothing: signed out, the list, a file, a problem, the page at a CAB's address, the doctor's report", async () => {
  const { browser, portal } = story;
  story.allow(/status of 40\d/);
  const looksAt = async (what) => assert.deepEqual(await complaintsInBothSchemes(browser), [], what);
  await nobody();
  await portal.open();
  await portal.visible("#sign-in");
  await looksAt("signed out");
  await portal.signIn("alice");
  await portal.listed();
  await looksAt("the list");
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  await looksAt("a file");
  await control.fault({ at: "cabdownload", status: 403 });
  await (await portal.link(CABS.kib64)).click();
  await portal.state(CABS.kib64, "failed");
  await looksAt("a problem");
  await portal.driver.get(`${urls.portal}/cablink/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`);
  await portal.visible("#download");
  await looksAt("the page at a CAB's address");
  await doctorPage();
  await looksAt("the doctor's page");
  await (await portal.visible("#check")).click();
  await until("the report", () => browser.run(() => /\d|Good|Nothing/.test(document.querySelector("main").innerText) && !document.querySelector("#check").disabled));
  await looksAt("the doctor's report");
});
