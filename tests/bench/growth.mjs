// Whether the hundredth download or row costs what the first did.

import { openBrowser } from "../e2e/browser.mjs";
import { Gauge } from "../e2e/gauge.mjs";
import { startServers } from "./servers.mjs";
import { median } from "./statistics.mjs";
import { openPage } from "./tab.mjs";

/** Asked for at once; the crate's own queue lets four of them through. */
const BATCH = 10;
const DOWNLOADS = [10, 100, 1_000];
const SLICE = 1_000;
const ROWS = [1_000, 10_000, 100_000];

export async function growth({ browserName, quick, log }) {
  const servers = await startServers();
  const browser = await openBrowser(browserName);
  try {
    await servers.control.set({ portalCsp: "" });
    return {
      downloads: await ofDownloads(browser, servers, quick ? DOWNLOADS.slice(0, 2) : DOWNLOADS, log),
      rows: await ofRows(browser, servers, quick ? ROWS.slice(0, 2) : ROWS, log),
    };
  } finally {
    await browser.close();
    await servers.close();
  }
}

/** One page that goes on and on; after so many downloads it is looked at. */
async function ofDownloads(browser, servers, counts, log) {
  const { control, urls, token } = servers;
  const { cabs } = await control.look();
  const least = Math.min(...cabs.map(({ bytes }) => bytes));
  const ids = cabs.filter(({ bytes, expired, family }) => bytes === least && !expired && family === "ihvdriver").map(({ cabIdHash }) => cabIdHash);
  await openPage(browser, servers, "/bench/growth.html", "growth");
  await browser.run((options) => window.growth.start(options), { token, storage: urls.storage });
  const gauge = await Gauge.of(browser);
  const steps = [];
  let times = [];
  let done = 0;
  while (done < counts.at(-1)) {
    const batch = Array.from({ length: BATCH }, (_, index) => ids[(done + index) % ids.length]);
    times.push((await browser.run((all) => window.growth.download(all), batch)) / BATCH);
    done += BATCH;
    if (done % 100 === 0) {
      await browser.downloads.finished(Math.min(done, 100));
      await browser.downloads.clear();
      await control.clearRequests();
    }
    if (counts.includes(done)) {
      const { memoryPages, values, elements, frames, openPorts, timers, JSHeapUsedSize: heap = null } = await gauge.read();
      steps.push({ count: done, msEach: median(times), memoryPages, values, elements, frames, openPorts, timers, heap });
      times = [];
      log(`growth: ${done} downloads`);
    }
  }
  return steps;
}

/** A new page for each number of rows, which it keeps as one that shows them does. */
async function ofRows(browser, servers, counts, log) {
  const steps = [];
  for (const count of counts) {
    await openPage(browser, servers, "/bench/lists.html", "lists");
    // What is loaded on the first call does not count.
    await browser.run((each) => window.lists.all(each, each).then(() => (window.kept = undefined)), SLICE);
    const before = await heapOf(browser);
    const ms = await browser.run((each, all) => window.lists.all(each, all), SLICE, count);
    const heap = before === null ? null : ((await heapOf(browser)) - before) / count;
    const memoryPages = await browser.run(() => window.lists.pages());
    steps.push({ count, msPerThousand: (ms / count) * 1_000, memoryPages, heapPerRow: heap });
    log(`growth: ${count} rows`);
  }
  return steps;
}

/** What scripts of the page hold, after the browser has collected its garbage; Chromium alone tells. */
async function heapOf({ name, driver }) {
  if (name !== "chromium") return null;
  await driver.sendDevToolsCommand("Performance.enable");
  await driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
  const { metrics } = await driver.sendAndGetDevToolsCommand("Performance.getMetrics");
  return metrics.find(({ name: metric }) => metric === "JSHeapUsedSize").value;
}
