import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { CABS, DRIVER_CABS, FAILURES, HARDWARE_CABS, UNKNOWN_CAB } from "../known.mjs";
import { startTestStack } from "../stack-for-tests.mjs";
import { defaultSettings } from "./settings.mjs";

let stack;
before(async () => {
  stack = await startTestStack();
});
after(() => stack?.close());
afterEach(() => stack.control.reset());

test("a look shows settings, faults, CABs and requests", async () => {
  const seen = await stack.control.look();
  assert.deepEqual(seen.settings, defaultSettings());
  assert.deepEqual(seen.faults, []);
  assert.deepEqual(seen.requests, []);
  const small = seen.cabs.find(({ cabIdHash }) => cabIdHash === CABS.kib8);
  assert.equal(small.failureHash, FAILURES.everySize);
  assert.equal(small.bytes, 8192);
  assert.match(small.sha256, /^[0-9a-f]{64}$/);
  const expired = [CABS, DRIVER_CABS, HARDWARE_CABS].map((cabs) => cabs.expired);
  assert.deepEqual(seen.cabs.filter((cab) => cab.expired).map(({ cabIdHash }) => cabIdHash), expired);
});

test("any CAB can be looked up by its id", async () => {
  const cab = await stack.control.cab(DRIVER_CABS.kib8);
  assert.deepEqual([cab.family, cab.cabIdHash, cab.bytes, cab.expired], ["driver", DRIVER_CABS.kib8, 8192, false]);
  await assert.rejects(stack.control.cab(UNKNOWN_CAB), /No list contains this CAB/);
});

test("since leaves out what was seen before", async () => {
  await fetch(`${stack.urls.portal}/config.json`);
  const [first] = (await stack.control.look()).requests;
  await fetch(`${stack.urls.portal}/config.json?again`);
  const { requests } = await stack.control.look({ since: first.seq });
  assert.deepEqual(requests.map(({ path }) => path), ["/config.json?again"]);
  assert.equal(requests[0].at, "portal");
  assert.equal(requests[0].status, 200);
  assert.equal(requests[0].aborted, false);
});

test("reset brings every default back", async () => {
  await stack.control.change({
    settings: { cors: "*", latencyMs: { storage: 1 }, portalConfig: { endpoint: "/x/" } },
    fault: { at: "relay", status: 500 },
    deleteBlob: { cabIdHash: CABS.kib8 },
  });
  const changed = await stack.control.look();
  assert.equal(changed.settings.cors, "*");
  assert.deepEqual(changed.settings.latencyMs, { devcenter: 0, storage: 1 });
  assert.equal(changed.faults.length, 1);
  await stack.control.reset();
  const seen = await stack.control.look();
  assert.deepEqual(seen.settings, defaultSettings());
  assert.deepEqual(seen.faults, []);
});

const refused = [
  [[], /must be a JSON object/],
  [{ unknown: 1 }, /no key "unknown"/],
  [{ reset: "yes" }, /reset must be true/],
  [{ release: 1 }, /release must be true/],
  [{ settings: { speed: 1 } }, /no setting "speed"/],
  [{ settings: { accessTokenSeconds: 0 } }, /accessTokenSeconds must be a whole number from 1/],
  [{ settings: { cors: "http://localhost:1" } }, /cors must be false/],
  [{ settings: { cors: ["http://localhost:1/"] } }, /cors must be false/],
  [{ settings: { storageCors: "null" } }, /storageCors must be false/],
  [{ settings: { storageDisposition: "a\nb" } }, /storageDisposition must be null or a text without line breaks/],
  [{ settings: { autoLogin: "dave" } }, /autoLogin must be null or one of alice, bob, carol/],
  [{ settings: { storageBytesPerSecond: 0 } }, /storageBytesPerSecond must be null or/],
  [{ settings: { latencyMs: { portal: 1 } } }, /latencyMs must be/],
  [{ settings: { portalCsp: "a\nb" } }, /portalCsp must be null or a text without line breaks/],
  [{ settings: { portalConfig: [] } }, /portalConfig must be null or an object/],
  [{ settings: 1 }, /settings must be an object/],
  [{ fault: { at: "moon" } }, /at must be one of/],
  [{ deleteBlob: CABS.kib8 }, /deleteBlob must be an object with cabIdHash/],
  [{ restoreBlob: { cabIdHash: UNKNOWN_CAB } }, /No list contains/],
];
for (const [body, sentence] of refused) {
  test(`refused with a sentence: ${JSON.stringify(body)}`, () => assert.rejects(stack.control.change(body), sentence));
}

test("a refused request changes nothing", async () => {
  await assert.rejects(stack.control.change({ settings: { cors: "*" }, fault: { at: "moon" } }));
  assert.equal((await stack.control.look()).settings.cors, false);
});

test("no web page gets in", async () => {
  const address = `${stack.urls.control}/control`;
  const fromPage = await fetch(address, { headers: { origin: stack.urls.portal } });
  assert.equal(fromPage.status, 403);
  const asForm = await fetch(address, { method: "POST", headers: { "content-type": "text/plain" }, body: '{"reset":true}' });
  assert.equal(asForm.status, 400);
  assert.equal(fromPage.headers.get("access-control-allow-origin"), null);
});

test("an unknown path or parameter is refused", async () => {
  assert.equal((await fetch(`${stack.urls.control}/`)).status, 404);
  assert.equal((await fetch(`${stack.urls.control}/control?secret=1`)).status, 400);
  assert.equal((await fetch(`${stack.urls.control}/control`, { method: "DELETE" })).status, 405);
});

/** Looks until the fault has been met so often: its count tells that a request has arrived. */
async function met(times) {
  while ((await stack.control.look()).faults[0].hits < times);
}

test("a fault that holds lets go when it is released, and holds nothing more", { timeout: 30_000 }, async () => {
  const ask = () => fetch(`${stack.urls.portal}/devcenter/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`);
  await stack.control.fault({ at: "relay", hold: true, status: 418 });
  let answered = 0;
  const held = [ask(), ask()].map((answer) => answer.finally(() => (answered += 1)));
  await met(2);
  const { requests } = await stack.control.look();
  assert.deepEqual(requests.map(({ at, status }) => [at, status]), [["portal", null], ["portal", null]]);
  assert.equal(answered, 0);
  const { faults } = await stack.control.release();
  assert.deepEqual(faults, []);
  assert.deepEqual((await Promise.all(held)).map(({ status }) => status), [418, 418]);
  assert.equal((await ask()).status, 401);
});

test("release leaves other faults alone, and is no trouble when nothing is held", async () => {
  await stack.control.fault({ at: "relay", status: 503 });
  assert.equal((await stack.control.release()).faults.length, 1);
});

test("what is held ends with a reset", { timeout: 30_000 }, async () => {
  await stack.control.fault({ at: "worker", hold: true });
  const held = assert.rejects(fetch(`${stack.urls.portal}/cablink/worker.js`));
  await met(1);
  await stack.control.reset();
  await held;
});
