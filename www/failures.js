// The two lists of the analytics API: which failures there were, and which CABs belong to one of them.

import { PortalProblem, problemOfAnswer, tokenProblem } from "./problems.js";
import { daysBefore, isoDay, parseStamp, slashDay } from "./dates.js";

export const DAYS = 30;
const DEADLINE_MS = 45_000;
/** CABs asked for per failure: enough to choose from, small enough for a phone. */
const CABS_AT_MOST = 200;

/**
 * @typedef {{hash: string, name: string, events: number, lastSeen?: Date}} Failure
 * @typedef {{id: string, type: string, date?: Date, expires?: Date, facts: string[]}} Cab
 * @typedef {{forceRefresh: boolean, scopes: string[]}} Want
 */

export class Failures {
  #base;
  #scopes;
  #getToken;

  /** @param {{endpoint: string, scopes: string[], getToken: (want: Want) => Promise<string>}} options */
  constructor({ endpoint, scopes, getToken }) {
    try {
      this.#base = new URL(endpoint.endsWith("/") ? endpoint : `${endpoint}/`, document.baseURI);
    } catch {
      throw new PortalProblem("config_invalid", { field: "endpoint" });
    }
    this.#scopes = scopes;
    this.#getToken = getToken;
  }

  /**
   * Failures of the last 30 days, the one seen last first.
   * @param {AbortSignal} signal
   * @returns {Promise<Failure[]>}
   */
  async recent(signal) {
    const today = new Date();
    const { rows } = await this.#list("ihvdriver/failurehits", {
      startDate: slashDay(daysBefore(today, DAYS)),
      endDate: slashDay(today),
      groupby: "failureName,failureHash",
    }, signal);
    return grouped(rows);
  }

  /**
   * CABs of one failure, the one that stays longest first.
   * @param {string} failureHash
   * @param {AbortSignal} signal
   * @returns {Promise<{cabs: Cab[], total: number}>}
   */
  async cabs(failureHash, signal) {
    const today = new Date();
    const { rows, total } = await this.#list("ihvdriver/failuredetails", {
      failureHash,
      startDate: isoDay(daysBefore(today, DAYS)),
      endDate: isoDay(today),
      // `date` is not among the documented sort fields of this list; a CAB expires a fixed time after its date.
      orderby: "cabExpirationTime desc",
      top: String(CABS_AT_MOST),
    }, signal);
    const cabs = rows.map(cabOf).filter(Boolean);
    cabs.sort((a, b) => (b.date?.getTime() ?? 0) - (a.date?.getTime() ?? 0));
    return { cabs, total: Math.max(total, cabs.length) };
  }

  async #list(path, query, signal) {
    const url = new URL(path, this.#base);
    url.search = new URLSearchParams(query).toString();
    let answer = await this.#get(url, false, signal);
    // A token can die before its time; one renewed token is worth a try, a second is not.
    if (answer.response.status === 401) answer = await this.#get(url, true, signal);
    const { response, text } = answer;
    if (!response.ok) throw problemOfAnswer(response, text);
    const body = parsed(response, text);
    if (!Array.isArray(body?.Value)) throw new PortalProblem("unexpected_answer", { status: response.status });
    const rows = body.Value.filter((row) => typeof row === "object" && row !== null);
    return { rows, total: Number(body.TotalCount) || rows.length };
  }

  async #get(url, forceRefresh, signal) {
    let token;
    try {
      token = await this.#getToken({ forceRefresh, scopes: this.#scopes });
    } catch (error) {
      throw tokenProblem(error);
    }
    signal.throwIfAborted();
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
    const leave = () => deadline.abort();
    signal.addEventListener("abort", leave, { once: true });
    try {
      const response = await fetch(url, {
        headers: { Authorization: `Bearer ${token}`, Accept: "application/json" },
        cache: "no-store",
        referrerPolicy: "no-referrer",
        // Lists never redirect. A redirect is a login page, and the token must not follow it anywhere.
        redirect: "manual",
        signal: deadline.signal,
      });
      if (response.type === "opaqueredirect") throw new PortalProblem("unexpected_redirect");
      return { response, text: await response.text() };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof PortalProblem) throw error;
      throw new PortalProblem(error?.name === "AbortError" ? "list_timeout" : navigator.onLine ? "no_answer" : "offline");
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
    }
  }
}

function parsed(response, text) {
  try {
    return JSON.parse(text);
  } catch {
    const page = /^\s*</.test(text) || /\bhtml\b/i.test(response.headers.get("content-type") ?? "");
    throw new PortalProblem(page ? "answered_with_page" : "unexpected_answer", { status: response.status });
  }
}

// One row per failure and day comes in; one entry per failure goes out.
function grouped(rows) {
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
