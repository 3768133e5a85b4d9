import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { APPLICATION_ID, DRIVER_FAILURES, FAILURES, HARDWARE_FAILURES, OTHER_APPLICATION_ID } from "../known.mjs";
import { describedFields, startApi } from "./api-for-tests.mjs";

const METHOD = "ihvdriver/failurehits";
/** A Saturday, so that its week began six days before. */
const NOW = new Date("2026-03-14T12:00:00Z");
const ALL = { startDate: "2/1/2026", endDate: "3/14/2026" };

let api;
before(async () => {
  api = await startApi({ catalog: { now: () => NOW } });
});
after(() => api?.close());
afterEach(() => api.control.reset());

test("without dates the list covers today alone", async () => {
  const { status, body } = await api.ask(METHOD);
  assert.equal(status, 200);
  assert.ok(body.Value.length > 0);
  assert.deepEqual(new Set(body.Value.map(({ date }) => date)), new Set(["2026-03-14"]));
  assert.ok(body.Value.some(({ failureHash }) => failureHash === FAILURES.everySize));
});

test("a row has the documented fields, and counts stand as 1.0", async () => {
  const { body, text } = await api.ask(METHOD, { ...ALL, top: 1 });
  assert.deepEqual(Object.keys(body.Value[0]).sort(), [
    "architecture", "date", "deviceCount", "deviceType", "driverName", "driverVersion", "eventCount", "eventType",
    "failureHash", "failureName", "flightRing", "market", "oemModel", "oemName", "osName", "osVersion", "sellerId", "symbol",
  ]);
  assert.match(text, /"deviceCount":\d+\.0,"eventCount":\d+\.0/);
});

test("no event is counted twice or lost, at any level", async () => {
  const sums = [];
  for (const aggregationLevel of ["day", "week", "month"]) {
    const { body } = await api.ask(METHOD, { ...ALL, aggregationLevel, groupby: "market" });
    sums.push(body.Value.reduce((sum, { eventCount }) => sum + eventCount, 0));
    assert.equal(body.TotalCount, body.Value.length);
  }
  const [first] = sums;
  assert.ok(first > 10_000);
  assert.deepEqual(sums, [first, first, first]);
});

test("weeks begin on Sunday and months on the first", async () => {
  const week = await api.ask(METHOD, { aggregationLevel: "week" });
  assert.ok(week.body.Value.every(({ date }) => date === "2026-03-08"));
  const month = await api.ask(METHOD, { aggregationLevel: "month" });
  assert.ok(month.body.Value.every(({ date }) => date === "2026-03-01"));
});

test("groupby leaves the named fields, the date and the count", async () => {
  const { body } = await api.ask(METHOD, { ...ALL, groupby: "failureName,market" });
  for (const row of body.Value) assert.deepEqual(Object.keys(row).sort(), ["date", "eventCount", "failureName", "market"]);
  const keys = body.Value.map(({ date, failureName, market }) => `${date} ${failureName} ${market}`);
  assert.equal(new Set(keys).size, keys.length);
});

test("filter and orderby do what they say", async () => {
  const { body } = await api.ask(METHOD, {
    ...ALL,
    filter: "market eq 'US' and driverName ne 'fastboot.sys'",
    orderby: "osName desc,date",
  });
  assert.ok(body.Value.length > 1);
  for (const { market, driverName } of body.Value) {
    assert.equal(market, "US");
    assert.notEqual(driverName, "fastboot.sys");
  }
  const keys = body.Value.map(({ osName, date }) => [osName, date]);
  const sorted = [...keys].sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : x > y ? 1 : 0) : a < b ? 1 : -1));
  assert.deepEqual(keys, sorted);
});

