// After successes and failures of every kind, no token and no SAS signature is anywhere that script or a person can see.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Key } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

/** A signature that the service's own words hold. */
const QUOTED = "q4uot3dSignatureOfNobodyAbcdefghijklmnop0123";
const ECHO = JSON.stringify({
  code: "Forbidden",
  message: `No access with {{token}}, nor at http://localhost/c?sv=2020&sig=${QUOTED}%3D`,
  innererror: { message: "Authorization: Bearer {{token}}", data: ["{{token}}"] },
});

/** What may go wrong, each by a download of its own. */
const FAILURES = {
  "a service that repeats the token": () =>
    control.fault({ at: "cabdownload", status: 403, contentType: "application/json", body: ECHO }),
  "a service that repeats it as plain text": () => control.fault({ at: "relay", status: 500, body: "{{token}}" }),
  "a token refused twice": () => control.fault({ at: "cabdownload", status: 401, contentType: "application/json", body: ECHO }),
  "a page instead of the file": () => control.fault({ at: "relay", contentType: "text/html", body: "<p>{{token}}</p>" }),
  "an expired signature": () => control.set({ sasSeconds: -60 }),
  "a deleted blob": () => control.deleteBlob(CABS.kib8),
  "a redirect to a stranger": () => control.fault({ at: "cabdownload", redirect: `http://127.0.0.1:9/?sig=${QUOTED}` }),
  "a redirect to ourselves": () => control.fault({ at: "relay", redirect: `${urls.portal}/cablink.html` }),
  "a cut connection": () => control.fault({ at: "storage", drop: true }),
};

test("nothing secret is left where script or a person can see it", async () => {
  const { browser, portal } = story;
  story.allow(/status of (40[134]|500)/, /Content.Security.Policy/i, /CORS|net::ERR_|Failed to load resource/);
  await portal.hostPage();
  await browser.run(watch);
  const outcomes = [];

  for (const endpoint of ["/devcenter/", `${urls.devcenter}/v1.0/my/analytics/`]) {
    await control.set({ cors: [urls.portal] });
    await portal.host("start", { endpoint });
    outcomes.push(await portal.host("download", CABS.kib8));
    await assertSaved(browser, CABS.kib8);
    await browser.downloads.clear();
  }
  await portal.host("start");
  for (const provoke of Object.values(FAILURES)) {
    await control.reset();
    await provoke();
    outcomes.push(await portal.host("download", CABS.kib8));
  }
  await control.reset();
  await control.set({ cors: [urls.portal] });
  // Without the worker a SAS passes through the crate's own memory; storage here answers no CORS.
  await portal.host("start", { handoff: "follow" });
  outcomes.push(await portal.host("download", CABS.kib8));
  assert.deepEqual(outcomes.map(({ result, error }) => (result ? "saved" : error.name)), [
    ...Array(2).fill("saved"),
    ...Array(Object.keys(FAILURES).length + 1).fill("CabLinkError"),
  ]);

  const secrets = await control.secrets();
  secrets.signatures.push(QUOTED);
  assert.ok(secrets.tokens.length > 3 && secrets.signatures.length > 3);
  const places = await browser.run(traces);
  // The search finds what is there: MSAL keeps tokens in its own cache, which is not ours to judge.
  assert.deepEqual(found({ msal: places.msal }, secrets), ["msal: token"]);
  delete places.msal;
  // Each place was looked at, and what passes through it was seen.
  for (const [place, sign] of [
    ["kept", /\bcode=forbidden\b/],
    ["kept", /^worker: .*cabdownload/m],
    ["kept", /^frame: .*ticket=/m],
    ["kept", /^violation: /m],
    ["entries", /config\.json/],
    ["document", /<main id="links">/],
  ]) {
    assert.ok(sign.test(places[place]), `${sign} in ${place}`);
  }
  places.outcomes = JSON.stringify(outcomes);
  assert.deepEqual(found(places, secrets), []);
});

test("nothing secret is left in the portal, its new tabs and what the console says", async () => {
  const { browser, portal } = story;
  await portal.ready();
  await browser.run(watch);
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  const newTab = async (id) => {
    const link = await portal.link(id);
    await portal.driver.actions().keyDown(Key.CONTROL).click(link).keyUp(Key.CONTROL).perform();
  };
  await newTab(CABS.kib64);
  await assertSaved(browser, CABS.kib8, CABS.kib64);
  await browser.closeOthers(portal.tab);
  await FAILURES["a service that repeats the token"]();
  const before = await portal.driver.getAllWindowHandles();
  await newTab(CABS.mib1);
  await portal.state(CABS.mib1, "failed");
  const tab = await browser.newWindow(before);
  await portal.driver.switchTo().window(tab);
  await until("the tab to explain itself", () => browser.run(() => document.body?.textContent.includes("Code: forbidden")));

  const inTab = await browser.run(() => ({
    "tab's document": document.documentElement.outerHTML,
    "tab's address": `${location.href} ${document.referrer} ${document.title}`,
    "tab's entries": JSON.stringify(performance.getEntries()),
  }));
  await portal.driver.switchTo().window(portal.tab);
  const { msal, ...places } = await browser.run(traces);
  const secrets = await control.secrets();
  secrets.signatures.push(QUOTED);
  assert.deepEqual(found({ msal }, secrets), ["msal: token"]);
  assert.deepEqual(found({ ...places, ...inTab, console: JSON.stringify(await story.hear()) }, secrets), []);

  // On the wire: tokens only in the header of requests for the API, signatures only in addresses of storage.
  const { requests } = await control.look();
  const strays = requests.filter(({ at, path, headers, hasSas }) => {
    const text = JSON.stringify([path, headers]);
    return (hasSas && at !== "storage") || found({ text }, secrets).length > 0;
  });
  assert.deepEqual(strays, []);
});

test("what the console says about failures holds no token, and no signature that script of ours put there", async () => {
  const { portal } = story;
  story.allow(/./);
  await portal.hostPage();
  for (const provoke of Object.values(FAILURES)) {
    await control.reset();
    await provoke();
    await portal.host("download", CABS.kib8);
  }
  const secrets = await control.secrets();
  const said = await story.hear();
  const texts = said.map(({ text }) => text);
  assert.deepEqual(found({ console: texts.join("\n") }, { ...secrets, signatures: [] }), []);
  // The browser itself names the addresses that it could not load; script cannot read that.
  const own = texts.filter((text) => !/Failed to load resource|Content.Security.Policy|net::ERR_/i.test(text));
  assert.deepEqual(found({ console: own.join("\n") }, secrets), []);
});
