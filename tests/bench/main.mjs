// `cargo xtask bench`: README.md beside this file explains it.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { downloads } from "./downloads.mjs";
import { growth } from "./growth.mjs";
import { latency } from "./latency.mjs";
import { lists } from "./lists.mjs";
import { commit, machine, versionOf } from "./machine.mjs";
import { leftOut } from "./processes.mjs";
import { goalsTable, report } from "./report.mjs";
import { weight } from "./weight.mjs";
import { SECTIONS, USAGE, read } from "./words.mjs";
import { writeFigures } from "./write.mjs";

const FOLDER = fileURLToPath(new URL("../../target/bench/", import.meta.url));

const RUN = {
  downloads: async (wanted) => ({ sizes: await downloads(wanted), leftOut: leftOut ?? null }),
  latency: (wanted) => latency({ ...wanted, rounds: wanted.quick ? 2 : 10 }),
  weight: (wanted) => weight({ ...wanted, rounds: wanted.quick ? 5 : 12 }),
  lists: (wanted) => lists({ ...wanted, rounds: wanted.quick ? 3 : 10 }),
  growth,
};

let wanted;
try {
  wanted = read(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exit(2);
}
// Every server and browser ends with this process.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

await mkdir(FOLDER, { recursive: true });
const browserVersion = await versionOf(wanted.browserName);
const log = (line) => process.stderr.write(`${line}\n`);
const results = {};
for (const section of wanted.sections) {
  const began = performance.now();
  const where = machine();
  const found = await RUN[section]({ ...wanted, log });
  results[section] = found;
  const kept = { section, at: new Date().toISOString(), commit: commit(), browser: browserVersion, quick: wanted.quick, machine: where, ...found };
  await writeFile(fileOf(section), `${JSON.stringify(kept, null, 2)}\n`);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  process.stdout.write(`\n${section} (${browserVersion}, ${seconds} s)\n\n${report(section, found)}\n`);
}
if (wanted.sections.length > 0) {
  const table = goalsTable(results);
  process.stdout.write(`\n${table}\n\ntarget/bench/<section>.json has all of it.\n`);
  const { cores, load } = machine();
  if (load > cores) process.stdout.write(`This machine is busy (load ${load.toFixed(1)} on ${cores} cores): times mean little.\n`);
}
if (wanted.write) await writeFigures(await newest());

/** The newest figures of every section. */
async function newest() {
  const all = {};
  for (const section of SECTIONS) {
    const text = await readFile(fileOf(section), "utf8").catch(() => undefined);
    if (!text) throw new Error(`There are no figures of ${section} yet: cargo xtask bench ${section}`);
    all[section] = JSON.parse(text);
    if (all[section].quick) throw new Error(`The figures of ${section} are those of --quick: cargo xtask bench ${section}`);
  }
  return all;
}

function fileOf(section) {
  return join(FOLDER, wanted.browserName === "chromium" ? `${section}.json` : `${section}-${wanted.browserName}.json`);
}