test("next links lead through the whole list, relative to the API's base, and end with null", async () => {
  const whole = (await api.ask(METHOD, { ...ALL, filter: `failureHash eq '${FAILURES.manySmall}'` })).body;
  let path = METHOD;
  let query = { ...ALL, filter: `failureHash eq '${FAILURES.manySmall}'`, top: 50 };
  const rows = [];
  for (;;) {
    const { body } = await api.ask(path, query);
    rows.push(...body.Value);
    assert.equal(body.TotalCount, whole.TotalCount);
    if (body["@nextLink"] === null) break;
    assert.match(body["@nextLink"], /^ihvdriver\/failurehits\?aggregationLevel=day&startDate=2026\/02\/01&endDate=2026\/03\/14&filter=failureHash eq '[-0-9a-f]+'&top=50&skip=\d+$/);
    const [next, search] = body["@nextLink"].split("?");
    path = next;
    query = Object.fromEntries(new URLSearchParams(search));
  }
  assert.ok(rows.length > 100);
  assert.deepEqual(rows, whole.Value);
});

test("a next link repeats filter, groupby and orderby, unencoded", async () => {
  const { body } = await api.ask(METHOD, { ...ALL, top: 1, filter: "market eq 'US'", groupby: "market", orderby: "date desc" });
  assert.match(body["@nextLink"], /&filter=market eq 'US'&groupby=market&orderby=date desc&top=1&skip=1$/);
});

test("a skip beyond every list, however long its number, is an empty slice", async () => {
  const { body } = await api.ask(METHOD, { ...ALL, groupby: "market", skip: "76428059970117451776" });
  assert.deepEqual([body.Value, body["@nextLink"], body.TotalCount > 0], [[], null, true]);
});

test("nothing in the range is an empty list", async () => {
  const { body } = await api.ask(METHOD, { startDate: "1/1/2015", endDate: "8/31/2015" });
  assert.deepEqual(body, { Value: [], "@nextLink": null, TotalCount: 0 });
});

const SIBLINGS = [
  ["driver/failurehits", { applicationId: APPLICATION_ID }, DRIVER_FAILURES],
  ["hardware/failurehits", {}, HARDWARE_FAILURES],
];
const ROWS = {
  "driver/failurehits": {
    whole: ["applicationId", "architecture", "date", "deviceCount", "deviceType", "driverName", "driverVersion", "eventCount",
      "eventType", "failureHash", "failureName", "flightRing", "market", "oemModel", "oemName", "osName", "osVersion",
      "submissionId", "symbol"],
    grouped: ["applicationId", "date", "eventCount", "market"],
  },
  "hardware/failurehits": {
    whole: ["architecture", "baseboard", "date", "deviceType", "eventCount", "eventType", "failureHash", "failureName", "flightRing",
      "market", "mode", "model", "modelFamily", "moduleName", "moduleVersion", "osVersion", "sellerId", "symbol"],
    grouped: ["date", "eventCount", "market"],
  },
};
for (const [method, product, failures] of SIBLINGS) {
  test(`${method}: its own fields, whole and grouped`, async () => {
    const whole = await api.ask(method, { ...product, ...ALL, top: 1 });
    assert.deepEqual(Object.keys(whole.body.Value[0]).sort(), ROWS[method].whole);
    assert.match(whole.text, /"eventCount":\d+\.0/);
    const { body } = await api.ask(method, { ...product, ...ALL, groupby: "market" });
    assert.deepEqual(new Set(body.Value.flatMap((row) => Object.keys(row))), new Set(ROWS[method].grouped));
  });

  test(`${method}: without dates today alone, and as many events by day, week and month`, async () => {
    const today = (await api.ask(method, product)).body.Value;
    assert.ok(today.some(({ failureHash }) => failureHash === failures.everySize));
    assert.deepEqual(new Set(today.map(({ date }) => date)), new Set(["2026-03-14"]));
    const sums = [];
    for (const aggregationLevel of ["day", "week", "month"]) {
      const { body } = await api.ask(method, { ...product, ...ALL, aggregationLevel, groupby: "failureHash", filter: `failureHash eq '${failures.huge}'` });
      sums.push(body.Value.reduce((sum, { eventCount }) => sum + eventCount, 0));
    }
    assert.ok(sums[0] > 10_000);
    assert.deepEqual(sums, [sums[0], sums[0], sums[0]]);
  });

  test(`${method}: a next link keeps what the method needs`, async () => {
    const { body } = await api.ask(method, { ...product, ...ALL, top: 2, orderby: "date desc" });
    const [path, search] = body["@nextLink"].split("?");
    assert.equal(path, method);
    const next = await api.ask(path, Object.fromEntries(new URLSearchParams(search)));
    const four = await api.ask(method, { ...product, ...ALL, top: 4, orderby: "date desc" });
    assert.deepEqual([...body.Value, ...next.body.Value], four.body.Value);
  });
}

