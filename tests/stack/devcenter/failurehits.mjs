import { bucketOf, slashed } from "./dates.mjs";
import { listBody } from "./envelope.mjs";
import { day, fieldList, filter, oneOf, order, wholeNumber } from "./parameters.mjs";

const FILTER_FIELDS = [
  "date", "failureName", "failureHash", "symbol", "osVersion", "eventType", "market", "deviceType",
  "driverName", "driverVersion", "oemName", "oemModel", "flightRing", "architecture",
];
/** Sorting knows osName, filtering and grouping do not; so says the documentation. */
const ORDER_FIELDS = [...FILTER_FIELDS, "osName"];
const GROUP_FIELDS = FILTER_FIELDS.filter((field) => field !== "date");
/** What a row holds when nothing is grouped, besides its date and counts. */
const ROW_FIELDS = ["sellerId", ...GROUP_FIELDS, "osName"];

/** `ihvdriver/failurehits`: how often each failure was seen per day, week or month. */
export const failureHits = {
  method: "ihvdriver/failurehits",

  parameters: (today) => ({
    startDate: day("startDate", today),
    endDate: day("endDate", today),
    top: wholeNumber("top", { least: 1, most: 10_000, usual: 10_000 }),
    skip: wholeNumber("skip", { least: 0, usual: 0 }),
    filter: filter(FILTER_FIELDS),
    aggregationLevel: oneOf("aggregationLevel", ["day", "week", "month"]),
    orderby: order(ORDER_FIELDS),
    groupby: fieldList("groupby", GROUP_FIELDS),
  }),

  answer(values, { catalog }) {
    const { startDate, endDate, aggregationLevel, groupby } = values;
    // Both ends count as inside the range (inferred).
    const seen = catalog.occurrences().filter(({ date }) => {
      const on = date.slice(0, 10);
      return startDate <= on && on <= endDate;
    });
    const matching = values.filter ? seen.filter(values.filter.matches) : seen;
    const rows = aggregate(matching, aggregationLevel, groupby?.fields);
    if (values.orderby) rows.sort(values.orderby.compare);
    return {
      status: 200,
      body: listBody(this.method, rows, values, [
        ["aggregationLevel", aggregationLevel],
        ["startDate", slashed(startDate)],
        ["endDate", slashed(endDate)],
        ["filter", values.filter?.text],
        ["groupby", groupby?.text],
        ["orderby", values.orderby?.text],
      ]),
    };
  },
};

function aggregate(occurrences, level, groupFields) {
  const fields = groupFields ?? ROW_FIELDS;
  const rows = new Map();
  for (const occurrence of occurrences) {
    const date = bucketOf(occurrence.date.slice(0, 10), level);
    const held = fields.map((field) => occurrence[field]);
    const key = JSON.stringify([date, ...held]);
    if (!rows.has(key)) {
      const row = { date, ...Object.fromEntries(fields.map((field, number) => [field, held[number]])) };
      // The examples carry deviceCount, which no field table mentions; grouped rows have only what was asked for.
      rows.set(key, groupFields ? { ...row, eventCount: 0 } : { ...row, deviceCount: 0, eventCount: 0 });
    }
    const row = rows.get(key);
    row.eventCount += 1;
    if (!groupFields) row.deviceCount += 1;
  }
  return [...rows.values()];
}
