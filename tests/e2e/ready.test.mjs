// The hidden frame that is made ready when a click can be foreseen: what it asks, what it serves for, and when it goes.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";

import { Key } from "selenium-webdriver";

import { IDS, readyFrame } from "./ready-frame.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { browserName, control } from "./surroundings.mjs";
import { until } from "./until.mjs";
import { endWorker } from "./worker-end.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"), { insides: browserName !== "webkit" });
const { find, hover, enhanced, frames, ready, taken, assertNothingAsked, assertAskedOnce } = readyFrame(story);

testEverywhere("a hover makes one frame ready, and asks neither for a token nor the endpoint nor storage", async () => {
  await enhanced();
  assert.equal(await frames(), 0);
  for (const id of [...IDS, ...IDS]) {
    await hover(id);
    await ready();
    assert.equal(await frames(), 1);
    assert.equal(await taken(), false);
  }
  await assertNothingAsked();
  assert.deepEqual(await story.portal.states(), []);
});

testEverywhere("the frame serves for a click on another link than the one it was made for", async () => {
  await enhanced();
  await control.fault({ at: "cabdownload", hold: true });
  const [hovered, clicked] = IDS;
  await hover(hovered);
  await ready();
  await assertNothingAsked();
  await (await find(clicked)).click();
  await story.portal.state(clicked, "requesting");
  assert.equal(await taken(), true);
  await control.release();
  assert.deepEqual(names(await story.portal.state(clicked, "downloading")), GOOD_STATES);
  await assertSaved(story.browser, clicked);
  await assertAskedOnce();
  assert.equal(await story.browser.run(() => window.known.isConnected), false);
  // And the next has one of its own.
  await (await find(hovered)).click();
  await story.portal.state(hovered, "downloading");
  await assertSaved(story.browser, clicked, hovered);
});

testEverywhere("the focus makes it ready as well, and the links may go meanwhile", async () => {
  await enhanced();
  await story.browser.run((id) => document.getElementById(id).focus(), IDS[0]);
  await ready();
  await assertNothingAsked();
  await (await find(IDS[0])).sendKeys(Key.ENTER);
  await story.portal.state(IDS[0], "downloading");
  await assertSaved(story.browser, IDS[0]);
  await hover(IDS[1]);
  await ready();
  await story.browser.run(() => document.getElementById("links").replaceChildren());
  const { result } = await story.portal.host("download", IDS[1]);
  assert.equal(result.via, "worker");
  await assertSaved(story.browser, ...IDS);
});

testEverywhere("what the page has removed or sent elsewhere serves for nothing, and stop() leaves none", async () => {
  await enhanced();
  for (const [index, spoil] of [(frame) => frame.remove(), (frame) => (frame.src = "/portal.css")].entries()) {
    await hover(IDS[index]);
    await ready();
    await story.browser.run(`(${spoil})(window.known); return null;`);
    await (await find(IDS[index])).click();
    await story.portal.state(IDS[index], "downloading");
    await assertSaved(story.browser, ...IDS.slice(0, index + 1));
    await enhanced();
  }
  await hover(IDS[0]);
  await ready();
  await story.browser.run(() => window.host.cabs.stop());
  assert.equal(await frames(), 0);
});

testEverywhere("one that the page has removed is made again at the next hover", async () => {
  await enhanced();
  await hover(IDS[0]);
  await ready();
  await story.browser.run(() => window.known.remove());
  await hover(IDS[1]);
  await ready();
  assert.equal(await frames(), 1);
  await assertNothingAsked();
});

testEverywhere("two of them keep one each, and greet the worker once, however often the pointer crosses their links", async () => {
  await enhanced();
  await story.browser.run((id) => {
    const link = Object.assign(document.createElement("a"), { id: "other", href: "#", textContent: "Another's" });
    link.dataset.cabIdHash = id;
    const place = Object.assign(document.createElement("p"), { id: "place" });
    place.append(link);
    document.body.append(place);
  }, IDS[0]);
  await story.portal.host("startAnother", "#place");
  const all = () => story.browser.run(() => [...document.querySelectorAll("iframe")].map(({ src }) => src));
  await hover(IDS[0]);
  await hover("other");
  await until("two frames", async () => (await all()).length === 2);
  const first = await all();
  for (const id of [IDS[0], "other", IDS[1], "other"]) await hover(id);
  assert.deepEqual(await all(), first);
  assert.equal(await story.browser.run(() => window.host.greetings), 2);
  await assertNothingAsked();
});

testEverywhere("an endpoint elsewhere is connected to, and asked for nothing", async () => {
  await enhanced();
  const heard = [];
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (data) => heard.push(data.toString())).on("error", () => {});
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  try {
    await story.portal.host("start", { endpoint: `http://localhost:${server.address().port}/v1.0/my/analytics/`, enhance: "#links" });
    await hover(IDS[0]);
    await ready();
    await until("a connection", () => sockets.size > 0);
    assert.deepEqual(heard, []);
    await story.browser.run(() => window.host.cabs.stop());
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test("a worker that ends after it is started again by the click", async () => {
  await enhanced();
  await hover(IDS[0]);
  await ready();
  await endWorker(story.browser);
  await (await find(IDS[1])).click();
  assert.deepEqual(names(await story.portal.state(IDS[1], "downloading")), GOOD_STATES);
  await assertSaved(story.browser, IDS[1]);
});
