// Steps of the endurance tests, beside those of host-page.js.

import { pca } from "/host.js";
import init, { msalToken } from "/pkg/cablink.js";

// The same exports as host-page.js got.
const exports = await init();
const table = Object.values(exports).find((each) => each instanceof WebAssembly.Table);
const PAGE_BYTES = 65_536;

/** A place that was given up holds null; one that holds `undefined` is taken. */
const places = () => Array.from({ length: table.length }, (_, place) => table.get(place));

let gate;
let open = () => {};

window.endurance = {
  /** Pages of WebAssembly's memory, which never shrinks, and how many of JavaScript's values the crate holds. */
  ofWasm: () => ({ memoryPages: exports.memory.buffer.byteLength / PAGE_BYTES, values: places().filter((value) => value !== null).length }),

  /** Calls `download()` for all of these at once. Tells how each ended, in their order. */
  async downloadAll(ids) {
    const ended = await Promise.allSettled(ids.map((id) => window.host.cabs.download(id)));
    // What the tests' page itself remembers is not to be counted.
    window.host.wanted.length = 0;
    window.recordedStates.length = 0;
    return ended.map(({ value, reason }) => value ?? { code: reason?.code ?? String(reason) });
  },

  /** Starts with a `getToken` that waits while tokens are held. */
  async startHoldable(options) {
    const fromMsal = msalToken(pca);
    const getToken = async (want) => {
      await gate;
      return fromMsal(want);
    };
    return window.host.start({ ...options, getToken });
  },
  holdTokens() {
    gate = new Promise((resolve) => (open = resolve));
  },
  releaseTokens: () => open(),
};
