import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const PKG = join(ROOT, "pkg");

/**
 * The package as npm would publish it.
 *
 * @param {string} folder where the tarball is put
 * @returns {Promise<{path: string, files: string[]}>}
 */
export async function pack(folder) {
  await mkdir(folder, { recursive: true });
  // A shell finds npm's own script on Windows; there is nothing of anybody else's in the words.
  const options = { cwd: PKG, shell: process.platform === "win32" };
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], options);
  const [{ filename, files }] = JSON.parse(stdout);
  return { path: join(folder, filename), files: files.map(({ path }) => path).sort() };
}

/** Unpacks it as `npm install` would: `folder` is then the package. */
export async function unpack(path, folder) {
  await mkdir(folder, { recursive: true });
  await run("tar", ["-xzf", path, "--strip-components=1", "-C", folder]);
}

/** Runs a program of the repository's npm packages by Node itself. Its output is in the error when it fails. */
export async function runProgram(name, words, { program = name.replace(/^@.*\//, ""), ...options } = {}) {
  const manifest = await manifestOf(name);
  const { bin } = JSON.parse(await readFile(manifest, "utf8"));
  const script = join(dirname(manifest), typeof bin === "string" ? bin : bin[program]);
  try {
    return await run(process.execPath, [script, ...words], { cwd: ROOT, maxBuffer: 1 << 26, ...options });
  } catch (error) {
    throw new Error(`${program} ${words.join(" ")}\n${error.stdout ?? ""}${error.stderr ?? ""}`, { cause: error });
  }
}

async function manifestOf(name) {
  // Not by require: a package need not export its package.json.
  for (const folder of createRequire(import.meta.url).resolve.paths(name)) {
    const path = join(folder, name, "package.json");
    if (await readFile(path).catch(() => undefined)) return path;
  }
  throw new Error(`${name} is not installed: npm ci`);
}
