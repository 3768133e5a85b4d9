// What the browser costs the machine, as Linux counts it for each process. Other systems are left out.

import { readFileSync, readdirSync } from "node:fs";

/** Why there are no figures here, as a sentence; nothing on Linux. */
export const leftOut =
  process.platform === "linux" ? undefined : "Memory, CPU time and bytes written are read from /proc, which exists on Linux only.";

/** Clock ticks per second in /proc/<pid>/stat: the same on every Linux that programs see. */
const TICKS = 100;
const KIB = 1024;
const SAMPLE_MS = 100;

/** Every process of the browser that this process has started by a driver, without the driver and what is not it. */
function browserProcesses(others) {
  const parents = new Map();
  const names = new Map();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = read(entry, "stat");
    if (!stat) continue;
    // The name may hold anything, brackets and blanks included.
    names.set(Number(entry), stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")));
    parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const isOurs = (pid) => {
    for (let up = pid; up; up = parents.get(up)) {
      if (others.includes(up)) return false;
      if (up === process.pid) return true;
    }
    return false;
  };
  return [...parents.keys()].filter((pid) => pid !== process.pid && isOurs(pid) && !/driver$/.test(names.get(pid)));
}

function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It has ended.
    return "";
  }
}

/** Proportional set size: what several processes share is divided among them. Bytes. */
function memory(pids) {
  return sum(pids, (pid) => Number(/^Pss:\s+(\d+)/m.exec(read(pid, "smaps_rollup"))?.[1] ?? 0) * KIB);
}

/** Seconds of all processes, those that ended in between included, as their parents count them. */
function cpuSeconds(pids) {
  return sum(pids, (pid) => {
    const stat = read(pid, "stat");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum(fields.slice(11, 15), Number);
  }) / TICKS;
}

const bytesWritten = (pids) => sum(pids, (pid) => Number(/^write_bytes: (\d+)/m.exec(read(pid, "io"))?.[1] ?? 0));

function sum(all, of) {
  return all.reduce((total, each) => total + (Number(of(each)) || 0), 0);
}

/** Measures one piece of the browser's work from `start` to `stop`. */
export class Cost {
  #others;
  #before;
  #peak = 0;
  #timer;

  /** @param {number[]} others processes of ours that are not the browser's, with all below them */
  constructor(others) {
    this.#others = others;
  }

  /** Waits until the browser is at rest, so that what comes is this work's. */
  async start() {
    if (leftOut) return;
    let last = 0;
    for (let look = 0; look < 20; look += 1) {
      const now = memory(browserProcesses(this.#others));
      if (Math.abs(now - last) < 256 * KIB) break;
      last = now;
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
    const pids = browserProcesses(this.#others);
    this.#before = { memory: memory(pids), cpu: cpuSeconds(pids), written: bytesWritten(pids) };
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
  }

  #look() {
    this.#peak = Math.max(this.#peak, memory(browserProcesses(this.#others)));
  }

  /** @returns {{memory: number, cpu: number, written: number} | null} bytes above the baseline, seconds, bytes */
  stop() {
    if (leftOut) return null;
    clearInterval(this.#timer);
    this.#look();
    const pids = browserProcesses(this.#others);
    return {
      memory: this.#peak - this.#before.memory,
      cpu: cpuSeconds(pids) - this.#before.cpu,
      written: bytesWritten(pids) - this.#before.written,
    };
  }
}

/** Memory of the whole browser now, in bytes. */
export const memoryNow = (others) => (leftOut ? NaN : memory(browserProcesses(others)));
