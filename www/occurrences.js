// The occurrences of one failure, each with its CAB: cablink's own element. The only file that knows it.

import { problemPanel } from "./panel.js";
import { PortalProblem } from "./problems.js";

export class Occurrences {
  #place;
  /** Counts what was asked for, so that what comes late is left alone. */
  #turn = 0;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  clear() {
    this.#turn += 1;
    this.#place.replaceChildren();
  }

  /**
   * @param {object} wanted
   * @param {Promise<any>} wanted.cabs the CabLink for rows and downloads, or nothing where there is none
   * @param {string} wanted.hash
   * @param {ReturnType<typeof import("./hits.js").queryOf>} wanted.query method, product, days and filter
   */
  async show(wanted) {
    this.clear();
    const turn = this.#turn;
    this.#place.replaceChildren(line("busy", "Loading occurrences…"));
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
    if (!cabs) {
      // The list would take whatever CabLink the page has.
      this.#place.replaceChildren(line("hint", "Occurrences come with their downloads, which could not be started. The reason stands above."));
      return;
    }
    const list = cabList(wanted);
    list.cabs = cabs;
    this.#place.replaceChildren(list);
  }
}

function line(className, text) {
  const paragraph = document.createElement("p");
  paragraph.className = className;
  paragraph.textContent = text;
  return paragraph;
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
