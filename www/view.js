// What the dashboard shows, as an address that can be shared: every choice is in it, and nothing else ever is.

import { FACETS, FAMILIES, USUAL_FAMILY } from "./families.js";
import { isDay } from "./period.js";

/** Periods that end today. */
export const PERIODS = [7, 30, 90];
const USUAL_DAYS = 30;
/** Longer than any value that the API documents; a longer one is no choice of this page's. */
const LONGEST = 200;

/**
 * @typedef {object} View
 * @property {import("./families.js").Method} family
 * @property {string} [product] the `applicationId`, where the family needs one
 * @property {number} [days] a period that ends today
 * @property {string} [from] a period of its own, with `to`
 * @property {string} [to]
 * @property {string} [on] first day of the bar that was chosen in the chart over time
 * @property {string} [driver]
 * @property {string} [version]
 * @property {string} [market]
 * @property {string} [oem]
 * @property {string} [text] looked for in the names of failures
 * @property {string} [failure] the `failureHash` whose occurrences are shown
 */

/** What narrows a view down, besides family, product and period. */
export const NARROWING = ["on", ...FACETS, "text", "failure"];

/**
 * The view of an address. What cannot be is left out: a link that was cut off opens the nearest view.
 * @param {string} search such as `?market=US`
 * @returns {View}
 */
export function readView(search) {
  const given = new URLSearchParams(search);
  const text = (name) => {
    const value = given.get(name)?.trim();
    return value && value.length <= LONGEST ? value : undefined;
  };
  const family = Object.hasOwn(FAMILIES, given.get("family") ?? "") ? given.get("family") : USUAL_FAMILY;
  const [from, to] = [given.get("from"), given.get("to")];
  const own = isDay(from) && isDay(to) && from <= to;
  const days = Number(given.get("days"));
  return {
    family,
    product: FAMILIES[family].needsProduct ? text("product") : undefined,
    ...(own ? { from, to } : { days: PERIODS.includes(days) ? days : USUAL_DAYS }),
    on: isDay(given.get("on")) ? given.get("on") : undefined,
    ...Object.fromEntries([...FACETS, "text", "failure"].map((name) => [name, text(name)])),
  };
}

/**
 * The address of a view, the same for the same view.
 * @param {View} view
 * @returns {string} this page's path, with a query unless it is the usual view
 */
export function addressOf(view) {
  const query = new URLSearchParams();
  if (view.family !== USUAL_FAMILY) query.set("family", view.family);
  if (view.product) query.set("product", view.product);
  if (view.from) {
    query.set("from", view.from);
    query.set("to", view.to);
  } else if (view.days !== USUAL_DAYS) {
    query.set("days", String(view.days));
  }
  for (const name of NARROWING) if (view[name]) query.set(name, view[name]);
  return location.pathname + (query.size > 0 ? `?${query}` : "");
}

/**
 * The same of another family: what its rows do not share with the others is not asked for.
 * @param {View} view @param {import("./families.js").Method} family
 * @returns {View}
 */
export function ofFamily({ days, from, to, on, market, text }, family) {
  return { family, days, from, to, on, market, text };
}
