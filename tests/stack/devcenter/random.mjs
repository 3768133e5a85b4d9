/** Pseudo-random values from a seed (mulberry32): the same on every machine and in every Node. */
export function seededRandom(seed) {
  let state = seed >>> 0;

  /** 32 bits. */
  function word() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 to below 1. */
  const fraction = () => word() / 0x1_0000_0000;
  const below = (limit) => Math.floor(fraction() * limit);
  const hex = () => word().toString(16).padStart(8, "0");

  function uuid() {
    const [a, b, c, d] = [hex(), hex(), hex(), hex()];
    const variant = "89ab"[word() % 4];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }

  return {
    fraction,
    below,
    uuid,
    pick: (list) => list[below(list.length)],
    /** An index below the length of what {@link cumulated} made, by its weights. */
    weighted: (cumulative) => firstAbove(cumulative, fraction() * cumulative[cumulative.length - 1]),
    between: (least, most) => least + below(most - least + 1),
  };
}

/** Weights as running sums. */
export function cumulated(weights) {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (let at = 0; at < weights.length; at += 1) sums[at] = sum += weights[at];
  return sums;
}

/** The first index whose running sum is above the value. */
export function firstAbove(cumulative, value) {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Weights of so many things of which few are common and most are rare (Zipf). */
export function skewed(count, steepness = 1) {
  return Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** steepness);
}
