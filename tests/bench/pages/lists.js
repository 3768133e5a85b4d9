// One text, decoded by the crate and by JSON.parse. The text comes from this page instead of the network, which would
// be measured otherwise.

import init, { CabLink } from "/pkg/cablink.js";

const exports = await init();
const PAGE_BYTES = 65_536;
const { fetch } = window;
let text = "";
/** The text as bytes, made before anything is measured; and as a body that the browser holds, like one that has come. */
let bytes;
let whole;
let memory = [];

/** Every memory of WebAssembly in the page: that of the lists is made when the first is asked for. */
const { instantiateStreaming, instantiate } = WebAssembly;
const keep = (result) => {
  memory.push((result.instance ?? result).exports.memory);
  return result;
};
WebAssembly.instantiateStreaming = (...values) => instantiateStreaming(...values).then(keep);
WebAssembly.instantiate = (...values) => instantiate(...values).then(keep);

window.fetch = (input, options) => {
  const url = String(input.url ?? input);
  if (!url.includes("failurehits")) return fetch(input, options);
  const headers = { "content-type": "application/json" };
  if (whole) return Promise.resolve(new Response(whole, { headers }));
  // In pieces, as a network brings it.
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.slice(at, (at += 1 << 16)));
      if (at >= bytes.length) controller.close();
    },
  });
  return Promise.resolve(new Response(body, { headers }));
};

const cabs = await CabLink.start({ getToken: () => "a-token", endpoint: "/devcenter/" });

/** The driver takes an error's code for one of its own. */
const told = (error) => {
  throw new Error(String(error));
};

window.lists = {
  /** Rows as the service's documentation shows them, made from one; or each with an id that JavaScript cannot hold. */
  make(count, from = 0, withNumbers = false) {
    const row = (index) => ({
      date: "2026-01-31",
      failureName: `AV_fastboot!unknown_function_${index % 97}`,
      failureHash: `012e33e3-dbc9-b12f-c124-${String(index).padStart(12, "0")}`,
      symbol: "fastboot",
      osVersion: "6.3.9600.17415",
      osName: "Windows 8.1",
      eventType: "System crash",
      market: "US",
      deviceType: "PC",
      moduleName: "fastboot.sys",
      moduleVersion: "2.1.1.0",
      oemName: "Contoso",
      oemModel: "ContosoPad",
      eventCount: index % 2 === 0 ? 1.5 : 12,
      deviceCount: 3,
      ...(withNumbers ? { applicationId: 0 } : {}),
    });
    text = JSON.stringify({ Value: Array.from({ length: count }, (_, index) => row(from + index)), TotalCount: count });
    text = text.replaceAll('"applicationId":0', '"applicationId":18430592857500421');
    bytes = new TextEncoder().encode(text);
    return text.length;
  },

  /**
   * Slices of so many rows, one after the other, until there are all; they are kept, as a page does that shows them.
   * Tells for how long it waited for the crate.
   */
  async all(perSlice, count) {
    const kept = [];
    let ms = 0;
    let slice;
    do {
      window.lists.make(perSlice, kept.length);
      const next = kept.length + perSlice;
      if (next < count) {
        text = text.replace(/}$/, `,"@nextLink":"ihvdriver/failurehits?skip=${next}&top=${perSlice}"}`);
        bytes = new TextEncoder().encode(text);
      }
      const start = performance.now();
      slice = await (slice ? slice.next() : cabs.failureHits({ top: perSlice })).catch(told);
      ms += performance.now() - start;
      kept.push(...slice.rows);
    } while (kept.length < count);
    window.kept = kept;
    return ms;
  },

  /** Milliseconds of the same text by each way, whole: the body is read by both. They take turns at being first. */
  async decode(count, { oursFirst = true, inPieces = true } = {}) {
    whole = inPieces ? undefined : new Blob([bytes]);
    const ways = {
      ours: () => cabs.failureHits({ top: 10_000 }).catch(told).then(({ rows }) => rows),
      json: () => window.fetch("/failurehits").then((response) => response.json()).then(({ Value }) => Value),
    };
    const took = {};
    for (const name of oursFirst ? ["ours", "json"] : ["json", "ours"]) {
      const start = performance.now();
      const rows = await ways[name]();
      took[name] = performance.now() - start;
      if (rows.length !== count) throw new Error(`${rows.length} rows instead of ${count}`);
    }
    let start = performance.now();
    const read = await (await window.fetch("/failurehits")).text();
    took.body = performance.now() - start;
    start = performance.now();
    JSON.parse(read);
    took.parse = performance.now() - start;
    whole = undefined;
    return took;
  },

  pages: () => [exports.memory, ...memory].reduce((sum, { buffer }) => sum + buffer.byteLength / PAGE_BYTES, 0),

  /** From the call to the first row, the module's own loading included where it is the first call of the page. */
  async first() {
    const start = performance.now();
    const slice = await cabs.failureHits({ top: 10_000 }).catch(told);
    if (!slice.rows[0].failureHash) throw new Error("no row");
    return performance.now() - start;
  },
};
