// The import of the lists, a wasm module of their own. It stands at the end of cablink.js, where packaging puts it:
// wasm-bindgen knows no way to write an import, and bundlers have to see it as it stands.

/** Loads that failed. */
let failedLoads = 0;

async function loadLists(lost) {
  try {
    const module = await import("./cablink_lists.js").catch(importAgain);
    await module.default();
    return module;
  } catch {
    failedLoads += 1;
    throw lost;
  }
}

/**
 * Calls a function of the module with these values, the host first; both waits are for what is loaded once, however often
 * it is asked for. Rejects with `lost` where it cannot be loaded. A load may hang, too: the host's deadline and every
 * signal hold for it, and end it with `late` and `aborted`; the module itself sees to them from then on, and is told
 * when the call began.
 */
async function callCabLinkLists(lost, late, aborted, name, ...values) {
  const began = performance.now();
  const over = new AbortController();
  let timer;
  const ended = new Promise((_, reject) => {
    timer = setTimeout(reject, values[0].deadlineMs, late);
    for (const value of values) {
      try {
        const { signal } = value;
        if (signal.aborted) reject(aborted);
        // Taken off by this controller's own signal.
        signal.addEventListener("abort", () => reject(aborted), over);
      } catch {
        // There is none, or it is of no kind, which the module says better.
      }
    }
  });
  try {
    return (await Promise.race([ended, loadLists(lost)]))[name](...values, began);
  } finally {
    over.abort();
    clearTimeout(timer);
  }
}

/** Chromium remembers a failed import of an address for as long as the page lives, so the next try has another. It names
 * the address in the error, which is the only way to know it once a bundler has moved the file. An import map that holds
 * hashes has none for such an address, and what it refused must not come in by that. */
function importAgain(error) {
  const [address] = (failedLoads > 0 && /https?:\S+/.exec(error.message)) || [];
  const maps = [...document.querySelectorAll("script[type=importmap]")];
  if (!address || maps.some(({ text }) => text.includes("integrity"))) throw error;
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `${address}?again=${failedLoads}`);
}
