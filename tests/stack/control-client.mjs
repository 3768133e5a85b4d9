import { PORTS } from "./ports.mjs";

/**
 * Talks to the control endpoint of a running stack.
 *
 * @example
 * const control = new ControlClient();
 * await control.reset();
 * await control.fault({ at: "cabdownload", status: 503, headers: { "Retry-After": "1" }, times: 1 });
 * const { requests } = await control.look();
 */
export class ControlClient {
  #address;

  /** @param {string} [origin] as `startStack` gives it in `urls.control` */
  constructor(origin = `http://localhost:${PORTS.control}`) {
    this.#address = `${origin}/control`;
  }

  /** Settings, faults, CABs and requests. With `since`, only requests whose `seq` is higher. */
  look({ since } = {}) {
    return this.#ask(since === undefined ? "" : `?since=${since}`);
  }

  /** One CAB of any list: `{family, cabIdHash, failureHash, bytes, sha256, expired}`. */
  cab(cabIdHash) {
    return this.#ask(`?${new URLSearchParams({ cab: cabIdHash })}`);
  }

  /** Every token and SAS signature handed out so far, for tests that search for leaks. */
  secrets() {
    return this.#ask("?secrets=1");
  }

  /** Back to the state after the start: settings, faults, requests and blobs. */
  reset() {
    return this.change({ reset: true });
  }

  clearRequests() {
    return this.change({ clearRequests: true });
  }

  clearFaults() {
    return this.change({ clearFaults: true });
  }

  /** Everything that a fault with `hold` holds goes on, and nothing more is held. */
  release() {
    return this.change({ release: true });
  }

  /** Nobody is signed in at the identity provider any more; tokens keep their life. */
  endSessions() {
    return this.change({ endSessions: true });
  }

  set(settings) {
    return this.change({ settings });
  }

  /** @returns {Promise<object>} the fault as it was added, with its `id` */
  async fault(fault) {
    return (await this.change({ fault })).fault;
  }

  deleteBlob(cabIdHash) {
    return this.change({ deleteBlob: { cabIdHash } });
  }

  restoreBlob(cabIdHash) {
    return this.change({ restoreBlob: { cabIdHash } });
  }

  /** @throws {Error} with the endpoint's own sentence */
  change(body) {
    return this.#ask("", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async #ask(query, options) {
    const response = await fetch(this.#address + query, options);
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  }
}
