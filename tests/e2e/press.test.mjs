// The press that a click begins with: how far a download gets by it, and what becomes of that without a click.

import assert from "node:assert/strict";

import { Button, Key } from "selenium-webdriver";
import { Pointer } from "selenium-webdriver/lib/input.js";

import { IDS, readyFrame } from "./ready-frame.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));
const { find, over, hover, enhanced, frames, ready, taken, asked, assertNothingAsked, assertAskedOnce } = readyFrame(story);
const [pressed, other] = IDS;

const press = async (id) => (await over(id)).press().perform();
const release = () => story.portal.driver.actions().release().perform();
const releaseElsewhere = () => story.portal.driver.actions().move({ x: 1, y: 1, duration: 0 }).release().perform();

/** The pointer has come to the link, and its button is down. */
async function held(id) {
  await hover(id);
  await ready();
  await press(id);
  await until("the worker to ask for the CAB", async () => (await asked()) === 1);
}

testEverywhere("a press gets as far as the worker's question, and the click does the rest", async () => {
  await enhanced();
  await held(pressed);
  assert.equal(await taken(), true);
  await assertNothingAsked();
  assert.deepEqual(await story.portal.states(), []);
  await release();
  assert.deepEqual(names(await story.portal.state(pressed, "downloading")), GOOD_STATES);
  await assertSaved(story.browser, pressed);
  await assertAskedOnce();
  assert.equal(await asked(), 1, "no second navigation");
  assert.equal(await story.browser.run(() => window.known.isConnected), false);
  // A second one, which has a frame of its own. MiniBrowser saves no file under a name that is taken.
  await story.browser.downloads.clear();
  await (await find(pressed)).click();
  await until("a second file", async () => (await story.portal.states()).filter(({ state }) => state === "downloading").length === 2);
  await assertSaved(story.browser, pressed);
});

testEverywhere("without a click it asks nobody for anything, and is gone soon", async () => {
  await enhanced();
  await held(pressed);
  await releaseElsewhere();
  await until("no frame to be left", async () => (await frames()) === 0);
  await assertNothingAsked();
  assert.deepEqual(await story.portal.states(), []);
  // And the link is as good as before.
  await (await find(pressed)).click();
  await story.portal.state(pressed, "downloading");
  await assertSaved(story.browser, pressed);
  await assertAskedOnce();
});

testEverywhere("a click that comes long after its press makes a frame of its own", async () => {
  await enhanced();
  await held(pressed);
  await until("the frame to be gone", () => story.browser.run(() => !window.known.isConnected));
  await assertNothingAsked();
  await release();
  assert.deepEqual(names(await story.portal.state(pressed, "downloading")), GOOD_STATES);
  await assertSaved(story.browser, pressed);
  await assertAskedOnce();
});

testEverywhere("a press on one link and the click on another: that is what is downloaded", async () => {
  await enhanced();
  await held(pressed);
  await releaseElsewhere();
  await (await find(other)).click();
  assert.deepEqual(names(await story.portal.state(other, "downloading")), GOOD_STATES);
  await assertSaved(story.browser, other);
  await assertAskedOnce();
  assert.deepEqual((await story.portal.states()).filter(({ cabIdHash }) => cabIdHash === pressed), []);
});

testEverywhere("a click that a host's own handler prevents takes nothing of it, and it is gone soon", async () => {
  await enhanced();
  await story.browser.run((id) => document.getElementById(id).addEventListener("click", (event) => event.preventDefault()), pressed);
  await held(pressed);
  await release();
  await until("no frame to be left", async () => (await frames()) === 0);
  await assertNothingAsked();
  assert.deepEqual(await story.portal.states(), []);
});

testEverywhere("stop() while a link is pressed leaves nothing", async () => {
  await enhanced();
  await held(pressed);
  await story.browser.run(() => window.host.cabs.stop());
  assert.equal(await frames(), 0);
  await assertNothingAsked();
  await releaseElsewhere();
});

testEverywhere("a navigation that was ended meanwhile leaves the click to a frame of its own", async () => {
  await enhanced();
  await held(pressed);
  await story.browser.run(() => window.stop());
  assert.equal(await taken(), true);
  await release();
  assert.deepEqual(names(await story.portal.state(pressed, "downloading")), GOOD_STATES);
  await assertSaved(story.browser, pressed);
  await assertAskedOnce();
});

testEverywhere("after stop() a press that is told to href() gives no ticket and makes no frame", async () => {
  await enhanced();
  await story.browser.run((id) => {
    const { cabs } = window.host;
    cabs.stop();
    const link = Object.assign(document.createElement("a"), { id: "own", href: "#", textContent: "Of the host" });
    document.body.append(link);
    link.addEventListener("pointerdown", (event) => (window.address = cabs.href(id, event)));
    link.addEventListener("click", (event) => event.preventDefault());
  }, pressed);
  await (await find("own")).click();
  assert.doesNotMatch(await story.browser.run(() => window.address), /ticket/);
  assert.equal(await frames(), 0);
  await assertNothingAsked();
});

testEverywhere("a second press while the first click gets its token leaves what is held to that", async () => {
  await enhanced({ getToken: "gives when told" });
  await held(pressed);
  await release();
  await story.portal.state(pressed, "authorizing");
  await press(pressed);
  await release();
  await hover(other);
  await press(other);
  await releaseElsewhere();
  assert.equal(await taken(), true);
  await story.browser.run(() => window.host.give());
  assert.deepEqual(names(await story.portal.state(pressed, "downloading")), GOOD_STATES);
  await assertSaved(story.browser, pressed);
  await assertAskedOnce();
  assert.equal(await asked(), 1, "no second navigation");
});

testEverywhere("what is no plain click to be begins nothing", async () => {
  await enhanced();
  for (const with_ of [
    (actions) => actions.keyDown(Key.SHIFT).press().move({ x: 1, y: 1 }).release().keyUp(Key.SHIFT),
    (actions) => actions.press(Button.MIDDLE).move({ x: 1, y: 1 }).release(Button.MIDDLE),
  ]) {
    await hover(pressed);
    await ready();
    await with_(await over(pressed)).perform();
    assert.equal(await taken(), false);
  }
  // The question of a navigation would have come before that of a later one.
  await (await find(other)).click();
  await story.portal.state(other, "downloading");
  assert.equal(await asked(), 1);
  await assertSaved(story.browser, other);
});

test("a finger that begins to scroll on a link begins nothing", async () => {
  await enhanced();
  const finger = new Pointer("finger", Pointer.Type.TOUCH);
  const { driver } = story.portal;
  const origin = await find(pressed);
  const scroll = [finger.move({ origin, duration: 0 }), finger.press(), finger.move({ x: 300, y: 400, duration: 0 }), finger.release()];
  for (let times = 0; times < 2; times += 1) {
    await driver.actions().insert(finger, ...scroll).perform();
    await ready();
    assert.equal(await taken(), false);
  }
  await (await find(other)).click();
  await story.portal.state(other, "downloading");
  assert.equal(await asked(), 1);
  await assertSaved(story.browser, other);
});

testEverywhere("a press on what is under way begins no second navigation", async () => {
  await enhanced();
  await control.fault({ at: "cabdownload", hold: true });
  await (await find(pressed)).click();
  await story.portal.state(pressed, "requesting");
  await (await find(pressed)).click();
  await control.release();
  await story.portal.state(pressed, "downloading");
  await assertSaved(story.browser, pressed);
  await assertAskedOnce();
  assert.equal(await asked(), 1);
});
