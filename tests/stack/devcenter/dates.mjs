/** The spellings that requests use: `1/31/2017`, `2017-01-31` and, in next links, `2017/01/31`. */
const SPELLINGS = [
  [/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, ([, month, day, year]) => [year, month, day]],
  [/^(\d{4})-(\d{2})-(\d{2})$/, ([, year, month, day]) => [year, month, day]],
  [/^(\d{4})\/(\d{2})\/(\d{2})$/, ([, year, month, day]) => [year, month, day]],
];

/**
 * @param {string} text
 * @returns {string | undefined} `2017-01-31`, or undefined for anything that is no such day
 */
export function parseDay(text) {
  for (const [pattern, order] of SPELLINGS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [year, month, day] = order(match).map(Number);
    const date = new Date(Date.UTC(year, month - 1, day));
    const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    return real ? date.toISOString().slice(0, 10) : undefined;
  }
  return undefined;
}

/** @returns {string} the day so many days before `day` */
export function daysBefore(day, days) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}

/** As next links spell it. */
export function slashed(day) {
  return day.replaceAll("-", "/");
}

/**
 * The first day of the bucket that `day` belongs to. Weeks begin on Sunday: the documented bucket 2017-02-26 is one.
 * @param {"day" | "week" | "month"} level
 */
export function bucketOf(day, level) {
  if (level === "month") return `${day.slice(0, 7)}-01`;
  if (level === "week") return daysBefore(day, new Date(`${day}T00:00:00Z`).getUTCDay());
  return day;
}
