import { cumulated, firstAbove } from "./random.mjs";

/** How far back the lists go. */
export const HISTORY_DAYS = 90;

/** Sunday to Saturday: machines at work crash at work. */
const WEEKDAYS = [0.45, 1, 1.1, 1.05, 1.05, 0.95, 0.5];

/**
 * How a failure's occurrences lie over the days: a bad release that begins at once and is then repaired, one that grows
 * with its driver's spread, an old one that fades, or one that is always there.
 */
export const COURSES = {
  /** Within the last 27 days, so that a list without dates has all of it. */
  release: (daysAgo) => (daysAgo > 27 ? 0 : Math.min(1, (28 - daysAgo) / 4) * Math.exp(-Math.max(0, 22 - daysAgo) / 18)),
  growing: (daysAgo) => Math.exp(-daysAgo / 25),
  fading: (daysAgo) => Math.exp((daysAgo - HISTORY_DAYS) / 30),
  steady: () => 1,
};

/**
 * @param {(daysAgo: number) => number} course
 * @param {number} midnight the beginning of today, UTC, in milliseconds
 * @returns {(share: number) => number} how many days ago, at least one, for a share from 0 to below 1. The same share
 *   means about the same distance from today, whatever day that is.
 */
export function dayByShare(course, midnight) {
  const DAY_MS = 86_400_000;
  const weights = Array.from({ length: HISTORY_DAYS - 1 }, (_, at) => {
    const daysAgo = at + 1;
    return course(daysAgo) * WEEKDAYS[new Date(midnight - daysAgo * DAY_MS).getUTCDay()];
  });
  const sums = cumulated(weights);
  return (share) => 1 + firstAbove(sums, share * sums[sums.length - 1]);
}
