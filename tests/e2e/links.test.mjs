// `enhance()`: which links become downloads, which clicks are taken, and that everything is put back.

import assert from "node:assert/strict";

import { By, Key } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { cabRequests, methods, requestsOfPages } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));

const SCOPE = `${urls.portal}/cablink/`;
const API = "https://manage.devcenter.microsoft.com/v1.0/my/analytics/";
const inScope = (id) => `${SCOPE}ihvdriver/cabdownload?cabIdHash=${id}`;

/** Links that are ours, by a name that is their element's id. */
const OURS = {
  api: [CABS.kib8, { href: `${API}ihvdriver/cabdownload?cabIdHash=${CABS.kib8}` }],
  endpoint: [CABS.kib64, { href: `/devcenter/ihvdriver/cabdownload?cabIdHash=${CABS.kib64}`, download: "a.cab" }],
  data: [CABS.mib1, { "data-cab-id-hash": CABS.mib1 }],
  "data-and-address": [
    CABS.unusualId,
    { "data-cab-id-hash": ` ${CABS.unusualId} `, href: "/somewhere", download: "", referrerpolicy: "origin" },
  ],
};

/** Links that are none of ours and stay as they are. */
const OTHERS = {
  page: { href: "/portal.css", download: "style.css", referrerpolicy: "origin" },
  elsewhere: { href: `https://elsewhere.invalid/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}` },
  "another-method": { href: `${API}ihvdriver/failuredetails?failureHash=cabdownload` },
  "no-address": { name: "anchor" },
};

async function fill() {
  await story.browser.run((links) => {
    const list = document.getElementById("links");
    list.replaceChildren();
    for (const [id, attributes] of links) {
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.id = id;
      for (const [name, value] of Object.entries(attributes)) link.setAttribute(name, value);
      link.textContent = `Link ${id}`;
      line.append(link);
      list.append(line);
    }
  }, [...Object.entries(OURS).map(([id, [, attributes]]) => [id, attributes]), ...Object.entries(OTHERS)]);
}

async function enhanced() {
  await story.portal.hostPage();
  await fill();
  await story.browser.run(() => window.host.cabs.enhance(document.getElementById("links")));
}

const attributes = (id) =>
  story.browser.run((name) => {
    const link = document.getElementById(name);
    return Object.fromEntries([...link.attributes].map(({ name: key, value }) => [key, value]));
  }, id);
const find = (id) => story.portal.driver.findElement(By.id(id));

testEverywhere("links to CABs get an address inside the scope and no download attribute; others stay", async () => {
  await enhanced();
  for (const [id, [cab]] of Object.entries(OURS)) {
    const { href, download, referrerpolicy } = await attributes(id);
    assert.deepEqual({ href, download, referrerpolicy }, { href: inScope(cab), download: undefined, referrerpolicy: "no-referrer" }, id);
  }
  for (const [id, before] of Object.entries(OTHERS)) assert.deepEqual(await attributes(id), { ...before, id });
});

for (const [id, [cab]] of Object.entries(OURS)) {
  testEverywhere(`a click on the link "${id}" downloads`, async () => {
    await enhanced();
    await (await find(id)).click();
    const states = await story.portal.state(cab, "downloading");
    assert.deepEqual(names(states), GOOD_STATES);
    await assertSaved(story.browser, cab);
    // Shown beside the link and said by the live region.
    const seen = await story.browser.run((name) => {
      const link = document.getElementById(name);
      const badge = link.nextElementSibling;
      return {
        state: link.getAttribute("data-cab-state"),
        described: link.getAttribute("aria-describedby") === badge.id,
        beside: badge.textContent,
        said: document.querySelector(".cablink-announcer[role='status']").textContent,
      };
    }, id);
    const beside = "The browser takes over";
    assert.deepEqual(seen, { state: "downloading", described: true, beside, said: `Link ${id}: ${beside}` });
  });
}

