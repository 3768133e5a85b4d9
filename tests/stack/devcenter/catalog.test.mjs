import assert from "node:assert/strict";
import { test } from "node:test";

import {
  APPLICATION_ID, CABS, DRIVER_CABS, DRIVER_FAILURES, FAILURES, HARDWARE_CABS, HARDWARE_FAILURES, UNKNOWN_CAB,
} from "../known.mjs";
import { Catalog } from "./catalog.mjs";
import { FAMILIES } from "./families.mjs";

const FILES = [8_192, 65_000, 1_062_630, 16_777_216, 268_435_456].map((bytes, number) => ({
  name: `${number}.cab`,
  bytes,
  sha256: String(number).repeat(64),
}));
const NOON = new Date("2026-03-14T12:00:00Z");

function catalogAt(now, options = {}) {
  return new Catalog({ cabFiles: FILES, now: () => now, ...options });
}

const NAMES = Object.keys(FAMILIES);
const FIXED = {
  ihvdriver: { cabs: CABS, failures: FAILURES },
  driver: { cabs: DRIVER_CABS, failures: DRIVER_FAILURES },
  hardware: { cabs: HARDWARE_CABS, failures: HARDWARE_FAILURES },
};
const idsOf = (catalog, family) => catalog.occurrences(family).map(({ cabIdHash }) => cabIdHash);
const on = (date) => date.slice(0, 10);

test("the same seed gives the same ids, another seed others, and the fixed ones are always there", () => {
  for (const family of NAMES) {
    const few = { occurrences: 300 };
    const ids = idsOf(catalogAt(NOON, few), family).sort();
    assert.deepEqual(idsOf(catalogAt(NOON, few), family).sort(), ids);
    assert.notDeepEqual(idsOf(catalogAt(NOON, { ...few, seed: 1 }), family).sort(), ids);
    for (const id of Object.values(FIXED[family].cabs)) assert.ok(catalogAt(NOON, { seed: 1 }).cab(id, family));
  }
});

test("ids stay the same from day to day, dates move along", () => {
  let now = NOON;
  const catalog = new Catalog({ cabFiles: FILES, now: () => now, occurrences: 300 });
  for (const family of NAMES) {
    now = NOON;
    const before = on(catalog.cab(FIXED[family].cabs.kib8).date);
    const ids = idsOf(catalog, family).sort();
    now = new Date("2026-03-15T12:00:00Z");
    assert.equal(before, "2026-03-14");
    assert.equal(on(catalog.cab(FIXED[family].cabs.kib8).date), "2026-03-15");
    assert.deepEqual(idsOf(catalog, family).sort(), ids);
  }
});

test("no id twice in any family, none in the future, newest first, 90 days back", () => {
  const catalog = catalogAt(NOON);
  const ids = NAMES.flatMap((family) => idsOf(catalog, family));
  assert.ok(ids.length > 50_000, String(ids.length));
  assert.equal(new Set(ids).size, ids.length);
  for (const family of NAMES) {
    const all = catalog.occurrences(family);
    assert.ok(all.every(({ date }, number) => number === 0 || all[number - 1].date >= date));
    assert.ok(all[0].date <= "2026-03-14 12:00:00");
    assert.ok(on(all.at(-1).date) >= "2025-12-15" && on(all.at(-1).date) < "2025-12-25");
  }
});

test("a catalog is as small as asked for", () => {
  for (const family of NAMES) {
    const fixed = catalogAt(NOON, { occurrences: 0 }).occurrences(family).length;
    assert.equal(catalogAt(NOON, { occurrences: 250 }).occurrences(family).length, fixed + 250);
  }
});

test("one failure of each family has more than 10,000 occurrences within the 30 days that a list covers by itself", () => {
  const catalog = catalogAt(NOON);
  for (const family of NAMES) {
    const huge = catalog.occurrencesOf(family, FIXED[family].failures.huge);
    assert.ok(huge.length > 10_000, `${family} ${huge.length}`);
    assert.ok(on(huge.at(-1).date) >= "2026-02-12");
    assert.ok(huge.every(({ applicationId }) => applicationId === (family === "driver" ? APPLICATION_ID : undefined)));
  }
});

