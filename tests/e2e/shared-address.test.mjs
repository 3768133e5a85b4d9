// A CAB's address that somebody was sent: with a portal tab and without, signed in or not, with every kind of worker. The
// page there explains itself, and one click of the person's signs in and downloads; nothing happens before it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { By, Key } from "selenium-webdriver";

import { SignIn } from "../stack/identity/sign-in.mjs";
import { CABS, UNKNOWN_CAB } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

const story = tellStory();
const addressOf = (cab, rest = "") => `${urls.portal}/cablink/ihvdriver/cabdownload?cabIdHash=${cab}${rest}`;

/** Opens the address as from a mail, in this tab, and waits until the page is ready. */
async function open(address) {
  const { browser, portal } = story;
  await portal.driver.get(address);
  portal.tab = await portal.driver.getWindowHandle();
  await ready();
  await portal.recordStates();
  await browser.run(watch);
}

const ready = () => until("the button", () => story.browser.run(() => document.getElementById("download")?.disabled === false));

/** As a person reloads. The driver's own command is, in Firefox, a reload past the worker. */
async function reload() {
  const { browser, portal } = story;
  await browser.run(() => {
    window.before = true;
    setTimeout(() => location.reload());
  });
  await until("the page again", () => browser.run(() => !window.before));
  await ready();
  await portal.recordStates();
}

/** A profile that has never seen the portal: no worker, nobody signed in here. */
async function asNew() {
  const { browser, portal } = story;
  await portal.driver.get(`${urls.portal}/doctor.html`);
  await browser.run(async () => {
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    sessionStorage.clear();
  });
  await control.clearRequests();
}

const registrations = () => story.browser.run(async () => (await navigator.serviceWorker.getRegistrations()).length);
const shown = () => story.browser.run(() => document.querySelector("main").innerText);

/** The one click, and the name in the sign-in window that it opens. */
async function download({ press = (button) => button.click(), signsIn = true } = {}) {
  const { browser, portal } = story;
  const button = await portal.visible("#download");
  assert.equal(await button.getText(), signsIn ? "Sign in and download" : "Download");
  const before = await portal.driver.getAllWindowHandles();
  await press(button);
  if (!signsIn) return;
  await portal.driver.switchTo().window(await browser.newWindow(before));
  await (await portal.visible("#alice")).click();
  await until("the sign-in window's end", async () => (await portal.driver.getAllWindowHandles()).length === before.length);
  await portal.driver.switchTo().window(portal.tab);
}

async function nothingHappened() {
  const { all, relay, endpoint, storage } = await cabRequests();
  assert.deepEqual([relay, endpoint, storage], [[], [], []]);
  assert.deepEqual(all.filter(({ tokenSha256, headers }) => tokenSha256 || headers.authorization), []);
  assert.deepEqual(await story.browser.downloads.names(), []);
}

test("in a new browser, without a portal tab: it explains itself, and nothing happens before the click", async () => {
  await asNew();
  await open(addressOf(CABS.kib8));
  const text = await shown();
  for (const part of ["Download a CAB", "the files that Windows collected", CABS.kib8, "Sign in and download"]) assert.ok(text.includes(part), text);
  await nothingHappened();
  assert.equal(await registrations(), 0);
  // A click that script makes is nobody's. The page would say at once what it does.
  const { browser, portal } = story;
  const windows = await portal.driver.getAllWindowHandles();
  await browser.run(() => document.getElementById("download").click());
  assert.deepEqual(await browser.run(() => ["status", "problem"].map((id) => document.getElementById(id).textContent)), ["", ""]);
  await browser.run(() => new Promise((resolve) => setTimeout(resolve)));
  assert.deepEqual(await portal.driver.getAllWindowHandles(), windows);
  assert.deepEqual(await browser.run(() => ["status", "problem"].map((id) => document.getElementById(id).textContent)), ["", ""]);
  await nothingHappened();

  await download();
  await story.portal.state(CABS.kib8, "downloading");
  await assertSaved(story.browser, CABS.kib8);
  await until("what is said", async () => (await shown()).includes("The download has begun."));
  const { relay, storage } = await cabRequests();
  assert.deepEqual([relay.length, storage.length], [1, 1]);
  const { msal, ...places } = await story.browser.run(traces);
  assert.deepEqual(found({ msal }, await control.secrets()), ["msal: token"]);
  assert.deepEqual(found(places, await control.secrets()), []);
});

