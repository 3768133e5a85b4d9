// Downloads without clicks, many after one another.

import init, { CabLink } from "/pkg/cablink.js";

const exports = await init();
const PAGE_BYTES = 65_536;
const table = Object.values(exports).find((each) => each instanceof WebAssembly.Table);

/** What the end-to-end tests' gauge asks of a page. */
window.endurance = {
  ofWasm: () => ({
    memoryPages: exports.memory.buffer.byteLength / PAGE_BYTES,
    values: Array.from({ length: table.length }, (_, place) => table.get(place)).filter((value) => value !== null).length,
  }),
};

let cabs;
window.growth = {
  async start({ token, storage }) {
    cabs = await CabLink.start({ getToken: () => token, endpoint: "/devcenter/", storage: [storage] });
  },
  /** How long all of them took together; they wait for one another in the crate's own queue. */
  async download(ids) {
    const start = performance.now();
    await Promise.all(ids.map((id) => cabs.download(id)));
    return performance.now() - start;
  },
};
