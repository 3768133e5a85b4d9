// One line per file: name, bytes, bytes after gzip, bytes after brotli.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

for (const path of process.argv.slice(1)) {
  const bytes = readFileSync(path);
  const sizes = [bytes, gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)];
  console.log([basename(path), ...sizes.map((size) => size.length)].join("\t"));
}
