/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @returns {{median: number, min: number, max: number, count: number} | null} null for no values */
export function summary(values) {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return null;
  return { median: median(known), min: Math.min(...known), max: Math.max(...known), count: known.length };
}

/** What an interval should at least cover. */
const CONFIDENCE = 0.95;

/**
 * The ratio of pairs: its median, and the interval in which the true median lies, which needs no assumption about how
 * the ratios spread (the order statistics of the sign test). With fewer than six pairs no interval is so sure; then it
 * is the whole range, and `confidence` says how sure that is.
 *
 * @param {[number, number][]} pairs
 * @returns {{median: number, low: number, high: number, confidence: number, count: number} | null}
 */
export function ratio(pairs) {
  const ratios = pairs.filter(([, below]) => below > 0).map(([above, below]) => above / below);
  if (ratios.length === 0) return null;
  const sorted = ratios.sort((one, other) => one - other);
  const count = sorted.length;
  // The more of both ends is cut off, the narrower and the less sure.
  let cut = 0;
  while (cut + 1 < count / 2 && covered(count, cut + 1) >= CONFIDENCE) cut += 1;
  return { median: median(sorted), low: sorted[cut], high: sorted[count - 1 - cut], confidence: covered(count, cut), count };
}

/** How probable it is that the true median lies between the values left when so many are cut off at both ends. */
function covered(count, cut) {
  let outside = 0;
  for (let tails = 0; tails <= cut; tails += 1) outside += choose(count, tails);
  return Math.max(0, 1 - (2 * outside) / 2 ** count);
}

function choose(from, many) {
  let ways = 1;
  for (let each = 1; each <= many; each += 1) ways = (ways * (from - many + each)) / each;
  return ways;
}
