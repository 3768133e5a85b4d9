import { daysBefore, slashed } from "./dates.mjs";
import { listBody } from "./envelope.mjs";
import { day, filter, order, requiredText, wholeNumber } from "./parameters.mjs";

const FILTER_FIELDS = [
  "date", "failureName", "failureHash", "symbol", "osVersion", "osName", "eventType", "market", "deviceType",
  "driverName", "driverVersion", "oemName", "oemModel", "flightRing", "architecture", "cabType", "cabExpirationTime",
];
/** `date` is missing from the documented list of sortable fields, yet the documentation's own sample sorts by it. */
const ORDER_FIELDS = FILTER_FIELDS;
/** In the documented field table, but not in the documented example. */
const SOMETIMES_ABSENT = ["symbol", "eventType", "flightRing"];
const DAYS_BACK = 30;

/** `ihvdriver/failuredetails`: each occurrence of one failure, with the id of its CAB. */
export const failureDetails = {
  method: "ihvdriver/failuredetails",

  parameters: (today) => ({
    failureHash: requiredText("failureHash"),
    startDate: day("startDate", () => daysBefore(today(), DAYS_BACK)),
    endDate: day("endDate", today),
    top: wholeNumber("top", { least: 1, most: 10_000, usual: 10_000 }),
    skip: wholeNumber("skip", { least: 0, usual: 0 }),
    filter: filter(FILTER_FIELDS),
    orderby: order(ORDER_FIELDS),
  }),

  answer(values, { catalog }) {
    const { failureHash, startDate, endDate } = values;
    const found = catalog.occurrences().filter((occurrence) => {
      const on = occurrence.date.slice(0, 10);
      return occurrence.failureHash === failureHash && startDate <= on && on <= endDate;
    });
    const matching = values.filter ? found.filter(values.filter.matches) : found;
    if (values.orderby) matching.sort(values.orderby.compare);
    return {
      status: 200,
      body: listBody(this.method, matching.map(row), values, [
        ["failureHash", failureHash],
        ["startDate", slashed(startDate)],
        ["endDate", slashed(endDate)],
        ["filter", values.filter?.text],
        ["orderby", values.orderby?.text],
      ]),
    };
  },
};

/** Clients have to live with rows of both kinds, so the lists hold both: every other one is like the example. */
function row(occurrence, number) {
  const { cabFile, ...fields } = occurrence;
  if (number % 2 === 1) for (const field of SOMETIMES_ABSENT) delete fields[field];
  return fields;
}
