import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import {
  APPLICATION_ID, CABS, DRIVER_CABS, DRIVER_FAILURES, FAILURES, HARDWARE_CABS, HARDWARE_FAILURES, OTHER_APPLICATION_ID, UNKNOWN_CAB,
} from "../known.mjs";
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

const SIBLINGS = [
  ["driver/failuredetails", { applicationId: APPLICATION_ID }, DRIVER_FAILURES, DRIVER_CABS],
  ["hardware/failuredetails", {}, HARDWARE_FAILURES, HARDWARE_CABS],
];
const SHAPES = {
  "driver/failuredetails": {
    always: ["applicationId", "architecture", "cabExpirationTime", "cabIdHash", "cabType", "clientDeviceId", "date", "deviceType",
      "driverName", "driverVersion", "failureHash", "failureName", "market", "oemModel", "oemName", "osName", "osVersion", "submissionId"],
    sometimes: ["eventType", "flightRing", "symbol"],
  },
  "hardware/failuredetails": {
    always: ["architecture", "baseboard", "cabExpirationTime", "cabIdHash", "cabType", "date", "deviceType", "failureHash",
      "failureName", "market", "mode", "model", "modelFamily", "moduleName", "moduleVersion", "osVersion", "sellerId"],
    sometimes: ["flightRing"],
  },
};
for (const [method, product, failures, cabs] of SIBLINGS) {
  test(`${method}: its own fields and CABs`, async () => {
    const { status, body } = await api.ask(method, { ...product, failureHash: failures.everySize });
    assert.equal(status, 200);
    assert.deepEqual(body.Value.map(({ cabIdHash }) => cabIdHash).sort(), Object.values(cabs).sort());
    const { always, sometimes } = SHAPES[method];
    const shapes = new Set(body.Value.map((row) => Object.keys(row).sort().join()));
    assert.deepEqual(shapes, new Set([[...always, ...sometimes].sort().join(), always.join()]));
  });

  test(`${method}: a list longer than a slice comes in two, and counts in TotalCount`, async () => {
    const query = { ...product, failureHash: failures.huge, orderby: "cabExpirationTime desc" };
    const first = (await api.ask(method, query)).body;
    assert.equal(first.Value.length, 10_000);
    assert.ok(first.TotalCount > 10_000);
    const [path, search] = first["@nextLink"].split("?");
    assert.equal(path, method);
    const last = (await api.ask(method, Object.fromEntries(new URLSearchParams(search)))).body;
    assert.equal(last.Value.length, first.TotalCount - 10_000);
    assert.equal(last["@nextLink"], null);
    const times = [...first.Value, ...last.Value].map(({ cabExpirationTime }) => cabExpirationTime);
    assert.ok(times.every((time, at) => at === 0 || times[at - 1] >= time));
    assert.equal(new Set([...first.Value, ...last.Value].map(({ cabIdHash }) => cabIdHash)).size, first.TotalCount);
  });
}

test("driver rows belong to one product, and may be found by the id of a CAB or a device", async () => {
  const query = { applicationId: APPLICATION_ID, failureHash: DRIVER_FAILURES.manyTiny };
  const { body } = await api.ask("driver/failuredetails", query);
  assert.equal(body.TotalCount, 120);
  assert.equal((await api.ask("driver/failuredetails", { ...query, applicationId: OTHER_APPLICATION_ID })).body.TotalCount, 0);
  const { cabIdHash } = body.Value[7];
  const one = await api.ask("driver/failuredetails", { ...query, filter: `cabIdHash eq '${cabIdHash}'` });
  assert.deepEqual(one.body.Value.map((row) => row.cabIdHash), [cabIdHash]);
  const { clientDeviceId } = body.Value.find((row) => row.clientDeviceId !== null);
  const device = await api.ask("driver/failuredetails", { ...query, filter: `clientDeviceId eq '${clientDeviceId}'` });
  assert.ok(device.body.Value.length > 0 && device.body.Value.every((row) => row.clientDeviceId === clientDeviceId));
});

test("hardware takes a filter by symbol and an order by osBuild, which no row has", async () => {
  const query = { failureHash: HARDWARE_FAILURES.manyTiny };
  const whole = (await api.ask("hardware/failuredetails", query)).body.Value;
  const ordered = (await api.ask("hardware/failuredetails", { ...query, orderby: "osBuild" })).body.Value;
  assert.deepEqual(ordered, whole);
  assert.equal((await api.ask("hardware/failuredetails", { ...query, filter: "symbol eq 'nothing'" })).body.TotalCount, 0);
});

const EVERY_FIELD = ["date", "submissionId", "failureName", "failureHash", "symbol", "osVersion", "osName", "eventType", "market",
  "deviceType", "driverName", "driverVersion", "oemName", "oemModel", "flightRing", "architecture", "sellerId", "applicationId",
  "cabType", "cabExpirationTime", "cabIdHash", "clientDeviceId", "moduleName", "moduleVersion", "mode", "model", "baseboard",
  "modelFamily", "packageVersion", "osBuild", "eventCount"];
for (const [method, query] of [[METHOD, MANY], ...SIBLINGS.map(([name, product, failures]) => [name, { ...product, failureHash: failures.manyTiny }])]) {
  for (const clause of ["filter", "orderby"]) {
    test(`${clause} of ${method} takes exactly the fields that openapi.yaml lists`, async () => {
      const listed = await describedFields(method, clause);
      const taken = [];
      for (const field of EVERY_FIELD) {
        const { status, body } = await api.ask(method, { ...query, top: 1, [clause]: clause === "filter" ? `${field} eq 'x'` : field });
        if (status === 200) taken.push(field);
        else assert.deepEqual([status, body.innererror.data], [400, [`${clause} parameter cannot use the field ${field}`]]);
      }
      assert.deepEqual(taken.sort(), listed.sort());
    });
  }
}

test("failureHash is required; an unknown one is an empty list", async () => {
  const missing = await api.ask(METHOD);
  assert.equal(missing.status, 400);
  assert.deepEqual(missing.body.innererror.data, ["failureHash parameter is required"]);
  const unknown = await api.ask(METHOD, { failureHash: UNKNOWN_CAB });
  assert.deepEqual(unknown.body, { Value: [], "@nextLink": null, TotalCount: 0 });
});
