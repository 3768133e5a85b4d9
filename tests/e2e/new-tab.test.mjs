// Downloads in a tab of their own, and two at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Button, Key } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { cabRequests, methods, storageIsQuiet, withToken } from "./requests.mjs";
import { assertSaved, names } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready());

const WAYS = {
  "a middle click": (actions, link) => actions.move({ origin: link }).press(Button.MIDDLE).release(Button.MIDDLE),
  "a click with Control": (actions, link) => actions.keyDown(Key.CONTROL).click(link).keyUp(Key.CONTROL),
};

/** Nothing for a tab that turned into a download and has closed meanwhile. */
async function addressOf(handle) {
  const { driver } = story.portal;
  try {
    await driver.switchTo().window(handle);
    return await driver.getCurrentUrl();
  } catch (error) {
    if (error.name !== "NoSuchWindowError") throw error;
    return "";
  }
}

for (const [way, act] of Object.entries(WAYS)) {
  test(`${way} downloads in a new tab, and the portal stays`, async () => {
    const { browser, portal } = story;
    await portal.ready();
    // The list's own requests carry the token, too.
    await portal.listed();
    const link = await portal.link(CABS.mib1);
    await control.clearRequests();
    await act(portal.driver.actions(), link).perform();
    await assertSaved(browser, CABS.mib1);
    await storageIsQuiet(1);

    assert.deepEqual(names(await portal.state(CABS.mib1, "handed-off")), ["authorizing", "requesting", "handed-off"]);
    const { all, relay, endpoint, storage } = await cabRequests();
    assert.deepEqual([relay, endpoint, storage].map(methods), [["GET"], ["GET"], ["GET"]]);
    assert.equal(withToken(all).length, 2);
    assert.equal(storage[0].headers.referer, undefined);
    assert.equal(relay[0].headers.referer, undefined);
    assert.ok(await portal.isVisible("#sign-out"));
    // No address that a person could see holds the signature, nor the token.
    for (const handle of await portal.driver.getAllWindowHandles()) {
      assert.doesNotMatch(await addressOf(handle), /sig=|:4403/);
    }
    await portal.driver.switchTo().window(portal.tab);
    // The address was good for one navigation.
    assert.doesNotMatch(await link.getAttribute("href"), /ticket=/);
  });
}

test("in a tab of its own, a refusal is explained there and on the link", async () => {
  const { browser, portal } = story;
  await portal.ready();
  const link = await portal.link(CABS.kib8);
  await control.fault({ at: "cabdownload", status: 403 });
  const before = await portal.driver.getAllWindowHandles();
  await WAYS["a click with Control"](portal.driver.actions(), link).perform();
  const states = await portal.state(CABS.kib8, "failed");
  assert.equal(states.at(-1).error.code, "forbidden");
  await portal.driver.switchTo().window(await browser.newWindow(before));
  await until("the explaining page", async () => (await portal.driver.getTitle()) === "The download did not start");
  assert.match(await browser.run(() => document.body.textContent), /Code: forbidden/);
  assert.deepEqual(await browser.downloads.names(), []);
});

test("two CABs at once", async () => {
  const { browser, portal } = story;
  await portal.ready();
  const large = await portal.link(CABS.mib16);
  // The first goes on until the second has begun, whatever the machine's speed.
  await control.set({ storageBytesPerSecond: 64 * 1024 });
  await large.click();
  await portal.state(CABS.mib16, "downloading");
  await (await portal.link(CABS.mib1)).click();
  await portal.state(CABS.mib1, "downloading");
  const { storage } = await cabRequests();
  assert.deepEqual(storage.map(({ finished, aborted }) => finished || aborted), [false, false]);
  await control.set({ storageBytesPerSecond: null });
  await assertSaved(browser, CABS.mib16, CABS.mib1);
});

/** The endpoint does not answer until the test says so. */
const hold = () => control.fault({ at: "cabdownload", hold: true, times: 1 });

