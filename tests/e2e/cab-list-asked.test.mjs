// Several CABs from a list where the browser has its own setting for several downloads from one page: it may ask the
// person, or drop some without a word. The list has said so before, and claims no more than the hand-off.

import assert from "node:assert/strict";

import { By, Key } from "selenium-webdriver";

import { FAILURES } from "../stack/known.mjs";
import { storageIsQuiet } from "./requests.mjs";
import { tellStory, testEverywhere } from "./story.mjs";
import { browserName } from "./surroundings.mjs";
import { until } from "./until.mjs";

const COUNT = 20;
/** Chromium takes the first and, with nobody there to be asked, drops others, though storage has sent them. */
const ALL_SAVED = { chromium: false, firefox: true, webkit: true };

const story = tellStory(({ portal }) => portal.ready("/elements.html"), { asksBeforeMany: true });

testEverywhere("twenty CABs with the browser's own setting: handed over is all that is said", async (t) => {
  const { browser, portal } = story;
  await portal.ready("/elements.html");
  await until("the page's own script", () => browser.run(() => Boolean(window.elements && window.host)));
  assert.equal(await browser.run(() => window.elements.load()), null);
  assert.equal(await portal.host("start"), null);
  await browser.run((hash) => window.elements.put({ tag: "cab-list", attributes: { "failure-hash": hash } }), FAILURES.manySmall);
  const seen = () => browser.run(() => window.elements.list());
  await until("the list", async () => (await seen()).status === "120 occurrences", { seen });
  const root = await (await portal.driver.findElement(By.css("cab-list"))).getShadowRoot();
  const box = (at) => root.findElement(By.css(`tr[data-at="${at}"] input`));
  const actions = () => portal.driver.actions();
  await actions().move({ origin: await box(0) }).click().perform();
  const last = await box(COUNT - 1);
  // Not to an edge: WebKit's bar for scrolling to the side lies over the last row.
  await portal.driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", last);
  await actions().keyDown(Key.SHIFT).move({ origin: last }).click().keyUp(Key.SHIFT).perform();
  // Said before the first is begun.
  assert.match((await seen()).notice, /^Your browser may ask whether this page may download several files: allow it\. Otherwise it saves the first one only/);
  await actions().move({ origin: await root.findElement(By.css("[data-do=download]")) }).click().perform();
  const ended = await until("the end", async () => {
    const now = await seen();
    return now.batch?.startsWith(`${COUNT} of ${COUNT} `) && now;
  }, { deadlineMs: 60_000, seen });
  assert.equal(ended.batch, "20 of 20 were handed to the browser. Its list of downloads says which are saved: it may have asked you, or dropped some.");
  assert.ok(ended.buttons.includes("Hand all over again"));
  await storageIsQuiet(COUNT);
  const files = await browser.downloads.finished(ALL_SAVED[browserName] ? COUNT : 1);
  t.diagnostic(`${files.length} of ${COUNT} files were saved`);
  assert.equal(files.length === COUNT, ALL_SAVED[browserName]);
});
