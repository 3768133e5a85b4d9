/** Slices per second: small enough that a slow download still moves, few enough to cost nothing. */
const SLICES_PER_SECOND = 10;

/**
 * A stage of a pipeline that passes on at most so many bytes a second.
 *
 * @param {() => number | null} bytesPerSecond asked before each slice, so that a running download follows a change;
 *   null for no limit
 * @param {import("../control/waits.mjs").Waits} waits
 * @param {import("node:http").ServerResponse} response whose end also ends the waiting
 */
export function throttled(bytesPerSecond, waits, response) {
  return async function* slices(source) {
    for await (const chunk of source) {
      let at = 0;
      while (at < chunk.length) {
        const limit = bytesPerSecond();
        if (limit === null) {
          yield at === 0 ? chunk : chunk.subarray(at);
          break;
        }
        const slice = chunk.subarray(at, at + Math.max(1, Math.floor(limit / SLICES_PER_SECOND)));
        at += slice.length;
        yield slice;
        if (!(await waits.wait((slice.length / limit) * 1000, response))) return;
      }
    }
  };
}
