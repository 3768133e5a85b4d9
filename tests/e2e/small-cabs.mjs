import assert from "node:assert/strict";

import { control } from "./surroundings.mjs";

/** So many CABs of `ihvdriver` of 8 KiB, all with the same bytes. */
export async function smallCabs(count) {
  const { cabs } = await control.look();
  const least = Math.min(...cabs.map(({ bytes }) => bytes));
  const small = cabs.filter(({ family, bytes, expired }) => family === "ihvdriver" && bytes === least && !expired).slice(0, count);
  assert.equal(small.length, count);
  return { ids: small.map(({ cabIdHash }) => cabIdHash), sha256: small[0].sha256 };
}
