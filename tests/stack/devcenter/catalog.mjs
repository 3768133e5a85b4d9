import { FAMILIES } from "./families.mjs";
import { Occurrences, stamp } from "./occurrences.mjs";

/** How many each family has from the seed, besides the fixed ones. */
const USUAL_COUNTS = { ihvdriver: 24_000, driver: 28_000, hardware: 24_000 };
export const USUAL_SEED = 20170314;

/**
 * Every occurrence that the lists are made of. The same seed gives the same ids and values; only dates move, so that
 * the newest are always of today. A family's rows are made when somebody asks for them, not at the start.
 */
export class Catalog {
  #seed;
  #counts;
  #now;
  #cabFiles;
  #day;
  /** By family. */
  #fixed = new Map();
  #whole = new Map();

  /**
   * @param {{seed?: number, occurrences?: number, cabFiles: {name: string, bytes: number, sha256: string}[], now?: () => Date}} options
   *   `occurrences` is how many each family has from the seed, besides the fixed ones; `cabFiles` smallest first, at least one
   */
  constructor({ seed = USUAL_SEED, occurrences, cabFiles, now = () => new Date() }) {
    this.#seed = seed;
    this.#counts = occurrences === undefined ? USUAL_COUNTS : Object.fromEntries(Object.keys(FAMILIES).map((name) => [name, occurrences]));
    this.#now = now;
    this.#cabFiles = cabFiles;
  }

  /** The time that "today" in the lists is taken from. */
  now() {
    return this.#now();
  }

  /** The day of {@link now}, in UTC: `2017-03-14`. */
  today() {
    return stamp(this.#now()).slice(0, 10);
  }

  /** Those of one family, newest first. @param {string} family its name */
  occurrences(family) {
    return this.#all(family).list;
  }

  /** Those of one failure, newest first. */
  occurrencesOf(family, failureHash) {
    return this.#all(family).byFailure.get(failureHash) ?? [];
  }

  /**
   * @param {string} cabIdHash
   * @param {string} [family] only there
   * @returns the occurrence with this CAB, or undefined
   */
  cab(cabIdHash, family) {
    const families = family === undefined ? Object.keys(FAMILIES) : [family];
    for (const which of [this.#someOf, this.#all]) {
      for (const name of families) {
        const found = which.call(this, name).byCab.get(cabIdHash);
        if (found) return found;
      }
    }
    return undefined;
  }

  /** What the control endpoint tells about the CABs of the fixed failures, and about any other that is asked for. */
  cabs() {
    return Object.keys(FAMILIES).flatMap((family) => this.#someOf(family).list.map((each) => this.describe(each)));
  }

  describe(occurrence) {
    const { family, cabIdHash, failureHash, cabFile } = occurrence;
    const { bytes, sha256 } = this.#cabFiles.find(({ name }) => name === cabFile);
    return { family, cabIdHash, failureHash, bytes, sha256, expired: this.isExpired(occurrence) };
  }

  isExpired({ cabExpirationTime }) {
    return cabExpirationTime < stamp(this.#now());
  }

  #someOf(family) {
    return this.#made(this.#fixed, family, (source) => source.fixed());
  }

  #all(family) {
    return this.#made(this.#whole, family, (source) => [...this.#someOf(family).list, ...source.seeded(this.#counts[family])]);
  }

  #made(memory, family, make) {
    // A stack that runs over midnight goes on with the dates of the new day.
    const today = this.today();
    if (this.#day !== today) {
      this.#day = today;
      this.#fixed.clear();
      this.#whole.clear();
    }
    if (!memory.has(family)) {
      const source = new Occurrences(FAMILIES[family], { seed: this.#seed, now: this.#now(), cabFiles: this.#cabFiles });
      memory.set(family, indexed(make(source)));
    }
    return memory.get(family);
  }
}

function indexed(occurrences) {
  const list = occurrences.sort((one, other) => (one.date < other.date ? 1 : one.date > other.date ? -1 : 0));
  const byFailure = new Map();
  for (const occurrence of list) {
    const same = byFailure.get(occurrence.failureHash);
    if (same) same.push(occurrence);
    else byFailure.set(occurrence.failureHash, [occurrence]);
  }
  return { list, byFailure, byCab: new Map(list.map((occurrence) => [occurrence.cabIdHash, occurrence])) };
}
