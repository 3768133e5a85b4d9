// The occurrences of one failure, each with its CAB: cablink's own element. The only file that knows it.

import { problemPanel } from "./panel.js";
import { PortalProblem } from "./problems.js";

export class Occurrences {
  #place;
  #list;
  /** Counts what was asked for, so that what comes late is left alone. */
  #turn = 0;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  clear() {
    this.#turn += 1;
    this.#list = undefined;
    this.#place.replaceChildren();
  }

  /**
   * @param {object} wanted
   * @param {Promise<any>} wanted.cabs the CabLink for rows and downloads
   * @param {string} wanted.hash
   * @param {ReturnType<typeof import("./hits.js").queryOf>} wanted.query method, product, days and filter
   */
  async show(wanted) {
    this.clear();
    const turn = this.#turn;
    const busy = document.createElement("p");
    busy.className = "busy";
    busy.textContent = "Loading occurrences…";
    this.#place.replaceChildren(busy);
    let cabs;
    try {
      [cabs] = await Promise.all([wanted.cabs, import(new URL("pkg/elements.js", import.meta.url).href)]);
    } catch {
      if (turn !== this.#turn) return;
      const actions = [["Try again", () => this.show(wanted)]];
      this.#place.replaceChildren(problemPanel(new PortalProblem("download_script"), { actions, alert: true }));
      return;
    }
    if (turn !== this.#turn) return;
    this.#list = cabList(wanted);
    this.#list.cabs = cabs;
    this.#place.replaceChildren(this.#list);
  }

  /** From now on by another CabLink. */
  set cabs(cabs) {
    if (this.#list) this.#list.cabs = cabs;
  }
}

function cabList({ hash, query: { method, applicationId, startDate, endDate, filter } }) {
  const list = document.createElement("cab-list");
  const attributes = {
    "failure-hash": hash,
    method,
    "application-id": applicationId,
    "start-date": startDate,
    "end-date": endDate,
    filter: filter && clause(filter),
  };
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) list.setAttribute(name, value);
  return list;
}

/** A condition as the API writes it; a quote within a value is doubled. */
const clause = ({ and }) => and.map(({ field, eq }) => `${field} eq '${eq.replaceAll("'", "''")}'`).join(" and ");
