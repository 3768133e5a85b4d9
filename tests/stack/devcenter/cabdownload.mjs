import { errorBody } from "./envelope.mjs";
import { requiredText } from "./parameters.mjs";

/** `ihvdriver/cabdownload`: leads to the CAB's SAS address. */
export const cabDownload = {
  method: "ihvdriver/cabdownload",

  parameters: () => ({ cabIdHash: requiredText("cabIdHash") }),

  async answer({ cabIdHash }, { catalog, blobs }) {
    const occurrence = catalog.cab(cabIdHash);
    // What the service says to an unknown or expired id is not documented; 404 is inferred for both.
    if (!occurrence) return { status: 404, body: errorBody(404, { message: "The CAB was not found." }) };
    if (catalog.isExpired(occurrence)) return { status: 404, body: errorBody(404, { message: "The CAB has expired." }) };
    return { status: 302, headers: { location: await blobs.address(cabIdHash) } };
  },
};
