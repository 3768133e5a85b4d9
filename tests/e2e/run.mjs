// Runs the end-to-end tests; README.md beside this file explains how. Every test file is run in every browser, several side
// by side, each in a lane (lane.mjs) with a stack of its own.

import { fork } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Results, sumLines } from "../run-files.mjs";
import { inOrder, lanesFor, takeNext } from "./schedule.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const BROWSERS = ["chromium", "firefox", "webkit"];

const words = process.argv.slice(2);
const valueOf = (flag) => words.find((word) => word.startsWith(`--${flag}=`))?.slice(flag.length + 3);
const pattern = valueOf("name");
const plain = words.filter((word) => !word.startsWith("--"));
const wanted = BROWSERS.filter((browser) => plain.includes(browser));
const parts = plain.filter((word) => !BROWSERS.includes(word));

/** nginx is set up on Linux only. */
const NGINX_FILE = "nginx.test.mjs";
const isLeftOut = (name) => name === NGINX_FILE && process.platform !== "linux";

const names = (await readdir(HERE)).filter((name) => name.endsWith(".test.mjs") && !isLeftOut(name)).sort();
const files = names.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)));
const unknown = parts.find((part) => !names.some((name) => name.includes(part)));
if (unknown) giveUp(`No test file has ${unknown} in its name; there are ${names.join(", ")}.`);

if (isLeftOut(NGINX_FILE)) process.stdout.write("nginx is left out: it is tried on Linux only.\n");

/** What to run, by browser. */
const plan = new Map();
for (const browser of wanted.length > 0 ? wanted : BROWSERS) {
  const left = browser === "webkit" ? await whyNotInWebKit() : undefined;
  if (!left) plan.set(browser, browser === "webkit" ? await filesForWebKit() : files);
  else if (wanted.length > 0) giveUp(`webkit cannot run: ${left}`);
  else process.stdout.write(`webkit is left out: ${left}\n`);
}

const waiting = inOrder(plan);
const atOnce = Math.min(waiting.length, Number(valueOf("lanes") ?? lanesFor()));
if (!(atOnce >= 1)) giveUp("--lanes is a number, 1 or more.");
process.stdout.write(`${waiting.length} files in ${[...plan.keys()].join(", ")}; ${atOnce} at once\n`);

const results = new Map([...plan.keys()].map((browser) => [browser, new Results()]));
/** What went wrong besides failed tests. */
const troubles = new Set();
/** What each lane runs now. */
const running = new Map();
/** Lanes without work: they may wait for a file that another browser runs. */
const idle = new Set();
let interrupted = false;

const lanes = Array.from({ length: atOnce }, startLane);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    interrupted = true;
    // Each ends its test, its browser and its stack, and then itself.
    for (const lane of lanes) lane.kill("SIGTERM");
  });
}
await Promise.all(lanes.map(endOf));
process.exit(isSuccess() ? 0 : 1);

function startLane() {
  const lane = fork(join(HERE, "lane.mjs"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  lane.on("message", ({ ready, problem, text, sum }) => {
    if (problem) troubles.add(problem);
    if (text) hear(lane, text);
    if (sum) finish(lane, sum);
    if (!ready && !sum) return;
    idle.add(lane);
    handOut();
  });
  // It cannot be started, or ended just when a file was handed to it.
  lane.on("error", ({ message }) => troubles.add(message));
  lane.once("exit", (code, signal) => {
    idle.delete(lane);
    if (code !== 0 && !interrupted && troubles.size === 0) troubles.add(`A lane ended with ${code ?? signal}.`);
    const work = running.get(lane);
    if (!work) return;
    troubles.add(`${work.browser} ${work.file} came to no end.`);
    show(work);
    running.delete(lane);
    handOut();
  });
  return lane;
}

/** Also of one that was never there. */
function endOf(lane) {
  return new Promise((resolve) => {
    lane.once("exit", resolve).once("error", () => lane.pid === undefined && resolve());
  });
}

function handOut() {
  for (const lane of idle) {
    const work = interrupted ? undefined : takeNext(waiting, running.values());
    if (!work) break;
    idle.delete(lane);
    running.set(lane, { ...work, said: [], startedAt: performance.now() });
    lane.send({ ...work, pattern });
  }
  if (waiting.length > 0) return;
  for (const lane of idle) lane.disconnect();
  idle.clear();
}

function hear(lane, text) {
  // What runs by itself is shown as it comes; of several, each in one piece.
  if (atOnce === 1) process.stdout.write(text);
  else running.get(lane)?.said.push(text);
}

function finish(lane, sum) {
  const work = running.get(lane);
  running.delete(lane);
  results.get(work.browser).add(work.file, sum);
  show(work);
}

function show({ browser, file, said, startedAt }) {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${said.join("")}${browser} ${file}: ${seconds} s\n\n`);
}

/** Prints the sums and, if this is no success, why. */
function isSuccess() {
  const total = { pass: 0, fail: 0, skipped: 0 };
  const failed = [...troubles];
  for (const [browser, of] of results) {
    const { pass, fail, skipped } = of.sum;
    process.stdout.write(`${browser}: ${pass} passed, ${fail} failed, ${skipped} skipped\n`);
    for (const name of Object.keys(total)) total[name] += of.sum[name];
    const problems = of.problems(pattern);
    if (problems.length > 0) failed.push(`${browser}: ${problems.join(" ")}`);
  }
  if (waiting.length > 0) failed.push(`${waiting.length} files did not run.`);
  process.stdout.write(sumLines(total));
  if (failed.length > 0) process.stderr.write(`${failed.join("\n")}\n`);
  return failed.length === 0 && !interrupted;
}

/** The files that say so themselves, see story.mjs. */
async function filesForWebKit() {
  const texts = await Promise.all(files.map((file) => readFile(join(HERE, file), "utf8")));
  return files.filter((_, at) => texts[at].includes("testEverywhere("));
}

/** @returns {Promise<string | undefined>} the reason, as a sentence */
async function whyNotInWebKit() {
  if (process.platform !== "linux") return "its driver, that of WebKitGTK, exists on Linux only.";
  if ((await filesForWebKit()).length === 0) return "none of these files has a test for it.";
  // Most tests are for the other two, so that none of that name may be left.
  if (pattern && wanted.length === 0) return "with --name it runs only when it is named, too.";
  return undefined;
}

function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
