// Days as the API counts them, in UTC: periods, and the spans that one bar of the chart over time stands for.

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** More bars than this are too thin to hit, so that longer periods are counted by week, then by month. */
const DAYS_BY_DAY = 45;
const DAYS_BY_WEEK = 400;

/** @typedef {"day" | "week" | "month"} Level */

/** @param {Date} date @returns {string} its day in UTC, `2026-01-31` */
export const dayOf = (date) => date.toISOString().slice(0, 10);

export const today = () => dayOf(new Date());

/** @param {string} day @returns {Date} its first moment */
export const dateOf = (day) => new Date(`${day}T00:00:00Z`);

/** @param {unknown} text whether it is a day that exists, `2026-01-31` */
export function isDay(text) {
  if (typeof text !== "string" || !DAY.test(text)) return false;
  const date = dateOf(text);
  return !Number.isNaN(date.getTime()) && dayOf(date) === text;
}

/** @param {string} day @param {number} count */
export const plusDays = (day, count) => dayOf(new Date(dateOf(day).getTime() + count * DAY_MS));

const daysIn = (start, end) => Math.round((dateOf(end).getTime() - dateOf(start).getTime()) / DAY_MS) + 1;

/**
 * First and last day of a view, and how its days are counted together.
 * @param {{days?: number, from?: string, to?: string}} view
 * @returns {{start: string, end: string, level: Level}}
 */
export function periodOf({ days, from, to }) {
  const last = today();
  const [start, end] = from && to ? [from, to] : [plusDays(last, 1 - days), last];
  const length = daysIn(start, end);
  return { start, end, level: length <= DAYS_BY_DAY ? "day" : length <= DAYS_BY_WEEK ? "week" : "month" };
}

/** @param {string} start the first day of a span @param {Level} level @returns {string} its last day */
export function endOfSpan(start, level) {
  if (level === "day") return start;
  if (level === "week") return plusDays(start, 6);
  return plusDays(nextSpan(start, level), -1);
}

function nextSpan(start, level) {
  if (level !== "month") return plusDays(start, level === "day" ? 1 : 7);
  const date = dateOf(start);
  return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)));
}

/**
 * The days of a span that are in the period.
 * @param {string} span its first day
 * @param {{start: string, end: string, level: Level}} period
 * @returns {{start: string, end: string} | undefined} undefined: none is
 */
export function within(span, { start, end, level }) {
  const last = endOfSpan(span, level);
  if (last < start || span > end) return undefined;
  return { start: span < start ? start : span, end: last > end ? end : last };
}

/**
 * One entry for every span of the period, also for those in which nothing happened.
 * @param {Map<string, number>} counts by first day of the span, as the service names it
 * @param {{start: string, end: string, level: Level}} period
 * @returns {{span: string, events: number}[]}
 */
export function filled(counts, period) {
  const named = [...counts.keys()].sort();
  if (named.length === 0) return [];
  // Where the service's weeks begin is for the service to say.
  let span = period.level === "day" ? period.start : named[0];
  if (period.level === "week") while (plusDays(span, -1) >= period.start) span = plusDays(span, -7);
  const spans = new Set(named);
  for (; span <= period.end; span = nextSpan(span, period.level)) spans.add(span);
  return [...spans].sort().map((each) => ({ span: each, events: counts.get(each) ?? 0 }));
}
