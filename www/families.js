// The three families of methods as the dashboard uses them, in one table: which fields its charts group and filter by,
// and whether a product has to be named. Every field here is one that `groupby` and `filter` of failurehits, and
// `filter` of failuredetails, take in that family; the crate refuses others before it asks.

/**
 * @typedef {"ihvdriver" | "driver" | "hardware"} Method
 * @typedef {"driver" | "version" | "market" | "oem"} FacetName what a chart is about, and its name in the address
 * @typedef {{field: string, label: string}} Facet
 * @typedef {{label: string, needsProduct: boolean, facets: Record<FacetName, Facet>}} Family
 */

const MARKET = { field: "market", label: "Market" };
const DRIVERS = {
  driver: { field: "driverName", label: "Driver" },
  version: { field: "driverVersion", label: "Driver version" },
  market: MARKET,
  oem: { field: "oemName", label: "OEM" },
};

/** @type {Record<Method, Family>} */
export const FAMILIES = {
  ihvdriver: { label: "Windows 7 and 8.x drivers", needsProduct: false, facets: DRIVERS },
  driver: { label: "Windows 10 drivers", needsProduct: true, facets: DRIVERS },
  // The OEM's own machines: no field names the OEM, so the model family stands in its place.
  hardware: {
    label: "OEM hardware",
    needsProduct: false,
    facets: {
      driver: { field: "moduleName", label: "Module" },
      version: { field: "moduleVersion", label: "Module version" },
      market: MARKET,
      oem: { field: "modelFamily", label: "Model family" },
    },
  },
};

/** In the order in which the charts stand on the page. @type {FacetName[]} */
export const FACETS = ["driver", "version", "market", "oem"];

/** What the address leaves out. @type {Method} */
export const USUAL_FAMILY = "ihvdriver";