test("few failures, drivers, markets and makers have most of what happens, and work days more than weekends", () => {
  const catalog = catalogAt(NOON);
  const partOfFirst = (rows, first, field) => {
    const counts = new Map();
    for (const row of rows) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    assert.ok(sorted.length > first, field);
    return sorted.slice(0, first).reduce((sum, count) => sum + count, 0) / rows.length;
  };
  for (const [family, oem, module] of [["ihvdriver", "oemName", "driverName"], ["driver", "oemName", "driverName"], ["hardware", "modelFamily", "moduleName"]]) {
    const rows = catalog.occurrences(family);
    for (const [field, first] of [["failureHash", 10], ["market", 5], [module, 3], [oem, 2]]) {
      const part = partOfFirst(rows, first, field);
      assert.ok(part > 0.45 && part < 1, `${family} ${field} ${part}`);
    }
    const perDay = (weekend) => rows.filter(({ date }) => [0, 6].includes(new Date(on(date)).getUTCDay()) === weekend).length / (weekend ? 2 : 5);
    assert.ok(perDay(true) < perDay(false) * 0.7);
  }
});

test("the fixed failures hold what their description says", () => {
  const catalog = catalogAt(NOON);
  const bytes = new Map(catalog.cabs().map((cab) => [cab.cabIdHash, cab.bytes]));
  for (const { cabs } of Object.values(FIXED)) {
    const sizes = { kib8: 8_192, kib64: 65_000, mib1: 1_062_630, mib16: 16_777_216, mib256: 268_435_456 };
    for (const [name, size] of Object.entries(sizes)) if (cabs[name]) assert.equal(bytes.get(cabs[name]), size, name);
  }
  const count = (family, failure) => catalog.occurrencesOf(family, FIXED[family].failures[failure]).length;
  for (const family of NAMES) assert.equal(count(family, "everySize"), Object.keys(FIXED[family].cabs).length);
  assert.equal(count("ihvdriver", "manySmall"), 120);
  assert.equal(count("ihvdriver", "manyLarge"), 24);
  assert.equal(count("ihvdriver", "manyTiny"), 60);
  assert.equal(count("driver", "manyTiny"), 120);
  assert.equal(count("hardware", "manyTiny"), 60);
});

test("CABs past their expiration: one fixed CAB per family, and what a family's short life of CABs brings, at any hour", () => {
  for (const now of ["2026-03-14T00:00:01Z", "2026-03-14T23:59:59Z"]) {
    const catalog = catalogAt(new Date(now));
    for (const family of NAMES) {
      const expired = catalog.occurrences(family).filter((occurrence) => catalog.isExpired(occurrence));
      const fixed = FIXED[family].cabs.expired;
      assert.ok(expired.some(({ cabIdHash }) => cabIdHash === fixed));
      if (family === "driver") assert.ok(expired.every(({ cabIdHash, date }) => cabIdHash === fixed || on(date) <= "2026-02-12"));
      else assert.deepEqual(expired.map(({ cabIdHash }) => cabIdHash), [fixed]);
    }
  }
});

test("a CAB is found in its own family only, when one is named", () => {
  const catalog = catalogAt(NOON);
  assert.equal(catalog.cab(DRIVER_CABS.kib8, "hardware"), undefined);
  assert.equal(catalog.cab(DRIVER_CABS.kib8).cabIdHash, DRIVER_CABS.kib8);
  const [one] = catalog.occurrencesOf("hardware", HARDWARE_FAILURES.huge);
  assert.equal(catalog.cab(one.cabIdHash), one);
  assert.equal(catalog.cab(UNKNOWN_CAB), undefined);
});
