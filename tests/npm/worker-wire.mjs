import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import vm from "node:vm";

import { PKG } from "./tarball.mjs";

const SCOPE = "https://portal.example/cablink/";

/**
 * The shipped worker, run as a script with a page on the other end of its messages.
 *
 * @param {(request: Request) => Promise<unknown>} fetched what a request of its ends in
 */
export async function startWorker(fetched) {
  const listeners = {};
  const pages = [];
  const self = {
    addEventListener: (type, listener) => (listeners[type] = listener),
    skipWaiting() {},
    registration: { scope: SCOPE },
    clients: { matchAll: async () => pages },
  };
  const scope = { self, fetch: (url, options) => fetched({ url, ...options }), crypto: { randomUUID } };
  for (const name of ["AbortController", "AbortSignal", "MessageChannel", "Response", "TextDecoder", "URL", "clearTimeout", "setTimeout"]) {
    scope[name] = globalThis[name];
  }
  vm.runInNewContext(await readFile(join(PKG, "worker.js"), "utf8"), scope);

  /** What the worker said, in order, and what the page answered to each. */
  const said = [];
  const keep = (from, message) => said.push(`${from} ${JSON.stringify(message, (key, value) => (key === "navigation" ? "<uuid>" : value))}`);

  return {
    said,
    /** `answers`: the page's, one list for each message that the worker sends. */
    async navigate(path, destination, answers) {
      const left = [...answers];
      let heardAll;
      const allHeard = new Promise((resolve) => (heardAll = resolve));
      const answerBy = (port) => (data) => {
        keep("worker", data);
        for (const answer of left.shift() ?? []) {
          keep("page", answer);
          port.postMessage(answer);
        }
        if (left.length === 0) heardAll();
      };
      let open;
      pages.splice(0, pages.length, {
        postMessage(data, [port]) {
          open = port;
          port.onmessage = (event) => answerBy(port)(event.data);
          answerBy(port)(data);
        },
      });
      let answered;
      listeners.fetch({ request: { url: SCOPE + path, mode: "navigate", destination }, respondWith: (promise) => (answered = promise) });
      const response = await answered;
      if (response) await allHeard;
      open?.close();
      if (!response) return keep("navigation", "not taken");
      const headers = response.headers ? Object.fromEntries(response.headers) : {};
      return keep("navigation", { status: response.status, type: response.type, headers });
    },
    async hello(version) {
      const { port1, port2 } = new MessageChannel();
      const told = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
      keep("page", { cablink: version });
      listeners.message({ data: { cablink: version }, ports: [port2] });
      keep("worker", await told);
      port1.close();
    },
  };
}
