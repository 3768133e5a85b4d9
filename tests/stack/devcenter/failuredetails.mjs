import { daysBefore, slashed } from "./dates.mjs";
import { listBody } from "./envelope.mjs";
import { day, filter, order, product, requiredText, wholeNumber } from "./parameters.mjs";

/** How far a list of occurrences goes back when no date is given; so the documentation says. */
export const DAYS_BACK = 30;

/**
 * `<family>/failuredetails`: each occurrence of one failure, with the id of its CAB.
 * @param {import("./families.mjs").Family} family
 */
export const failureDetails = (family) => ({
  method: `${family.name}/failuredetails`,

  parameters: (today) => ({
    ...product(family),
    failureHash: requiredText("failureHash"),
    startDate: day("startDate", () => daysBefore(today(), DAYS_BACK)),
    endDate: day("endDate", today),
    top: wholeNumber("top", { least: 1, most: 10_000, usual: 10_000 }),
    skip: wholeNumber("skip", { least: 0, usual: 0 }),
    filter: filter(family.details.filter),
    orderby: order(family.details.orderby),
  }),

  answer(values, { catalog }) {
    const { applicationId, failureHash, startDate, endDate } = values;
    const found = catalog.occurrencesOf(family.name, failureHash).filter((occurrence) => {
      const on = occurrence.date.slice(0, 10);
      return startDate <= on && on <= endDate && (!family.product || occurrence.applicationId === applicationId);
    });
    const matching = values.filter ? found.filter(values.filter.matches) : found;
    if (values.orderby) matching.sort(values.orderby.compare);
    return {
      status: 200,
      body: listBody(this.method, matching, (occurrence, number) => row(family.details, occurrence, number), values, [
        ["applicationId", applicationId],
        ["failureHash", failureHash],
        ["startDate", slashed(startDate)],
        ["endDate", slashed(endDate)],
        ["filter", values.filter?.text],
        ["orderby", values.orderby?.text],
      ]),
    };
  },
});

/** Clients have to live with rows of both kinds, so the lists hold both: every other one is like the example. */
function row({ row: fields, sometimes }, occurrence, number) {
  const held = { date: occurrence.date };
  for (const field of fields) {
    if (number % 2 === 0 || !sometimes.includes(field)) held[field] = occurrence[field];
  }
  return held;
}
