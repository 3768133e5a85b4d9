// The failures behind what is chosen, as a table. A failure is a link: its address is that of the view with its
// occurrences, in a tab of its own as well.

import { asDay, asNumber } from "./dates.js";
import { breakable } from "./list.js";
import { asShare } from "./values.js";

const ROWS_PER_STEP = 15;

export class FailureTable {
  #parts;
  #addressOf;
  #open;
  #shown;
  #reach = ROWS_PER_STEP;

  /**
   * @param {{rows: HTMLElement, said: HTMLElement, more: HTMLElement}} parts
   * @param {(hash: string) => string} addressOf
   * @param {(hash: string) => void} open
   */
  constructor(parts, addressOf, open) {
    this.#parts = parts;
    this.#addressOf = addressOf;
    this.#open = open;
    parts.more.addEventListener("click", () => {
      const from = this.#reach;
      this.#reach += ROWS_PER_STEP;
      this.#draw();
      // Go on where the new rows begin; the button may be gone.
      parts.rows.children[from]?.querySelector("a")?.focus();
    });
  }

  /**
   * @param {import("./failures.js").Failure[]} failures in order
   * @param {string} [text] only those with it in their names or hashes are shown
   */
  show(failures, text = "") {
    const wanted = text.toLowerCase();
    const found = failures.filter(({ name, hash }) => `${name}\n${hash}`.toLowerCase().includes(wanted));
    const before = this.#shown;
    if (!before || before.failures !== failures || before.text !== text) this.#reach = ROWS_PER_STEP;
    this.#shown = { failures, text, found };
    this.#draw();
  }

  #draw() {
    const { failures, text, found } = this.#shown;
    const { rows, said, more } = this.#parts;
    const total = failures.reduce((sum, { events }) => sum + events, 0);
    const shown = found.slice(0, this.#reach);
    rows.replaceChildren(...shown.map((failure) => this.#row(failure, total)));
    rows.closest(".card").hidden = found.length === 0;
    more.hidden = found.length <= shown.length;
    said.textContent = words(failures.length, found.length, shown.length, text);
  }

  #row({ hash, name, events, lastSeen }, total) {
    const row = document.createElement("tr");
    const link = document.createElement("a");
    link.href = this.#addressOf(hash);
    link.className = "failure-name";
    link.append(...breakable(name || "Failure without a name"));
    link.addEventListener("click", (event) => {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.#open(hash);
    });
    const first = document.createElement("th");
    first.scope = "row";
    const id = document.createElement("span");
    id.className = "failure-hash";
    id.textContent = hash;
    first.append(link, id);
    row.append(first, cell(asNumber(events), "number"), cell(asShare(events, total), "number share"),
      cell(lastSeen ? asDay(lastSeen) : "–"));
    return row;
  }
}

function words(all, found, shown, text) {
  const failures = (count) => `${asNumber(count)} failure${count === 1 ? "" : "s"}`;
  if (all === 0) return "No failures.";
  if (found === 0) return `None of ${failures(all)} has “${text}” in its name. The charts are not narrowed down by it.`;
  const some = text ? `${asNumber(found)} of ${failures(all)} with “${text}” in the name` : failures(all);
  return `${some}${shown < found ? `, the first ${asNumber(shown)} shown` : ""}. A failure leads to its CABs.`;
}

function cell(text, className = "") {
  const made = document.createElement("td");
  made.className = className;
  made.textContent = text;
  return made;
}
