import { spawn } from "node:child_process";

import { openPort } from "../stack/ports.mjs";
import { until } from "./until.mjs";

/** How each driver is found and started, and the line that says where it listens. */
const DRIVERS = {
  chromium: {
    program: process.env.CHROMEDRIVER || "chromedriver",
    flags: ["--port=0"],
    listens: /started successfully on port (\d+)/,
  },
  firefox: {
    program: process.env.GECKODRIVER || "geckodriver",
    // Without the second, every Firefox of this machine would want the same port for BiDi.
    flags: ["--port", "0", "--websocket-port", "0"],
    listens: /Listening on 127\.0\.0\.1:(\d+)/,
  },
  // It says nothing, so it is told where to listen.
  webkit: { program: process.env.WEBKIT_DRIVER || "WebKitWebDriver", flags: [] },
};
const START_MS = 20_000;
/**
 * A port that was free a moment ago can be taken. That happens to chromedriver, too: it looks for one by IPv6 and then
 * wants the same one by IPv4.
 */
const PORT_TRIES = 5;
const PORT_TAKEN = /bind\(\) failed|address (?:is )?already in use/i;

// The runner ends a test file that hangs, or all of them on Ctrl-C, by a signal; without this nothing at "exit" would run.
// Not once: often two signals come, one to the whole group and one from the runner, and the second must not cut it short.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

/**
 * Starts the browser's WebDriver server. It and its browsers end with `stop`, and with this process, however that ends.
 *
 * @param {"chromium" | "firefox" | "webkit"} name
 * @param {string} folder for everything temporary
 * @param {object} [options]
 * @param {Record<string, string>} [options.environment] instead of this process's
 * @param {string[]} [options.flags] more of them
 * @returns {Promise<{url: string, sleep: () => void, wake: () => void, stop: () => Promise<void>}>}
 */
export async function startDriver(name, folder, { environment = process.env, flags: more = [] } = {}) {
  const { program, flags: own, listens } = DRIVERS[name];
  const flags = [...own, ...more];
  const env = { ...environment, TMPDIR: folder, TMP: folder, TEMP: folder };
  for (let tries = 1; ; tries += 1) {
    try {
      if (listens) return await start(program, flags, env, (child) => port(child, program, listens));
      const free = await freePort();
      return await start(program, [...flags, `--port=${free}`], env, (child) => answering(child, program, free));
    } catch (error) {
      if (tries === PORT_TRIES || (listens && !PORT_TAKEN.test(error.message))) throw error;
    }
  }
}

async function start(program, flags, env, listening) {
  const child = spawn(program, flags, {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that the browser's processes can be ended together.
    detached: process.platform !== "win32",
    env,
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = () => endGroup(child);
  // Before the folder that its browser writes to is removed.
  process.prependOnceListener("exit", end);
  const stop = async () => {
    process.removeListener("exit", end);
    end();
    await ended;
  };
  // Every process of the browser at once, as when a lid is closed. Windows has no such signals.
  const sleep = () => process.kill(-child.pid, "SIGSTOP");
  const wake = () => process.kill(-child.pid, "SIGCONT");
  try {
    return { url: `http://127.0.0.1:${await listening(child)}`, sleep, wake, stop };
  } catch (error) {
    if (child.pid !== undefined) await stop();
    throw error;
  }
}

function port(child, program, listens) {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`${program} did not start in time: ${said}`)), START_MS);
    const hear = (chunk) => {
      if (said.length > 10_000) return;
      said += chunk;
      const found = listens.exec(said);
      if (found) {
        clearTimeout(timer);
        resolve(Number(found[1]));
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`${program} cannot be started (${error.code}); is it on the PATH?`));
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`${program} ended with ${code}: ${said}`));
    });
  });
}

async function freePort() {
  const { port: free, close } = await openPort("driver", 0);
  await close();
  return free;
}

/** Waits until the driver answers on the port that it was given. */
async function answering(child, program, given) {
  let ended;
  child.once("error", (error) => (ended = `${program} cannot be started (${error.code}); is it on the PATH?`));
  child.once("exit", (code) => (ended ??= `${program} ended with ${code}.`));
  child.stdout.resume();
  child.stderr.resume();
  const ready = async () => {
    if (ended) throw new Error(ended);
    const answer = await fetch(`http://127.0.0.1:${given}/status`).catch(() => undefined);
    return answer?.ok;
  };
  await until(`${program} to answer`, ready, { deadlineMs: START_MS });
  return given;
}

function endGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // Everything had ended already.
  }
}
