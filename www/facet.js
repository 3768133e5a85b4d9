// One chart of the dashboard: a list of values, each a button, with its bar drawn behind it. The list is the chart for those
// who do not see it, and the only thing to press for all.

import { asNumber } from "./dates.js";
import { RowBars } from "./charts.js";
import { asShare, labelOf } from "./values.js";

const ROWS_AT_FIRST = 6;

export class FacetChart {
  #name;
  #choose;
  #parts;
  #bars;
  #all = false;
  #shown;

  /**
   * @param {import("./families.js").FacetName} name
   * @param {(value: string | undefined) => void} choose undefined: the choice is taken back
   */
  constructor(name, choose) {
    this.#name = name;
    this.#choose = choose;
    const heading = element("h3", "");
    heading.id = `facet-${name}`;
    const list = element("ul", "facet-rows");
    list.setAttribute("role", "list");
    list.setAttribute("aria-labelledby", heading.id);
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    const behind = element("div", "facet-bars");
    behind.append(canvas);
    const chart = element("div", "facet-chart");
    chart.append(behind, list);
    const more = element("button", "facet-more");
    more.type = "button";
    more.addEventListener("click", () => {
      this.#all = !this.#all;
      this.#draw();
    });
    this.element = element("section", "card facet");
    this.element.setAttribute("aria-labelledby", heading.id);
    this.element.append(heading, chart, more);
    this.#parts = { heading, list, more };
    this.#bars = new RowBars(canvas);
  }

  /**
   * @param {string} label
   * @param {{value: string, events: number}[]} rows most events first
   * @param {string} [chosen]
   */
  show(label, rows, chosen) {
    this.#parts.heading.textContent = label;
    // A choice that has no events in this period stays where it can be taken back.
    const missing = chosen !== undefined && !rows.some(({ value }) => value === chosen);
    this.#shown = { rows: missing ? [{ value: chosen, events: 0 }, ...rows] : rows, chosen };
    this.#draw();
  }

  #draw() {
    const { rows, chosen } = this.#shown;
    const { list, more } = this.#parts;
    const at = rows.findIndex(({ value }) => value === chosen);
    const most = this.#all ? rows.length : Math.max(ROWS_AT_FIRST, at + 1);
    const shown = rows.slice(0, most);
    const total = rows.reduce((sum, { events }) => sum + events, 0);
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.value : undefined;
    list.replaceChildren(...shown.map((row) => this.#row(row, total, chosen)));
    if (focused !== undefined) (buttons(list).find(({ dataset }) => dataset.value === focused) ?? list.closest("section").querySelector("button"))?.focus();
    more.hidden = rows.length <= ROWS_AT_FIRST || (!this.#all && most >= rows.length);
    more.textContent = this.#all ? "Show fewer" : `Show all ${asNumber(rows.length)}`;
    this.#bars.show({ values: shown.map(({ events }) => events), chosen: at });
  }

  #row({ value, events }, total, chosen) {
    const line = document.createElement("li");
    // Rows without a value cannot be asked for.
    const row = element(value === "" ? "div" : "button", "facet-row");
    const label = element("span", "facet-label", labelOf(this.#name, value));
    label.title = label.textContent;
    const numbers = element("span", "facet-numbers");
    numbers.append(element("span", "", asNumber(events)), element("span", "unseen", " events, "), " ", element("span", "facet-share", asShare(events, total)));
    row.append(label, " ", numbers);
    if (value !== "") {
      row.type = "button";
      row.dataset.value = value;
      row.setAttribute("aria-pressed", String(value === chosen));
      row.addEventListener("click", () => this.#choose(value === chosen ? undefined : value));
    }
    line.append(row);
    return line;
  }
}

const buttons = (list) => [...list.querySelectorAll("button")];

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
