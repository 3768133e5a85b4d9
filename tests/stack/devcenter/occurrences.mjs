import {
  APPLICATION_ID, CABS, DRIVER_CABS, DRIVER_FAILURES, FAILURES, HARDWARE_CABS, HARDWARE_FAILURES, OTHER_APPLICATION_ID,
} from "../known.mjs";
import { COURSES, dayByShare } from "./course-of-days.mjs";
import { newFailure, population } from "./population.mjs";
import { cumulated, seededRandom, skewed } from "./random.mjs";

const DAY_MS = 86_400_000;
const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES = {
  kib8: 8 * KIB, kib64: 64 * KIB, mib1: MIB, mib16: 16 * MIB, mib256: 256 * MIB, unusualId: 8 * KIB, expired: 8 * KIB,
};

/** The fixed failures of each family, and the CABs of the first one. */
const FIXED = {
  ihvdriver: { cabs: CABS, failures: FAILURES, module: "fastboot.sys" },
  driver: { cabs: DRIVER_CABS, failures: DRIVER_FAILURES, module: "ctgfx.sys" },
  hardware: { cabs: HARDWARE_CABS, failures: HARDWARE_FAILURES, module: "wfplwfs.sys" },
};
/** Occurrences and the size of their CABs. */
const MANY = { manySmall: [120, 64 * KIB], manyLarge: [24, 16 * MIB] };
const MANY_TINY = { ihvdriver: 60, driver: 120, hardware: 60 };
const FIXED_DAYS = 28;

/** How many failures the rest is divided among, the first ones getting most. */
const FAILURE_COUNT = 140;
/** The part of the rest that the huge failure has. */
const HUGE_SHARE = 0.45;

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));

/** Makes the occurrences of one family, in no particular order. */
export class Occurrences {
  #family;
  #seed;
  #now;
  #midnight;
  #fileOf;
  #days = new Map();

  /**
   * @param {import("./families.mjs").Family} family
   * @param {{seed: number, now: Date, cabFiles: {name: string, bytes: number}[]}} options
   */
  constructor(family, { seed, now, cabFiles }) {
    this.#family = family;
    this.#seed = seed + [...family.name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
    this.#now = now.getTime();
    this.#midnight = Math.floor(this.#now / DAY_MS) * DAY_MS;
    // About a file of these many bytes, whatever files there are.
    this.#fileOf = (bytes) =>
      cabFiles.reduce((best, file) => (Math.abs(file.bytes - bytes) < Math.abs(best.bytes - bytes) ? file : best)).name;
  }

