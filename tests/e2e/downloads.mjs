import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { until } from "./until.mjs";

/** What browsers call a file that is still growing. */
const UNFINISHED = /\.(?:crdownload|part|tmp|wkdownload)$|^\./i;

/** The download folder of one browser session. */
export class Downloads {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  async names() {
    return (await readdir(this.folder)).sort();
  }

  /**
   * Waits until so many files are there, all finished.
   *
   * @param {number} count
   * @param {{deadlineMs?: number, bytes?: number}} [options] bytes: of all of them together at least; in WebKit a file
   *   that a worker passed on grows under its final name
   * @returns {Promise<{name: string, bytes: number, sha256: string}[]>}
   */
  async finished(count, { deadlineMs = 60_000, bytes: least = 0 } = {}) {
    const look = async () => {
      const names = await this.names();
      if (names.length < count || names.some((name) => UNFINISHED.test(name))) return undefined;
      const files = await Promise.all(names.map(async (name) => ({ name, bytes: await this.#bytes(name) })));
      // Firefox makes an empty file of the final name before the first byte.
      const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
      return files.every(({ bytes }) => bytes > 0) && all >= least ? files : undefined;
    };
    const what = `${count} finished downloads of ${least} bytes or more`;
    const files = await until(what, look, { deadlineMs, seen: () => this.names() });
    for (const file of files) file.sha256 = await digest(join(this.folder, file.name));
    return files;
  }

  /** Empties the folder for the next test. */
  async clear() {
    for (const name of await this.names()) await rm(join(this.folder, name), { force: true, recursive: true });
  }

  async #bytes(name) {
    try {
      return (await stat(join(this.folder, name))).size;
    } catch {
      // Renamed between the two looks.
      return 0;
    }
  }
}

async function digest(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
