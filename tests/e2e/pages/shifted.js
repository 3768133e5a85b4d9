// Another clock for every script of the page. A classic script, so that it runs before every module.
"use strict";

(() => {
  const Original = Date;
  let shift = Number(new URLSearchParams(location.search).get("by") ?? 0);
  const now = () => Original.now() + shift;

  Date = class Date extends Original {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }

    static now() {
      return now();
    }
  };

  /** By how much the page's clock is wrong, to the page's own eyes; to the second, since two looks are not one moment. */
  window.clockIsOffBy = () => Math.round((Date.now() - Original.now()) / 1_000) * 1_000;

  /** The clock is put right, or wrong, while the page runs. */
  window.shiftClock = (by) => {
    shift = by;
  };
})();
