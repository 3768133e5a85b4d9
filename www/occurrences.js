// The occurrences of one failure, each with its CAB. The only file that knows how they are listed.

import { asNumber, expiry, inOwnZone, parseStamp } from "./dates.js";
import { problemPanel } from "./panel.js";
import { asProblem } from "./problems.js";

const ROWS = 50;

export class Occurrences {
  #place;
  #help;
  #asked;

  /** @param {HTMLElement} place @param {{help?: string | null}} options */
  constructor(place, { help = null } = {}) {
    this.#place = place;
    this.#help = help;
  }

  clear() {
    this.#asked?.abort();
    this.#place.replaceChildren();
  }

  /**
   * @param {object} wanted
   * @param {any} wanted.lists a CabLink for the list
   * @param {string} wanted.hash
   * @param {object} wanted.query method, product, days and filter
   */
  async show(wanted) {
    this.clear();
    const { lists, hash, query } = wanted;
    const asked = (this.#asked = new AbortController());
    const busy = document.createElement("p");
    busy.className = "busy";
    busy.textContent = "Loading occurrences…";
    this.#place.replaceChildren(busy);
    try {
      const slice = await lists.failureDetails(hash, { ...query, orderby: ["cabExpirationTime desc"], top: ROWS, signal: asked.signal });
      if (asked.signal.aborted) return;
      this.#place.replaceChildren(this.#list(slice, query));
    } catch (error) {
      if (asked.signal.aborted) return;
      const actions = [["Try again", () => this.show(wanted)]];
      this.#place.replaceChildren(problemPanel(asProblem(error), { actions, alert: true, help: this.#help }));
    }
  }

  #list({ rows, totalCount = rows.length }, { method, applicationId }) {
    const list = document.createElement("ul");
    list.className = "cabs";
    for (const row of rows) {
      const line = document.createElement("li");
      line.className = "cab";
      const link = document.createElement("a");
      link.href = "#";
      link.className = "cab-link";
      link.dataset.cabIdHash = row.cabIdHash;
      link.dataset.cabMethod = method;
      if (applicationId) link.dataset.applicationId = applicationId;
      const date = parseStamp(row.date);
      const expires = parseStamp(row.cabExpirationTime);
      link.textContent = `${row.cabType ?? ""} CAB, ${date ? inOwnZone(date) : "no date"}`;
      link.title = row.cabIdHash;
      line.append(link, expires ? expiry(expires, new Date()).text : "");
      list.append(line);
    }
    const box = document.createElement("div");
    const said = document.createElement("p");
    said.textContent = `${asNumber(rows.length)} of ${asNumber(totalCount)}`;
    box.append(said, list);
    return box;
  }
}