test("driver/failurehits wants a product; each has its own rows, and an unknown one none", async () => {
  const missing = await api.ask("driver/failurehits", ALL);
  assert.deepEqual([missing.status, missing.body.innererror.data], [400, ["applicationId parameter is required"]]);
  for (const [applicationId, some] of [[APPLICATION_ID, true], [OTHER_APPLICATION_ID, true], ["1", false]]) {
    const { body } = await api.ask("driver/failurehits", { ...ALL, applicationId });
    assert.equal(body.TotalCount > 0, some);
    assert.ok(body.Value.every((row) => row.applicationId === applicationId));
  }
  const { body } = await api.ask("hardware/failurehits", { applicationId: "1" });
  assert.deepEqual(body.innererror.data, ["applicationId parameter is not known"]);
});

const EVERY_FIELD = ["date", "submissionId", "failureName", "failureHash", "symbol", "osVersion", "osName", "eventType", "market",
  "deviceType", "driverName", "driverVersion", "oemName", "oemModel", "flightRing", "architecture", "sellerId", "applicationId",
  "eventCount", "cabType", "moduleName", "moduleVersion", "mode", "model", "baseboard", "modelFamily", "osBuild"];
for (const [method, product] of [[METHOD, {}], ...SIBLINGS]) {
  for (const clause of ["filter", "orderby", "groupby"]) {
    test(`${clause} of ${method} takes exactly the fields that openapi.yaml lists`, async () => {
      const listed = await describedFields(method, clause);
      const taken = [];
      for (const field of EVERY_FIELD) {
        const { status, body } = await api.ask(method, { ...product, top: 1, [clause]: clause === "filter" ? `${field} eq 'x'` : field });
        if (status === 200) taken.push(field);
        else assert.deepEqual([status, body.innererror.data], [400, [`${clause} parameter cannot use the field ${field}`]]);
      }
      assert.deepEqual(taken.sort(), listed.sort());
    });
  }
}

test("a page that is too long is the documented error, word for word", async () => {
  const { status, body } = await api.ask(METHOD, { top: 10_001 });
  assert.equal(status, 400);
  assert.deepEqual(body, {
    code: "BadRequest",
    data: [],
    details: [],
    innererror: {
      code: "InvalidQueryParameters",
      data: ["top parameter cannot be more than 10000"],
      details: [],
      message: "One or More Query Parameters has invalid values.",
      source: "AnalyticsAPI",
    },
    message: "The calling client sent a bad request to the service.",
    source: "AnalyticsAPI",
  });
});

const refused = [
  [{ top: "0" }, "top parameter cannot be less than 1"],
  [{ top: "ten" }, "top parameter is not a whole number"],
  [{ skip: "-1" }, "skip parameter cannot be less than 0"],
  [{ startDate: "yesterday" }, "startDate parameter is not a valid date"],
  [{ aggregationLevel: "year" }, "aggregationLevel parameter must be one of day, week, month"],
  [{ orderby: "date up" }, "orderby parameter takes asc or desc after a field"],
  [{ ticket: "x" }, "ticket parameter is not known"],
];
for (const [query, sentence] of refused) {
  test(`refused: ${JSON.stringify(query)}`, async () => {
    const { status, body } = await api.ask(METHOD, query);
    assert.equal(status, 400);
    assert.deepEqual(body.innererror.data, [sentence]);
  });
}
