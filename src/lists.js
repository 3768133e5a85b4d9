// The import of the lists, a wasm module of their own. It stands at the end of cablink.js, where packaging puts it:
// wasm-bindgen knows no way to write an import, bundlers have to see it as it stands, and it is relative to that file.

/** Calls a function of the module; where it cannot be loaded, rejects with `failure`. Both waits are for what is loaded
 * once, however often it is asked for, and anew after it could not be. */
async function callCabLinkLists(failure, name, ...values) {
  let module;
  try {
    module = await import("./cablink_lists.js");
    await module.default();
  } catch {
    throw failure;
  }
  return module[name](...values);
}
