// Ends well if node_modules holds what package-lock.json asks for. npm keeps its own note of what it
// installed in node_modules/.package-lock.json; times of files say nothing after a checkout.
import { existsSync, readFileSync } from "node:fs";

const read = (path) => JSON.parse(readFileSync(path, "utf8")).packages;
const wanted = read("package-lock.json");
const present = read("node_modules/.package-lock.json");
for (const [path, { version, optional }] of Object.entries(wanted)) {
  if (path === "") continue;
  // Optional packages are often for other systems only; npm leaves those out.
  if (optional && !present[path]) continue;
  if (present[path]?.version !== version || !existsSync(path)) process.exit(1);
}
