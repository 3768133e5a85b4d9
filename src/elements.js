// The custom elements. The classes only forward to the elements' own wasm module, which draws them: wasm-bindgen cannot
// make a class that extends HTMLElement. Packaging puts this file beside cablink.js, whose CabLink they use.

import { CabLink } from "./cablink.js";
import init, * as drawn from "./cablink_elements.js";

/** The page's last started CabLink that is not stopped. */
let current;
/** The elements' own module, from when the first of them is on the page. */
let loading;
let loaded = false;
/** Elements that came before it. */
const waiting = new Set();

const load = () => (loading ??= init().then(ready, failed));

function ready() {
  loaded = true;
  for (const element of waiting) element.draw();
  waiting.clear();
}

/** What is said where it cannot be had. */
const SENTENCE = "This part of the page could not be loaded.";
const NEXT_STEP = "Check the connection and reload the page.";

function failed() {
  // Asked for again by the next element, or when the browser is online again.
  loading = undefined;
  for (const { shadowRoot } of waiting) shadowRoot.replaceChildren(document.createElement("slot"), ` ${SENTENCE} ${NEXT_STEP}`);
}

/** How long the elements' own module may take for what waits for it, in milliseconds. */
const LOAD_MS = 60_000;

/** Waits for the module. It may fail, or hang; who waits is told by the error that all of this package has. */
async function waitForModule() {
  let timer;
  await Promise.race([load(), new Promise((resolve) => (timer = setTimeout(resolve, LOAD_MS)))]);
  clearTimeout(timer);
  if (loaded) return;
  const facts = { name: "CabLinkError", code: "network_error", nextStep: NEXT_STEP, retryable: true };
  throw Object.assign(new Error(SENTENCE), facts);
}

/**
 * Looks for the page's CabLink; before `init()` there is none, and no way to ask. Each look gives an object of its own, so
 * that only `anew` says that it is another.
 */
function look(anew) {
  try {
    current = CabLink.started();
  } catch {
    current = undefined;
  }
  if (loaded) drawn.look(anew);
}

/**
 * The page's module knows nothing of the elements: a page without them loads nothing for their sake. So it is from here
 * that one hears of a start and a stop.
 */
function listen() {
  const { start } = CabLink;
  CabLink.start = function startAndTell(options) {
    const started = Reflect.apply(start, this, [options]);
    look(true);
    // One that cannot start is stopped again, and the page's is the one before.
    started.then(() => loaded && drawn.look(false), () => look(true));
    return started;
  };
  const { stop } = CabLink.prototype;
  CabLink.prototype.stop = function stopAndTell() {
    Reflect.apply(stop, this, []);
    look(false);
  };
  // At the window, and before anybody can stop it: the states of a CAB are shown wherever it stands. What a link tells
  // while a click is on its way is that click's doing; a tab's download begins when it is long over.
  let click;
  addEventListener("click", (event) => (click = new WeakRef(event)), true);
  addEventListener("cablink:state", (event) => loaded && drawn.told(event, click?.deref()?.eventPhase > 0), true);
  addEventListener("online", () => waiting.size > 0 && load());
  // Days have passed while nobody looked.
  document.addEventListener("visibilitychange", () => loaded && document.visibilityState === "visible" && drawn.look(false));
}

/** What both elements have of a life on the page. */
class Drawn extends HTMLElement {
  #key;
  #cabs;
  #names;

  constructor(connected, disconnected, changed, heard, properties) {
    super();
    this.#names = { connected, disconnected, changed, heard, properties };
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    // What the host has put in shows until there is more to show.
    root.append(document.createElement("slot"));
  }

  /**
   * The `CabLink` to use. By default it is the page's last started one that is not stopped.
   * @type {import("./cablink.js").CabLink | undefined}
   */
  get cabs() {
    return this.#cabs ?? current;
  }

  set cabs(cabs) {
    this.#cabs = cabs;
    this.changed();
  }

