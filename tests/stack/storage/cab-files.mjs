import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** Its message is one sentence for the person who started the stack. */
export class CabFilesMissingError extends Error {
  constructor(folder, reason) {
    super(`The CAB files in ${folder} are not complete (${reason}); make them with: cargo run -p cabs --release -- "${folder}"`);
    this.name = "CabFilesMissingError";
  }
}

/**
 * What the program in ./cabs wrote.
 *
 * @param {string} folder
 * @returns {Promise<{name: string, path: string, bytes: number, sha256: string, compression: string,
 *   contents: {name: string, bytes: number, sha256: string}[]}[]>} smallest first
 */
export async function readCabFiles(folder) {
  let cabs;
  try {
    ({ cabs } = JSON.parse(await readFile(join(folder, "index.json"), "utf8")));
  } catch {
    throw new CabFilesMissingError(folder, "index.json cannot be read");
  }
  const files = cabs.map((cab) => ({ ...cab, path: join(folder, cab.name) }));
  for (const file of files) {
    const found = await stat(file.path).catch(() => undefined);
    if (found?.size !== file.bytes) throw new CabFilesMissingError(folder, `${file.name} is not as listed`);
  }
  return files.sort((one, other) => one.bytes - other.bytes);
}
