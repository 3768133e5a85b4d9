// The import of the lists, a wasm module of their own. It stands at the end of cablink.js, where packaging puts it:
// wasm-bindgen knows no way to write an import, bundlers have to see it as it stands, and it is relative to that file.

/** Loads that failed. Chromium remembers those of an address for as long as the page lives, so the next has another. */
let failedLoads = 0;

/** Calls a function of the module; where it cannot be loaded, rejects with `failure`. Both waits are for what is loaded
 * once, however often it is asked for. */
async function callCabLinkLists(failure, name, ...values) {
  let module;
  try {
    module = await (failedLoads === 0
      ? import("./cablink_lists.js")
      : import(new URL(`cablink_lists.js?again=${failedLoads}`, import.meta.url).href));
    await module.default();
  } catch {
    failedLoads += 1;
    throw failure;
  }
  return module[name](...values);
}
