// Reads config.json and refuses what cannot work, so that a wrong set-up is one plain sentence on the page.

import { PortalProblem } from "./problems.js";

/**
 * @typedef {object} PortalConfig
 * @property {string} clientId
 * @property {string} authority
 * @property {string} endpoint
 * @property {string[]} storage
 * @property {string[]} scopes
 * @property {object | null} [authorityMetadata]
 * @property {string[]} [knownAuthorities]
 * @property {string | null} [signUpHelp]
 * @property {string} [worker]
 * @property {string} [handoff]
 * @property {string} [coep]
 * @property {number} [deadlineMs]
 * @property {number} [signInWindowMs]
 * @property {{id: string, name: string}[] | null} [products]
 * @property {string | null} [host]
 */

const SAMPLE = /^0{8}-|your-tenant/i;

/** @returns {Promise<PortalConfig>} */
export async function loadConfig() {
  let response;
  try {
    // Beside this file, whatever the page's own address is.
    response = await fetch(new URL("config.json", import.meta.url), { cache: "no-cache" });
  } catch {
    throw new PortalProblem("config_unreachable");
  }
  if (!response.ok) throw new PortalProblem("config_missing", { status: response.status });
  let config;
  try {
    config = await response.json();
  } catch {
    throw new PortalProblem("config_unreadable");
  }
  check(config);
  return config;
}

/** @param {any} config */
function check(config) {
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw new PortalProblem("config_unreadable");
  const wrong = (field) => new PortalProblem("config_invalid", { field });
  for (const field of ["clientId", "authority", "endpoint"]) {
    if (typeof config[field] !== "string" || config[field].trim() === "") throw wrong(field);
    if (SAMPLE.test(config[field])) throw new PortalProblem("config_sample", { field });
  }
  for (const field of ["storage", "scopes"]) {
    const list = config[field];
    if (!Array.isArray(list) || list.length === 0 || list.some((item) => typeof item !== "string")) throw wrong(field);
  }
  if (!config.authority.startsWith("https://")) throw wrong("authority");
  if (config.signInWindowMs != null && !(Number.isInteger(config.signInWindowMs) && config.signInWindowMs > 0)) {
    throw wrong("signInWindowMs");
  }
  if (config.products != null && !(Array.isArray(config.products) && config.products.every(isProduct))) throw wrong("products");
  // A file beside this one; nobody else's script is meant.
  if (config.host != null && !/^[\w-]+\.js$/.test(config.host)) throw wrong("host");
  // Only a web address may become a link on the page.
  if (config.signUpHelp != null && !isWebAddress(config.signUpHelp)) throw wrong("signUpHelp");
}

const isProduct = (product) => [product?.id, product?.name].every((text) => typeof text === "string" && text.trim() !== "");

/** @param {unknown} text */
function isWebAddress(text) {
  if (typeof text !== "string") return false;
  try {
    return ["https:", "http:"].includes(new URL(text, location.href).protocol);
  } catch {
    return false;
  }
}

/**
 * The options of `CabLink.start` that the config may set; what it leaves out keeps the crate's default.
 * @param {PortalConfig} config
 */
export function cabLinkOptions(config) {
  const names = ["endpoint", "storage", "scopes", "worker", "handoff", "coep", "deadlineMs"];
  return Object.fromEntries(names.filter((name) => config[name] != null).map((name) => [name, config[name]]));
}
