// Runs test files by Node's runner, each in a process of its own, one after the other, and looks closer than the
// runner does: for it a file without a test has passed, and so has a test that was skipped.

import { relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/** A file that hangs is a failure, not a lost afternoon. */
const FILE_MS = 300_000;
/** The runner's own sums, one set for each of its runs. */
const SUM = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

/**
 * Runs them as a program's whole work: an interrupt ends the file that runs, too, and the exit code is 1 where something
 * keeps this from being a success.
 *
 * @param {string[]} files full paths
 * @param {{pattern?: string}} [options] as for `runFiles`
 */
export async function runAndExit(files, options) {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => interrupted.abort());
  const problems = await runFiles(files, { ...options, signal: interrupted.signal });
  if (problems.length > 0) process.stderr.write(`${problems.join(" ")}\n`);
  process.exit(problems.length > 0 ? 1 : 0);
}

/**
 * @param {string[]} files full paths
 * @param {{pattern?: string, signal?: AbortSignal}} [options] pattern: a regular expression; only tests whose names
 *   fit, so that there may be files without any
 * @returns {Promise<string[]>} what keeps this from being a success, a sentence each
 */
export async function runFiles(files, { pattern, signal } = {}) {
  const sum = { pass: 0, fail: 0, skipped: 0 };
  const empty = [];

  async function* events() {
    for (const file of files) {
      const passedBefore = sum.pass;
      // A run for each: an event does not tell whose it is, since a test may be made by a module that files share.
      yield* eventsOf(file);
      if (sum.pass === passedBefore) empty.push(relative(process.cwd(), file));
    }
    for (const [name, number] of Object.entries(sum)) {
      yield { type: "test:diagnostic", data: { nesting: 0, message: `${name} ${number}` } };
    }
  }

  async function* eventsOf(file) {
    const matching = pattern ? { testNamePatterns: [new RegExp(pattern)] } : {};
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
    for await (const piece of text) process.stdout.write(piece);
  });

  const found = [];
  if (sum.fail > 0) found.push(`${sum.fail} failed.`);
  if (sum.skipped > 0) found.push(`${sum.skipped} skipped or still to do.`);
  if (sum.pass === 0) found.push("No test passed.");
  else if (empty.length > 0 && !pattern) found.push(`No test passed in ${empty.join(", ")}.`);
  return found;
}