  /** @ignore */
  connectedCallback() {
    // A property that was set before this class was there would hide the class's own.
    for (const name of this.#names.properties) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    if (loaded) return this.draw();
    waiting.add(this);
    load();
  }

  /** @ignore */
  disconnectedCallback() {
    waiting.delete(this);
    // First of all: what ends with the element may call the host, and the host the element.
    const key = this.#key;
    this.#key = undefined;
    if (key !== undefined) drawn[this.#names.disconnected](key);
  }

  /** @ignore moved within the page, it stays as it is */
  connectedMoveCallback() {}

  /** @ignore */
  attributeChangedCallback(_name, before, now) {
    if (before !== now) this.changed();
  }

  /** @ignore */
  handleEvent(event) {
    if (this.#key !== undefined) drawn[this.#names.heard](this.#key, event);
  }

  /** @ignore */
  draw() {
    if (this.#key === undefined && this.isConnected) this.#key = drawn[this.#names.connected](this);
  }

  /** @ignore */
  changed() {
    this.ask(this.#names.changed);
  }

  /** @ignore asks the module something about this element while it is drawn */
  ask(name) {
    return this.#key === undefined ? undefined : drawn[name](this.#key);
  }
}

/**
 * A link that downloads one CAB, with its state, a way to cancel and, where something goes wrong, a next step.
 *
 * It uses the page's started `CabLink`; until there is one it is no link and says so. A download goes on when its
 * element leaves the page.
 *
 * @tagname cab-link
 *
 * @attr {string} cab-id-hash - the CAB's id; comes before that of `row`
 * @attr {"ihvdriver" | "driver" | "hardware"} [method=ihvdriver] - the family of methods that the CAB belongs to
 * @attr {string} application-id - the product, required by the method `driver`; comes before that of `row`
 * @attr {boolean} compact - one line, for tables: of a problem only "Failed" is seen, the words describe the link
 *
 * @slot - the link's label; by default the beginning of the id
 * @slot problem - shown in place of the sentence and the next step when something went wrong
 *
 * @csspart link - the `<a>`
 * @csspart facts - type and days left, where `row` says
 * @csspart state - the state's words; also has the state's name as a part: `::part(downloading)`
 * @csspart cancel - the button that ends what runs
 * @csspart problem - what went wrong, or why the link does not work
 * @csspart sentence - what happened
 * @csspart next-step - what the person can do
 * @csspart retry - the button that tries again
 *
 * @cssprop --cablink-accent - links, buttons, focus
 * @cssprop --cablink-text - text
 * @cssprop --cablink-quiet - text that matters less
 * @cssprop --cablink-surface - background of what stands out
 * @cssprop --cablink-line - borders
 * @cssprop --cablink-good - a state that is well
 * @cssprop --cablink-good-back - its background
 * @cssprop --cablink-warn - a state to notice
 * @cssprop --cablink-warn-back - its background
 * @cssprop --cablink-bad - a problem
 * @cssprop --cablink-bad-back - its background
 * @cssprop --cablink-busy - something under way
 * @cssprop --cablink-busy-back - its background
 *
 * @fires {CustomEvent} cablink:state - where the download is: `detail` is `{cabIdHash, state, attempt, error?}`; bubbles, composed
 */
export class CabLinkElement extends Drawn {
  static observedAttributes = ["cab-id-hash", "method", "application-id", "compact"];

  #row;

  constructor() {
    super("linkConnected", "linkDisconnected", "linkChanged", "linkHeard", ["cabs", "row"]);
  }

  /**
   * A row of `failureDetails`: names the CAB, its type and when it expires.
   * @type {object | undefined}
   */
  get row() {
    return this.#row;
  }

  set row(row) {
    this.#row = row;
    this.changed();
  }

  /**
   * Where it is: a state of the event, or `idle`, `unready`, `no-cab`, `invalid`, `expired`, `cancelled`.
   * @type {string}
   * @readonly
   */
  get state() {
    return loaded ? drawn.linkState(this) : "unready";
  }

  /**
   * Downloads, as a click does.
   * @returns {Promise<object>} as `CabLink.download`
   */
  async download() {
    await waitForModule();
    return drawn.linkDownload(this);
  }

  /** Ends the download, where an element has begun it and the browser has not got the file yet. */
  cancel() {
    if (loaded) drawn.linkCancel(this);
  }
}

/**
 * The occurrences of one failure as a table: sorted and filtered, with a link for each CAB, and several downloaded one
 * after the other.
 *
 * The rows come from the page's started `CabLink` as they are needed, or are a host's own (`rows`). Only what can be seen
 * is in the document, however many there are.
 *
 * @tagname cab-list
 *
 * @attr {string} failure-hash - names the failure: `failureHash` of a row of `failureHits`
 * @attr {"ihvdriver" | "driver" | "hardware"} [method=ihvdriver] - the family of methods that the failure belongs to
 * @attr {string} application-id - the product, required by the method `driver`
 * @attr {string} start-date - the first day, `YYYY-MM-DD`; by default 30 days ago
 * @attr {string} end-date - the last day, `YYYY-MM-DD`; by default today
 * @attr {string} filter - the API's own clause, such as `market eq 'US'`: which rows are asked for
 * @attr {string} [orderby=date desc] - the API's own clause: how the service sorts
 *
 * @csspart toolbar - filter, number of rows, selection
 * @csspart filter - the field for the person's own filter
 * @csspart status - how many rows there are
 * @csspart selected - how many rows are selected
 * @csspart download - the button that downloads what is selected
 * @csspart clear - the button that selects nothing
 * @csspart notice - the word about the browser's own question
 * @csspart batch - where several downloads are
 * @csspart progress - how many were handed to the browser
 * @csspart batch-words - the same in words
 * @csspart cancel - the button that ends several downloads, and that of a row's link
 * @csspart resume - the button that goes on
 * @csspart skip - the button that goes on without one
 * @csspart again - the button that hands all over again
 * @csspart close - the button that closes what is said of several downloads
 * @csspart problem - why the rows did not come
 * @csspart row-problem - why a row's download failed
 * @csspart sentence - what happened
 * @csspart next-step - what the person can do
 * @csspart retry - the button that asks for the rows again, and that of a row's link
 * @csspart dismiss - the button that closes what is said of a row
 * @csspart scroller - what scrolls
 * @csspart table - the table
 * @csspart heading - a column's heading
 * @csspart sort - the button in it
 * @csspart row - a row
 * @csspart link - a row's link
 * @csspart state - the state of a row's link
 * @csspart empty - said in place of rows
 * @csspart zone - which zone the times are in
 *
 * @cssprop [--cablink-list-height=32rem] - how high the rows may become before they scroll
 * @cssprop --cablink-on-accent - text on the accent's colour
 * @cssprop --cablink-hover - background of the row under the pointer
 *
 * @fires {CustomEvent} cablink:rows - rows have come: `detail` is `{loaded, total?}`; bubbles, composed
 * @fires {CustomEvent} cablink:selected - the selection has changed: `detail` is `{count}`; bubbles, composed
 * @fires {CustomEvent} cablink:batch - several downloads: `detail` is `{state, total, handedOver, failed}` with the states `running`, `paused`, `ended`, `cancelled`; bubbles, composed
 * @fires {CustomEvent} cablink:state - where a download is, as for `<cab-link>`; bubbles, composed
 */
export class CabListElement extends Drawn {
  static observedAttributes = ["failure-hash", "method", "application-id", "start-date", "end-date", "filter", "orderby"];

  #rows;

  constructor() {
    super("listConnected", "listDisconnected", "listChanged", "listHeard", ["cabs", "rows"]);
  }

  /**
   * Rows of a host's own, shaped like those of `failureDetails`, in place of the service's.
   * @type {object[] | undefined}
   */
  get rows() {
    return this.#rows;
  }

  set rows(rows) {
    this.#rows = rows;
    this.changed();
  }

  /**
   * The selected rows, in the order in which they are seen.
   * @type {object[]}
   * @readonly
   */
  get selectedRows() {
    return this.ask("listSelected") ?? [];
  }

  /** Asks for the rows anew. */
  reload() {
    this.changed();
  }

  /** Downloads the selected rows, as the button does. */
  downloadSelected() {
    this.ask("listDownload");
  }

  /** Ends what several downloads have not handed over yet. */
  cancel() {
    this.ask("listCancel");
  }

  /** @ignore the values of these fields of all rows, in one text: as many crossings would take far longer */
  texts(rows, fields) {
    const text = (value) => {
      if (typeof value === "string") return value.replace(/[\u001e\u001f]/g, " ");
      return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
    };
    return Array.from(rows, (row) => fields.map((field) => text(row?.[field])).join("\u001f")).join("\u001e");
  }
}

// A second copy of this file leaves the page to the first.
if (!customElements.get("cab-list")) {
  listen();
  look(false);
  customElements.define("cab-link", CabLinkElement);
  customElements.define("cab-list", CabListElement);
}
