// Steps of the endurance tests, beside those of host-page.js.

import { pca } from "/host.js";
import init, { msalToken } from "/pkg/cablink.js";

// The same exports as host-page.js got.
const exports = await init();
const table = Object.values(exports).find((each) => each instanceof WebAssembly.Table);
const PAGE_BYTES = 65_536;

/** A place that was given up holds null; one that holds `undefined` is taken. */
const places = () => Array.from({ length: table.length }, (_, place) => table.get(place));

let ended = [];
let promises = [];
let gate;
let onlyRenewed = false;
let open = () => {};

window.endurance = {
  /** Pages of WebAssembly's memory, which never shrinks, and how many of JavaScript's values the crate holds. */
  ofWasm: () => ({ memoryPages: exports.memory.buffer.byteLength / PAGE_BYTES, values: places().filter((value) => value !== null).length }),

  /** Makes token functions that nobody keeps. */
  makeProviders(count) {
    for (let made = 0; made < count; made += 1) msalToken({ acquireTokenSilent: () => null });
  },

  /** Calls `download()` for all of these at once. Tells how each ended, in their order. */
  async downloadAll(ids) {
    window.endurance.beginAll(ids);
    await Promise.all(promises);
    // What the tests' page itself remembers is not to be counted.
    promises = [];
    window.host.wanted.length = 0;
    window.recordedStates.length = 0;
    return ended.splice(0);
  },

  /** The same for a test that has more to do meanwhile; `ended` then tells of those that have. */
  beginAll(ids) {
    ended = [];
    promises = ids.map(async (id, index) => {
      ended[index] = await window.host.cabs.download(id).catch(({ code }) => ({ code }));
    });
  },
  ended: () => Array.from(ended, (each) => each ?? null),

  /** Starts with a `getToken` that waits while tokens are held. */
  async startHoldable(options) {
    const fromMsal = msalToken(pca);
    const getToken = async (want) => {
      if (want.forceRefresh || !onlyRenewed) await gate;
      return fromMsal(want);
    };
    return window.host.start({ ...options, getToken });
  },
  /** With `renewed`, only those that replace a refused one. */
  holdTokens({ renewed = false } = {}) {
    onlyRenewed = renewed;
    gate = new Promise((resolve) => (open = resolve));
  },
  releaseTokens: () => open(),
};
