// What the dashboard asks the API: grouped lists, so that the service adds up and not the page.

import { FAMILIES, FACETS } from "./families.js";
import { grouped } from "./failures.js";
import { filled, periodOf, within } from "./period.js";

/** Nothing is known about the service's limits, so few requests run at once. */
const REQUESTS_AT_ONCE = 3;
/** Answers kept, so that going back and forward asks for nothing. */
const KEPT = 60;

/**
 * @typedef {import("./view.js").View} View
 * @typedef {object} Board
 * @property {ReturnType<typeof periodOf>} period
 * @property {{span: string, events: number}[]} timeline
 * @property {Record<import("./families.js").FacetName, {value: string, events: number}[]>} facets most events first
 * @property {import("./failures.js").Failure[]} failures most events first
 */

export class Hits {
  #cabs;
  #kept = new Map();
  #running = 0;
  #waiting = [];

  /** @param {import("./pkg/cablink.js").CabLink} cabs */
  constructor(cabs) {
    this.#cabs = cabs;
  }

  forget() {
    this.#kept.clear();
  }

  /**
   * Everything on the page. Each chart leaves out its own choice, so that the other bars stay to be chosen.
   * @param {View} view
   * @param {AbortSignal} signal
   * @returns {Promise<Board>}
   */
  async board(view, signal) {
    const period = periodOf(view);
    const { facets } = FAMILIES[view.family];
    // Whatever field the rows are split by, they add up to the same days.
    const overTime = { groupby: [facets.market.field], aggregationLevel: period.level };
    const [timeline, failures, ...byFacet] = await Promise.all([
      this.#rows({ ...queryOf(view, period, "on"), ...overTime }, signal),
      // By day: the API documents a limit of 1000 failures for weeks and months, and the last day is wanted anyway.
      this.#rows({ ...queryOf(view, period), groupby: ["failureName", "failureHash"] }, signal),
      ...FACETS.map((name) =>
        this.#rows({ ...queryOf(view, period, name), groupby: [facets[name].field], aggregationLevel: "month" }, signal),
      ),
    ]);
    const sums = FACETS.map((name, at) => [name, ranked(added(byFacet[at], facets[name].field))]);
    return {
      period,
      timeline: filled(added(timeline, "date"), period),
      facets: Object.fromEntries(sums),
      failures: grouped(failures).sort((a, b) => b.events - a.events),
    };
  }

  async #rows(query, signal) {
    const key = JSON.stringify(query);
    if (this.#kept.has(key)) return this.#kept.get(key);
    await this.#turn();
    try {
      const rows = [];
      for await (const row of await this.#cabs.failureHits({ ...query, signal })) rows.push(row);
      this.#kept.set(key, rows);
      if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
      return rows;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn() {
    while (this.#running >= REQUESTS_AT_ONCE) await new Promise((resume) => this.#waiting.push(resume));
    this.#running += 1;
  }
}

/**
 * The part of a query that all lists share, of hits and of details.
 * @param {View} view
 * @param {ReturnType<typeof periodOf>} [period]
 * @param {string} [without] a choice to leave out
 */
export function queryOf(view, period = periodOf(view), without = undefined) {
  const { needsProduct, facets } = FAMILIES[view.family];
  const chosen = (view.on && without !== "on" && within(view.on, period)) || period;
  const and = FACETS.filter((name) => view[name] && name !== without).map((name) => ({ field: facets[name].field, eq: view[name] }));
  if (view.failure) and.push({ field: "failureHash", eq: view.failure });
  return {
    method: view.family,
    ...(needsProduct ? { applicationId: view.product } : {}),
    startDate: chosen.start,
    endDate: chosen.end,
    ...(and.length > 0 ? { filter: { and } } : {}),
  };
}

/** Events by the text of one field; a day may come with a time. */
function added(rows, field) {
  const counts = new Map();
  for (const row of rows) {
    const text = typeof row[field] === "string" ? row[field] : "";
    const key = field === "date" ? text.slice(0, 10) : text;
    counts.set(key, (counts.get(key) ?? 0) + (Number(row.eventCount) || 0));
  }
  if (field === "date") counts.delete("");
  return counts;
}

const ranked = (counts) => [...counts].map(([value, events]) => ({ value, events })).sort((a, b) => b.events - a.events);
