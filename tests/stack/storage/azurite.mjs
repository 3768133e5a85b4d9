import { mkdir } from "node:fs/promises";
import { Worker } from "node:worker_threads";

import { PortTakenError } from "../ports.mjs";

/** How long closing may take before the thread is simply ended; what was not saved is uploaded again next time. */
const CLOSE_WITHIN_MS = 5_000;

/**
 * Azurite in a thread of its own: its loading and its disk work do not hold up the other servers, and it cannot
 * outlive this process.
 *
 * @param {{folder: string, port: number}} options where it keeps its data, and 0 for any port
 * @returns {Promise<{origin: string, close: () => Promise<void>}>}
 */
export async function startAzurite({ folder, port }) {
  await mkdir(folder, { recursive: true });
  // What it prints goes to standard error, so that standard output stays the stack's own.
  const thread = new Worker(new URL("azurite-thread.mjs", import.meta.url), {
    workerData: { folder, port },
    stdout: true,
  });
  thread.stdout.pipe(process.stderr);

  const origin = await new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("Azurite ended while it was starting.")));
    thread.once("message", ({ origin, problem }) => {
      if (origin) resolve(origin);
      else if (problem.code === "EADDRINUSE") reject(new PortTakenError("azurite", port));
      else reject(new Error(`Azurite did not start: ${problem.message}`));
    });
  }).catch(async (error) => {
    await thread.terminate();
    throw error;
  });

  return {
    origin,
    async close() {
      const closed = new Promise((resolve) => {
        thread.once("exit", resolve);
        setTimeout(resolve, CLOSE_WITHIN_MS).unref();
      });
      thread.postMessage("close");
      await closed;
      await thread.terminate();
    },
  };
}
