import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, afterEach, before, test } from "node:test";

import { APPLICATION_ID, CABS, DRIVER_CABS, DRIVER_FAILURES, HARDWARE_CABS, HARDWARE_FAILURES, OTHER_APPLICATION_ID, UNKNOWN_CAB } from "../known.mjs";
import { startApi } from "./api-for-tests.mjs";

const METHOD = "ihvdriver/cabdownload";

let api;
before(async () => {
  api = await startApi();
});
after(() => api?.close());
afterEach(() => api.control.reset());

for (const name of ["kib8", "kib64", "mib1", "mib16", "unusualId"]) {
  test(`302 to an address that gives the CAB, byte for byte: ${name}`, async () => {
    const { status, headers, text } = await api.ask(METHOD, { cabIdHash: CABS[name] });
    assert.equal(status, 302);
    assert.equal(text, "");
    const location = new URL(headers.get("location"));
    assert.equal(location.origin, api.urls.storage);
    assert.equal(location.pathname, `/devstoreaccount1/cabs/${CABS[name]}.cab`);
    const file = Buffer.from(await (await fetch(location)).arrayBuffer());
    const { cabs } = await api.control.look();
    const { bytes, sha256 } = cabs.find(({ cabIdHash }) => cabIdHash === CABS[name]);
    assert.equal(file.length, bytes);
    assert.equal(createHash("sha256").update(file).digest("hex"), sha256);
  });
}

const SIBLINGS = [
  ["driver/cabdownload", { applicationId: APPLICATION_ID }, DRIVER_CABS, DRIVER_FAILURES],
  ["hardware/cabdownload", {}, HARDWARE_CABS, HARDWARE_FAILURES],
];
for (const [method, product, cabs, failures] of SIBLINGS) {
  test(`${method} leads to its own CABs, any of tens of thousands`, async () => {
    const list = method.replace("cabdownload", "failuredetails");
    const { body } = await api.ask(list, { ...product, failureHash: failures.huge, top: 1, skip: 9_999 });
    for (const cabIdHash of [cabs.kib8, cabs.kib64, body.Value[0].cabIdHash]) {
      const { status, headers } = await api.ask(method, { ...product, cabIdHash });
      assert.equal(status, 302);
      const file = Buffer.from(await (await fetch(headers.get("location"))).arrayBuffer());
      const { bytes, sha256 } = await api.control.cab(cabIdHash);
      assert.equal(file.length, bytes);
      assert.equal(createHash("sha256").update(file).digest("hex"), sha256);
    }
  });

  test(`${method}: unknown, expired and another family's CABs are 404`, async () => {
    for (const cabIdHash of [UNKNOWN_CAB, cabs.expired, CABS.kib8]) {
      assert.equal((await api.ask(method, { ...product, cabIdHash })).status, 404);
    }
    assert.equal((await api.ask(METHOD, { cabIdHash: cabs.kib8 })).status, 404);
  });
}

test("driver/cabdownload wants the product, and the right one; the others know no such parameter", async () => {
  const { kib8: cabIdHash } = DRIVER_CABS;
  const missing = await api.ask("driver/cabdownload", { cabIdHash });
  assert.deepEqual(missing.body.innererror.data, ["applicationId parameter is required"]);
  assert.equal((await api.ask("driver/cabdownload", { cabIdHash, applicationId: OTHER_APPLICATION_ID })).status, 404);
  for (const method of [METHOD, "hardware/cabdownload"]) {
    const { body } = await api.ask(method, { cabIdHash: CABS.kib8, applicationId: APPLICATION_ID });
    assert.deepEqual(body.innererror.data, ["applicationId parameter is not known"]);
  }
});

test("an unknown and an expired CAB are 404 in the documented body", async () => {
  for (const cabIdHash of [UNKNOWN_CAB, CABS.expired, "a&b=c", "../x"]) {
    const { status, body } = await api.ask(METHOD, { cabIdHash });
    assert.equal(status, 404);
    assert.equal(body.code, "NotFound");
    assert.equal(body.source, "AnalyticsAPI");
  }
});

test("cabIdHash is required, and nothing else is taken", async () => {
  assert.deepEqual((await api.ask(METHOD)).body.innererror.data, ["cabIdHash parameter is required"]);
  assert.deepEqual((await api.ask(METHOD, { cabIdHash: "" })).body.innererror.data, ["cabIdHash parameter is required"]);
  const { body } = await api.ask(METHOD, { cabIdHash: CABS.kib8, ticket: "1" });
  assert.deepEqual(body.innererror.data, ["ticket parameter is not known"]);
});

test("sasSeconds sets the life of the address; a negative one is expired at once", async () => {
  await api.control.set({ sasSeconds: 120 });
  const asked = Date.now();
  const address = new URL((await api.ask(METHOD, { cabIdHash: CABS.kib8 })).headers.get("location"));
  const life = Date.parse(address.searchParams.get("se")) - asked;
  assert.ok(life > 110_000 && life < 130_000, String(life));
  await api.control.set({ sasSeconds: -60 });
  const expired = (await api.ask(METHOD, { cabIdHash: CABS.kib8 })).headers.get("location");
  assert.equal((await fetch(expired)).status, 403);
});

test("sasWrongSignature gives an address that storage refuses", async () => {
  await api.control.set({ sasWrongSignature: true });
  const location = (await api.ask(METHOD, { cabIdHash: CABS.kib8 })).headers.get("location");
  const refused = await fetch(location);
  assert.equal(refused.status, 403);
  // Azure's code is AuthenticationFailed; Azurite has one of its own.
  assert.match(await refused.text(), /<Code>Auth\w+<\/Code>/);
});

test("a deleted blob is known to the endpoint and missing in storage, until it is restored", async () => {
  await api.control.deleteBlob(CABS.kib64);
  const location = (await api.ask(METHOD, { cabIdHash: CABS.kib64 })).headers.get("location");
  const missing = await fetch(location);
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /<Code>BlobNotFound<\/Code>/);
  const other = (await api.ask(METHOD, { cabIdHash: CABS.kib8 })).headers.get("location");
  assert.equal((await fetch(other)).status, 200);
  await api.control.restoreBlob(CABS.kib64);
  assert.equal((await fetch(location)).status, 200);
});

test("a fault can send the file itself instead of leading to it", async () => {
  await api.control.fault({ at: "cabdownload", serveFile: true, contentType: "application/vnd.ms-cab-compressed", times: 1 });
  const url = `${api.urls.devcenter}/v1.0/my/analytics/${METHOD}?cabIdHash=${CABS.kib64}`;
  const response = await fetch(url, { redirect: "manual" });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("content-type"), "application/vnd.ms-cab-compressed");
  assert.equal(Buffer.from(await response.arrayBuffer()).subarray(0, 4).toString(), "MSCF");
});
