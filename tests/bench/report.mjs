// The figures as tables for people.

import { goals } from "./goals.mjs";
import { interval, mib, one, plainTable, spread } from "./table.mjs";

const SIZE_NAMES = { "64K": "64 KiB", "16M": "16 MiB", "256M": "256 MiB", "1G": "1 GiB" };
export const METHOD_NAMES = {
  link: "plain link to storage (the limit)",
  "hand-off": "hand-off (cablink)",
  blob: "fetch, Blob, FileSaver.js",
  streamsaver: "fetch, StreamSaver.js",
  "follow and abort": "fetch, abort, navigate",
};

const BY_SECTION = { downloads: ofDownloads, latency: ofLatency, weight: ofWeight, lists: ofLists, growth: ofGrowth };

/** @param {string} section of which these are the results */
export function report(section, results) {
  return BY_SECTION[section](results);
}

export function goalsTable(results) {
  const all = goals(results);
  const met = { true: "met", false: "not met", null: "-", undefined: "-" };
  return plainTable(["goal", "is", "at most", ""], all.map((goal) => [goal.what, goal.is, goal.goal, met[goal.met]]));
}

function ofDownloads({ sizes, leftOut }) {
  const parts = Object.entries(sizes).map(([size, { methods }]) => {
    const rows = methods.map((each) => [
      METHOD_NAMES[each.method],
      spread(each.first, 0),
      spread(each.complete, 0),
      each.timeRatio ? interval(each.timeRatio) : "1",
      spread(each.cpu, 2),
      each.cpuRatio ? interval(each.cpuRatio) : each.method === "link" ? "1" : "-",
      mib(each.memory),
      mib(each.written, 0),
      one(each.requests, 0),
      one(each.wasted, 0),
      String(each.complete.count),
    ]);
    const head = [SIZE_NAMES[size], "to storage ms", "to disk ms", "ratio", "CPU s", "ratio", "memory MiB", "written MiB", "requests", "wasted", "times"];
    return plainTable(head, rows);
  });
  if (leftOut) parts.push(leftOut);
  return parts.join("\n\n");
}

function ofLatency({ latencyMs, floor, cases }) {
  const rows = cases.map((each) => [
    each.name,
    spread(each.total),
    `${each.trips} x ${latencyMs}`,
    spread(each.above),
    each.limit === null ? "" : String(each.limit),
    one(each.preflights, 0),
  ]);
  const table = plainTable(["click to the first request at storage", "ms", "round trips", "above", "at most", "preflights"], rows);
  const steps = cases.map(({ name, steps: all }) => `${name}: ${all.map(({ name: step, ms }) => `${step} ${ms.toFixed(1)}`).join(", ")}`);
  return `${table}\n"above": without what the servers took, above the floor of ${floor.toFixed(1)} ms\n\nsteps, ms after the click\n${steps.join("\n")}`;
}

function ofWeight({ sizes, together, largest, times }) {
  const row = ({ name, raw, gzip, brotli }) => [name, ...[raw, gzip, brotli].map(String)];
  const parts = [plainTable(["bytes", "raw", "gzip", "brotli"], [...sizes.map(row), row({ name: "a page with links", ...together })])];
  if (largest) {
    const items = largest.items.map(({ name, bytes }) => [name, String(bytes), `${((bytes / largest.code) * 100).toFixed(1)} %`]);
    parts.push(plainTable([`largest functions of ${largest.code} bytes, before wasm-opt`, "bytes", ""], items));
  }
  const names = {
    imported: "script's start to the module imported",
    initialised: "… to wasm fetched, compiled and made",
    ready: "… to the first link ready",
    worker: "… to the worker ready, registered before",
    navigation: "navigation to the first link ready",
    compile: "compiling the wasm alone",
  };
  parts.push(plainTable(["warm cache, ms", ""], Object.entries(names).map(([key, name]) => [name, spread(times[key])])));
  return parts.join("\n\n");
}

function ofLists({ rows, bytes, ours, json, body, parse, ratio, decodeRatio, whole, numbers, first, panel }) {
  const decoding = plainTable(
    [`a slice of ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB`, "ms", "ratio"],
    [
      ["failureHits(), from the call to the rows", spread(ours), interval(ratio)],
      ["response.json() of the same", spread(json), "1"],
      ["decoding alone: without reading the body", one({ median: ours.median - body.median }), interval(decodeRatio)],
      ["JSON.parse alone", spread(parse), "1"],
      ["failureHits() of a body that the browser holds already", spread(whole.ours), interval(whole.ratio)],
      ["response.json() of that", spread(whole.json), "1"],
      ["failureHits() with a number in each row that JavaScript cannot hold", spread(numbers.ours), interval(numbers.ratio)],
      ["response.json() of that, which rounds it", spread(numbers.json), "1"],
      ["to the first row on a page's first call", spread(first), ""],
    ],
  );
  const frames = plainTable(
    [`<cab-list> with ${rows} rows: script and layout`, "ms"],
    [
      ["all rows given at once, until they can be scrolled", spread(panel.give)],
      ["a frame of scrolling, step by step", spread(panel.steps, 1)],
      ["a frame of scrolling, to anywhere", spread(panel.jumps, 1)],
      ["a key in the filter", spread(panel.typing, 1)],
    ],
  );
  return `${decoding}\n\n${frames}`;
}

function ofGrowth({ downloads, rows }) {
  const kib = (bytes) => (bytes === null ? "-" : (bytes / 1024).toFixed(0));
  return [
    plainTable(
      ["downloads", "ms each", "wasm pages", "heap KiB", "values", "elements", "frames", "ports", "timers"],
      downloads.map((each) => [String(each.count), each.msEach.toFixed(1), String(each.memoryPages), kib(each.heap), ...["values", "elements", "frames", "openPorts", "timers"].map((key) => String(each[key]))]),
    ),
    plainTable(
      ["rows, kept", "ms per 1,000", "wasm pages", "heap bytes per row"],
      rows.map((each) => [String(each.count), each.msPerThousand.toFixed(1), String(each.memoryPages), each.heapPerRow === null ? "-" : each.heapPerRow.toFixed(0)]),
    ),
  ].join("\n\n");
}
