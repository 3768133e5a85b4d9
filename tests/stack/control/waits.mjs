/** Pauses of answers that can be cut short, so that a held request neither outlives its client nor the stack. */
export class Waits {
  #cancels = new Set();

  /**
   * @param {number} milliseconds
   * @param {import("node:http").ServerResponse} response cut when the wait is cancelled
   * @returns {Promise<boolean>} false when nobody waits for the answer any more
   */
  wait(milliseconds, response) {
    if (milliseconds <= 0) return Promise.resolve(!response.destroyed);
    return new Promise((resolve) => {
      const finish = (go) => {
        clearTimeout(timer);
        this.#cancels.delete(cancel);
        response.off("close", gone);
        resolve(go);
      };
      const gone = () => finish(false);
      const cancel = () => {
        response.destroy();
        finish(false);
      };
      const timer = setTimeout(() => finish(true), milliseconds);
      this.#cancels.add(cancel);
      response.once("close", gone);
    });
  }

  cancelAll() {
    for (const cancel of [...this.#cancels]) cancel();
  }
}
