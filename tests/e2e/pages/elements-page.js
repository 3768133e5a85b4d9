// Puts elements on the page as a test describes them. Everything that crosses over to a test is plain.

const place = document.getElementById("place");

/** @param {{tag: string, attributes?: object, properties?: object, text?: string, children?: object[]}} what */
function made({ tag, attributes = {}, properties = {}, text, children = [] }) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const [name, value] of Object.entries(properties)) element[name] = value;
  if (text !== undefined) element.append(text);
  element.append(...children.map(made));
  return element;
}

/** What the first element of a shadow tree says, without what is hidden from eyes and ears alike. */
function shown(root, selector) {
  const element = root.querySelector(selector);
  return element && element.getClientRects().length > 0 ? element.textContent.trim() : null;
}

window.elements = {
  load: () => import("/pkg/elements.js").then(() => null, String),

  /** Puts these in place of what was there. */
  put(...all) {
    place.replaceChildren(...all.map((what) => {
      const line = document.createElement("div");
      line.append(made(what));
      return line;
    }));
  },

  /** A `<cab-link>` as a person meets it. */
  link(selector = "cab-link") {
    const element = document.querySelector(selector);
    const root = element.shadowRoot;
    const anchor = root?.querySelector("a");
    if (!anchor) return { state: "not drawn" };
    const describedBy = anchor.getAttribute("aria-describedby").split(" ");
    return {
      state: element.state,
      label: (element.textContent || anchor.textContent).trim(),
      address: anchor.getAttribute("href"),
      disabled: anchor.getAttribute("aria-disabled"),
      download: anchor.hasAttribute("download"),
      facts: shown(root, "[part=facts]"),
      words: shown(root, "#state"),
      problem: shown(root, "[part=problem]") && shown(root, "#problem")?.replace(/\s+/g, " "),
      cancel: shown(root, "[part=cancel]"),
      retry: shown(root, "[part=retry]"),
      described: describedBy.map((id) => root.getElementById(id)?.textContent ?? "").join(" ").replace(/\s+/g, " ").trim(),
      live: root.querySelector("[role=status]").textContent,
      focused: root.activeElement?.getAttribute("part") ?? null,
    };
  },

  /** Rows like the service's, the same for every number of them; each has a CAB of its own that no service has. */
  rows(count) {
    const pick = (list, number) => list[number % list.length];
    const stamp = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    return Array.from({ length: count }, (_, at) => {
      const mixed = (at * 7919) % count;
      return {
        date: stamp(midnight - mixed * 60_000),
        cabIdHash: `cab-${String(at).padStart(6, "0")}-of-a-test`,
        cabType: pick(["MINI", "TRIAGE", "FULL"], at),
        // The first two of ninety have expired, whatever the hour.
        cabExpirationTime: stamp(midnight + ((at % 90) - (at % 90 < 2 ? 4 : 0)) * 86_400_000),
        market: pick(["US", "DE", "JP", "BR", null], at),
        osName: "Windows 8.1",
        osVersion: `6.3.9600.${pick([9600, 17415, 20], at)}`,
        oemName: pick(["Contoso", "Fabrikam", "Unknown"], at),
        oemModel: `M-${at % 113}`,
        driverVersion: `2.1.${at % 23}.0`,
      };
    });
  },

  /** Gives rows of its own to a `<cab-list>`. */
  give: (rows, selector = "cab-list") => void (document.querySelector(selector).rows = typeof rows === "number" ? window.elements.rows(rows) : rows),

  /** A `<cab-list>` as a person meets it. */
  list(selector = "cab-list") {
    const root = document.querySelector(selector).shadowRoot;
    if (!root?.querySelector("table")) return { rows: [] };
    const lines = [...root.querySelectorAll("tbody:not(.space) tr:not([hidden])")];
    const words = (part) => shown(root, `[part~="${part}"]`)?.replace(/\s+/g, " ") ?? null;
    return {
      status: words("status"),
      selected: words("selected"),
      download: words("download"),
      notice: words("notice"),
      batch: words("batch-words"),
      buttons: [...root.querySelectorAll("[part=batch] button")].filter((button) => button.getClientRects().length).map((button) => button.textContent),
      problem: words("problem"),
      trouble: words("row-problem"),
      empty: words("empty"),
      zone: words("zone"),
      loading: Boolean(shown(root, ".skeleton") !== null),
      count: root.querySelector("table").getAttribute("aria-rowcount"),
      sorted: [...root.querySelectorAll("th[aria-sort]")].filter((th) => th.getAttribute("aria-sort") !== "none")
        .map((th) => `${th.textContent} ${th.getAttribute("aria-sort")}`).join(),
      rows: lines.map((line) => ({
        index: Number(line.getAttribute("aria-rowindex")),
        id: line.querySelector("cab-link").row?.cabIdHash ?? null,
        state: line.querySelector("cab-link").state,
        checked: line.querySelector("input").checked,
        disabled: line.querySelector("input").disabled,
        cells: [...line.querySelectorAll("td:not(.select)")].map((cell) => cell.textContent),
        top: line.getBoundingClientRect().top,
      })),
      nodes: root.querySelectorAll("*").length,
      top: root.querySelector(".scroller").getBoundingClientRect().top,
      height: root.querySelector(".scroller").clientHeight,
      scrollHeight: root.querySelector(".scroller").scrollHeight,
    };
  },

  scroll(to, selector = "cab-list") {
    document.querySelector(selector).shadowRoot.querySelector(".scroller").scrollTop = to;
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  },

  /** What a list tells, in order. */
  listen(...names) {
    window.elements.heard = [];
    for (const name of names) document.addEventListener(name, ({ detail, target }) => window.elements.heard.push({ name, on: target.localName, ...detail }));
  },

  remove(selector) {
    window.elements.removed = document.querySelector(selector);
    window.elements.removed.remove();
  },
  putBack: () => place.append(window.elements.removed),

  /** The elements' module cannot be fetched while this is set. */
  set offline(offline) {
    window.fetch = offline ? refuse : fetch;
  },
};

const { fetch } = window;
function refuse(request, ...rest) {
  const elements = String(request?.url ?? request).includes("cablink_elements_bg");
  return elements ? Promise.reject(new TypeError("offline")) : Reflect.apply(fetch, window, [request, ...rest]);
}
