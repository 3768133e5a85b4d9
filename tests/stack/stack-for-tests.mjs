import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ControlClient } from "./control-client.mjs";
import { ANY_PORTS } from "./ports.mjs";
import { startStack } from "./stack.mjs";

/**
 * A stack of one test file's own, beside any other: free ports, empty storage. `close` leaves nothing behind.
 * @param {Parameters<typeof startStack>[0]} [options]
 */
export async function startTestStack(options = {}) {
  const dataFolder = await mkdtemp(join(tmpdir(), "cablink-stack-"));
  try {
    const stack = await startStack({ ports: ANY_PORTS, dataFolder, uploadFirst: false, ...options });
    return {
      urls: stack.urls,
      control: new ControlClient(stack.urls.control),
      async close() {
        await stack.close();
        await rm(dataFolder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(dataFolder, { recursive: true, force: true });
    throw error;
  }
}
