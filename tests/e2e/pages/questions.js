// Holds back one question of the worker's, as a page does that is busy. A classic script, so that it listens first.
"use strict";

(() => {
  let wanted;
  let held;

  const hear = (event) => {
    const { url, navigation } = event.data ?? {};
    // The worker asks on the line that it was given, and all pages beside it: one question twice.
    const again = held !== undefined && navigation === held.data.navigation;
    if (!again && (wanted === undefined || typeof url !== "string" || !url.includes(wanted))) return;
    event.stopImmediatePropagation();
    wanted = undefined;
    held ??= event;
  };
  navigator.serviceWorker.addEventListener("message", hear);
  const { addEventListener } = EventTarget.prototype;
  MessagePort.prototype.addEventListener = function (...values) {
    addEventListener.call(this, "message", hear);
    return addEventListener.apply(this, values);
  };

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
      held = undefined;
      navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
    },
  };
})();
