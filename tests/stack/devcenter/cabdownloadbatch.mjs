import { daysBefore, slashed } from "./dates.mjs";
import { listBody } from "./envelope.mjs";
import { DAYS_BACK } from "./failuredetails.mjs";
import { day, product, requiredText, wholeNumber } from "./parameters.mjs";

const MOST = 100;

/**
 * `driver/cabdownloadbatch`: the SAS addresses of all CABs of one failure. It answers with JSON, not with a redirect.
 * @param {import("./families.mjs").Family} family
 */
export const cabDownloadBatch = (family) => ({
  method: `${family.name}/cabdownloadbatch`,

  parameters: (today) => ({
    ...product(family),
    failureHash: requiredText("failureHash"),
    startDate: day("startDate", () => daysBefore(today(), DAYS_BACK)),
    endDate: day("endDate", today),
    top: wholeNumber("top", { least: 1, most: MOST, usual: MOST }),
    skip: wholeNumber("skip", { least: 0, usual: 0 }),
  }),

  answer(values, { catalog, blobs }) {
    const { applicationId, failureHash, startDate, endDate } = values;
    const rows = catalog.occurrencesOf(family.name, failureHash).filter((occurrence) => {
      const on = occurrence.date.slice(0, 10);
      // An expired CAB has no address to give (inferred).
      return occurrence.applicationId === applicationId && startDate <= on && on <= endDate && !catalog.isExpired(occurrence);
    });
    const body = listBody(this.method, rows, (occurrence) => row(occurrence, blobs), values, [
      ["applicationId", applicationId],
      ["failureHash", failureHash],
      ["startDate", slashed(startDate)],
      ["endDate", slashed(endDate)],
    ]);
    // The only example is one whole list, and prints `Value` alone; the text about `top` promises a link where more follows.
    return { status: 200, body: body["@nextLink"] === null ? { Value: body.Value } : body };
  },
});

/** The documentation has no table of these fields, only the example. */
function row(occurrence, blobs) {
  const { applicationId, submissionId, failureHash, cabIdHash, date, cabExpirationTime } = occurrence;
  return { applicationId, submissionId, failureHash, cabIdHash, cabUrl: blobs.batchAddress(occurrence), date, cabExpirationTime };
}
