import { watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What browsers call a file that is still growing. */
const UNFINISHED = /\.(?:crdownload|part|tmp)$|^\./i;
/** Some systems tell of a changed folder late or not at all. */
const LOOK_MS = 50;

/**
 * Waits for the one file of these many bytes, finished.
 *
 * @param {string} folder
 * @param {number} bytes
 * @param {number} deadlineMs
 * @returns {Promise<{ms: number, path: string}>} when that was seen, in milliseconds since 1970
 */
export function arrival(folder, bytes, deadlineMs) {
  return new Promise((resolve, reject) => {
    let ended = false;
    const end = (settle, value) => {
      ended = true;
      watcher.close();
      clearInterval(timer);
      clearTimeout(deadline);
      settle(value);
    };
    const look = async () => {
      try {
        const names = await readdir(folder);
        if (names.length === 0 || names.some((name) => UNFINISHED.test(name))) return;
        const path = join(folder, names[0]);
        const { size } = await stat(path);
        const ms = performance.timeOrigin + performance.now();
        if (!ended && size === bytes) end(resolve, { ms, path });
      } catch {
        // Renamed between the two looks.
      }
    };
    const watcher = watch(folder, look);
    const timer = setInterval(look, LOOK_MS);
    const deadline = setTimeout(() => end(reject, new Error(`No file of ${bytes} bytes within ${deadlineMs / 1000} s.`)), deadlineMs);
    look();
  });
}
