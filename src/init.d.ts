/** Where the wasm comes from: an address, an answer of `fetch`, its bytes, or the compiled module. */
export type InitInput = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** The wasm's memory, for those who measure it. */
export interface InitOutput {
  readonly memory: WebAssembly.Memory;
}

/**
 * Loads the wasm. Everything else waits for it: before, `CabLink` and `msalToken` throw an error that says so.
 *
 * ```js
 * await init();
 * ```
 *
 * By itself it takes `cablink_bg.wasm` from beside this file, which bundlers find. Calls while it loads and afterwards give
 * the same promise, whatever they name. After a load that failed the next call tries again.
 *
 * @param from Where else to take the wasm from, or a promise of that.
 */
export default function init(
  from?: InitInput | Promise<InitInput> | { module_or_path: InitInput | Promise<InitInput> },
): Promise<InitOutput>;
