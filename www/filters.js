// The dashboard's form and the filters in use. What is chosen here goes out as a change of the view and comes back by
// `show`, from the address.

import { asDay } from "./dates.js";
import { FACETS, FAMILIES } from "./families.js";
import { at } from "./page.js";
import { dateOf, isDay, periodOf } from "./period.js";
import { PERIODS } from "./view.js";
import { filterName } from "./values.js";

const OWN = "own";
const OTHER = "";

export class Filters {
  #change;
  #products;
  #view;
  /** Own days are being filled in; nothing is asked for until they are sent. */
  #editing = false;

  /**
   * @param {{id: string, name: string}[]} products those that the settings name
   * @param {(change: Partial<import("./view.js").View>, how?: {family?: boolean}) => void} change
   */
  constructor(products, change) {
    this.#products = products;
    this.#change = change;
    at("family").append(...Object.entries(FAMILIES).map(([value, { label }]) => new Option(label, value)));
    at("period").append(...PERIODS.map((days) => new Option(`Last ${days} days`, String(days))), new Option("Days of my own…", OWN));
    at("product-choice").append(...products.map(({ id, name }) => new Option(name, id)), new Option("Another…", OTHER));
    at("family").addEventListener("change", () => this.#familyChosen());
    at("period").addEventListener("change", () => this.#periodChosen());
    at("product-choice").addEventListener("change", () => this.#productChosen());
    at("filters").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  /** @param {import("./view.js").View} view */
  show(view) {
    this.#view = view;
    this.#editing = false;
    at("family").value = view.family;
    at("period").value = view.from ? OWN : String(view.days);
    const { start, end } = periodOf(view);
    at("from").value = start;
    at("to").value = end;
    const listed = this.#products.some(({ id }) => id === view.product);
    at("product-choice").value = listed ? view.product : OTHER;
    at("product").value = view.product ?? "";
    at("filters-problem").textContent = "";
    this.#arrange();
    this.#chips(view);
  }

  #arrange() {
    const needed = FAMILIES[at("family").value].needsProduct;
    const own = at("period").value === OWN;
    const typed = needed && at("product-choice").value === OTHER;
    at("product-field").hidden = !needed;
    at("product-choice").hidden = this.#products.length === 0;
    at("product").hidden = !typed;
    // The label belongs to what can be seen; the other is named by itself.
    document.querySelector("#product-field label").htmlFor = this.#products.length === 0 ? "product" : "product-choice";
    if (this.#products.length > 0) at("product").setAttribute("aria-label", "Product’s applicationId");
    for (const field of document.querySelectorAll(".own-days")) field.hidden = !own;
    at("apply-field").hidden = !(own || typed);
  }

  #familyChosen() {
    const family = at("family").value;
    const product = FAMILIES[family].needsProduct ? this.#products[0]?.id : undefined;
    this.#change({ family, product }, { family: true });
  }

  #periodChosen() {
    const { value } = at("period");
    if (value !== OWN) return this.#change({ days: Number(value), from: undefined, to: undefined, on: undefined });
    this.#editing = true;
    this.#arrange();
    return at("from").focus();
  }

  #productChosen() {
    const { value } = at("product-choice");
    if (value !== OTHER) return this.#change({ product: value });
    at("product").value = "";
    this.#arrange();
    return at("product").focus();
  }

  #send() {
    const change = {};
    if (!at("product").hidden && !at("product-field").hidden) {
      const product = at("product").value.trim();
      if (!/^[0-9]{1,40}$/.test(product)) return this.#refuse("product", "A product’s applicationId is a number of up to 40 digits.");
      change.product = product;
    }
    if (at("period").value === OWN && (this.#editing || this.#view.from)) {
      const [from, to] = [at("from").value, at("to").value];
      if (!isDay(from)) return this.#refuse("from", "Fill in the first day.");
      if (!isDay(to)) return this.#refuse("to", "Fill in the last day.");
      if (from > to) return this.#refuse("to", "The last day lies before the first one.");
      Object.assign(change, { from, to, days: undefined, ...(from === this.#view.from && to === this.#view.to ? {} : { on: undefined }) });
    }
    return this.#change(change);
  }

  #refuse(id, sentence) {
    at("filters-problem").textContent = sentence;
    at(id).focus();
  }

  #chips(view) {
    const { level } = periodOf(view);
    const names = ["on", ...FACETS, "text"].filter((name) => view[name]);
    const chips = names.map((name) => chip(filterName(view, name, level), () => this.#remove({ [name]: undefined })));
    if (names.length > 1) {
      const all = Object.fromEntries(names.map((name) => [name, undefined]));
      chips.push(chip("Clear all", () => this.#remove(all), false));
    }
    at("chips").replaceChildren(...chips);
    at("chips").hidden = chips.length === 0;
  }

  #remove(change) {
    this.#change(change);
    // The button is gone with its filter.
    (at("chips").querySelector("button") ?? at("board-heading")).focus();
  }
}

function chip(text, run, removes = true) {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = removes ? "chip" : "chip chip-all";
  button.textContent = text;
  if (removes) button.setAttribute("aria-label", `Remove the filter ${text}`);
  button.addEventListener("click", run);
  line.append(button);
  return line;
}

/** @param {{start: string, end: string}} period @returns {string} `from 1 Nov 2026 to 30 Nov 2026` */
export function periodName({ start, end }) {
  const [first, last] = [asDay(dateOf(start)), asDay(dateOf(end))];
  return first === last ? `on ${first}` : `from ${first} to ${last}`;
}
