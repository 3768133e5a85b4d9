/** Pseudo-random values from a seed (mulberry32): the same on every machine and in every Node. */
export function seededRandom(seed) {
  let state = seed >>> 0;

  /** From 0 to below 1. */
  function fraction() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  const below = (limit) => Math.floor(fraction() * limit);
  const hex = (digits) => Array.from({ length: digits }, () => below(16).toString(16)).join("");
  return {
    fraction,
    below,
    pick: (list) => list[below(list.length)],
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[below(4)]}${hex(3)}-${hex(12)}`,
  };
}
