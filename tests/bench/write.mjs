// Puts the figures into README.md, between two marks, and the chart beside the other pictures.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chart } from "./chart.mjs";
import { goals } from "./goals.mjs";
import { METHOD_NAMES } from "./report.mjs";
import { interval, markdownTable, one, spread } from "./table.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BEGIN = "<!-- figures: cargo xtask bench --write -->";
const END = "<!-- end of figures -->";
const MIB = 2 ** 20;
/** The size of the chart and the table. */
const SIZE = "256M";

export async function writeFigures(results) {
  const path = join(ROOT, "README.md");
  const readme = await readFile(path, "utf8");
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`README.md has no place for figures: ${BEGIN} … ${END}`);
  const methods = results.downloads.sizes[SIZE]?.methods;
  if (!methods) throw new Error(`The figures of downloads lack ${SIZE}.`);
  await writeFile(path, `${before}${BEGIN}\n\n${figures(results, methods)}\n\n${END}${after}`);
  await writeFile(join(ROOT, "docs", "bench.svg"), chart(methods, "256 MiB"));
  process.stdout.write("README.md and docs/bench.svg have the figures.\n");
}

function figures(results, methods) {
  const { machine, at } = results.downloads;
  const rows = methods.map((each) => [
    METHOD_NAMES[each.method],
    spread(each.complete, 2, 1_000),
    each.timeRatio ? interval(each.timeRatio) : "1",
    one(each.cpu, 2),
    each.cpuRatio ? interval(each.cpuRatio) : each.method === "link" ? "1" : "-",
    one(each.memory, 1, MIB),
    one(each.requests, 0),
    one(each.wasted, 0),
  ]);
  const head = ["256 MiB, click to file on disk", "s", "to a plain link", "CPU s", "to a plain link", "memory MiB", "requests", "bytes wasted"];
  const met = { true: "yes", false: "no", null: "-", undefined: "-" };
  const judged = goals(results).map((goal) => [goal.what, goal.is, goal.goal, met[goal.met]]);
  return [
    "![What each method costs](docs/bench.svg)",
    markdownTable(head, rows),
    markdownTable(["", "is", "goal, at most", "met"], judged),
    `Medians, with the least and the most in brackets, and with the interval of the median of pairs in square brackets (95 % or as sure as so few can be). ` +
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.system}, ${results.downloads.browser}, Node ${machine.node}, ${at.slice(0, 10)}. ` +
      "Absolute times hold for that machine only. Again: `cargo xtask bench`.",
  ].join("\n\n");
}
