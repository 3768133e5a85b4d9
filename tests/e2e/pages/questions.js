// Holds back one question of the worker's, as a page does that is busy. A classic script, so that it listens first.
"use strict";

(() => {
  let wanted;
  let held;

  navigator.serviceWorker.addEventListener("message", (event) => {
    const { url } = event.data ?? {};
    if (wanted === undefined || typeof url !== "string" || !url.includes(wanted)) return;
    event.stopImmediatePropagation();
    wanted = undefined;
    held = event;
  });

  window.questions = {
    /** Holds the next question about an address that contains this. */
    hold(part) {
      wanted = part;
      held = undefined;
    },
    isHeld: () => held !== undefined,
    /** Lets the held question through to the crate. */
    release() {
      const { data, ports } = held;
      navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
    },
  };
})();
