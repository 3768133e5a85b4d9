// Decoding a slice of the lists beside JSON.parse of the same text, and what <cab-list> does with as many rows.

import { openBrowser } from "../e2e/browser.mjs";
import { startServers } from "./servers.mjs";
import { ratio, summary } from "./statistics.mjs";
import { openPage } from "./tab.mjs";

const ROWS = 10_000;
const FRAMES = 60;
/** A quick turn of a wheel. */
const STEP_PIXELS = 240;
const TYPED = "f-12 contoso";

export async function lists({ browserName, rounds, log }) {
  const servers = await startServers();
  const browser = await openBrowser(browserName);
  try {
    await servers.control.set({ portalCsp: "" });
    const seen = { pieces: [], whole: [], numbers: [] };
    const first = [];
    let bytes;
    for (let round = 0; round <= rounds; round += 1) {
      await openPage(browser, servers, "/bench/lists.html", "lists");
      bytes = await browser.run((count) => window.lists.make(count), ROWS);
      first.push(await browser.run(() => window.lists.first()));
      const oursFirst = round % 2 === 0;
      const decode = async (options) => {
        // The page's second call: everything is loaded and compiled.
        await browser.run((...values) => window.lists.decode(...values), ROWS, options);
        return browser.run((...values) => window.lists.decode(...values), ROWS, options);
      };
      seen.pieces.push(await decode({ oursFirst }));
      seen.whole.push(await decode({ oursFirst, inPieces: false }));
      await browser.run((count) => window.lists.make(count, 0, true), ROWS);
      seen.numbers.push(await decode({ oursFirst }));
      log(`lists ${round}/${rounds}: ${seen.pieces.at(-1).ours.toFixed(0)} ms`);
    }
    for (const each of [...Object.values(seen), first]) each.shift();
    const panel = await panels(browser, servers, rounds, log);
    return {
      rows: ROWS,
      bytes,
      ...compared(seen.pieces),
      /** Of a body that does not come from a script. */
      whole: compared(seen.whole),
      /** With an id in each row that has to become a text. */
      numbers: compared(seen.numbers),
      first: summary(first),
      panel,
    };
  } finally {
    await browser.close();
    await servers.close();
  }
}

function compared(seen) {
  const of = (name) => summary(seen.map((each) => each[name]));
  return {
    ours: of("ours"),
    json: of("json"),
    body: of("body"),
    parse: of("parse"),
    /** The whole of ours against the browser's own way to the same rows. */
    ratio: ratio(seen.map(({ ours, json }) => [ours, json])),
    /** Without the reading of the body, which both need: what decoding alone takes. */
    decodeRatio: ratio(seen.map(({ ours, body, parse }) => [ours - body, parse])),
  };
}

/** Each frame of all rounds, in a page of its own for each. */
async function panels(browser, servers, rounds, log) {
  const seen = { give: [], steps: [], jumps: [], typing: [] };
  for (let round = 0; round <= rounds; round += 1) {
    await openPage(browser, servers, "/bench/panel.html", "panel");
    const of = {
      give: [await browser.run((count) => window.panel.give(count), ROWS)],
      steps: await browser.run((...values) => window.panel.scroll(...values), FRAMES, STEP_PIXELS),
      jumps: await browser.run((frames) => window.panel.scroll(frames), FRAMES),
      typing: await browser.run((text) => window.panel.type(text), TYPED),
    };
    if (round === 0) continue;
    for (const [name, values] of Object.entries(of)) seen[name].push(...values);
    log(`<cab-list> ${round}/${rounds}: ${summary(of.typing).median.toFixed(1)} ms a key`);
  }
  return Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, summary(values)]));
}
