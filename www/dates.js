// Times as the API writes them, and as a person reads them.

const STAMP = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/i;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

// The page is written in English, so its dates are too; which English is the person's choice.
export const locale = (navigator.languages ?? []).find((language) => /^en\b/i.test(language)) ?? "en-GB";
const whole = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const ownDay = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const dayOnly = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const numbers = new Intl.NumberFormat(locale);

/**
 * `2017-03-14 23:51:11` or `2017-02-26`. The API names no zone; that it means UTC is inferred.
 * @param {unknown} text
 * @returns {Date | undefined}
 */
export function parseStamp(text) {
  const match = typeof text === "string" ? STAMP.exec(text.trim()) : null;
  if (!match) return undefined;
  const [, year, month, day, hour = "00", minute = "00", second = "00", zone = "Z"] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Day and time in the person's zone. */
export const inOwnZone = (date) => whole.format(date);

/** The day alone, in the person's zone. */
export const dayInOwnZone = (date) => ownDay.format(date);

/** A day as the API counts days, whatever the person's zone. */
export const asDay = (date) => dayOnly.format(date);

/** @param {number} count */
export const asNumber = (count) => numbers.format(count);

/** @returns {Date} */
export const daysBefore = (date, days) => new Date(date.getTime() - days * DAY);

/**
 * @param {Date} expires
 * @param {Date} now
 * @returns {{text: string, urgency: "later" | "soon" | "past"}}
 */
export function expiry(expires, now) {
  const left = expires.getTime() - now.getTime();
  if (left <= 0) return { text: `expired ${length(-left)} ago`, urgency: "past" };
  return { text: `${length(left)} left`, urgency: left < 7 * DAY ? "soon" : "later" };
}

function length(ms) {
  if (ms < HOUR) return "less than an hour";
  const [count, unit] = ms < 2 * DAY ? [Math.floor(ms / HOUR), "hour"] : [Math.floor(ms / DAY), "day"];
  return `${asNumber(count)} ${unit}${count === 1 ? "" : "s"}`;
}
