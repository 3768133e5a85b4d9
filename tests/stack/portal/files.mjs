import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ts": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** @returns {string | undefined} the MIME type by which files of this name are served; undefined: not at all */
export function typeOf(path) {
  return TYPES[extname(path).toLowerCase()];
}

/**
 * @param {string} folder
 * @param {string} urlPath percent-encoded, relative to the folder
 * @returns {string | undefined} the file's path, or undefined when the address leads outside the folder or to a
 *   hidden file
 */
export function pathInside(folder, urlPath) {
  let decoded;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  const parts = decoded.split("/");
  if (parts.some((part) => part.startsWith(".") || part.includes("\\") || part.includes("\0") || part.includes(":"))) {
    return undefined;
  }
  const path = normalize(join(folder, ...parts));
  return path.startsWith(normalize(folder + sep)) ? path : undefined;
}

/** @returns {Promise<{type: string, body: Buffer} | undefined>} undefined when there is no such file to serve */
export async function load(path) {
  const type = path === undefined ? undefined : typeOf(path);
  if (!type) return undefined;
  try {
    return { type, body: await readFile(path) };
  } catch (error) {
    if (["ENOENT", "EISDIR", "ENOTDIR"].includes(error.code)) return undefined;
    throw error;
  }
}
