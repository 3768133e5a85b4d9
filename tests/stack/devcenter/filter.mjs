import { parseDay } from "./dates.mjs";

/** Anything a filter may contain: brackets, quoted texts (a quote inside is doubled), words. */
const TOKEN = /\s*(?:([()])|'((?:[^']|'')*)'|([^\s()']+))/y;

/**
 * Reads `field eq 'x' and (field ne 'y' or …)`.
 *
 * The documentation gives `eq`, `ne`, `and`, `or` and single quotes. Inferred: `and` binds tighter than `or`, a quote
 * is escaped by doubling it, brackets group, comparison minds the case of values and not of operators, and a day
 * given for a field with a time means that whole day.
 *
 * @param {string} text
 * @param {string[]} fields those that may be used
 * @returns {{matches: (row: object) => boolean} | {problem: string}}
 */
export function parseFilter(text, fields) {
  const tokens = tokenize(text);
  if (!tokens) return { problem: "filter parameter has a quote that is not closed" };
  let at = 0;
  const peekWord = () => (tokens[at]?.word ?? "").toLowerCase();

  function either() {
    const parts = [both()];
    while (peekWord() === "or") {
      at += 1;
      parts.push(both());
    }
    return (row) => parts.some((part) => part(row));
  }

  function both() {
    const parts = [single()];
    while (peekWord() === "and") {
      at += 1;
      parts.push(single());
    }
    return (row) => parts.every((part) => part(row));
  }

  function single() {
    if (tokens[at]?.bracket === "(") {
      at += 1;
      const inner = either();
      if (tokens[at]?.bracket !== ")") throw new FilterProblem("has a bracket that is not closed");
      at += 1;
      return inner;
    }
    return comparison();
  }

  function comparison() {
    const [field, operator, value] = tokens.slice(at, at + 3);
    at += 3;
    if (!fields.includes(field?.word)) {
      throw new FilterProblem(field?.word ? `cannot use the field ${field.word}` : "lacks a field name");
    }
    const wanted = value?.text ?? value?.word;
    const kind = operator?.word?.toLowerCase();
    if (!["eq", "ne"].includes(kind) || wanted === undefined) {
      throw new FilterProblem(`needs ${field.word} eq or ne and a value`);
    }
    const equal = equality(field.word, wanted);
    return kind === "eq" ? equal : (row) => !equal(row);
  }

  try {
    const matches = either();
    if (at < tokens.length) throw new FilterProblem("does not end where it should");
    return { matches };
  } catch (error) {
    if (error instanceof FilterProblem) return { problem: `filter parameter ${error.message}` };
    throw error;
  }
}

class FilterProblem extends Error {}

function tokenize(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match) return undefined;
    const [, bracket, quoted, word] = match;
    if (bracket !== undefined) tokens.push({ bracket });
    else if (quoted !== undefined) tokens.push({ text: quoted.replaceAll("''", "'") });
    else tokens.push({ word });
  }
  return tokens;
}

function equality(field, wanted) {
  const day = ["date", "cabExpirationTime"].includes(field) ? parseDay(wanted) : undefined;
  if (day !== undefined) return (row) => row[field]?.slice(0, 10) === day;
  return (row) => row[field] === wanted;
}
