import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pipeline } from "node:stream/promises";
import { before, test } from "node:test";
import { promisify } from "node:util";

import { readCabFiles } from "./storage/cab-files.mjs";

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL("../../target/stack/cabs", import.meta.url));

let files;
before(async () => {
  files = await readCabFiles(FOLDER);
});

/** By a program of other people: what Windows has itself, elsewhere cabextract. */
async function extract(cab, folder) {
  const [program, words] =
    process.platform === "win32" ? ["expand", [cab, "-F:*", folder]] : ["cabextract", ["--quiet", "--directory", folder, cab]];
  await run(program, words).catch((error) => {
    if (error.code !== "ENOENT") throw error;
    throw new Error(`${program} is missing; install it (Debian and Ubuntu: apt-get install cabextract).`);
  });
}

async function sha256(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

test("there are CABs from 8 KiB to 256 MiB, compressed and not", () => {
  assert.equal(files[0].bytes, 8 * 1024);
  assert.equal(files.at(-1).bytes, 256 * 1024 * 1024);
  assert.deepEqual(new Set(files.map(({ compression }) => compression)), new Set(["none", "mszip"]));
});

for (const name of ["8k.cab", "64k.cab", "1m.cab", "16m.cab", "256m.cab"]) {
  test(`another program finds in ${name} what was put in`, async () => {
    const file = files.find((candidate) => candidate.name === name);
    assert.equal(await sha256(file.path), file.sha256);
    const folder = await mkdtemp(join(tmpdir(), "cablink-cab-"));
    try {
      await extract(file.path, folder);
      assert.deepEqual((await readdir(folder)).sort(), ["minidump.dmp", "sysinfo.xml"]);
      for (const content of file.contents) {
        const path = join(folder, content.name);
        assert.equal((await stat(path)).size, content.bytes);
        assert.equal(await sha256(path), content.sha256);
      }
      const dump = await open(join(folder, "minidump.dmp"));
      const magic = (await dump.read(Buffer.alloc(4), 0, 4, 0)).buffer.toString();
      await dump.close();
      assert.equal(magic, "MDMP");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
