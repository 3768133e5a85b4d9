// A test file, and the browser that ends with it, does not outlive the lane that runs it: not even one that is killed and
// can clean up nothing.

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { BROWSER_VARIABLE, STACK_VARIABLE } from "../e2e/surroundings-variables.mjs";
import { until } from "../e2e/until.mjs";

const urlOf = (path) => JSON.stringify(new URL(path, import.meta.url).href);

/** Says when it runs and when its process ends, and waits until the file "go" is there, or nothing is any more. */
const TEST_FILE = `
  import { existsSync, writeFileSync } from "node:fs";
  import { test } from "node:test";
  import ${urlOf("../e2e/surroundings.mjs")};
  const at = (name) => new URL(name, import.meta.url);
  process.once("exit", () => writeFileSync(at("ended"), ""));
  test("goes on", () => new Promise((resolve) => {
    writeFileSync(at("runs"), "");
    const looks = setInterval(() => {
      if (existsSync(at("runs")) && !existsSync(at("go"))) return;
      clearInterval(looks);
      resolve();
    }, 10);
  }));`;
const LANE = `
  import { runFile } from ${urlOf("../run-files.mjs")};
  process.send(await runFile(process.argv[2], { write: () => {} }));
  process.disconnect();`;

const exists = (path) => access(path).then(() => true, () => false);

/** A lane in a folder of its own, with its one test file under way. */
async function startLane(t) {
  const folder = await mkdtemp(join(tmpdir(), "cablink-lane-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const at = (name) => join(folder, name);
  await writeFile(at("waits.test.mjs"), TEST_FILE);
  await writeFile(at("lane.mjs"), LANE);
  // Node's runner refuses to run inside of itself.
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  Object.assign(env, { [BROWSER_VARIABLE]: "chromium", [STACK_VARIABLE]: JSON.stringify({ control: "http://localhost:9" }) });
  const lane = fork(at("lane.mjs"), [at("waits.test.mjs")], { env, execArgv: [] });
  await until("the test to run", () => exists(at("runs")));
  return { lane, at };
}

test("a lane is killed: its test file ends", async (t) => {
  const { lane, at } = await startLane(t);
  assert.equal(await exists(at("ended")), false);
  lane.kill("SIGKILL");
  await until("the test file's end", () => exists(at("ended")));
});

test("a lane that is let be hears how its test file went", async (t) => {
  const { lane, at } = await startLane(t);
  const told = once(lane, "message");
  await writeFile(at("go"), "");
  const [sum] = await told;
  assert.deepEqual(sum, { pass: 1, fail: 0, skipped: 0 });
  await once(lane, "exit");
});
