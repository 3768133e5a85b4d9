/** Pauses of answers, for a time or until they are released, that can be cut short, so that a held request neither outlives its client nor the stack. */
export class Waits {
  #cancels = new Set();
  #releases = new Set();

  /**
   * @param {number} milliseconds
   * @param {import("node:http").ServerResponse} response cut when the wait is cancelled
   * @returns {Promise<boolean>} false when nobody waits for the answer any more
   */
  wait(milliseconds, response) {
    if (milliseconds <= 0) return Promise.resolve(!response.destroyed);
    return this.#pause(response, (go) => {
      const timer = setTimeout(go, milliseconds);
      return () => clearTimeout(timer);
    });
  }

  /**
   * Waits until `release` is called.
   *
   * @param {import("node:http").ServerResponse} response cut when the wait is cancelled
   * @returns {Promise<boolean>} false when nobody waits for the answer any more
   */
  hold(response) {
    return this.#pause(response, (go) => {
      this.#releases.add(go);
      return () => this.#releases.delete(go);
    });
  }

  /** Lets everything go on that is held. */
  release() {
    for (const go of [...this.#releases]) go();
  }

  /** @param {(go: () => void) => () => void} begin arranges for `go` to be called, and gives what takes that back */
  #pause(response, begin) {
    return new Promise((resolve) => {
      const finish = (goesOn) => {
        takeBack();
        this.#cancels.delete(cancel);
        response.off("close", gone);
        resolve(goesOn);
      };
      const gone = () => finish(false);
      const cancel = () => {
        response.destroy();
        finish(false);
      };
      const takeBack = begin(() => finish(true));
      this.#cancels.add(cancel);
      response.once("close", gone);
    });
  }

  cancelAll() {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