testEverywhere("a link added later downloads as well", async () => {
  await enhanced();
  await story.browser.run((href) => {
    const box = document.createElement("div");
    const link = document.createElement("a");
    link.id = "later";
    link.href = href;
    link.textContent = "Added later";
    box.append(link);
    document.getElementById("links").append(box);
  }, `${API}ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`);
  await (await find("later")).click();
  await story.portal.state(CABS.kib8, "downloading");
  await assertSaved(story.browser, CABS.kib8);
  assert.equal((await attributes("later")).href, inScope(CABS.kib8));
});

test("a link that the host points at another CAB downloads that one", async () => {
  await enhanced();
  await story.browser.run((id) => document.getElementById("data").setAttribute("data-cab-id-hash", id), CABS.kib64);
  await (await find("data")).click();
  await story.portal.state(CABS.kib64, "downloading");
  await assertSaved(story.browser, CABS.kib64);
});

test("modified clicks are left to the browser, and so is what the host has dealt with", async () => {
  await enhanced();
  // The page itself ends each click before the browser acts on it, and keeps what cablink did.
  await story.browser.run(() => {
    window.clicks = [];
    for (const type of ["click", "auxclick"]) {
      window.addEventListener(type, (event) => {
        window.clicks.push([type, event.button, event.defaultPrevented]);
        event.preventDefault();
      });
    }
  });
  const link = await find("api");
  await control.clearRequests();
  for (const key of [Key.CONTROL, Key.SHIFT, Key.ALT, Key.META]) {
    await story.portal.driver.actions().keyDown(key).click(link).keyUp(key).perform();
  }
  assert.deepEqual(await story.browser.run(() => window.clicks), Array(4).fill(["click", 0, false]));
  await story.browser.run(() => {
    document.getElementById("api").addEventListener("click", (event) => event.preventDefault(), { once: true });
  });
  await link.click();
  assert.deepEqual(await story.portal.states(), []);
  const { relay, endpoint } = await cabRequests();
  assert.deepEqual([relay, endpoint], [[], []]);
});

testEverywhere("a second click while one is under way starts nothing", async () => {
  await enhanced();
  await control.clearRequests();
  await control.fault({ at: "cabdownload", hold: true });
  const link = await find("api");
  await link.click();
  await link.click();
  await story.portal.state(CABS.kib8, "requesting");
  await link.click();
  assert.deepEqual(names(await story.portal.states(CABS.kib8)), ["authorizing", "requesting"]);
  await control.release();
  const states = await story.portal.state(CABS.kib8, "downloading");
  assert.deepEqual(names(states), GOOD_STATES);
  await assertSaved(story.browser, CABS.kib8);
  const { relay, endpoint, storage } = await cabRequests();
  assert.deepEqual([relay, endpoint, storage].map(methods), [["GET"], ["GET"], ["GET"]]);
});

test("a bad id on a link fails visibly, and no request leaves", async () => {
  await enhanced();
  await story.browser.run(() => document.getElementById("data").setAttribute("data-cab-id-hash", "../x"));
  await control.clearRequests();
  await (await find("data")).click();
  const states = await story.portal.state("", "failed");
  assert.deepEqual(states.map(({ state, error }) => [state, error.code]), [["failed", "invalid_cab_id"]]);
  assert.deepEqual(await requestsOfPages(), []);
});

testEverywhere("stop() puts everything back as it was", async () => {
  const { browser, portal } = story;
  await portal.hostPage();
  await fill();
  await browser.run(() => {
    window.before = document.body.cloneNode(true);
    window.host.cabs.enhance(document.getElementById("links"));
  });
  /** Whether the page equals what it was; in which order attributes stand does not count. */
  const asBefore = () => browser.run(() => document.body.isEqualNode(window.before));
  await (await find("api")).click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  await control.fault({ at: "cabdownload", status: 403 });
  await (await find("endpoint")).click();
  await portal.state(CABS.kib64, "failed");
  assert.equal(await asBefore(), false);
  await browser.run(() => window.host.cabs.stop());
  assert.equal(await asBefore(), true);
});