test("signed in and with the worker there: one click, without a window; a reload in the usual way is the same", async () => {
  const { browser, portal } = story;
  await asNew();
  await open(addressOf(CABS.kib8));
  await download();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  await browser.downloads.clear();
  await reload();
  await control.clearRequests();
  await download({ signsIn: false });
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("beside a portal tab it downloads as well, and takes nothing from that", async () => {
  const { browser, portal } = story;
  await portal.ready();
  await portal.listed();
  const portalTab = portal.tab;
  await portal.driver.switchTo().newWindow("tab");
  await open(addressOf(CABS.kib64));
  await control.clearRequests();
  await nothingHappened();
  await download();
  await portal.state(CABS.kib64, "downloading");
  await assertSaved(browser, CABS.kib64);
  await browser.closeOthers(portalTab);
  portal.tab = portalTab;
  assert.deepEqual(await portal.states(), []);
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8, CABS.kib64);
});

test("with a ticket that is used up or was never one, the address loses it and is the same", async () => {
  const { browser, portal } = story;
  // Once with the worker, which leads there, and once without.
  for (const prepare of [() => portal.ready(), asNew]) {
    await prepare();
    await open(addressOf(CABS.kib8, `&ticket=${"0123456789abcdef".repeat(2)}`));
    assert.equal(await browser.run(() => location.href), addressOf(CABS.kib8));
    assert.ok((await shown()).includes(CABS.kib8));
  }
});

test("after a reload past every cache it downloads, or says to reload, which then helps", async () => {
  const { browser, portal } = story;
  await asNew();
  await open(addressOf(CABS.kib8));
  await download();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  await browser.downloads.clear();
  await browser.run(() => (window.before = true));
  if (browserName === "chromium") await portal.driver.sendDevToolsCommand("Page.reload", { ignoreCache: true });
  else await browser.run(() => void setTimeout(() => location.reload(true)));
  await until("the page again", () => browser.run(() => !window.before && document.getElementById("download")?.disabled === false));
  await portal.recordStates();
  await download({ signsIn: false });
  if (browserName === "firefox") {
    // Firefox loads the frames of such a page past the worker as well.
    await portal.state(CABS.kib8, "failed");
    await until("the next step", async () => /Reload the page/.test(await shown()));
    await reload();
    await download({ signsIn: false });
  }
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("where the worker cannot be had, the page says what is missing, and once it is there the same click downloads", async () => {
  const { browser, portal } = story;
  story.allow(/404|CORS|Failed to load|Content.Security.Policy|violates/i);
  await asNew();
  await control.fault({ at: "worker", status: 404 });
  await open(addressOf(CABS.kib8));
  await download();
  await portal.visible("#problem .problem");
  assert.match(await shown(), /Code: worker_unavailable/);
  await control.clearFaults();
  await portal.forgetStates();
  await download({ signsIn: false });
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("by keyboard alone: Tab to the button, Enter", async () => {
  const { browser, portal } = story;
  await asNew();
  await open(addressOf(CABS.kib8));
  // No key that a page before this one asked for falls on the button.
  assert.equal(await browser.run(() => document.activeElement === document.body), true);
  const press = (key) => portal.driver.actions().sendKeys(key).perform();
  const isThere = () => browser.run(() => document.activeElement?.id === "download");
  for (let presses = 0; !(await isThere()); presses += 1) {
    assert.ok(presses < 10, "Tab never reached the button");
    await press(Key.TAB);
  }
  await download({ press: () => press(Key.ENTER) });
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  assert.equal(await isThere(), true);
});

test("a portal with a host file of its own signs in by that, and nothing of MSAL is loaded", async () => {
  const { browser, portal } = story;
  await control.set({ portalConfig: { host: "token-host.js", around: new URL(urls.portal).origin } });
  await asNew();
  await open(addressOf(CABS.kib8));
  const { access_token: token } = await new SignIn(urls).as("alice");
  const windows = await portal.driver.getAllWindowHandles();
  await browser.run((given) => {
    addEventListener("message", ({ data }) => data?.wants === "token" && postMessage({ token: given }, location.origin));
  }, token);
  const button = await portal.visible("#download");
  assert.equal(await button.getText(), "Sign in and download");
  await button.click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  assert.equal(await button.getText(), "Download");
  assert.deepEqual(await portal.driver.getAllWindowHandles(), windows);
  const { all } = await cabRequests();
  assert.deepEqual(all.filter(({ path }) => /msal/.test(path)), []);
});

for (const [what, set, code] of [
  ["its sign-in", { portalConfig: { host: "absent.js" } }, "sign_in_script"],
  ["cablink", { portalCsp: portalPolicy(urls).replace(" 'wasm-unsafe-eval'", "") }, "download_script"],
]) {
  test(`a page without ${what} says which part is missing, and reloads`, async () => {
    const { browser, portal } = story;
    story.allow(/404|Content.Security.Policy|WebAssembly|Failed to load|Loading (failed|module)|error loading dynamically|MIME/i);
    await asNew();
    await control.set(set);
    await portal.driver.get(addressOf(CABS.kib8));
    portal.tab = await portal.driver.getWindowHandle();
    await portal.visible("#problem .problem");
    assert.match(await shown(), new RegExp(`Code: ${code}`));
    assert.equal(await portal.isVisible("#download"), false);
    await control.set({ portalConfig: null, portalCsp: null });
    await (await portal.visible("#problem button")).click();
    await ready();
    assert.equal(await browser.run(() => document.getElementById("problem").textContent), "");
  });
}

test("where windows are blocked, signing in by leaving the page comes back to the same address", async () => {
  const { browser, portal } = story;
  await asNew();
  await open(addressOf(CABS.kib8));
  await browser.run(() => void (window.open = () => null));
  await (await portal.visible("#download")).click();
  const panel = await portal.visible("#problem .problem");
  assert.match(await panel.getText(), /Code: popup_blocked/);
  const another = await panel.findElement(By.css("button"));
  assert.equal(await another.getText(), "Sign in without a pop-up");
  await another.click();
  await (await portal.visible("#alice")).click();
  await until("the page again", () => browser.run(() => document.getElementById("download")?.textContent === "Download"));
  assert.equal(await browser.run(() => location.href), addressOf(CABS.kib8));
  await portal.recordStates();
  const { relay } = await cabRequests();
  assert.deepEqual(relay, []);
  await download({ signsIn: false });
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a CAB that the service does not know is told there, and other methods' addresses are theirs", async () => {
  const { portal } = story;
  await asNew();
  await open(addressOf(UNKNOWN_CAB));
  await download();
  await portal.state(UNKNOWN_CAB, "failed");
  await until("the problem", async () => /Code: not_found · HTTP 404/.test(await shown()));
  await open(`${urls.portal}/cablink/driver/cabdownload?cabIdHash=${CABS.kib8}&applicationId=18430592857500421`);
  await download({ signsIn: false });
  await portal.state(CABS.kib8, "failed");
  const { relay } = await cabRequests();
  assert.match(relay.at(-1).path, /\/devcenter\/driver\/cabdownload\?cabIdHash=[^&]+&applicationId=18430592857500421$/);
});

for (const [what, path] of [
  ["an id that is none", "ihvdriver/cabdownload?cabIdHash=..%2Fx"],
  ["markup in place of an id", "ihvdriver/cabdownload?cabIdHash=%3Cimg%20src%3Dx%20onerror%3Dwindow.ran%3D1%3E"],
  ["a method that is none", "evil/cabdownload?cabIdHash=c1a5"],
  ["a method without the product that it needs", "driver/cabdownload?cabIdHash=c1a5"],
]) {
  test(`${what}: the page says so, offers nothing, and repeats nothing`, async () => {
    const { browser, portal } = story;
    await asNew();
    await portal.driver.get(`${urls.portal}/cablink/${path}`);
    portal.tab = await portal.driver.getWindowHandle();
    await portal.visible("#problem .problem");
    assert.match(await shown(), /Code: invalid_cab_id/);
    assert.equal(await portal.isVisible("#download"), false);
    const page = await browser.run(() => [window.ran ?? null, document.images.length, /onerror|\.\.\/x|evil/.test(document.body.innerHTML)]);
    assert.deepEqual(page, [null, 0, false]);
    await nothingHappened();
  });
}

test("no page may frame it: a frame gets an error that offers nothing, and the page itself may not be framed", async () => {
  const { browser, portal } = story;
  story.allow(/status of 404|frame-ancestors|X-Frame-Options/);
  await asNew();
  const answer = await fetch(addressOf(CABS.kib8), { headers: { "sec-fetch-dest": "document" } });
  assert.match(answer.headers.get("content-security-policy"), /(^|; )frame-ancestors 'none'(;|$)/);
  const framed = await browser.run(
    (address) =>
      new Promise((resolve) => {
        const frame = document.createElement("iframe");
        // What a portal's own page is shown there offers nothing; to another origin the browser shows nothing at all.
        frame.onload = () => {
          const inside = frame.contentDocument;
          resolve([inside?.getElementById("cab")?.hidden ?? true, inside?.getElementById("download")?.disabled ?? true]);
        };
        frame.src = address;
        document.body.append(frame);
      }),
    addressOf(CABS.kib8),
  );
  assert.deepEqual(framed, [true, true]);
  portal.tab = await portal.driver.getWindowHandle();
  await nothingHappened();
});

test("a server that lets it be framed: the page itself offers nothing there", async () => {
  const { browser, portal } = story;
  const body = await readFile(new URL("../../www/cablink.html", import.meta.url), "utf8");
  await asNew();
  // Served without any policy.
  await control.fault({ at: "recovery", status: 200, contentType: "text/html; charset=utf-8", body });
  await portal.plainPage();
  await control.clearRequests();
  const address = addressOf(CABS.kib8, `&ticket=${"0123456789abcdef".repeat(2)}`);
  await browser.run((src) => {
    const frame = document.createElement("iframe");
    frame.id = "framed";
    frame.src = src;
    document.body.append(frame);
  }, address);
  // It loses the ticket when its script runs, right before it would load its parts.
  const plain = addressOf(CABS.kib8);
  await until("the script in the frame", () => browser.run((href) => document.getElementById("framed").contentWindow.location.href === href, plain));
  const framed = await browser.run(async () => {
    const { contentWindow, contentDocument } = document.getElementById("framed");
    await contentWindow.fetch("/config.json?of-the-test");
    const at = (id) => contentDocument.getElementById(id);
    return { hidden: at("cab").hidden, disabled: at("download").disabled, explained: !at("explanation").hidden, problem: at("problem").textContent };
  });
  assert.deepEqual(framed, { hidden: true, disabled: true, explained: true, problem: "" });
  const { all } = await cabRequests();
  assert.deepEqual(all.map(({ path }) => path).filter((path) => /config\.json|host\.js$|\/pkg\/cablink/.test(path)), ["/config.json?of-the-test"]);
  await nothingHappened();
  // The same answer in a tab offers the button.
  await open(plain);
});

// What "Save link as" asks for, as far as a test can: a link with `download`, which passes the worker by in Chromium.
for (const worker of ["there", "missing"]) {
  test(`a link that is saved with the worker ${worker}: no page is saved as a CAB`, async () => {
    const { browser, portal } = story;
    story.allow(/404/);
    await asNew();
    if (worker === "there") await portal.ready();
    await control.clearRequests();
    await browser.run((address) => {
      const link = document.createElement("a");
      link.id = "saved";
      link.href = address;
      link.download = "crash.cab";
      link.textContent = "Save";
      document.querySelector("main").prepend(link);
    }, addressOf(CABS.kib8));
    portal.tab = await portal.driver.getWindowHandle();
    await portal.driver.findElement(By.id("saved")).click();
    await until("the request", async () => (await cabRequests()).all.some(({ at, path, status }) => at === "portal" && path.startsWith("/cablink/ihvdriver/") && status));
    const names = await settledNames();
    // Either nothing, or the page under a name that says what it is not.
    for (const name of names) {
      assert.equal(name, "this-is-not-the-CAB.html");
      assert.match(await readFile(join(browser.downloads.folder, name), "utf8"), /it is this page\s+and not the CAB/);
    }
  });
}

/** The names in the download folder, once another download has come after. */
async function settledNames() {
  const { browser, portal } = story;
  const before = await browser.downloads.names();
  await portal.driver.get(addressOf(CABS.kib64));
  await ready();
  await portal.recordStates();
  const signsIn = (await (await portal.visible("#download")).getText()) !== "Download";
  const { relay, storage } = await cabRequests();
  assert.deepEqual([relay, storage], [[], []]);
  await download({ signsIn });
  await portal.state(CABS.kib64, "downloading");
  const files = await browser.downloads.finished(before.length + 1);
  const { bytes } = (await control.look()).cabs.find(({ cabIdHash }) => cabIdHash === CABS.kib64);
  return files.filter((file) => file.bytes !== bytes).map(({ name }) => name);
}
