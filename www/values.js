// Values of the lists as a person reads them.

import { asDay, locale } from "./dates.js";
import { FAMILIES } from "./families.js";
import { dateOf } from "./period.js";

const shares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 });
const smallShares = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
const regions = new Intl.DisplayNames(locale, { type: "region", fallback: "none" });
const shortDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
const month = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });

/** @param {number} part @param {number} whole */
export function asShare(part, whole) {
  const share = whole > 0 ? part / whole : 0;
  return (share < 0.01 ? smallShares : shares).format(share);
}

/** @param {string} facet @param {string} value @returns {string} `Germany (DE)` for a market, else the value itself */
export function labelOf(facet, value) {
  if (value === "") return "No value";
  if (facet !== "market") return value;
  const name = /^[A-Z]{2}$/.test(value) ? regions.of(value) : undefined;
  return name ? `${name} (${value})` : value;
}

/** @param {string} span first day @param {import("./period.js").Level} level */
export function spanName(span, level) {
  if (level === "month") return month.format(dateOf(span));
  return level === "week" ? `week of ${asDay(dateOf(span))}` : asDay(dateOf(span));
}

/** As it stands below a bar, where there is little room. */
export const spanTick = (span, level) => (level === "month" ? month : shortDay).format(dateOf(span));

/** What a chosen filter is called: `Driver: ctgfx.sys`. */
export function filterName(view, name, level) {
  const value = view[name];
  if (name === "on") return `Only ${spanName(value, level)}`;
  if (name === "text") return `Name contains “${value}”`;
  return `${FAMILIES[view.family].facets[name].label}: ${labelOf(name, value)}`;
}
