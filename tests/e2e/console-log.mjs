/**
 * What a browser prints about any service worker that answers a navigation without a body, be it a redirect or a 204;
 * the smallest such worker shows it. The download is not touched by it.
 */
export const OF_THE_BROWSER = {
  chromium: [],
  firefox: [/^ Failed to load ‘’\. A ServiceWorker intercepted the request and encountered an unexpected error\.$/],
  webkit: [],
};

/**
 * What the browser's console said, of every tab. In Chromium the driver keeps it; in Firefox it comes as events of
 * WebDriver BiDi, which know `console.*` and uncaught errors, but not the network's own messages such as "404".
 * Neither sees what a service worker prints. WebKitGTK's driver tells nothing: there it is always quiet.
 */
export class ConsoleLog {
  #driver;
  #name;
  #bidi;
  #entries = [];

  static async of(name, driver) {
    const log = new ConsoleLog();
    log.#driver = driver;
    log.#name = name;
    if (name === "firefox") await log.#listen(await driver.getBidi());
    return log;
  }

  async #listen(bidi) {
    await bidi.subscribe("log.entryAdded", []);
    this.#bidi = bidi;
    bidi.socket.on("message", (data) => {
      const { method, params } = JSON.parse(data);
      if (method !== "log.entryAdded") return;
      const { level, text, type, source, stackTrace } = params;
      const at = stackTrace?.callFrames?.[0]?.url ?? "";
      this.#entries.push({ level, text: `${at} ${text ?? ""}`, type: type ?? source?.type });
    });
  }

  /** Everything since the last call. */
  async take() {
    if (this.#name === "chromium") {
      const entries = await this.#driver.manage().logs().get("browser");
      this.#entries.push(...entries.map(({ level, message }) => ({ level: level.name, text: message, type: "browser" })));
    } else if (this.#bidi) {
      // Events come in order: what the page has said is with the browser after the answer to any command, and here after the
      // answer to one that goes the events' way.
      await this.#driver.getTitle().catch(() => {});
      await this.#bidi.send({ method: "session.status", params: {} }).catch(() => {});
    }
    return this.#entries.splice(0);
  }

  async close() {
    this.#bidi?.socket.close();
  }
}
