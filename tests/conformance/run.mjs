// Runs schemathesis against a Dev Center of its own: node tests/conformance/run.mjs <schemathesis> [its options...]
//
// The last lines tell the test cases in the form of Node's own test runner.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { API_PATH } from "../stack/devcenter/devcenter.mjs";
import { SignIn } from "../stack/identity/sign-in.mjs";
import {
  APPLICATION_ID, CABS, DRIVER_CABS, DRIVER_FAILURES, FAILURES, HARDWARE_CABS, HARDWARE_FAILURES, OTHER_APPLICATION_ID,
} from "../stack/known.mjs";
import { startTestStack } from "../stack/stack-for-tests.mjs";
import { CabFilesMissingError } from "../stack/storage/cab-files.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, "target", "conformance");
const REPORT = join(FOLDER, "report.json");
/** Cases per operation that are made at random; the limits of every parameter come on top. */
const CASES = 60;

const KNOWN_IDS = {
  ihvdriver: { failureHash: [FAILURES.everySize, FAILURES.manySmall], cabIdHash: [CABS.kib8, CABS.unusualId] },
  driver: {
    applicationId: [APPLICATION_ID, OTHER_APPLICATION_ID],
    failureHash: [DRIVER_FAILURES.everySize, DRIVER_FAILURES.manyTiny],
    cabIdHash: [DRIVER_CABS.kib8, DRIVER_CABS.kib64],
  },
  hardware: { failureHash: [HARDWARE_FAILURES.everySize, HARDWARE_FAILURES.manyTiny], cabIdHash: [HARDWARE_CABS.kib8] },
};

const [program, ...options] = process.argv.slice(2);
if (!program) {
  process.stderr.write("usage: node tests/conformance/run.mjs <schemathesis> [its options...]\n");
  process.exit(2);
}

await mkdir(FOLDER, { recursive: true });
// Nothing of a run before must be taken for one of this.
await rm(REPORT, { force: true });

let stack;
let tool;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    interrupted = true;
    tool?.kill();
  });
}

try {
  stack = await startTestStack();
  const { access_token: token } = await new SignIn(stack.urls).as("alice");
  if (interrupted) throw new Error("interrupted");
  const words = [
    "--config-file", join(ROOT, "tests/conformance/schemathesis.toml"), "run", join(ROOT, "tests/stack/openapi.yaml"),
    "--url", `${stack.urls.devcenter}${API_PATH.replace(/\/$/, "")}`,
    "--report", "json", "--report-json-path", REPORT, "--no-color", "--max-examples", String(CASES), ...options,
  ];
  tool = spawn(program, words, {
    // What it remembers of a run lands where it runs.
    cwd: FOLDER,
    stdio: ["ignore", "inherit", "inherit"],
    // UTF-8 also where the console's own encoding is another.
    env: { ...process.env, PYTHONUTF8: "1", CABLINK_TOKEN: token, CABLINK_KNOWN_IDS: JSON.stringify(KNOWN_IDS) },
  });
  const [code] = await once(tool, "exit");
  process.exitCode = await judge(code);
} catch (error) {
  process.stderr.write(`${error instanceof CabFilesMissingError ? error.message : error.stack}\n`);
  process.exitCode = 1;
} finally {
  await stack?.close();
}

/** @param {number | null} code the end of schemathesis, which is happy with no cases at all */
async function judge(code) {
  const report = await readFile(REPORT, "utf8").then(JSON.parse, () => undefined);
  const { generated = 0, with_failures: failed = 0, errored = 0 } = report?.test_cases ?? {};
  const { total = 0, tested = 0 } = report?.operations ?? {};
  const bad = failed + errored;
  process.stdout.write(`\nℹ pass ${generated - bad}\nℹ fail ${bad}\n`);
  const problems = [
    [code !== 0, `schemathesis ended with ${code ?? "a signal"}.`],
    [generated === 0, "There was no test case."],
    [total === 0 || tested < total, `Only ${tested} of ${total} operations were tested.`],
    [report?.complete !== true, "The run is not complete."],
  ].flatMap(([wrong, sentence]) => (wrong ? [sentence] : []));
  if (problems.length > 0) process.stderr.write(`${problems.join(" ")}\n`);
  return problems.length > 0 ? 1 : 0;
}
