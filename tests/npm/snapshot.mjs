import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Set by `run.mjs --accept`. */
export const ACCEPT_VARIABLE = "CABLINK_ACCEPT";

export const CONTRACT = fileURLToPath(new URL("contract/", import.meta.url));

const HOW = "If this change of the public contract is meant, accept it, so that it shows in review: node tests/npm/run.mjs contract --accept";

/**
 * Compares with the file of that name in `contract/`, or writes it where changes are to be accepted.
 *
 * @param {string} name
 * @param {string} text
 */
export async function assertAsAgreed(name, text) {
  const path = join(CONTRACT, name);
  const now = text.replaceAll("\r\n", "\n");
  if (process.env[ACCEPT_VARIABLE]) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, now);
    return;
  }
  const agreed = (await readFile(path, "utf8").catch(() => undefined))?.replaceAll("\r\n", "\n");
  if (agreed === undefined) assert.fail(`tests/npm/contract/${name} does not exist. ${HOW}`);
  if (agreed !== now) assert.fail(`${name} is not what tests/npm/contract has. ${HOW}\n${difference(agreed, now)}`);
}

/** The lines that only one of them has: enough to see what it is about; git shows the rest. */
function difference(before, after) {
  const only = (text, other, sign) => {
    const known = new Set(other.split("\n"));
    return text.split("\n").filter((line) => !known.has(line)).map((line) => `${sign} ${line}`);
  };
  const lines = [...only(before, after, "-"), ...only(after, before, "+")];
  return (lines.length > 0 ? lines : ["(the same lines in another order)"]).slice(0, 40).join("\n");
}