test("a click on the link while its tab is under way joins it and takes nothing from the tab", async () => {
  const { browser, portal } = story;
  await portal.ready();
  const link = await portal.link(CABS.kib64);
  await control.clearRequests();
  await hold();
  await WAYS["a middle click"](portal.driver.actions(), link).perform();
  await portal.state(CABS.kib64, "requesting");
  await portal.driver.switchTo().window(portal.tab);
  await link.click();
  await control.release();
  const states = await portal.state(CABS.kib64, "handed-off");
  await assertSaved(browser, CABS.kib64);
  assert.deepEqual(names(states), ["authorizing", "requesting", "handed-off"]);
  assert.deepEqual(methods((await cabRequests()).endpoint), ["GET"]);
});

/** The tests' own page with one link, and a tab of its own on the way from there. */
async function tabOnItsWay() {
  const { browser, portal } = story;
  await portal.ready("/host-page.html");
  await portal.hostPage({ enhance: "#links" });
  await portal.host("showLinks", [CABS.kib8]);
  const link = await portal.driver.findElement({ css: "#links a" });
  await until("the link's address", async () => /cabdownload/.test((await link.getAttribute("href")) ?? ""));
  const before = await portal.driver.getAllWindowHandles();
  await WAYS["a click with Control"](portal.driver.actions(), link).perform();
  const tab = await browser.newWindow(before);
  await portal.driver.switchTo().window(portal.tab);
  return tab;
}

for (const link of [undefined, "#links"]) test(`download() of a CAB that a tab is getting ends by its own file, not by the tab's hand-off${link ? ", also for a link" : ""}`, async () => {
  const { portal } = story;
  await control.clearRequests();
  await hold();
  await tabOnItsWay();
  await portal.state(CABS.kib8, "requesting");
  await portal.forgetStates();
  await portal.host("begin", "own", CABS.kib8, link);
  await control.release();
  const { result } = await portal.host("outcome", "own");
  assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "worker", attempts: 1 });
  assert.ok(names(await portal.states(CABS.kib8)).includes("downloading"));
  await storageIsQuiet(2);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint, storage].map(methods), [["GET", "GET"], ["GET", "GET"]]);
});

test("stop() while the service's error is still arriving is told in the tab at once", async () => {
  const { browser, portal } = story;
  story.allow(/status of 500/);
  await control.clearRequests();
  // The beginning of a body that goes on for longer than any navigation is held.
  await control.fault({ at: "relay", status: 500, headers: { "Content-Length": "1000" }, body: "The beginning" });
  const tab = await tabOnItsWay();
  await until("the service's answer", async () => (await cabRequests()).relay.some(({ status }) => status === 500));
  await browser.run(() => window.host.cabs.stop());
  await portal.driver.switchTo().window(tab);
  const told = async () => (await portal.driver.getTitle()) === "The download did not start";
  await until("the explaining page", told, { deadlineMs: 8_000 });
  assert.match(await browser.run(() => document.body.textContent), /Code: aborted/);
  await portal.driver.switchTo().window(portal.tab);
});

test("a second tab of a CAB under way says so, and it is not asked for twice", async () => {
  const { browser, portal } = story;
  await portal.ready();
  const link = await portal.link(CABS.kib8);
  await control.clearRequests();
  await hold();
  await WAYS["a middle click"](portal.driver.actions(), link).perform();
  await portal.state(CABS.kib8, "requesting");
  await portal.driver.switchTo().window(portal.tab);
  const before = await portal.driver.getAllWindowHandles();
  await WAYS["a click with Control"](portal.driver.actions(), link).perform();
  await portal.driver.switchTo().window(await browser.newWindow(before));
  await until("the page that says so", async () => (await portal.driver.getTitle()) === "This download is under way");
  await portal.driver.switchTo().window(portal.tab);
  await control.release();
  await assertSaved(browser, CABS.kib8);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint, storage].map(methods), [["GET"], ["GET"]]);
});

test("stop() ends a tab's download, too, and the tab says so", async () => {
  const { browser, portal } = story;
  await hold();
  const tab = await tabOnItsWay();
  await portal.state(CABS.kib8, "requesting");
  await browser.run(() => window.host.cabs.stop());
  await portal.driver.switchTo().window(tab);
  await until("the explaining page", async () => (await portal.driver.getTitle()) === "The download did not start");
  assert.match(await browser.run(() => document.body.textContent), /Code: aborted/);
  await portal.driver.switchTo().window(portal.tab);
  await control.release();
  assert.deepEqual(await browser.downloads.names(), []);
});
