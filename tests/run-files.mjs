// Runs test files by Node's runner, each in a process of its own, one after the other, and looks closer than the
// runner does: for it a file without a test has passed, and so has a test that was skipped.

import { relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/** A file that hangs is a failure, not a lost afternoon. */
const FILE_MS = 300_000;

/**
 * @param {string[]} files full paths
 * @param {{pattern?: string, signal?: AbortSignal}} [options] pattern: a regular expression; only tests whose names
 *   fit, so that there may be files without any
 * @returns {Promise<string[]>} what keeps this from being a success, a sentence each
 */
export function runFiles(files, { pattern, signal } = {}) {
  return new Promise((resolve, reject) => {
    const passed = new Map(files.map((file) => [file, 0]));
    let failed = 0;
    let skipped = 0;
    const matching = pattern ? { testNamePatterns: [new RegExp(pattern)] } : {};
    const tests = run({ files, concurrency: 1, timeout: FILE_MS, signal, ...matching });
    tests.on("test:pass", ({ details, skip, todo, nesting, name, file }) => {
      if (skip !== undefined || todo !== undefined) skipped += 1;
      // Suites are told as tests, too, and so is a file without any.
      else if (details.type !== "suite" && !(nesting === 0 && name.endsWith(".test.mjs"))) {
        passed.set(file, (passed.get(file) ?? 0) + 1);
      }
    });
    tests.on("test:fail", () => (failed += 1));
    const report = tests.compose(new spec());
    report.on("end", () => resolve(problems({ passed, failed, skipped, pattern })));
    report.on("error", reject);
    report.pipe(process.stdout, { end: false });
  });
}

function problems({ passed, failed, skipped, pattern }) {
  const found = [];
  if (failed > 0) found.push(`${failed} failed.`);
  // Node 20 tells tests with other names as skipped.
  if (skipped > 0 && !pattern) found.push(`${skipped} skipped or still to do.`);
  const empty = [...passed].filter(([, count]) => count === 0).map(([file]) => relative(process.cwd(), file));
  if (empty.length === passed.size) found.push("No test passed.");
  else if (empty.length > 0 && !pattern) found.push(`No test passed in ${empty.join(", ")}.`);
  return found;
}
