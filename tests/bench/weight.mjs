// What a page loads, what of it is largest, and how long it takes until a link is ready.

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { openBrowser } from "../e2e/browser.mjs";
import { largestItems } from "./names.mjs";
import { startServers } from "./servers.mjs";
import { summary } from "./statistics.mjs";
import { openPage } from "./tab.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** All that a page with links loads. */
const LOADED = ["cablink_bg.wasm", "cablink.js", "worker.js"];
const ON_DEMAND = ["cablink_lists_bg.wasm", "cablink_lists.js"];
const LARGEST = 15;

export async function weight({ browserName, rounds, log }) {
  const sizes = await Promise.all([...LOADED, ...ON_DEMAND].map((name) => sizesOf(join(ROOT, "pkg", name))));
  const loaded = sizes.slice(0, LOADED.length);
  const together = Object.fromEntries(["raw", "gzip", "brotli"].map((kind) => [kind, loaded.reduce((sum, each) => sum + each[kind], 0)]));
  const servers = await startServers();
  const browser = await openBrowser(browserName);
  try {
    const cold = [];
    const warm = [];
    for (let round = 0; round < rounds; round += 1) {
      // Its first load of an origin fills the cache, also with the code that the browser has compiled.
      await openPage(browser, servers, `/bench/ready.html?round=${round}`, "ready");
      (round < 2 ? cold : warm).push(await browser.driver.executeScript("return window.ready"));
      log(`weight ${round + 1}/${rounds}`);
    }
    const of = (read) => summary(warm.map(read));
    return {
      sizes,
      together,
      largest: await largestItems(join(ROOT, "target", "cablink.wasm"), LARGEST),
      times: {
        imported: of(({ fromScript }) => fromScript.imported),
        initialised: of(({ fromScript }) => fromScript.initialised),
        ready: of(({ fromScript }) => fromScript.ready),
        worker: of(({ fromScript }) => fromScript.worker),
        navigation: of(({ fromNavigation }) => fromNavigation),
        compile: of(({ compile }) => compile),
        firstLoad: cold[0].fromScript.ready,
      },
    };
  } finally {
    await browser.close();
    await servers.close();
  }
}

async function sizesOf(path) {
  const bytes = await readFile(path);
  return { name: basename(path), raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length };
}
