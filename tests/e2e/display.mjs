import { spawn } from "node:child_process";

const START_MS = 20_000;

/**
 * A screen that nobody sees, for a browser that knows no headless mode. It ends with `stop`, and with this process.
 *
 * @returns {Promise<{name: string, stop: () => Promise<void>}>} the name is a value for `DISPLAY`
 */
export async function startDisplay() {
  const program = process.env.XVFB || "Xvfb";
  // It takes the first free number by itself and says it on the fourth of these.
  const flags = ["-displayfd", "3", "-screen", "0", "1280x1600x24", "-nolisten", "tcp", "-noreset"];
  const child = spawn(program, flags, { stdio: ["ignore", "ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  // Asked to end, it removes its lock and its socket.
  const end = () => child.kill("SIGTERM");
  process.prependOnceListener("exit", end);
  const stop = async () => {
    process.removeListener("exit", end);
    end();
    await ended;
  };
  try {
    return { name: `:${await number(child, program)}`, stop };
  } catch (error) {
    if (child.pid !== undefined) await stop();
    throw error;
  }
}

function number(child, program) {
  return new Promise((resolve, reject) => {
    let said = "";
    let complaint = "";
    const timer = setTimeout(() => reject(new Error(`${program} did not start in time: ${complaint}`)), START_MS);
    const fail = (message) => {
      clearTimeout(timer);
      reject(new Error(message));
    };
    child.stdio[3].on("data", (chunk) => {
      said += chunk;
      const found = /^(\d+)\n/.exec(said);
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1]);
    });
    child.stderr.on("data", (chunk) => {
      if (complaint.length < 10_000) complaint += chunk;
    });
    child.once("error", (error) => fail(`${program} cannot be started (${error.code}); is it on the PATH?`));
    child.once("exit", (code) => fail(`${program} ended with ${code}: ${complaint}`));
  });
}
