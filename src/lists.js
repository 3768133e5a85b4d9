// The import of the lists, a wasm module of their own. It stands at the end of cablink.js, where packaging puts it:
// wasm-bindgen knows no way to write an import, and bundlers have to see it as it stands.

/** Loads that failed. */
let failedLoads = 0;

/** Calls a function of the module; where it cannot be loaded, rejects with `failure`. Both waits are for what is loaded
 * once, however often it is asked for. */
async function callCabLinkLists(failure, name, ...values) {
  let module;
  try {
    module = await import("./cablink_lists.js").catch(importAgain);
    await module.default();
  } catch {
    failedLoads += 1;
    throw failure;
  }
  return module[name](...values);
}

/** Chromium remembers a failed import of an address for as long as the page lives, so the next try has another. It names
 * the address in the error, which is the only way to know it once a bundler has moved the file. */
function importAgain(error) {
  const [address] = (failedLoads > 0 && /https?:\S+/.exec(error.message)) || [];
  if (!address) throw error;
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `${address}?again=${failedLoads}`);
}
