// How a module of wasm is loaded. Packaging puts it in the place of what wasm-bindgen writes for that, from its
// `let wasmModule` to the end: shorter, bundlers find the wasm just as well, and what is called too early says so.

const tooEarly = () => {
  throw new Error("Wait for cablink's init() first: `await init()`. Then CabLink.start() makes a CabLink.");
};

/** The exports of the wasm; before it is loaded, whatever is asked of them is asked too early. */
let wasm = new Proxy({}, { get: tooEarly });

/** The load that is under way or done; none after one that failed, so that the next call tries again. */
let loading;

export default function init(from) {
  return (loading ??= load(from).catch((error) => {
    loading = undefined;
    throw error;
  }));
}

async function load(from) {
  // The address stands here as bundlers look for it.
  from = await (from?.module_or_path ?? (from?.constructor === Object ? null : from) ?? new URL("cablink_bg.wasm", import.meta.url));
  // An address, a URL or a Request; by what they have, since not every surrounding knows these classes.
  if (typeof from === "string" || from.href || from.method) from = await fetch(from);
  if (from.headers) {
    if (!from.ok) throw new Error(`${from.url} cannot be loaded: HTTP ${from.status}.`);
    // Only of this type may it be compiled while it arrives; a server that does not know the type is no reason to fail.
    from = await (from.headers.get("content-type") === "application/wasm"
      ? WebAssembly.compileStreaming(from)
      : from.arrayBuffer());
  }
  const made = await WebAssembly.instantiate(from, __wbg_get_imports());
  wasm = (made.instance ?? made).exports;
  wasm.__wbindgen_start();
  return wasm;
}
