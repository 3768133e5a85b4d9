// Runs test files by Node's runner, each in a process of its own, and looks closer than the runner does: for it a file
// without a test has passed, and so has a test that was skipped.

import { relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/** A file that hangs is a failure, not a lost afternoon. On a busy machine the longest takes minutes. */
const FILE_MS = 600_000;
/** The runner's own sums, one set for each of its runs. */
const SUM = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/** What came of several files, and whether that is a success. */
export class Results {
  sum = { pass: 0, fail: 0, skipped: 0 };
  #empty = [];

  /** @param {string} file @param {{pass: number, fail: number, skipped: number}} sum of its tests */
  add(file, sum) {
    for (const name of Object.keys(this.sum)) this.sum[name] += sum[name];
    if (sum.pass === 0) this.#empty.push(relative(process.cwd(), file));
  }

  /**
   * @param {string} [pattern] as for `runFile`; with it there may be files without any test
   * @returns {string[]} what keeps this from being a success, a sentence each
   */
  problems(pattern) {
    const { pass, fail, skipped } = this.sum;
    const found = [];
    if (fail > 0) found.push(`${fail} failed.`);
    if (skipped > 0) found.push(`${skipped} skipped or still to do.`);
    if (pass === 0) found.push("No test passed.");
    else if (this.#empty.length > 0 && !pattern) found.push(`No test passed in ${this.#empty.sort().join(", ")}.`);
    return found;
  }
}

/** The sums in the form of Node's own runner, which programs read. */
export function sumLines(sum) {
  return Object.entries(sum)
    .map(([name, number]) => `ℹ ${name} ${number}\n`)
    .join("");
}

/**
 * Runs them as a program's whole work: an interrupt ends the files that run, too, and the exit code is 1 where something
 * keeps this from being a success.
 *
 * @param {string[]} files full paths
 * @param {{pattern?: string, atOnce?: number}} [options] as for `runFiles`
 */
export async function runAndExit(files, options) {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted.abort());
  const problems = await runFiles(files, { ...options, signal: interrupted.signal });
  if (problems.length > 0) process.stderr.write(`${problems.join(" ")}\n`);
  process.exit(problems.length > 0 ? 1 : 0);
}

/**
 * Runs the files, each one's output in one piece, and prints the sums of all.
 *
 * @param {string[]} files full paths
 * @param {{pattern?: string, signal?: AbortSignal, atOnce?: number}} [options] `atOnce`: so many files side by side
 * @returns {Promise<string[]>} what keeps this from being a success, a sentence each
 */
export async function runFiles(files, { pattern, signal, atOnce = 1 } = {}) {
  const results = new Results();
  const waiting = [...files];
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const said = [];
      // What runs by itself is shown as it comes.
      const write = atOnce === 1 ? (text) => process.stdout.write(text) : (text) => said.push(text);
      results.add(file, await runFile(file, { pattern, signal, write }));
      process.stdout.write(said.join(""));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  process.stdout.write(`\n${sumLines(results.sum)}`);
  return results.problems(pattern);
}

/**
 * @param {string} file full path
 * @param {{pattern?: string, signal?: AbortSignal, write: (text: string) => void}} options pattern: a regular expression;
 *   only tests whose names fit
 * @returns {Promise<{pass: number, fail: number, skipped: number}>} how many tests did so
 */
export async function runFile(file, { pattern, signal, write }) {
  const sum = { pass: 0, fail: 0, skipped: 0 };
  const matching = pattern ? { testNamePatterns: [new RegExp(pattern)] } : {};

  // A run for each file: an event does not tell whose it is, since a test may be made by a module that files share.
  async function* events() {
    for await (const event of run({ files: [file], timeout: FILE_MS, signal, ...matching })) {
      if (event.type === "test:diagnostic" && SUM.test(event.data.message)) continue;
      if (event.type === "test:pass") countPass(event.data);
      if (event.type === "test:fail") sum.fail += 1;
      yield event;
    }
  }

  function countPass({ details, skip, todo, nesting, name }) {
    if (skip !== undefined || todo !== undefined) {
      // Node 20 tells tests with other names as skipped.
      if (!pattern) sum.skipped += 1;
    } else if (details.type !== "suite" && !(nesting === 0 && name.endsWith(".test.mjs"))) {
      // Suites are told as tests, too, and so is a file without any.
      sum.pass += 1;
    }
  }

  await pipeline(events, new spec(), async (text) => {
    for await (const piece of text) write(String(piece));
  });
  return sum;
}
