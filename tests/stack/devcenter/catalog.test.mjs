import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS, FAILURES } from "../known.mjs";
import { Catalog } from "./catalog.mjs";

const FILES = [8_192, 65_000, 1_062_630, 16_777_216, 268_435_456].map((bytes, number) => ({
  name: `${number}.cab`,
  bytes,
  sha256: String(number).repeat(64),
}));
const NOON = new Date("2026-03-14T12:00:00Z");

function catalogAt(now, options = {}) {
  return new Catalog({ cabFiles: FILES, now: () => now, ...options });
}

test("the same seed gives the same ids, another seed others, and the fixed ones are always there", () => {
  const ids = (catalog) => catalog.occurrences().map(({ cabIdHash }) => cabIdHash).sort();
  assert.deepEqual(ids(catalogAt(NOON)), ids(catalogAt(NOON)));
  assert.notDeepEqual(ids(catalogAt(NOON)), ids(catalogAt(NOON, { seed: 1 })));
  for (const id of Object.values(CABS)) assert.ok(catalogAt(NOON, { seed: 1 }).cab(id));
});

test("ids stay the same from day to day, dates move along", () => {
  let now = NOON;
  const catalog = new Catalog({ cabFiles: FILES, now: () => now });
  const before = catalog.cab(CABS.kib8).date;
  const ids = new Set(catalog.occurrences().map(({ cabIdHash }) => cabIdHash));
  now = new Date("2026-03-15T12:00:00Z");
  assert.equal(before.slice(0, 10), "2026-03-14");
  assert.equal(catalog.cab(CABS.kib8).date.slice(0, 10), "2026-03-15");
  assert.ok(catalog.occurrences().every(({ cabIdHash }) => ids.has(cabIdHash)));
});

test("no id twice, none in the future, newest first, and as many as asked for", () => {
  for (const count of [400, 20_000]) {
    const all = catalogAt(NOON, { occurrences: count }).occurrences();
    assert.equal(all.length, count);
    assert.equal(new Set(all.map(({ cabIdHash }) => cabIdHash)).size, count);
    assert.ok(all.every(({ date }, number) => number === 0 || all[number - 1].date >= date));
    assert.ok(all[0].date <= "2026-03-14 12:00:00");
    assert.ok(all.at(-1).date >= "2026-02-12");
  }
});

test("the fixed failures hold what their description says", () => {
  const catalog = catalogAt(NOON);
  const bytes = new Map(catalog.cabs().map((cab) => [cab.cabIdHash, cab.bytes]));
  assert.equal(bytes.get(CABS.kib8), 8_192);
  assert.equal(bytes.get(CABS.kib64), 65_000);
  assert.equal(bytes.get(CABS.mib1), 1_062_630);
  assert.equal(bytes.get(CABS.mib16), 16_777_216);
  assert.equal(bytes.get(CABS.mib256), 268_435_456);
  const count = (hash) => catalog.occurrences().filter(({ failureHash }) => failureHash === hash).length;
  assert.equal(count(FAILURES.everySize), Object.keys(CABS).length);
  assert.equal(count(FAILURES.manySmall), 120);
  assert.equal(count(FAILURES.manyLarge), 24);
});

test("exactly one CAB is past its expiration, at any hour of the day", () => {
  for (const now of ["2026-03-14T00:00:01Z", "2026-03-14T23:59:59Z"]) {
    const catalog = catalogAt(new Date(now));
    const expired = catalog.occurrences().filter((occurrence) => catalog.isExpired(occurrence));
    assert.deepEqual(expired.map(({ cabIdHash }) => cabIdHash), [CABS.expired]);
  }
});
