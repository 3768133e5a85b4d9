import { createCipheriv, createHash } from "node:crypto";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const PIECE = 1 << 24;

/**
 * A folder for the stack with one file of a size that tests do not need, of bytes that nothing can compress. Kept for
 * the next time.
 *
 * @param {string} folder
 * @param {number} bytes a multiple of 16 MiB
 */
export async function bigFile(folder, bytes) {
  const name = "big.cab";
  const index = join(folder, "index.json");
  await mkdir(folder, { recursive: true });
  const known = await readFile(index, "utf8").then(JSON.parse).catch(() => undefined);
  if (known?.cabs[0].bytes === bytes) return folder;
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, "cablink"), Buffer.alloc(16));
  const hash = createHash("sha256");
  const zeros = Buffer.alloc(PIECE);
  const file = await open(join(folder, name), "w");
  try {
    for (let written = 0; written < bytes; written += PIECE) {
      const piece = cipher.update(zeros);
      hash.update(piece);
      await file.write(piece);
    }
  } finally {
    await file.close();
  }
  const cab = { name, bytes, sha256: hash.digest("hex"), compression: "none", contents: [] };
  await writeFile(index, JSON.stringify({ version: 1, cabs: [cab] }));
  return folder;
}
