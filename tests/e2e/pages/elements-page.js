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
