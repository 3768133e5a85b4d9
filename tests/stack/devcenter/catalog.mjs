import { CABS, FAILURES } from "../known.mjs";
import { seededRandom } from "./random.mjs";

const DAY_MS = 86_400_000;
const DAYS_BACK = 28;
const CAB_LIFE_DAYS = 90;

const DRIVERS = [
  ["fastboot.sys", "2.1.1.0"],
  ["contosonet.sys", "6.0.1043.2"],
  ["ctdisk.sys", "1.9.0.77"],
  ["ctaudio.sys", "10.2.4.0"],
  ["ctgfx.sys", "23.20.16.49"],
];
const CLASSES = ["AV", "0xD1", "0x109_18_2", "0x9F_3", "0x133_ISR", "0x50_W"];
const FUNCTIONS = ["unknown_function", "LoadImageNotify", "DispatchPower", "ReadRegister", "OnTimer", "ParseHeader"];
const MARKETS = ["US", "DE", "JP", "BR", "IN", "GB", "FR", "CN"];
const SYSTEMS = [
  ["Windows 8.1", "6.3.9600.9600"],
  ["Windows 8.1", "6.3.9600.17415"],
  ["Windows 8", "6.2.9200.16384"],
  ["Windows 7", "6.1.7601.17514"],
];
const MACHINES = [
  ["Contoso", "C-122"],
  ["Contoso", "ContosoPad"],
  ["Fabrikam", "F-900"],
  ["Unknown", "Unknown"],
];

/**
 * Every occurrence that the lists are made of. The same seed gives the same ids and values; only dates move, so that
 * the newest are always of today.
 */
export class Catalog {
  #seed;
  #size;
  #now;
  #cabBytes;
  #day;
  #occurrences;
  #byCab;

  /**
   * @param {{seed?: number, occurrences?: number, cabFiles: {name: string, bytes: number, sha256: string}[], now?: () => Date}} options
   *   `occurrences` is about how many there are; `cabFiles` smallest first, at least one
   */
  constructor({ seed = 20170314, occurrences = 400, cabFiles, now = () => new Date() }) {
    this.#seed = seed;
    this.#size = occurrences;
    this.#now = now;
    this.#cabBytes = cabFiles;
  }

  /** The time that "today" in the lists is taken from. */
  now() {
    return this.#now();
  }

  /** Newest first. */
  occurrences() {
    this.#refresh();
    return this.#occurrences;
  }

  /** @returns the occurrence with this CAB, or undefined */
  cab(cabIdHash) {
    this.#refresh();
    return this.#byCab.get(cabIdHash);
  }

  /** What the control endpoint tells about each CAB. */
  cabs() {
    const sizes = new Map(this.#cabBytes.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }]));
    return this.occurrences().map((occurrence) => ({
      cabIdHash: occurrence.cabIdHash,
      failureHash: occurrence.failureHash,
      ...sizes.get(occurrence.cabFile),
      expired: this.isExpired(occurrence),
    }));
  }

  isExpired({ cabExpirationTime }) {
    return cabExpirationTime < stamp(this.#now());
  }

  /** A stack that runs over midnight goes on with the dates of the new day. */
  #refresh() {
    const today = stamp(this.#now()).slice(0, 10);
    if (this.#day === today) return;
    this.#day = today;
    this.#occurrences = generate(this.#seed, this.#size, this.#now(), this.#cabBytes).sort((one, other) =>
      one.date < other.date ? 1 : one.date > other.date ? -1 : 0,
    );
    this.#byCab = new Map(this.#occurrences.map((occurrence) => [occurrence.cabIdHash, occurrence]));
  }
}

function generate(seed, size, now, cabFiles) {
  const random = seededRandom(seed);
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const elapsedToday = now.getTime() - midnight;
  const all = [];

  const add = (failure, { daysAgo, cabIdHash, cabFile, expiresInDays = CAB_LIFE_DAYS }) => {
    const [osName, osVersion] = random.pick(SYSTEMS);
    const [oemName, oemModel] = random.pick(MACHINES);
    // Nothing happens in the future, so today is only as long as it has lasted.
    const sinceMidnight = random.fraction() * (daysAgo === 0 ? elapsedToday : DAY_MS);
    const at = midnight - daysAgo * DAY_MS + sinceMidnight;
    all.push({
      date: stamp(new Date(at)),
      sellerId: "14313740",
      ...failure,
      osVersion,
      osName,
      market: random.pick(MARKETS),
      deviceType: random.pick(["PC", "PC", "PC", "Unknown"]),
      architecture: random.pick(["x64", "x64", "x86"]),
      oemName,
      oemModel,
      flightRing: "Unknown",
      clientDeviceId: null,
      cabIdHash,
      cabType: "MINI",
      cabExpirationTime: stamp(new Date(at + expiresInDays * DAY_MS)),
      cabFile,
    });
  };

  // About a file of these many bytes, whatever files there are.
  const nearest = (bytes) =>
    cabFiles.reduce((best, file) => (Math.abs(file.bytes - bytes) < Math.abs(best.bytes - bytes) ? file : best)).name;
  const KIB = 1024;
  const MIB = 1024 * KIB;

  const everySize = newFailure(random, { failureHash: FAILURES.everySize, failureName: "AV_fastboot!unknown_function" }, 0);
  const sizes = { kib8: 8 * KIB, kib64: 64 * KIB, mib1: MIB, mib16: 16 * MIB, mib256: 256 * MIB, unusualId: 8 * KIB };
  for (const [name, bytes] of Object.entries(sizes)) {
    add(everySize, { daysAgo: 0, cabIdHash: CABS[name], cabFile: nearest(bytes) });
  }
  add(everySize, { daysAgo: 5, cabIdHash: CABS.expired, cabFile: nearest(8 * KIB), expiresInDays: 3 });

  const some = (failure, count, cabFile) => {
    for (let number = 0; number < count; number += 1) {
      add(failure, { daysAgo: random.below(DAYS_BACK), cabIdHash: random.uuid(), cabFile });
    }
  };
  some(newFailure(random, { failureHash: FAILURES.manySmall }, 1), 120, nearest(64 * KIB));
  some(newFailure(random, { failureHash: FAILURES.manyLarge }, 2), 24, nearest(16 * MIB));
  const ordinary = [8 * KIB, 64 * KIB, MIB];
  for (let number = 3; all.length < size; number += 1) {
    some(newFailure(random, {}, number), Math.min(2 + random.below(24), size - all.length), nearest(random.pick(ordinary)));
  }
  return all;
}

/** What is the same in every occurrence of one failure. */
function newFailure(random, fixed, number) {
  const [driverName, driverVersion] = number === 0 ? DRIVERS[0] : random.pick(DRIVERS);
  const symbol = driverName.replace(".sys", "");
  const failure = {
    failureName: `${random.pick(CLASSES)}_${symbol}!${random.pick(FUNCTIONS)}`,
    failureHash: random.uuid(),
    symbol,
    eventType: "System crash",
    driverName,
    driverVersion,
    ...fixed,
  };
  return failure;
}

/** `2017-03-14 23:51:11`, as the API prints moments; UTC here. */
export function stamp(date) {
  return date.toISOString().slice(0, 19).replace("T", " ");
}
