// Events over time: a chart to press with a pointer, and a table of the same numbers with a button for each bar.

import { TimeBars } from "./charts.js";
import { asNumber } from "./dates.js";
import { spanName, spanTick } from "./values.js";

const HEADS = { day: "Day", week: "Week", month: "Month" };

export class Timeline {
  #parts;
  #bars;
  #choose;

  /**
   * @param {{canvas: HTMLCanvasElement, head: HTMLElement, rows: HTMLElement}} parts
   * @param {(span: string | undefined) => void} choose undefined: the choice is taken back
   */
  constructor(parts, choose) {
    this.#parts = parts;
    this.#choose = choose;
    this.#bars = new TimeBars(parts.canvas);
  }

  /**
   * @param {{span: string, events: number}[]} spans in order
   * @param {import("./period.js").Level} level
   * @param {string} [chosen]
   */
  show(spans, level, chosen) {
    const { canvas, head, rows } = this.#parts;
    const press = (span) => this.#choose(span === chosen ? undefined : span);
    canvas.setAttribute("aria-label", summary(spans, level));
    head.textContent = HEADS[level];
    const focused = rows.contains(document.activeElement) ? document.activeElement.dataset.span : undefined;
    rows.replaceChildren(...spans.map((entry) => line(entry, level, chosen, press)));
    if (focused !== undefined) [...rows.querySelectorAll("button")].find(({ dataset }) => dataset.span === focused)?.focus();
    this.#bars.show({
      ticks: spans.map(({ span }) => spanTick(span, level)),
      names: spans.map(({ span }) => spanName(span, level)),
      values: spans.map(({ events }) => events),
      chosen: spans.findIndex(({ span }) => span === chosen),
      press: (at) => press(spans[at].span),
    });
  }
}

function summary(spans, level) {
  if (spans.length === 0) return "No events.";
  const most = spans.reduce((best, each) => (each.events > best.events ? each : best));
  const first = spanName(spans[0].span, level);
  const last = spanName(spans.at(-1).span, level);
  return `Events by ${level}, from ${first} to ${last}. Most: ${asNumber(most.events)}, ${spanName(most.span, level)}. `
    + "The table below has all the numbers.";
}

function line({ span, events }, level, chosen, press) {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  if (events > 0) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.span = span;
    button.textContent = spanName(span, level);
    button.setAttribute("aria-pressed", String(span === chosen));
    button.addEventListener("click", () => press(span));
    name.append(button);
  } else {
    name.textContent = spanName(span, level);
  }
  const count = document.createElement("td");
  count.textContent = asNumber(events);
  row.append(name, count);
  return row;
}
