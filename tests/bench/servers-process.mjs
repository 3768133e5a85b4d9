// The stack in a process of its own, so that what it does is neither the browser's work nor in the way of the clock.
// Started by servers.mjs; ends with it.

import { startStack } from "../stack/stack.mjs";
import { ANY_PORTS } from "../stack/ports.mjs";

let stack;
let ending;
const end = () => (ending ??= Promise.resolve(stack?.close()).then(() => process.exit(0)));

process.once("disconnect", end);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, end);

process.once("message", async (options) => {
  try {
    stack = await startStack({ ports: ANY_PORTS, ...options });
    process.send({ urls: stack.urls });
  } catch (error) {
    process.send({ problem: error.message });
  }
});
