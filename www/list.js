// The list on the page: an article per failure, a row per CAB. Everything is built by DOM methods, so text from the
// service stays text. Only this file knows what a row looks like; it never asks the service for anything.

import { problemPanel } from "./panel.js";
import { asDay, asNumber, dayInOwnZone, expiry, inOwnZone } from "./dates.js";

const CABS_AT_FIRST = 8;
const CAB_ADDRESS = "https://manage.devcenter.microsoft.com/v1.0/my/analytics/ihvdriver/cabdownload";

/**
 * @typedef {import("./failures.js").Failure} Failure
 * @typedef {import("./failures.js").Cab} Cab
 */

export class FailureList {
  #root;
  #help;
  /** Rows by CAB id: a refresh keeps them, and with them the state of a download that is under way. */
  #rows = new Map();
  #sections = new Map();
  #linked = true;

  /**
   * @param {HTMLElement} root
   * @param {{help?: string | null}} options
   */
  constructor(root, { help = null } = {}) {
    this.#root = root;
    this.#help = help;
    root.addEventListener("cablink:state", (event) => this.#stateChanged(event));
  }

  /** Whether CABs are links. They are plain text while downloads cannot work: a bare link would only meet a 401. */
  set linked(linked) {
    if (this.#linked === linked) return;
    this.#linked = linked;
    for (const row of this.#rows.values()) row.element.querySelector(".cab-name").replaceChildren(...this.#nameOf(row.cab));
  }

  clear() {
    this.#rows.clear();
    this.#sections.clear();
    this.#root.replaceChildren();
  }

  /** @param {Failure[]} failures the ones to show, in order; their CABs follow one by one */
  show(failures) {
    const sections = failures.map((failure) => this.#sections.get(failure.hash) ?? this.#newSection(failure));
    this.#sections = new Map(sections.map((section) => [section.hash, section]));
    sections.forEach((section, index) => describe(section, failures[index]));
    arrange(this.#root, sections.map((section) => section.element));
  }

  /** @param {string} text shown instead of failures @param {string} hint what to do next */
  empty(text, hint) {
    this.clear();
    const box = element("div", "nothing");
    box.append(element("p", "", text), element("p", "hint", hint));
    this.#root.append(box);
  }

  /** @param {string} hash */
  loading(hash) {
    const section = this.#sections.get(hash);
    // Rows of before stay while newer ones are on their way.
    section?.note.replaceChildren(...(section.list.hidden ? [element("p", "busy", "Loading CABs…")] : []));
  }

  /** @param {string} hash @param {any} problem @param {() => void} retry */
  problem(hash, problem, retry) {
    const section = this.#sections.get(hash);
    if (!section) return;
    // The button goes away with the problem; its heading stays and takes the focus.
    const again = () => (section.title.focus(), retry());
    section.note.replaceChildren(problemPanel(problem, { actions: [["Try again", again]], help: this.#help }));
  }

  /** @param {string} hash @param {Cab[]} cabs @param {number} total how many the service has in all */
  cabs(hash, cabs, total) {
    const section = this.#sections.get(hash);
    if (!section) return;
    const rows = cabs.map((cab) => this.#rowOf(cab));
    const shown = section.all ? rows : rows.slice(0, CABS_AT_FIRST);
    const rest = rows.slice(shown.length);
    const none = element("p", "hint", "No CAB was collected for this failure in these days.");
    section.note.replaceChildren(...(rows.length === 0 ? [none] : []));
    section.list.hidden = rows.length === 0;
    arrange(section.list, shown);
    section.after.replaceChildren();
    if (rest.length > 0) section.after.append(showAll(section, rest));
    if (total > rows.length) {
      section.after.append(element("p", "hint", `The newest ${asNumber(rows.length)} of ${asNumber(total)} CABs.`));
    }
  }

  /** Says anew how long each CAB stays. */
  updateExpiries() {
    for (const { element: row, cab } of this.#rows.values()) row.querySelector(".expiry")?.replaceWith(expiryOf(cab));
  }

  #newSection(failure) {
    const box = element("article", "failure");
    const title = element("h3", "failure-name");
    title.id = `failure-${failure.hash.replace(/[^\w-]/g, "_")}`;
    title.tabIndex = -1;
    box.setAttribute("aria-labelledby", title.id);
    const facts = element("p", "failure-facts");
    const note = element("div", "failure-note");
    const list = element("ul", "cabs");
    list.setAttribute("aria-label", `CABs of ${failure.name || failure.hash}`);
    // Safari drops the list semantics of lists without markers.
    list.setAttribute("role", "list");
    list.hidden = true;
    const after = element("div", "failure-after");
    box.append(title, facts, note, list, after);
    return { hash: failure.hash, element: box, title, facts, note, list, after, all: false };
  }

  #rowOf(cab) {
    const known = this.#rows.get(cab.id);
    if (known) {
      known.cab = cab;
      known.element.querySelector(".expiry")?.replaceWith(expiryOf(cab));
      return known.element;
    }
    const row = element("li", "cab");
    const name = element("div", "cab-name");
    name.append(...this.#nameOf(cab));
    const facts = element("p", "cab-facts", cab.facts.join(" · "));
    const problem = element("div", "cab-problem");
    row.append(name, expiryOf(cab), facts, problem);
    this.#rows.set(cab.id, { element: row, cab, problem });
    return row;
  }

  #nameOf(cab) {
    const when = cab.date ? inOwnZone(cab.date) : "no date";
    const words = `${cab.type ? `${cab.type} CAB` : "CAB"}, ${when}`;
    const name = document.createElement(this.#linked ? "a" : "span");
    name.className = "cab-link";
    const id = element("span", "cab-id", shortened(cab.id));
    name.append(`${words}, `, id);
    if (this.#linked) name.href = `${CAB_ADDRESS}?${new URLSearchParams({ cabIdHash: cab.id })}`;
    name.title = cab.id;
    return [name];
  }

  #stateChanged(event) {
    const row = event.target.closest?.(".cab");
    const known = [...this.#rows.values()].find(({ element: each }) => each === row);
    if (!known) return;
    const { state, error } = event.detail ?? {};
    row.classList.toggle("failed", state === "failed");
    // The crate shows the state beside the link and announces it; what is missing there is what to do about it.
    const panels = state === "failed" && error ? [problemPanel(error, { help: this.#help })] : [];
    known.problem.replaceChildren(...panels);
  }
}

function showAll(section, rest) {
  const line = element("p", "show-all");
  const button = element("button", "", `Show ${asNumber(rest.length)} more CAB${rest.length === 1 ? "" : "s"}`);
  button.type = "button";
  button.addEventListener("click", () => {
    section.all = true;
    section.list.append(...rest);
    line.remove();
    // The button is gone; go on where the new rows begin.
    rest[0].querySelector("a")?.focus();
  });
  line.append(button);
  return line;
}

// Makes `children` the children of `parent`, and leaves alone what is in its place already: a row that is taken out
// and put back loses the focus.
function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

function describe(section, failure) {
  section.title.replaceChildren(...breakable(failure.name || "Failure without a name"));
  const events = `${asNumber(failure.events)} event${failure.events === 1 ? "" : "s"}`;
  const seen = failure.lastSeen ? `, last on ${asDay(failure.lastSeen)}` : "";
  section.facts.replaceChildren(`${events}${seen} · `, element("span", "failure-hash", failure.hash));
}

// Names like AV_fastboot!unknown_function are wider than a phone; they break where their parts meet.
export function breakable(name) {
  return name.split(/(?<=[_!])/).flatMap((part) => [document.createElement("wbr"), part]).slice(1);
}

function expiryOf(cab) {
  if (!cab.expires) return element("p", "expiry", "no expiry given");
  const { text, urgency } = expiry(cab.expires, new Date());
  const line = element("p", `expiry expiry-${urgency}`);
  const time = element("time", "expiry-day", dayInOwnZone(cab.expires));
  time.dateTime = cab.expires.toISOString();
  time.title = inOwnZone(cab.expires);
  line.append(element("span", "expiry-left", text), urgency === "past" ? " on " : " until ", time);
  return line;
}

const shortened = (id) => (id.length > 12 ? `${id.slice(0, 8)}…` : id);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
