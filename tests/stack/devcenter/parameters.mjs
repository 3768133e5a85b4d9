import { parseDay } from "./dates.mjs";
import { parseFilter } from "./filter.mjs";
import { parseOrder } from "./order.mjs";

/**
 * Reads a query by a table of parsers, one per allowed parameter. The service's own treatment of unknown and repeated
 * parameters is not documented; both are refused here, so that a client that sends them by mistake is found out.
 *
 * @param {URLSearchParams} query
 * @param {Record<string, (text: string | undefined) => {value?: unknown, problem?: string}>} table
 * @returns {{values: Record<string, any>, problems: string[]}}
 */
export function readParameters(query, table) {
  const values = {};
  const problems = [];
  for (const name of new Set(query.keys())) {
    if (!Object.hasOwn(table, name)) problems.push(`${name} parameter is not known`);
    else if (query.getAll(name).length > 1) problems.push(`${name} parameter is given more than once`);
  }
  for (const [name, parse] of Object.entries(table)) {
    const { value, problem } = parse(query.get(name) ?? undefined);
    if (problem) problems.push(problem);
    values[name] = value;
  }
  return { values, problems };
}

export function requiredText(name) {
  return (text) => (text ? { value: text } : { problem: `${name} parameter is required` });
}

/** `applicationId`, for the families whose methods are about one product. */
export function product(family) {
  return family.product ? { applicationId: requiredText("applicationId") } : {};
}

/** @param {() => string} usual the day when none is given */
export function day(name, usual) {
  return (text) => {
    if (text === undefined) return { value: usual() };
    const value = parseDay(text);
    return value ? { value } : { problem: `${name} parameter is not a valid date` };
  };
}

export function wholeNumber(name, { least, most = Infinity, usual }) {
  return (text) => {
    if (text === undefined) return { value: usual };
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) return { problem: `${name} parameter is not a whole number` };
    if (value > most) return { problem: `${name} parameter cannot be more than ${most}` };
    if (value < least) return { problem: `${name} parameter cannot be less than ${least}` };
    return { value };
  };
}

export function oneOf(name, allowed) {
  return (text) => {
    if (text === undefined) return { value: allowed[0] };
    return allowed.includes(text) ? { value: text } : { problem: `${name} parameter must be one of ${allowed.join(", ")}` };
  };
}

/** The value keeps the text, which a next link repeats. */
export function filter(fields) {
  return (text) => {
    if (text === undefined) return {};
    const { matches, problem } = parseFilter(text, fields);
    return problem ? { problem } : { value: { text, matches } };
  };
}

export function order(fields) {
  return (text) => {
    if (text === undefined) return {};
    const { compare, problem } = parseOrder(text, fields);
    return problem ? { problem } : { value: { text, compare } };
  };
}

export function fieldList(name, allowed) {
  return (text) => {
    if (text === undefined) return {};
    const fields = text.split(",").map((field) => field.trim());
    const unknown = fields.find((field) => !allowed.includes(field));
    if (unknown !== undefined) return { problem: `${name} parameter cannot use the field ${unknown || "(none)"}` };
    return { value: { text, fields } };
  };
}
