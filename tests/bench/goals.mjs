// What the figures should be, and whether they are.

import { interval, one, spread } from "./table.mjs";

const MIB = 2 ** 20;
const BROTLI_BYTES = 30_000;
const FRAME_MS = 16;

/**
 * @param {object} results by section, as far as they were measured
 * @returns {{what: string, is: string, goal: string, met: boolean | null}[]} met is null where it cannot be measured here
 */
export function goals(results) {
  return [...ofDownloads(results.downloads), ...ofLatency(results.latency), ...ofWeight(results.weight), ...ofLists(results.lists), ...ofGrowth(results.growth)];
}

function ofDownloads(downloads) {
  const methods = downloads?.sizes["256M"]?.methods;
  if (!methods) return [];
  const own = methods.find(({ method }) => method === "hand-off");
  const goal = (what, is, limit, value) => ({ what: `256 MiB, hand-off: ${what}`, is, goal: limit, met: value });
  return [
    goal("time, to that of a plain link", interval(own.timeRatio), "1.05", own.timeRatio.median <= 1.05),
    goal("CPU time, to that of a plain link", interval(own.cpuRatio), "1.10", own.cpuRatio && own.cpuRatio.median <= 1.1),
    goal("memory more than a plain link, MiB", spread(own.memoryMore, 1, MIB), "2", own.memoryMore && own.memoryMore.median <= 2 * MIB),
    goal("requests at storage", one(own.requests, 0), "1", own.requests.max === 1),
    goal("bytes wasted", one(own.wasted, 0), "0", own.wasted.max === 0),
  ];
}

function ofLatency(latency) {
  return (latency?.cases ?? [])
    .filter(({ limit }) => limit !== null)
    .map(({ name, above, limit }) => ({
      what: `click to storage above floor and round trips, ms: ${name}`,
      is: spread(above),
      goal: String(limit),
      met: above.median <= limit,
    }));
}

function ofWeight(weight) {
  if (!weight) return [];
  const { together, times } = weight;
  return [
    { what: "a page with links loads, bytes after brotli", is: String(together.brotli), goal: String(BROTLI_BYTES), met: together.brotli <= BROTLI_BYTES },
    { what: "script's start to the first link ready, warm cache, ms", is: spread(times.ready), goal: "50", met: times.ready.median <= 50 },
  ];
}

function ofLists(lists) {
  if (!lists) return [];
  return [
    ...[[lists, ""], [lists.whole, " of a body that it holds"], [lists.numbers, ", all with ids as numbers"]].map(([{ ratio }, kind]) => ({
      what: `10,000 rows, to the browser's own response.json()${kind}`,
      is: interval(ratio),
      goal: "1.20",
      met: ratio.median <= 1.2,
    })),
    ...[["steps", "a frame of scrolling"], ["typing", "a key in the filter"]].map(([key, what]) => ({
      what: `\`<cab-list>\` with 10,000 rows, ${what}, ms`,
      is: spread(lists.panel[key], 1),
      goal: String(FRAME_MS),
      met: lists.panel[key].median < FRAME_MS,
    })),
  ];
}

function ofGrowth(growth) {
  if (!growth) return [];
  const [before, last] = [growth.downloads.at(-2), growth.downloads.at(-1)];
  const [rowsBefore, rowsLast] = [growth.rows.at(-2), growth.rows.at(-1)];
  const kib = (value) => `${(value / 1024).toFixed(1)} KiB`;
  return [
    {
      what: `time of a download, the last of ${last.count} to those of the first ${before.count}`,
      is: (last.msEach / before.msEach).toFixed(2),
      goal: "1.20",
      met: last.msEach <= before.msEach * 1.2,
    },
    {
      what: `memory kept for each of ${last.count - before.count} downloads`,
      is: last.heap === null ? "-" : `${kib((last.heap - before.heap) / (last.count - before.count))}, ${last.memoryPages - before.memoryPages} wasm pages in all`,
      goal: "0.5 KiB, 1 page",
      met: last.heap === null ? null : (last.heap - before.heap) / (last.count - before.count) <= 512 && last.memoryPages - before.memoryPages <= 1,
    },
    {
      what: `time of a row, of ${rowsLast.count} to ${rowsBefore.count}`,
      is: (rowsLast.msPerThousand / rowsBefore.msPerThousand).toFixed(2),
      goal: "1.20",
      met: rowsLast.msPerThousand <= rowsBefore.msPerThousand * 1.2,
    },
    {
      what: `wasm memory, ${rowsLast.count} rows to ${rowsBefore.count}, in slices of one size`,
      is: (rowsLast.memoryPages / rowsBefore.memoryPages).toFixed(2),
      goal: "1.00",
      met: rowsLast.memoryPages <= rowsBefore.memoryPages,
    },
  ];
}
