// Packs a package into a folder; prints the tarball's name and its SHA-256, a line each.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [pkg, folder] = process.argv.slice(1);
// A shell finds npm's own script on Windows.
const options = { cwd: pkg, encoding: "utf8", shell: process.platform === "win32", stdio: ["ignore", "pipe", "inherit"] };
const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder], options));
console.log(filename);
console.log(createHash("sha256").update(readFileSync(join(folder, filename))).digest("hex"));
