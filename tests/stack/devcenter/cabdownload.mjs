import { errorBody } from "./envelope.mjs";
import { product, requiredText } from "./parameters.mjs";

/**
 * `<family>/cabdownload`: leads to the CAB's SAS address.
 * @param {import("./families.mjs").Family} family
 */
export const cabDownload = (family) => ({
  method: `${family.name}/cabdownload`,

  parameters: () => ({ ...product(family), cabIdHash: requiredText("cabIdHash") }),

  async answer({ applicationId, cabIdHash }, { catalog, blobs }) {
    const occurrence = catalog.cab(cabIdHash, family.name);
    // What the service says to an unknown or expired id, or to one of another product, is not documented; 404 is
    // inferred for all of them.
    if (!occurrence || (family.product && occurrence.applicationId !== applicationId)) {
      return { status: 404, body: errorBody(404, { message: "The CAB was not found." }) };
    }
    if (catalog.isExpired(occurrence)) return { status: 404, body: errorBody(404, { message: "The CAB has expired." }) };
    return { status: 302, headers: { location: await blobs.address(occurrence) } };
  },
});
