import { spawn } from "node:child_process";

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
};
const START_MS = 20_000;

// The runner ends a test file that hangs, or all of them on Ctrl-C, by a signal; without this nothing at "exit" would run.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

/**
 * Starts the browser's WebDriver server. It and its browsers end with `stop`, and with this process, however that ends.
 *
 * @param {"chromium" | "firefox"} name
 * @param {string} folder for everything temporary
 * @param {string[]} [more] further flags
 * @returns {Promise<{url: string, sleep: () => void, wake: () => void, stop: () => Promise<void>}>}
 */
export async function startDriver(name, folder, more = []) {
  const { program, flags, listens } = DRIVERS[name];
  const child = spawn(program, [...flags, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that the browser's processes can be ended together.
    detached: process.platform !== "win32",
    env: { ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder },
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = () => endGroup(child);
  process.once("exit", end);
  const stop = async () => {
    process.removeListener("exit", end);
    end();
    await ended;
  };
  // Every process of the browser at once, as when a lid is closed. Windows has no such signals.
  const sleep = () => process.kill(-child.pid, "SIGSTOP");
  const wake = () => process.kill(-child.pid, "SIGCONT");
  try {
    return { url: `http://127.0.0.1:${await port(child, program, listens)}`, sleep, wake, stop };
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

function endGroup(child) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // Everything had ended already.
  }
}
