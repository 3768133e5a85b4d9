import { headerValue, nullOr, oneOf, plainObject, text, trueOrFalse, wholeNumber } from "./settings.mjs";

const PLACES = [
  "cabdownload", "cabdownloadbatch", "failurehits", "failuredetails", "storage", "relay", "worker", "recovery", "lists",
  "token",
];
/** The places where a request is for one CAB. */
const PLACES_WITH_A_CAB = ["cabdownload", "storage", "relay"];

/** Every key of a fault and what it accepts. The README's table explains them. */
const KEYS = {
  at: oneOf(PLACES),
  times: nullOr(wholeNumber(1, 1e6)),
  status: wholeNumber(200, 599),
  headers,
  body: text,
  contentType: headerValue,
  delayMs: wholeNumber(0, 3_600_000),
  hold: trueOrFalse,
  redirect: headerValue,
  drop: trueOrFalse,
  serveFile: trueOrFalse,
  cabIdHash: text,
};

/** What is to go wrong, in the order in which it was asked for. */
export class Faults {
  #all = [];
  #lastId = 0;

  /** @returns {string | undefined} a sentence about the first thing that is wrong with a fault somebody asks for */
  static problemWith(fault) {
    if (plainObject(fault)) return "fault must be an object.";
    if (!Object.hasOwn(fault, "at")) return `A fault needs at: one of ${PLACES.join(", ")}.`;
    for (const [key, value] of Object.entries(fault)) {
      if (!Object.hasOwn(KEYS, key)) return `A fault has no key "${key}"; it has ${Object.keys(KEYS).join(", ")}.`;
      const expected = KEYS[key](value);
      if (expected) return `The fault's ${key} must be ${expected}.`;
    }
    if (fault.cabIdHash !== undefined && !PLACES_WITH_A_CAB.includes(fault.at)) {
      return `A fault at ${fault.at} cannot be for one CAB; that works at ${PLACES_WITH_A_CAB.join(", ")}.`;
    }
    if (fault.serveFile && fault.at !== "cabdownload" && fault.at !== "relay") {
      return "serveFile works at cabdownload and relay.";
    }
    if (fault.hold && fault.delayMs) return "A fault either holds or waits for a time.";
    const ways = ["drop", "redirect", "serveFile"].filter((key) => fault[key]);
    if (ways.length > 1) return `A fault cannot do ${ways.join(" and ")} at once.`;
    return undefined;
  }

  add(fault) {
    this.#lastId += 1;
    const kept = { id: this.#lastId, times: null, ...structuredClone(fault), hits: 0 };
    this.#all.push(kept);
    return { ...kept };
  }

  /**
   * The first fault for this place, counted as used.
   * @param {string} at
   * @param {string | undefined} cabIdHash the CAB the request is for, where that is known
   */
  take(at, cabIdHash) {
    const found = this.#all.find(
      (fault) => fault.at === at && (fault.cabIdHash === undefined || fault.cabIdHash === cabIdHash),
    );
    if (!found) return undefined;
    found.hits += 1;
    if (found.times !== null) {
      found.times -= 1;
      if (found.times === 0) this.#all.splice(this.#all.indexOf(found), 1);
    }
    return found;
  }

  clear() {
    this.#all = [];
  }

  /** Forgets those that hold. */
  release() {
    this.#all = this.#all.filter(({ hold }) => !hold);
  }

  list() {
    return structuredClone(this.#all);
  }
}

function headers(value) {
  const good =
    !plainObject(value) &&
    Object.entries(value).every(([name, held]) => /^[A-Za-z0-9-]+$/.test(name) && !headerValue(held));
  return good ? undefined : "an object of header names and one-line texts";
}
