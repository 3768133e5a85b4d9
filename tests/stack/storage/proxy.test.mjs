import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { CABS } from "../known.mjs";
import { startApi } from "../devcenter/api-for-tests.mjs";

let api;
before(async () => {
  api = await startApi();
});
after(() => api?.close());
afterEach(() => api.control.reset());

async function addressOf(cabIdHash) {
  return (await api.ask("ihvdriver/cabdownload", { cabIdHash })).headers.get("location");
}

async function storageRequests() {
  return (await api.control.look()).requests.filter(({ at }) => at === "storage");
}

test("a blob comes as Azure would serve it: typed, without Content-Disposition, without CORS", async () => {
  const types = { kib8: "application/octet-stream", kib64: "application/vnd.ms-cab-compressed" };
  for (const [name, type] of Object.entries(types)) {
    const response = await fetch(await addressOf(CABS[name]), { headers: { origin: "http://localhost:1" } });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(response.headers.get("content-disposition"), null);
    assert.equal(response.headers.get("access-control-allow-origin"), null);
    await response.body.cancel();
  }
});

test("with storageCors, it answers preflights and lets the named origins read, errors too", async () => {
  await api.control.set({ storageCors: ["http://localhost:1"] });
  const address = await addressOf(CABS.kib8);
  const ask = (url, origin, method = "GET") => fetch(url, { method, headers: { origin, "access-control-request-method": "GET" } });
  const preflight = await ask(address, "http://localhost:1", "OPTIONS");
  assert.equal(preflight.status, 200);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "http://localhost:1");
  assert.equal(preflight.headers.get("access-control-allow-methods"), "GET");
  assert.match(preflight.headers.get("access-control-allow-headers"), /authorization/);
  for (const [url, status] of [[address, 200], [address.replace("sig=", "sig=x"), 403]]) {
    const answer = await ask(url, "http://localhost:1");
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("access-control-allow-origin"), "http://localhost:1");
    assert.equal((await ask(url, "http://localhost:2")).headers.get("access-control-allow-origin"), null);
  }
  assert.ok((await ask(address, "http://localhost:2", "OPTIONS")).status >= 400);
  await api.control.set({ storageCors: "*" });
  assert.equal((await ask(address, "null")).headers.get("access-control-allow-origin"), "*");
});

test("with storageDisposition, files say it and errors do not", async () => {
  await api.control.set({ storageDisposition: "attachment" });
  const address = await addressOf(CABS.kib8);
  assert.equal((await fetch(address)).headers.get("content-disposition"), "attachment");
  assert.equal((await fetch(address.replace("sig=", "sig=x"))).headers.get("content-disposition"), null);
});

test("the log keeps headers and bytes, not the signature", async () => {
  const address = await addressOf(CABS.kib8);
  await (await fetch(address, { headers: { referer: "http://localhost:1/page?sig=secret", authorization: "Bearer x.y.z" } })).arrayBuffer();
  const [record] = await storageRequests();
  assert.equal(record.hasSas, true);
  assert.equal(record.status, 200);
  assert.equal(record.bytesSent, 8192);
  assert.equal(record.aborted, false);
  assert.equal(record.headers.authorization, "Bearer <redacted>");
  assert.equal(record.headers.referer, "http://localhost:1/page?");
  const signature = new URL(address).searchParams.get("sig");
  const log = JSON.stringify(await storageRequests());
  const { signatures } = await api.control.secrets();
  for (const secret of [signature, encodeURIComponent(signature)]) {
    assert.ok(signatures.includes(secret));
    assert.ok(!log.includes(secret));
  }
});

test("without a signature, or with one for another blob, nothing is served", async () => {
  const address = new URL(await addressOf(CABS.kib8));
  await addressOf(CABS.kib64);
  address.pathname = address.pathname.replace(CABS.kib8, CABS.kib64);
  assert.equal((await fetch(address)).status, 403);
  address.search = "";
  assert.ok([403, 404].includes((await fetch(address)).status));
});

test("a path that looks like another host goes nowhere else", async () => {
  const response = await fetch(`${api.urls.storage}//localhost:1/devstoreaccount1/cabs/x.cab`);
  assert.ok(response.status >= 400);
});

test("storage is only read", async () => {
  const response = await fetch(await addressOf(CABS.kib8), { method: "DELETE" });
  assert.equal(response.status, 405);
  assert.equal((await fetch(await addressOf(CABS.kib8))).status, 200);
});

test("a fault for one CAB comes as Azure's XML, and only for it", async () => {
  await api.control.fault({ at: "storage", status: 503, cabIdHash: CABS.kib8, times: 1 });
  assert.equal((await fetch(await addressOf(CABS.kib64))).status, 200);
  const busy = await fetch(await addressOf(CABS.kib8));
  assert.equal(busy.status, 503);
  assert.equal(busy.headers.get("content-type"), "application/xml");
  assert.match(await busy.text(), /<Code>ServerBusy<\/Code>/);
});

test("a throttled download trickles, follows the setting, and its client may leave", { timeout: 60_000 }, async () => {
  await api.control.set({ storageBytesPerSecond: 50_000 });
  const leaving = new AbortController();
  const response = await fetch(await addressOf(CABS.mib16), { signal: leaving.signal });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  assert.ok(value.length <= 5_000, `the first slice has ${value.length} bytes`);
  leaving.abort();
  let record;
  do [record] = await storageRequests(); while (record.status === null);
  assert.equal(record.aborted, true);
  assert.ok(record.bytesSent < 1_000_000, String(record.bytesSent));

  const slow = await fetch(await addressOf(CABS.mib16));
  await api.control.set({ storageBytesPerSecond: null });
  assert.equal((await slow.arrayBuffer()).byteLength, 16 * 1024 * 1024);
});

test("256 MiB stream through without being held: while nobody reads on, storage stops, too", { timeout: 120_000 }, async () => {
  const response = await fetch(await addressOf(CABS.mib256));
  const reader = response.body.getReader();
  let bytes = (await reader.read()).value.length;
  // What fits between the two fills up first; then looks find the same count again and again.
  let sent = 0;
  for (let same = 0; same < 50; same += 1) {
    const [{ bytesSent }] = await storageRequests();
    if (bytesSent !== sent) same = 0;
    sent = bytesSent;
  }
  // Buffers of sockets hold some MiB; a server that holds the file would have handed over all of it.
  assert.ok(sent < 128 * 1024 * 1024, `${sent} bytes were handed over`);
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) bytes += value.length;
  assert.equal(bytes, 256 * 1024 * 1024);
  assert.equal((await storageRequests())[0].bytesSent, bytes);
});

test("a part of a blob can be asked for", async () => {
  const response = await fetch(await addressOf(CABS.kib8), { headers: { range: "bytes=0-3" } });
  assert.equal(response.status, 206);
  assert.equal(await response.text(), "MSCF");
});
