import { Socket } from "node:net";

import { ControlClient } from "../stack/control-client.mjs";
import { BROWSER_VARIABLE, STACK_VARIABLE } from "./surroundings-variables.mjs";

function told(variable) {
  const value = process.env[variable];
  if (!value) throw new Error("Start these tests by: node tests/e2e/run.mjs [chromium|firefox] [part of a file's name]");
  return value;
}

// A lane that is killed can tell nothing, but its end of this pipe closes. Whatever ends with this process, its browser too,
// must not outlive the lane.
if (process.stdin instanceof Socket) {
  for (const end of ["end", "error"]) process.stdin.once(end, () => process.exit(1));
  process.stdin.resume().unref();
}

/** Origins of the stack's parts: portal, identity, devcenter, storage, control. */
export const urls = JSON.parse(told(STACK_VARIABLE));

export const browserName = told(BROWSER_VARIABLE);

export const control = new ControlClient(urls.control);

/** @returns {Promise<{cabIdHash: string, bytes: number, sha256: string}>} what storage holds for a CAB */
export const recordOf = (cabIdHash) => control.cab(cabIdHash);
