import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

const FILES = {
  "good.test.mjs": 'test("one", () => {}); describe("more", () => test("two", () => {}));',
  "empty.test.mjs": "",
  "suite.test.mjs": 'describe("nothing in it", () => {});',
  "skips.test.mjs": 'test("one", () => {}); test("two", { skip: "not now" }, () => {});',
  "todo.test.mjs": 'test("one", () => {}); test("two", { todo: "later" }, () => {});',
  "fails.test.mjs": 'test("one", () => {}); test("two", () => { throw new Error("two"); });',
  "elsewhere.mjs": 'export const told = (name) => test(name, () => {});',
  "told.test.mjs": 'import { told } from "./elsewhere.mjs"; told("one");',
  "throws.test.mjs": 'throw new Error("before any test");',
  "meeting.mjs": `
    import { access, writeFile } from "node:fs/promises";
    const at = (name) => new URL(name, import.meta.url);
    export async function meet(own, other) {
      await writeFile(at(own), "");
      const end = performance.now() + 20_000;
      while (!(await access(at(other)).then(() => true, () => false))) {
        if (performance.now() > end) throw new Error(other + " did not come");
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }`,
  "one.test.mjs": meeting("one", "other"),
  "other.test.mjs": meeting("other", "one"),
};

/** A file whose second test needs the other file to run at the same time. */
function meeting(own, other) {
  return `
    import { meet } from "./meeting.mjs";
    test("${own} comes", () => {});
    test("${own} meets", () => meet("${own}", "${other}"));
    test("${own} goes", () => {});`;
}

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "cablink-run-files-"));
  const imports = 'import { describe, test } from "node:test";\n';
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), imports + text);
});
after(() => rm(folder, { recursive: true, force: true }));

/** What is wrong with a run of these files, and its sums as they are printed. Node's runner refuses to run inside of itself, hence the process. */
async function outcome(names, options = {}) {
  const files = names.map((name) => join(folder, `${name}.test.mjs`));
  const module = new URL("../run-files.mjs", import.meta.url).href;
  const script = `
    import { runFiles } from ${JSON.stringify(module)};
    const problems = await runFiles(${JSON.stringify(files)}, ${JSON.stringify(options)});
    process.stdout.write("\\nproblems " + JSON.stringify(problems) + "\\n");`;
  // A file, since the runner hands flags such as -e on to the files' processes.
  await writeFile(join(folder, "runs.mjs"), script);
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const { stdout } = await run(process.execPath, [join(folder, "runs.mjs")], { env, cwd: folder });
  const sums = Object.fromEntries([...stdout.matchAll(/^ℹ (\w+) (\d+)$/gm)].map(([, name, sum]) => [name, Number(sum)]));
  return { problems: JSON.parse(/^problems (.*)$/m.exec(stdout)[1]), sums, stdout };
}

const problems = async (names, pattern) => (await outcome(names, { pattern })).problems;

const EXPECTED = [
  [["good"], []],
  [["empty"], ["No test passed."]],
  [["suite"], ["No test passed."]],
  [["good", "told"], []],
  [["good", "empty"], ["No test passed in empty.test.mjs."]],
  [["good", "skips"], ["1 skipped or still to do."]],
  [["good", "todo"], ["1 skipped or still to do."]],
  [["good", "fails"], ["1 failed."]],
  [["good", "throws"], ["1 failed.", "No test passed in throws.test.mjs."]],
];
for (const [names, expected] of EXPECTED) {
  test(`a run of ${names.join(" and ")}`, async () => assert.deepEqual(await problems(names), expected));
}

test("with a name, files without such a test are no problem, but none at all is", async () => {
  assert.deepEqual(await problems(["good", "fails"], "one"), []);
  assert.deepEqual(await problems(["good", "suite"], "one"), []);
  assert.deepEqual(await problems(["good"], "three"), ["No test passed."]);
});

for (const atOnce of [1, 3]) {
  test(`the sums are those of all files, and a file is no test; ${atOnce} at once`, async () => {
    const { sums, problems: found } = await outcome(["good", "empty", "fails", "skips"], { atOnce });
    assert.deepEqual(sums, { pass: 4, fail: 1, skipped: 1 });
    assert.deepEqual(found, ["1 failed.", "1 skipped or still to do.", "No test passed in empty.test.mjs."]);
  });
}

test("files run side by side, and each one's output is in one piece", async () => {
  const { stdout, sums } = await outcome(["one", "other"], { atOnce: 2 });
  assert.equal(sums.pass, 6);
  const order = [...stdout.matchAll(/^✔ (one|other) /gm)].map(([, name]) => name).join(" ");
  assert.ok(["one one one other other other", "other other other one one one"].includes(order), stdout);
});
