// Which test file runs next, and in which browser. Pure: no process, no clock.

import { availableParallelism, totalmem } from "node:os";

/**
 * Files that take long, the longest first. What is long and starts last leaves every other lane idle in the end; of the
 * rest none takes long enough to matter.
 */
export const LONG = [
  "endurance",
  "dashboard",
  "worker-ends",
  "cab-list",
  "elements",
  "portal",
  "doctor",
  "examples",
  "shared-address",
  "strangers",
  "deadlines",
  "outcomes",
];

/** A browser with its driver, its stack and the files that it downloads. */
const BYTES_EACH = 1.5 * 2 ** 30;

/**
 * So many lanes keep the cores busy: a browser's tests wait for a timer, a download or the browser as often as they
 * compute.
 */
export function lanesFor(cores = availableParallelism(), bytes = memory()) {
  return Math.max(1, Math.min(cores + 1, Math.floor(bytes / BYTES_EACH)));
}

/** A container may have less than its machine; a value of 0 says that nothing is known of it. */
function memory() {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}

/**
 * @typedef {{browser: string, file: string}} Work `file`: its name, "links.test.mjs"
 * @param {Map<string, string[]>} plan the files by browser
 * @returns {Work[]} all of it, in the order in which it is to start
 */
export function inOrder(plan) {
  const works = [];
  for (const [browser, files] of plan) files.forEach((file, at) => works.push({ browser, file, at }));
  const rank = ({ file }) => {
    const at = LONG.findIndex((name) => file === `${name}.test.mjs`);
    return at < 0 ? LONG.length : at;
  };
  // A browser after the other would leave the last one alone in the end.
  works.sort((one, other) => rank(one) - rank(other) || one.at - other.at);
  return works.map(({ browser, file }) => ({ browser, file }));
}

/**
 * Takes out of `waiting` what may start now. A file is never run by two browsers at once: examples, say, are built in one
 * folder, by whichever browser comes first.
 *
 * @param {Work[]} waiting
 * @param {Iterable<Work>} running
 * @returns {Work | undefined}
 */
export function takeNext(waiting, running) {
  const busy = new Set([...running].map(({ file }) => file));
  const at = waiting.findIndex(({ file }) => !busy.has(file));
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}
