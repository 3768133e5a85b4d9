/**
 * The three families of methods, and all that sets them apart: which of them wants a product, which fields a row has and
 * which of them a clause takes. All of it is documented, list by list, in ../openapi.yaml, unless a comment says
 * otherwise; tests compare the clauses with that file.
 */

const IHV_FIELDS = [
  "failureName", "failureHash", "symbol", "osVersion", "eventType", "market", "deviceType", "driverName",
  "driverVersion", "oemName", "oemModel", "flightRing", "architecture",
];
const OEM_FIELDS = [
  "failureName", "failureHash", "symbol", "osVersion", "eventType", "market", "deviceType", "moduleName",
  "moduleVersion", "mode", "architecture", "model", "baseboard", "modelFamily", "flightRing",
];
const without = (fields, ...left) => fields.filter((field) => !left.includes(field));

/** In documented field tables, but not in the documented examples. */
const NOT_IN_EXAMPLES = ["symbol", "eventType", "flightRing"];

/**
 * @typedef {object} Family
 * @property {string} name the first part of its methods' paths
 * @property {boolean} product whether each method wants an `applicationId`; the others are about the whole seller account
 * @property {boolean} batch whether there is `cabdownloadbatch`
 * @property {number} cabLifeDays from an occurrence to its `cabExpirationTime`, as in the documented examples
 * @property {{filter: string[], orderby: string[], groupby: string[], always: string[], row: string[], counts: string[]}} hits
 *   `always` stands in grouped rows, too; `row` in rows that are not grouped
 * @property {{filter: string[], orderby: string[], row: string[], sometimes: string[]}} details
 *   `sometimes` are fields of `row` that every other row lacks
 */

/** @type {Record<"ihvdriver" | "driver" | "hardware", Family>} */
export const FAMILIES = {
  ihvdriver: {
    name: "ihvdriver",
    product: false,
    batch: false,
    cabLifeDays: 90,
    hits: {
      filter: ["date", ...IHV_FIELDS],
      // Sorting knows osName, filtering and grouping do not.
      orderby: ["date", ...IHV_FIELDS, "osName"],
      groupby: IHV_FIELDS,
      always: [],
      row: ["sellerId", ...IHV_FIELDS, "osName"],
      // The examples carry deviceCount, which no field table mentions; grouped rows have only what was asked for.
      counts: ["deviceCount", "eventCount"],
    },
    details: {
      filter: ["date", ...IHV_FIELDS, "osName", "cabType", "cabExpirationTime"],
      // date is missing from the documented list, yet the documentation's own sample sorts by it.
      orderby: ["date", ...IHV_FIELDS, "osName", "cabType", "cabExpirationTime"],
      row: ["sellerId", ...IHV_FIELDS, "osName", "clientDeviceId", "cabIdHash", "cabType", "cabExpirationTime"],
      sometimes: NOT_IN_EXAMPLES,
    },
  },
  driver: {
    name: "driver",
    product: true,
    batch: true,
    cabLifeDays: 30,
    hits: {
      filter: ["date", "submissionId", ...IHV_FIELDS, "osName"],
      orderby: ["date", "submissionId", ...IHV_FIELDS, "osName"],
      groupby: ["submissionId", ...IHV_FIELDS],
      always: ["applicationId"],
      row: ["applicationId", "submissionId", ...IHV_FIELDS, "osName"],
      counts: ["deviceCount", "eventCount"],
    },
    details: {
      filter: [
        "date", "submissionId", ...without(IHV_FIELDS, "flightRing"), "osName", "cabIdHash", "clientDeviceId", "cabType",
        "cabExpirationTime",
      ],
      orderby: ["date", "submissionId", ...IHV_FIELDS, "osName", "cabType", "cabExpirationTime"],
      row: [
        "applicationId", "submissionId", ...IHV_FIELDS, "osName", "clientDeviceId", "cabIdHash", "cabType",
        "cabExpirationTime",
      ],
      sometimes: NOT_IN_EXAMPLES,
    },
  },
  hardware: {
    name: "hardware",
    product: false,
    batch: false,
    cabLifeDays: 90,
    hits: {
      filter: OEM_FIELDS,
      orderby: ["date", ...OEM_FIELDS],
      groupby: OEM_FIELDS,
      always: [],
      row: ["sellerId", ...OEM_FIELDS],
      counts: ["eventCount"],
    },
    details: {
      // symbol may be compared, though no row has it.
      filter: [...without(OEM_FIELDS, "eventType"), "cabIdHash", "cabType", "cabExpirationTime"],
      // packageVersion and osBuild may be sorted by, though no row has them.
      orderby: [
        "date", "market", "cabIdHash", "cabExpirationTime", "cabType", "deviceType", "moduleName", "moduleVersion",
        "osVersion", "packageVersion", "osBuild", "mode", "architecture", "model", "baseboard", "modelFamily",
      ],
      row: [
        "sellerId", ...without(OEM_FIELDS, "symbol", "eventType"), "cabIdHash", "cabType", "cabExpirationTime",
      ],
      // In the example only, for once.
      sometimes: ["flightRing"],
    },
  },
};
