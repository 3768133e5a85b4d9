/**
 * Everything that script of a page, or a person at its tab, can see of what happened there. The functions run in the
 * page and see nothing of this file.
 */

/** Keeps from now on what does not stay: frames, messages and events, errors whole. */
export function watch() {
  const kept = (window.keptTraces = []);
  const keep = (what, value) => kept.push(`${what}: ${value}`);
  const whole = (value, depth = 0) => {
    if (typeof value !== "object" || value === null || depth > 4) return String(value);
    const parts = Object.getOwnPropertyNames(value).map((name) => `${name}=${whole(value[name], depth + 1)}`);
    return `${String(value)}{${parts.join(";")}}`;
  };
  document.addEventListener("cablink:state", ({ detail }) => keep("event", whole(detail)));
  addEventListener("message", ({ data }) => keep("message", whole(data)));
  addEventListener("error", ({ message, error }) => keep("error", message + whole(error)));
  addEventListener("unhandledrejection", ({ reason }) => keep("rejection", whole(reason)));
  document.addEventListener("securitypolicyviolation", ({ blockedURI, sourceFile, sample }) => {
    keep("violation", `${blockedURI} ${sourceFile} ${sample}`);
  });
  navigator.serviceWorker.addEventListener("message", ({ data }) => keep("worker", whole(data)));

  const frame = (element) => {
    try {
      const { contentDocument: inside, contentWindow: own } = element;
      if (!inside) return keep("frame", `${element.outerHTML}, not readable`);
      keep("frame", `${own.location.href} ${own.name} ${inside.referrer} ${inside.documentElement.outerHTML}`);
      for (const entry of own.performance.getEntries()) keep("frame's entry", JSON.stringify(entry.toJSON()));
      for (const inner of inside.querySelectorAll("iframe")) frame(inner);
    } catch (error) {
      keep("frame", String(error));
    }
  };
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records) {
      for (const node of [...addedNodes, ...removedNodes]) {
        keep("node", node.outerHTML ?? node.textContent);
        if (node.localName !== "iframe" || !node.isConnected) continue;
        frame(node);
        // Before the crate's own look, which removes the frame.
        node.addEventListener("load", () => frame(node), { capture: true });
      }
    }
  }).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) keep("entry", JSON.stringify(entry.toJSON()));
  }).observe({ entryTypes: PerformanceObserver.supportedEntryTypes });
}

/** What there is now, by place. MSAL's own cache has a place of its own. */
export async function traces() {
  const places = { kept: (window.keptTraces ?? []).join("\n"), document: document.documentElement.outerHTML, msal: "" };
  places.address = [location.href, document.referrer, window.name, JSON.stringify(history.state)].join("\n");
  places.title = document.title;
  places.cookies = document.cookie;
  places.entries = performance.getEntries().map((entry) => JSON.stringify(entry.toJSON())).join("\n");
  places.storage = "";
  for (const storage of [localStorage, sessionStorage]) {
    for (const [key, value] of Object.entries(storage)) {
      places[key.startsWith("msal.") ? "msal" : "storage"] += `${key}=${value}\n`;
    }
  }
  places.caches = "";
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) places.caches += `${name}: ${request.url}\n`;
  }
  places.databases = "";
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    for (const store of database.objectStoreNames) {
      const all = await new Promise((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      places.databases += `${name}.${store}: ${JSON.stringify(all)}\n`;
    }
    database.close();
  }
  // Globals of the page, strings and plain objects, as a script that looks around would find them.
  places.globals = Object.getOwnPropertyNames(window)
    .filter((name) => name !== "keptTraces")
    .map((name) => {
      try {
        const value = window[name];
        if (typeof value === "string") return `${name}=${value}`;
        const plain = typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
        return plain ? `${name}=${JSON.stringify(value)}` : "";
      } catch {
        return "";
      }
    })
    .join("\n");
  return places;
}

/** As good as the whole: nothing of ours is so long and the same by chance. */
const TELLING = 20;

/**
 * The places where a secret stands, whole or its beginning or end: `["document: token"]`.
 * @param {Record<string, string>} places
 * @param {{tokens: string[], signatures: string[]}} secrets
 */
export function found(places, { tokens, signatures }) {
  // Every token's first part, its header, is the same; the second holds the claims.
  const parts = tokens.flatMap((token) => (token.split(".").length === 3 ? token.split(".").slice(1) : [token]));
  const ends = (all) => [...new Set(all.flatMap((secret) => [secret.slice(0, TELLING), secret.slice(-TELLING)]))];
  const needles = [["token", ends(parts)], ["signature", ends(signatures)]];
  return Object.entries(places).flatMap(([place, text]) =>
    needles.filter(([, all]) => all.some((secret) => text.includes(secret))).map(([kind]) => `${place}: ${kind}`),
  );
}
