// Decoding a slice of the lists beside JSON.parse of the same text. Scrolling and filtering belong to the element that
// shows a list, and come here with it.

import { openBrowser } from "../e2e/browser.mjs";
import { startServers } from "./servers.mjs";
import { ratio, summary } from "./statistics.mjs";
import { openPage } from "./tab.mjs";

const ROWS = 10_000;

export async function lists({ browserName, rounds, log }) {
  const servers = await startServers();
  const browser = await openBrowser(browserName);
  try {
    await servers.control.set({ portalCsp: "" });
    const seen = [];
    const first = [];
    let bytes;
    for (let round = 0; round <= rounds; round += 1) {
      await openPage(browser, servers, "/bench/lists.html", "lists");
      bytes = await browser.run((count) => window.lists.make(count), ROWS);
      first.push(await browser.run(() => window.lists.first()));
      // The page's second call: everything is loaded and compiled.
      await browser.run((count) => window.lists.decode(count), ROWS);
      seen.push(await browser.run((count) => window.lists.decode(count), ROWS));
      log(`lists ${round}/${rounds}: ${seen.at(-1).ours.toFixed(0)} ms`);
    }
    seen.shift();
    first.shift();
    const of = (name) => summary(seen.map((each) => each[name]));
    return {
      rows: ROWS,
      bytes,
      ours: of("ours"),
      json: of("json"),
      body: of("body"),
      parse: of("parse"),
      /** The whole of ours against the browser's own way to the same rows. */
      ratio: ratio(seen.map(({ ours, json }) => [ours, json])),
      /** Without the reading of the body, which both need: what decoding alone takes. */
      decodeRatio: ratio(seen.map(({ ours, body, parse }) => [ours - body, parse])),
      first: summary(first),
    };
  } finally {
    await browser.close();
    await servers.close();
  }
}
