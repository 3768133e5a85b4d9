import { SIZES } from "./downloads.mjs";

export const SECTIONS = ["downloads", "latency", "weight", "lists", "growth"];

export const USAGE = `usage: node tests/bench/main.mjs [${SECTIONS.join("|")}]... [--quick] [--pairs N] [--sizes ${Object.keys(SIZES).join(",")}] [--firefox] [--write]
  --quick     few of everything: whether it works, not how fast it is
  --pairs N   how often the plain link and the hand-off are compared at each size
  --sizes …   sizes of files; without it, all but 1G
  --firefox   in Firefox instead of Chromium, as far as it can be measured there
  --write     puts the newest figures of all sections into README.md and docs/bench.svg
`;

/**
 * @param {string[]} words of the command line
 * @returns {object} what is wanted
 * @throws {Error} with a sentence
 */
export function read(words) {
  const wanted = { sections: [], quick: false, pairs: undefined, sizes: ["64K", "16M", "256M"], browserName: "chromium", write: false };
  const rest = [...words];
  while (rest.length > 0) {
    const word = rest.shift();
    if (SECTIONS.includes(word)) wanted.sections.push(word);
    else if (word === "--quick") wanted.quick = true;
    else if (word === "--firefox") wanted.browserName = "firefox";
    else if (word === "--write") wanted.write = true;
    else if (word === "--pairs") {
      wanted.pairs = Number(rest.shift());
      if (!Number.isInteger(wanted.pairs) || wanted.pairs < 1) throw new Error("--pairs needs a whole number of at least 1.");
    } else if (word === "--sizes") {
      wanted.sizes = (rest.shift() ?? "").split(",");
      const unknown = wanted.sizes.find((size) => !Object.hasOwn(SIZES, size));
      if (unknown !== undefined) throw new Error(`There is no size "${unknown}"; there are ${Object.keys(SIZES).join(", ")}.`);
    } else throw new Error(`There is no word "${word}".`);
  }
  if (wanted.write && (wanted.quick || wanted.browserName !== "chromium")) {
    throw new Error("What stands in README.md was measured in Chromium, and not by --quick.");
  }
  if (wanted.sections.length === 0) wanted.sections = SECTIONS;
  return wanted;
}
