import { ControlClient } from "../stack/control-client.mjs";
import { BROWSER_VARIABLE, STACK_VARIABLE } from "./surroundings-variables.mjs";

function told(variable) {
  const value = process.env[variable];
  if (!value) throw new Error("Start these tests by: node tests/e2e/run.mjs [chromium|firefox] [part of a file's name]");
  return value;
}

/** Origins of the stack's parts: portal, identity, devcenter, storage, control. */
export const urls = JSON.parse(told(STACK_VARIABLE));

export const browserName = told(BROWSER_VARIABLE);

export const control = new ControlClient(urls.control);

/** @returns {Promise<{cabIdHash: string, bytes: number, sha256: string}>} what storage holds for a CAB */
export const recordOf = (cabIdHash) => control.cab(cabIdHash);
