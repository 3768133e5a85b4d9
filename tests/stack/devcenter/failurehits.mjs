import { bucketOf, slashed } from "./dates.mjs";
import { listBody } from "./envelope.mjs";
import { day, fieldList, filter, oneOf, order, product, wholeNumber } from "./parameters.mjs";

/**
 * `<family>/failurehits`: how often each failure was seen per day, week or month.
 * @param {import("./families.mjs").Family} family
 */
export const failureHits = (family) => ({
  method: `${family.name}/failurehits`,

  parameters: (today) => ({
    ...product(family),
    startDate: day("startDate", today),
    endDate: day("endDate", today),
    top: wholeNumber("top", { least: 1, most: 10_000, usual: 10_000 }),
    skip: wholeNumber("skip", { least: 0, usual: 0 }),
    filter: filter(family.hits.filter),
    aggregationLevel: oneOf("aggregationLevel", ["day", "week", "month"]),
    orderby: order(family.hits.orderby),
    groupby: fieldList("groupby", family.hits.groupby),
  }),

  answer(values, { catalog }) {
    const { applicationId, startDate, endDate, aggregationLevel, groupby } = values;
    // Both ends count as inside the range (inferred).
    const seen = catalog.occurrences(family.name).filter((occurrence) => {
      const on = occurrence.date.slice(0, 10);
      return startDate <= on && on <= endDate && (!family.product || occurrence.applicationId === applicationId);
    });
    const matching = values.filter ? seen.filter(values.filter.matches) : seen;
    const rows = aggregate(family.hits, matching, aggregationLevel, groupby?.fields);
    if (values.orderby) rows.sort(values.orderby.compare);
    return {
      status: 200,
      body: listBody(this.method, rows, (row) => row, values, [
        ["applicationId", applicationId],
        ["aggregationLevel", aggregationLevel],
        ["startDate", slashed(startDate)],
        ["endDate", slashed(endDate)],
        ["filter", values.filter?.text],
        ["groupby", groupby?.text],
        ["orderby", values.orderby?.text],
      ]),
    };
  },
});

function aggregate({ always, row: whole, counts: every }, occurrences, level, groupFields) {
  const fields = groupFields ? [...always, ...groupFields] : whole;
  const counts = groupFields ? ["eventCount"] : every;
  const rows = new Map();
  for (const occurrence of occurrences) {
    const date = bucketOf(occurrence.date.slice(0, 10), level);
    // No value contains this character.
    let key = date;
    for (const field of fields) key += `\n${occurrence[field]}`;
    let row = rows.get(key);
    if (!row) {
      row = { date };
      for (const field of fields) row[field] = occurrence[field];
      for (const count of counts) row[count] = 0;
      rows.set(key, row);
    }
    for (const count of counts) row[count] += 1;
  }
  return [...rows.values()];
}
