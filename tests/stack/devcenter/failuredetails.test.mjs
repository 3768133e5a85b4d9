import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { CABS, FAILURES, UNKNOWN_CAB } from "../known.mjs";
import { describedFields, startApi } from "./api-for-tests.mjs";

const METHOD = "ihvdriver/failuredetails";
const NOW = new Date("2026-03-14T12:00:00Z");
const MANY = { failureHash: FAILURES.manySmall };

let api;
before(async () => {
  api = await startApi({ catalog: { now: () => NOW } });
});
after(() => api?.close());
afterEach(() => api.control.reset());

test("without dates the last 30 days are covered, CAB ids included", async () => {
  const { status, body } = await api.ask(METHOD, { failureHash: FAILURES.everySize });
  assert.equal(status, 200);
  assert.deepEqual(body.Value.map(({ cabIdHash }) => cabIdHash).sort(), Object.values(CABS).sort());
  assert.equal(body.TotalCount, Object.keys(CABS).length);
  assert.equal(body["@nextLink"], null);
});

test("rows carry the documented fields; some lack those that the documented example lacks", async () => {
  const { body } = await api.ask(METHOD, MANY);
  const always = ["architecture", "cabExpirationTime", "cabIdHash", "cabType", "clientDeviceId", "date", "deviceType", "driverName",
    "driverVersion", "failureHash", "failureName", "market", "oemModel", "oemName", "osName", "osVersion", "sellerId"];
  const shapes = new Set(body.Value.map((row) => Object.keys(row).sort().join()));
  assert.deepEqual(shapes, new Set([always.join(), [...always, "eventType", "flightRing", "symbol"].sort().join()]));
  for (const row of body.Value) {
    assert.match(row.date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.match(row.cabExpirationTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(row.clientDeviceId, null);
  }
});

test("dates, filter and orderby narrow and sort", async () => {
  const { body } = await api.ask(METHOD, {
    ...MANY,
    startDate: "2026-02-20",
    endDate: "2026-03-05",
    filter: "market eq 'US' or market eq 'DE'",
    orderby: "date,market",
  });
  assert.ok(body.Value.length > 1);
  const dates = body.Value.map(({ date }) => date);
  assert.deepEqual(dates, [...dates].sort());
  assert.ok(dates[0] >= "2026-02-20" && dates.at(-1) < "2026-03-06");
  assert.ok(body.Value.every(({ market }) => ["US", "DE"].includes(market)));
});

test("next links lead through the whole list", async () => {
  const whole = (await api.ask(METHOD, MANY)).body.Value;
  const ids = [];
  let query = { ...MANY, top: 50 };
  for (;;) {
    const { body } = await api.ask(METHOD, query);
    ids.push(...body.Value.map(({ cabIdHash }) => cabIdHash));
    if (body["@nextLink"] === null) break;
    assert.match(body["@nextLink"], /^ihvdriver\/failuredetails\?failureHash=/);
    query = Object.fromEntries(new URLSearchParams(body["@nextLink"].split("?")[1]));
  }
  assert.deepEqual(ids, whole.map(({ cabIdHash }) => cabIdHash));
  assert.equal(ids.length, 120);
});

for (const clause of ["filter", "orderby"]) {
  test(`${clause} takes exactly the fields that openapi.yaml lists`, async () => {
    const listed = await describedFields(METHOD, clause);
    const every = ["date", "failureName", "failureHash", "symbol", "osVersion", "osName", "eventType", "market", "deviceType",
      "driverName", "driverVersion", "oemName", "oemModel", "flightRing", "architecture", "sellerId", "cabType",
      "cabExpirationTime", "cabIdHash", "clientDeviceId"];
    const taken = [];
    for (const field of every) {
      const query = { ...MANY, top: 1, [clause]: clause === "filter" ? `${field} eq 'x'` : field };
      if ((await api.ask(METHOD, query)).status === 200) taken.push(field);
    }
    assert.deepEqual(taken.sort(), listed.sort());
  });
}

test("failureHash is required; an unknown one is an empty list", async () => {
  const missing = await api.ask(METHOD);
  assert.equal(missing.status, 400);
  assert.deepEqual(missing.body.innererror.data, ["failureHash parameter is required"]);
  const unknown = await api.ask(METHOD, { failureHash: UNKNOWN_CAB });
  assert.deepEqual(unknown.body, { Value: [], "@nextLink": null, TotalCount: 0 });
});
