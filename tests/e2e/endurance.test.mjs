// A page that somebody works in all day: hundreds of downloads, two hundred clicks, and nothing that grows with them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { By } from "selenium-webdriver";

import { Gauge } from "./gauge.mjs";
import { cabRequests } from "./requests.mjs";
import { smallCabs } from "./small-cabs.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready("/prepared.html"));

/**
 * By how much a number may grow after the warm-up; every other not at all. The memory of WebAssembly never shrinks, and
 * its high-water mark depends on how the downloads under way overlap: one page. The heap of JavaScript also holds what
 * the browser compiles and caches, and what the driver leaves behind: less than 300 bytes for each of 900 downloads.
 */
const MAY_GROW = { memoryPages: 1, JSHeapUsedSize: 256 * 1024 };

test("hundreds of downloads from one page, and nothing grows with them", async (t) => {
  // The heap's limit is for 900 after the warm-up. In Firefox, where no heap is counted, fewer show what grows.
  const TOTAL = browserName === "chromium" ? 1_000 : 400;
  const WARM_UP = 100;
  // What is asked for at once; the crate's own queue lets four of them through.
  const BATCH = 50;
  const { browser, portal } = story;
  await portal.open("/prepared.html");
  assert.equal(await portal.host("start", {}), null);
  const { ids, sha256 } = await smallCabs(BATCH);
  const gauge = await Gauge.of(browser);
  let warm;
  for (let saved = BATCH; saved <= TOTAL; saved += BATCH) {
    await control.clearRequests();
    const results = await browser.run((all) => window.endurance.downloadAll(all), ids);
    assert.deepEqual(results, ids.map((cabIdHash) => ({ cabIdHash, via: "worker", attempts: 1 })));
    await allSaved(BATCH, sha256);
    const { relay, endpoint, storage } = await cabRequests();
    assert.deepEqual([relay, endpoint, storage].map(({ length }) => length), [BATCH, BATCH, BATCH]);
    if (saved === WARM_UP) warm = await gauge.read();
  }
  const now = await gauge.noMoreThan(warm, MAY_GROW);
  t.diagnostic(`after ${WARM_UP}: ${JSON.stringify(warm)}`);
  t.diagnostic(`after ${TOTAL}: ${JSON.stringify(now)}`);
});

test("two hundred clicks, each link clicked again while it is busy, and nothing grows with them", async (t) => {
  const TOTAL = 200;
  const WARM_UP = 40;
  const LINKS = 10;
  const { browser, portal } = story;
  await portal.open("/prepared.html");
  assert.equal(await browser.run(() => window.endurance.startHoldable()), null);
  const { ids, sha256 } = await smallCabs(LINKS);
  await browser.run((all) => {
    const list = document.getElementById("links");
    for (const id of all) {
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.dataset.cabIdHash = id;
      link.textContent = `CAB ${id}`;
      line.append(link);
      list.append(line);
    }
    window.host.cabs.enhance(list);
  }, ids);
  const links = await portal.driver.findElements(By.css("#links a"));
  const gauge = await Gauge.of(browser);
  const ended = () =>
    browser.run(() => window.recordedStates.filter(({ state }) => state === "downloading" || state === "failed"));
  let warm;
  for (let clicked = LINKS; clicked <= TOTAL; clicked += LINKS) {
    await control.clearRequests();
    await portal.forgetStates();
    // No download gets further than its token before every link was clicked twice.
    await browser.run(() => window.endurance.holdTokens());
    for (const link of links) await portal.driver.actions().move({ origin: link, duration: 0 }).click().click().perform();
    await browser.run(() => window.endurance.releaseTokens());
    const states = await until("every link to have ended", async () => {
      const all = await ended();
      return all.length >= LINKS && all;
    });
    assert.deepEqual(states.map(({ cabIdHash }) => cabIdHash).sort(), [...ids].sort());
    assert.deepEqual([...new Set(states.map(({ state }) => state))], ["downloading"]);
    await allSaved(LINKS, sha256);
    const { endpoint, storage } = await cabRequests();
    assert.deepEqual([endpoint, storage].map(({ length }) => length), [LINKS, LINKS]);
    if (clicked === WARM_UP) {
      await portal.forgetStates();
      warm = await gauge.read();
    }
  }
  await portal.forgetStates();
  const now = await gauge.noMoreThan(warm, MAY_GROW);
  t.diagnostic(`after ${WARM_UP}: ${JSON.stringify(warm)}`);
  t.diagnostic(`after ${TOTAL}: ${JSON.stringify(now)}`);
});

// Firefox collects its garbage when it likes.
if (browserName === "chromium") {
  test("token functions that a page has made and dropped leave nothing behind", async (t) => {
    const BATCH = 200;
    const { browser, portal } = story;
    await portal.open("/prepared.html");
    const gauge = await Gauge.of(browser);
    const batch = async () => {
      await browser.run((count) => window.endurance.makeProviders(count), BATCH);
      return gauge.read();
    };
    await batch();
    const warm = await batch();
    for (let made = 2 * BATCH; made < 40 * BATCH; made += BATCH) await batch();
    const now = await gauge.noMoreThan(warm, MAY_GROW);
    t.diagnostic(`${JSON.stringify(warm)} ${JSON.stringify(now)}`);
  });
}

/** Exactly so many files arrived, all with these bytes; they are cleared away. */
async function allSaved(count, sha256) {
  const { downloads } = story.browser;
  const files = await downloads.finished(count);
  assert.deepEqual(files.map((file) => file.sha256), Array(count).fill(sha256));
  await downloads.clear();
}
