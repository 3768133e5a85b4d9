import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, afterEach, before, test } from "node:test";

import { APPLICATION_ID, DRIVER_CABS, DRIVER_FAILURES, OTHER_APPLICATION_ID, UNKNOWN_CAB } from "../known.mjs";
import { startApi } from "./api-for-tests.mjs";

const METHOD = "driver/cabdownloadbatch";
const NOW = new Date("2026-03-14T12:00:00Z");
const MANY = { applicationId: APPLICATION_ID, failureHash: DRIVER_FAILURES.manyTiny };
const EVERY_SIZE = { applicationId: APPLICATION_ID, failureHash: DRIVER_FAILURES.everySize };

let api;
before(async () => {
  api = await startApi({ catalog: { now: () => NOW } });
});
after(() => api?.close());
afterEach(() => api.control.reset());

test("200 with a row for each CAB that is still there, as in the documented example", async () => {
  const { status, headers, body } = await api.ask(METHOD, EVERY_SIZE);
  assert.equal(status, 200);
  assert.match(headers.get("content-type"), /^application\/json/);
  assert.deepEqual(Object.keys(body), ["Value"]);
  const { expired, ...there } = DRIVER_CABS;
  assert.deepEqual(body.Value.map(({ cabIdHash }) => cabIdHash).sort(), Object.values(there).sort());
  for (const row of body.Value) {
    assert.deepEqual(Object.keys(row), ["applicationId", "submissionId", "failureHash", "cabIdHash", "cabUrl", "date", "cabExpirationTime"]);
    const url = new URL(row.cabUrl);
    assert.equal(url.origin, api.urls.storage);
    assert.equal(url.pathname, `/devstoreaccount1/kernel-20260314/${row.cabIdHash}.ext.zip`);
    assert.equal(url.searchParams.get("sp"), "r");
  }
});

test("each address gives its CAB, byte for byte, though no blob was there before", async () => {
  const { body } = await api.ask(METHOD, EVERY_SIZE);
  const few = await api.ask(METHOD, { ...MANY, top: 3, skip: 50 });
  for (const { cabIdHash, cabUrl } of [...body.Value, ...few.body.Value]) {
    const file = Buffer.from(await (await fetch(cabUrl)).arrayBuffer());
    const { bytes, sha256 } = await api.control.cab(cabIdHash);
    assert.equal(file.length, bytes);
    assert.equal(createHash("sha256").update(file).digest("hex"), sha256);
  }
});

test("no more than 100 rows at once; a next link leads on, the last slice is Value alone", async () => {
  const first = (await api.ask(METHOD, MANY)).body;
  assert.deepEqual([first.Value.length, first.TotalCount], [100, 120]);
  const link = `${METHOD}?applicationId=${APPLICATION_ID}&failureHash=${MANY.failureHash}&startDate=2026/02/12&endDate=2026/03/14&top=100&skip=100`;
  assert.equal(first["@nextLink"], link);
  const last = (await api.ask(METHOD, Object.fromEntries(new URLSearchParams(link.split("?")[1])))).body;
  assert.deepEqual([Object.keys(last), last.Value.length], [["Value"], 20]);
  const details = (await api.ask("driver/failuredetails", MANY)).body.Value;
  assert.deepEqual([...first.Value, ...last.Value].map(({ cabIdHash }) => cabIdHash), details.map(({ cabIdHash }) => cabIdHash));
});

test("dates narrow it down; another product and an unknown failure have nothing", async () => {
  const { body } = await api.ask(METHOD, { ...MANY, startDate: "2026-03-01", endDate: "3/7/2026" });
  assert.ok(body.Value.length > 0);
  assert.ok(body.Value.every(({ date }) => date >= "2026-03-01" && date < "2026-03-08"));
  for (const query of [{ ...MANY, applicationId: OTHER_APPLICATION_ID }, { ...MANY, failureHash: UNKNOWN_CAB }]) {
    assert.deepEqual((await api.ask(METHOD, query)).body, { Value: [] });
  }
});

const refused = [
  [{ failureHash: MANY.failureHash }, "applicationId parameter is required"],
  [{ applicationId: APPLICATION_ID }, "failureHash parameter is required"],
  [{ ...MANY, top: 101 }, "top parameter cannot be more than 100"],
  [{ ...MANY, top: 0 }, "top parameter cannot be less than 1"],
  [{ ...MANY, skip: -1 }, "skip parameter cannot be less than 0"],
  [{ ...MANY, startDate: "soon" }, "startDate parameter is not a valid date"],
  [{ ...MANY, filter: "market eq 'US'" }, "filter parameter is not known"],
  [{ ...MANY, orderby: "date" }, "orderby parameter is not known"],
];
for (const [query, sentence] of refused) {
  test(`refused: ${sentence}`, async () => {
    const { status, body } = await api.ask(METHOD, query);
    assert.equal(status, 400);
    assert.deepEqual(body.innererror.data, [sentence]);
  });
}

test("only drivers have it", async () => {
  for (const family of ["ihvdriver", "hardware"]) {
    assert.equal((await api.ask(`${family}/cabdownloadbatch`, { failureHash: MANY.failureHash })).status, 404);
  }
});

test("the settings of SAS addresses, deleted blobs and faults work here, too", async () => {
  const first = async () => (await api.ask(METHOD, { ...MANY, top: 1 })).body.Value[0];
  await api.control.set({ sasSeconds: -60 });
  assert.equal((await fetch((await first()).cabUrl)).status, 403);
  await api.control.set({ sasSeconds: 3600, sasWrongSignature: true });
  assert.equal((await fetch((await first()).cabUrl)).status, 403);
  await api.control.set({ sasWrongSignature: false });
  const { cabIdHash, cabUrl } = await first();
  assert.equal((await fetch(cabUrl)).status, 200);
  await api.control.deleteBlob(cabIdHash);
  assert.equal((await fetch(cabUrl)).status, 404);
  await api.control.restoreBlob(cabIdHash);
  assert.equal((await fetch(cabUrl)).status, 200);
  await api.control.fault({ at: "storage", status: 503, cabIdHash, times: 1 });
  assert.equal((await fetch(cabUrl)).status, 503);
  await api.control.fault({ at: "cabdownloadbatch", status: 429, times: 1 });
  assert.equal((await api.ask(METHOD, MANY)).status, 429);
  await api.control.fault({ at: "cabdownload", status: 500 });
  assert.equal((await api.ask(METHOD, MANY)).status, 200);
});

test("every signature handed out is known to those who search for leaks", async () => {
  const { body } = await api.ask(METHOD, { ...MANY, top: 5 });
  const { signatures } = await api.control.secrets();
  for (const { cabUrl } of body.Value) assert.ok(signatures.includes(new URL(cabUrl).searchParams.get("sig")));
  assert.ok(!JSON.stringify((await api.control.look()).requests).includes("sig="));
});
