import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

import { openBrowser } from "../e2e/browser.mjs";

const GIB = 2 ** 30;

/** Where and with what was measured. */
export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / GIB),
    system: distribution() ?? `${type()} ${release()}`,
    node: process.version,
    // Above the number of cores, others were at work, and times mean little.
    load: loadavg()[0],
  };
}

/** @returns {Promise<string>} such as "Chromium 148.0.7778.167", as the browser itself says */
export async function versionOf(browserName) {
  const browser = await openBrowser(browserName);
  try {
    const capabilities = await browser.driver.getCapabilities();
    const name = browserName === "firefox" ? "Firefox" : "Chromium";
    return `${name} ${capabilities.getBrowserVersion()}`;
  } finally {
    await browser.close();
  }
}

/** The state of the sources: a commit, with a mark where files differ from it. */
export function commit() {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}

function distribution() {
  try {
    return /^PRETTY_NAME="(.+)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  } catch {
    return undefined;
  }
}
