/**
 * Looks again and again until there is something, or the deadline is over. Never waits for a fixed time.
 *
 * @template T
 * @param {string} what for the message
 * @param {() => T | Promise<T>} look gives something truthy when it is there
 * @param {{deadlineMs?: number, everyMs?: number, seen?: () => unknown}} [options] seen: what the message says was
 *   there instead
 * @returns {Promise<T>}
 */
export async function until(what, look, { deadlineMs = 20_000, everyMs = 30, seen } = {}) {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) {
      const instead = seen ? `; there was ${JSON.stringify(await seen())}` : "";
      throw new Error(`Waited ${deadlineMs / 1000} s for ${what}${instead}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
