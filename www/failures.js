// The two lists of the analytics API: which failures there were, and which CABs belong to one of them.

import { daysBefore, parseStamp } from "./dates.js";

export const DAYS = 30;
/** CABs asked for per failure: enough to choose from, small enough for a phone. */
const CABS_AT_MOST = 200;

/**
 * @typedef {{hash: string, name: string, events: number, lastSeen?: Date}} Failure
 * @typedef {{id: string, type: string, date?: Date, expires?: Date, facts: string[]}} Cab
 */

export class Failures {
  #cabs;

  /** @param {import("./pkg/cablink.js").CabLink} cabs */
  constructor(cabs) {
    this.#cabs = cabs;
  }

  /**
   * Failures of the last 30 days, the one seen last first.
   * @param {AbortSignal} signal
   * @returns {Promise<Failure[]>}
   */
  async recent(signal) {
    const slice = await this.#cabs.failureHits({ ...lastDays(), groupby: ["failureName", "failureHash"], signal });
    const rows = [];
    for await (const row of slice) rows.push(row);
    return grouped(rows);
  }

  /**
   * CABs of one failure, the one that stays longest first.
   * @param {string} failureHash
   * @param {AbortSignal} signal
   * @returns {Promise<{cabs: Cab[], total: number}>}
   */
  async cabs(failureHash, signal) {
    const { rows, totalCount = rows.length } = await this.#cabs.failureDetails(failureHash, {
      ...lastDays(),
      // `date` is not among the documented sort fields of this list; a CAB expires a fixed time after its date.
      orderby: ["cabExpirationTime desc"],
      top: CABS_AT_MOST,
      signal,
    });
    const cabs = rows.map(cabOf).filter(Boolean);
    cabs.sort((a, b) => (b.date?.getTime() ?? 0) - (a.date?.getTime() ?? 0));
    return { cabs, total: Math.max(totalCount, cabs.length) };
  }
}

function lastDays() {
  const endDate = new Date();
  return { startDate: daysBefore(endDate, DAYS), endDate };
}

// One row per failure and day comes in; one entry per failure goes out.
export function grouped(rows) {
  /** @type {Map<string, Failure>} */
  const byHash = new Map();
  for (const row of rows) {
    const hash = plain(row.failureHash);
    if (!hash) continue;
    const failure = byHash.get(hash) ?? { hash, name: "", events: 0, lastSeen: undefined };
    failure.name ||= plain(row.failureName);
    failure.events += Number(row.eventCount) || 0;
    const day = parseStamp(row.date);
    if (day && (!failure.lastSeen || day > failure.lastSeen)) failure.lastSeen = day;
    byHash.set(hash, failure);
  }
  return [...byHash.values()].sort(
    (a, b) => (b.lastSeen?.getTime() ?? 0) - (a.lastSeen?.getTime() ?? 0) || b.events - a.events,
  );
}

// Any field may be missing, null or the text "Unknown"; only an id makes a CAB.
function cabOf(row) {
  const id = plain(row.cabIdHash).trim();
  if (!id) return undefined;
  const device = [known(row.oemName), known(row.oemModel)].filter(Boolean).join(" ");
  const driver = [known(row.driverName), known(row.driverVersion)].filter(Boolean).join(" ");
  const system = known(row.osName) || known(row.osVersion);
  return {
    id,
    type: known(row.cabType),
    date: parseStamp(row.date),
    expires: parseStamp(row.cabExpirationTime),
    facts: [driver, system, known(row.architecture), device, known(row.market)].filter(Boolean),
  };
}

const plain = (value) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
const known = (value) => (/^(unknown.*)?$/i.test(plain(value).trim()) ? "" : plain(value).trim());
