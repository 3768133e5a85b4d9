// What a frame of <cab-list> costs while its rows are scrolled and filtered: script and layout, without the wait for the
// screen.

import init, { CabLink } from "/pkg/cablink.js";
import "/pkg/elements.js";

await init();
await CabLink.start({ getToken: () => "a-token", endpoint: "/devcenter/" });

const row = (index) => ({
  date: new Date(Date.UTC(2026, 0, 1) + index * 61_000).toISOString().slice(0, 19).replace("T", " "),
  failureName: `AV_fastboot!unknown_function_${index % 97}`,
  market: ["US", "DE", "JP", "BR"][index % 4],
  osVersion: "6.3.9600.17415",
  osName: "Windows 8.1",
  oemName: ["Contoso", "Fabrikam", "Litware"][index % 3],
  oemModel: `F-${index % 910}`,
  driverVersion: `2.1.${index % 50}.0`,
  cabIdHash: `c1a51104-d682-4230-be14-${String(index).padStart(12, "0")}`,
  cabType: "MINI",
  cabExpirationTime: "2099-01-01 00:00:00",
});

const nextFrame = () => new Promise(requestAnimationFrame);

let list;

/** Milliseconds of this work and of the layout that it causes. */
function cost(work) {
  const start = performance.now();
  work();
  list.getBoundingClientRect();
  return performance.now() - start;
}

window.panel = {
  /** Milliseconds until so many rows can be scrolled. */
  async give(count) {
    list?.remove();
    list = document.createElement("cab-list");
    document.body.append(list);
    while (!list.shadowRoot.querySelector("[part~=scroller]")) await nextFrame();
    const rows = Array.from({ length: count }, (_, index) => row(index));
    const scroller = list.shadowRoot.querySelector("[part~=scroller]");
    const before = scroller.scrollHeight;
    const start = performance.now();
    list.rows = rows;
    while (scroller.scrollHeight < before + count) await nextFrame();
    return performance.now() - start;
  },

  /** For each of so many frames, moving by so many pixels, or to anywhere. */
  async scroll(frames, by) {
    const scroller = list.shadowRoot.querySelector("[part~=scroller]");
    const taken = [];
    scroller.scrollTop = 0;
    await nextFrame();
    for (let frame = 0; frame < frames; frame += 1) {
      let start;
      // Before the element's own listener, which draws.
      scroller.addEventListener("scroll", () => (start = performance.now()), { once: true, capture: true });
      const before = scroller.scrollTop;
      scroller.scrollTop = by === undefined ? ((frame * 7919) % 1000) / 1000 * scroller.scrollHeight : before + by;
      if (scroller.scrollTop === before) continue;
      await nextFrame();
      while (start === undefined) await nextFrame();
      list.getBoundingClientRect();
      taken.push(performance.now() - start);
    }
    return taken;
  },

  /** For each key of a text, typed into the filter and taken out again. */
  async type(text) {
    const filter = list.shadowRoot.querySelector("[part~=filter]");
    const taken = [];
    const steps = [...text].map((_, at) => text.slice(0, at + 1));
    for (const value of [...steps, ...steps.toReversed().slice(1), ""]) {
      await nextFrame();
      taken.push(
        cost(() => {
          filter.value = value;
          filter.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
        }),
      );
    }
    return taken;
  },
};
