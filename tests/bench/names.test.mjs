import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { largestItems } from "./names.mjs";

const text = (value) => [value.length, ...Buffer.from(value)];
const section = (id, content) => [id, content.length, ...content];

test("functions by the size of their code, with their names, behind those that are imported", async () => {
  const small = [2, 0, 0x0b];
  const large = [4, 0, 0x01, 0x01, 0x0b];
  const mangled = "_ZN4some5place17h0123456789abcdefE";
  const list = [2, 1, ...text("plain"), 2, ...text(mangled)];
  const bytes = Buffer.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(2, [1, ...text("a"), ...text("b"), 0, 0]),
    ...section(10, [2, ...small, ...large]),
    ...section(0, [...text("name"), 1, list.length, ...list]),
  ]);
  const folder = await mkdtemp(join(tmpdir(), "cablink-names-"));
  try {
    const path = join(folder, "module.wasm");
    await writeFile(path, bytes);
    const { items } = await largestItems(path, 5);
    assert.deepEqual(items, [{ name: "some::place", bytes: 4 }, { name: "plain", bytes: 2 }]);
    assert.equal((await largestItems(path, 1)).items.length, 1);
    assert.equal(await largestItems(join(folder, "none.wasm"), 1), null);
  } finally {
    await rm(folder, { recursive: true });
  }
});