  /** Those of the failures that tests know by name, but for the huge one. */
  fixed() {
    const { cabs, failures, module } = FIXED[this.#family.name];
    const random = seededRandom(this.#seed);
    const from = population(this.#family, random);
    const all = [];

    const failureName = { ihvdriver: "AV_fastboot!unknown_function" }[this.#family.name];
    const everySize = this.#failure(from, random, { failureHash: failures.everySize, failureName, module });
    for (const [name, cabIdHash] of Object.entries(cabs)) {
      const cab = { cabIdHash, cabFile: this.#fileOf(SIZES[name]) };
      all.push(name === "expired" ? everySize(5, cab, 3) : everySize(0, cab));
    }
    for (const [name, [count, bytes]] of Object.entries(MANY)) {
      if (!failures[name]) continue;
      const add = this.#failure(from, random, { failureHash: failures[name] });
      for (let number = 0; number < count; number += 1) {
        all.push(add(random.below(FIXED_DAYS), { cabIdHash: random.uuid(), cabFile: this.#fileOf(bytes) }));
      }
    }
    const add = this.#failure(from, random, { failureHash: failures.manyTiny });
    for (let number = 0; number < MANY_TINY[this.#family.name]; number += 1) {
      all.push(add(1 + random.below(FIXED_DAYS - 1), { cabIdHash: random.uuid(), cabFile: this.#fileOf(8 * KIB) }));
    }
    return all;
  }

  /**
   * So many from the seed. They end yesterday: counts of a day that has only begun would look like a repair.
   * @param {number} count
   */
  seeded(count) {
    const random = seededRandom(this.#seed + 1);
    const from = population(this.#family, random);
    const days = Object.fromEntries(
      Object.entries(COURSES).map(([name, course]) => [name, dayByShare(course, this.#midnight)]),
    );
    const all = [];
    // Few blobs, many ids: what is asked for is copied then, see ../storage/blobs.mjs.
    const files = [8 * KIB, 8 * KIB, 8 * KIB, 64 * KIB].map(this.#fileOf);
    const some = (failure, dayOf, howMany) => {
      for (let number = 0; number < howMany; number += 1) {
        all.push(failure(dayOf(random.fraction()), { cabIdHash: random.uuid(), cabFile: files[number & 3] }));
      }
    };

    const { failures, module } = FIXED[this.#family.name];
    const huge = Math.floor(count * HUGE_SHARE);
    const product = { applicationId: APPLICATION_ID };
    some(this.#failure(from, random, { failureHash: failures.huge, module }, product), days.release, huge);
    const shares = cumulated(skewed(FAILURE_COUNT, 1.15));
    const perFailure = new Array(FAILURE_COUNT).fill(0);
    for (let number = huge; number < count; number += 1) perFailure[random.weighted(shares)] += 1;
    const courses = ["steady", "growing", "fading", "steady", "release"];
    for (const howMany of perFailure) {
      const course = days[random.pick(courses)];
      const applicationId = random.below(4) === 0 ? OTHER_APPLICATION_ID : APPLICATION_ID;
      some(this.#failure(from, random, {}, { applicationId }), course, howMany);
    }
    return all;
  }

  /** Written once per day, since a family has tens of thousands of rows. */
  #day(daysAgo) {
    if (!this.#days.has(daysAgo)) this.#days.set(daysAgo, stamp(this.#midnight - daysAgo * DAY_MS).slice(0, 10));
    return this.#days.get(daysAgo);
  }

  /** A failure, as a function that makes its occurrences. */
  #failure(from, random, fixed, { applicationId = APPLICATION_ID } = {}) {
    const { name, product, cabLifeDays } = this.#family;
    const { shared, versions, versionField } = newFailure(this.#family, from, random, fixed);
    const versionSums = cumulated(skewed(versions.length));
    // Three numbers in each documented example; nothing says what they are.
    const submission = `29989${500 + random.below(400)}_${applicationId}_11529215046263${random.between(10_000, 99_999)}`;
    const owner = product ? { applicationId, submissionId: submission } : { sellerId: "14313740" };

    return (daysAgo, cab, expiresInDays = cabLifeDays) => {
      // Nothing happens in the future, so today is only as long as it has lasted.
      const sinceMidnight = random.fraction() * (daysAgo === 0 ? this.#now - this.#midnight : DAY_MS);
      const time = timeOfDay(sinceMidnight);
      return {
        date: `${this.#day(daysAgo)} ${time}`,
        ...owner,
        ...shared,
        [versionField]: versions[random.weighted(versionSums)],
        ...from.situations[random.weighted(from.situationSums)],
        // Always null in the documented examples, though a driver's rows may be filtered by it.
        clientDeviceId: name === "driver" && random.below(4) === 0 ? random.uuid() : null,
        cabType: random.below(50) === 0 ? "FULL" : "MINI",
        cabExpirationTime: `${this.#day(daysAgo - expiresInDays)} ${time}`,
        ...cab,
        family: name,
      };
    };
  }
}

/** `23:51:11` */
function timeOfDay(sinceMidnight) {
  const seconds = Math.floor(sinceMidnight / 1000);
  return `${TWO_DIGITS[Math.floor(seconds / 3600)]}:${TWO_DIGITS[Math.floor(seconds / 60) % 60]}:${TWO_DIGITS[seconds % 60]}`;
}

/** `2017-03-14 23:51:11`, as the API prints moments; UTC here. @param {number | Date} time */
export function stamp(time) {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}
