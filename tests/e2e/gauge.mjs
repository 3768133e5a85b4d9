import { until } from "./until.mjs";

/** What Chromium itself counts of a page. */
const CHROMIUM_METRICS = ["Nodes", "Documents", "Frames", "JSEventListeners", "JSHeapUsedSize"];

/**
 * Measures what a page holds: what WebAssembly does; elements, frames, listeners, ports and timers as scripts can count
 * them (pages/held.js); in Chromium also what the browser counts, right after it has collected its garbage.
 */
export class Gauge {
  #browser;

  /** @param {import("./browser.mjs").Browser} browser whose tab shows pages/prepared.html */
  static async of(browser) {
    const gauge = new Gauge();
    gauge.#browser = browser;
    if (browser.name === "chromium") await browser.driver.sendDevToolsCommand("Performance.enable");
    return gauge;
  }

  async read() {
    const { driver, name } = this.#browser;
    const held = await this.#browser.run(() => ({ ...window.endurance.ofWasm(), ...window.held() }));
    if (name !== "chromium") return held;
    await driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
    const { metrics } = await driver.sendAndGetDevToolsCommand("Performance.getMetrics");
    const counted = Object.fromEntries(metrics.map(({ name: metric, value }) => [metric, value]));
    return { ...held, ...Object.fromEntries(CHROMIUM_METRICS.map((metric) => [metric, counted[metric]])) };
  }

  /**
   * Waits until the page holds no more than it did before: what has just ended may take a moment to go, what has
   * leaked never does.
   *
   * @param {object} before what was read then
   * @param {Record<string, number>} allowed by how much a number may have grown; none is 0
   * @returns {Promise<object>} what was read now
   */
  async noMoreThan(before, allowed) {
    let now;
    await until(
      "the page to hold no more than before",
      async () => {
        now = await this.read();
        return grown(before, now, allowed).length === 0;
      },
      { everyMs: 200, seen: () => grown(before, now, allowed) },
    );
    return now;
  }
}

/** Every number that has grown by more than it may, as a sentence. */
function grown(before, now, allowed) {
  const was = flat(before);
  return Object.entries(flat(now))
    .filter(([name, number]) => number - (was[name] ?? 0) > (allowed[name] ?? 0))
    .map(([name, number]) => `${name} from ${was[name] ?? 0} to ${number}`);
}

function flat({ listeners, ...numbers }) {
  const each = Object.entries(listeners).map(([name, number]) => [`listeners: ${name}`, number]);
  return { ...numbers, ...Object.fromEntries(each) };
}
