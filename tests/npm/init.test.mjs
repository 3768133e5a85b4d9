// Loading the package: from where, how often, again after a failure, and what is called too early.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";

import { PKG } from "./tarball.mjs";

const TOO_EARLY = /await init\(\)/;

let wasm;
let server;
let address;
/** What the server does with the next requests, one each; afterwards it sends the wasm. */
let answers = [];
let asked = 0;

before(async () => {
  wasm = await readFile(join(PKG, "cablink_bg.wasm"));
  server = http.createServer((request, response) => {
    asked += 1;
    const { status = 200, type = "application/wasm", body = wasm } = answers.shift() ?? {};
    response.writeHead(status, { "content-type": type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}/cablink_bg.wasm`;
});
after(() => server.close());
beforeEach(() => {
  answers = [];
  asked = 0;
});

let pages = 0;
/** The module as a page that has just loaded it sees it. */
function freshModule() {
  pages += 1;
  return import(`${pathToFileURL(join(PKG, "cablink.js")).href}?page=${pages}`);
}

/** Calls that need no browser: an option that is missing is refused, by the wasm. */
async function assertLoaded({ CabLink, msalToken }) {
  assert.throws(() => msalToken({}), { name: "CabLinkError", code: "invalid_options" });
  await assert.rejects(CabLink.start({}), { name: "CabLinkError" });
}

for (const [what, from] of [
  ["an address", () => address],
  ["a URL", () => new URL(address)],
  ["a Request", () => new Request(address)],
  ["a Response", () => fetch(address).then((response) => response.clone())],
  ["a promise of a Response", () => fetch(address)],
  ["bytes", () => wasm],
  ["a buffer", () => new Uint8Array(wasm).buffer],
  ["a promise of bytes", () => Promise.resolve(wasm)],
  ["a compiled module", () => WebAssembly.compile(wasm)],
  ["a record, as wasm-bindgen takes it", () => ({ module_or_path: wasm })],
  ["a record with a promise", () => ({ module_or_path: fetch(address) })],
]) {
  test(`init takes ${what}`, async () => {
    const cablink = await freshModule();
    const given = what.startsWith("a promise") ? from() : await from();
    const { memory } = await cablink.default(given);
    assert.ok(memory instanceof WebAssembly.Memory);
    await assertLoaded(cablink);
  });
}

for (const [what, ...from] of [["nothing"], ["undefined", undefined], ["null", null], ["an empty record", {}], ["a record of undefined", { module_or_path: undefined }]]) {
  test(`init given ${what} loads the file beside it`, async () => {
    const cablink = await freshModule();
    const { fetch } = globalThis;
    const fetched = [];
    // Node fetches no files.
    globalThis.fetch = (url) => (fetched.push(String(url)), fetch(address));
    try {
      await cablink.default(...from);
    } finally {
      globalThis.fetch = fetch;
    }
    assert.equal(fetched.length, 1);
    assert.match(fetched[0], /^file:.*\/cablink_bg\.wasm$/);
    await assertLoaded(cablink);
  });
}

test("bytes are loaded where there is no fetch, and nothing of it", async () => {
  const { fetch, Request, Response } = globalThis;
  Object.assign(globalThis, { fetch: undefined, Request: undefined, Response: undefined });
  try {
    const cablink = await freshModule();
    await cablink.default(wasm);
    await assertLoaded(cablink);
  } finally {
    Object.assign(globalThis, { fetch, Request, Response });
  }
});

test("a server that does not know the type of wasm is no reason to fail", async () => {
  for (const type of ["application/octet-stream", "application/wasm; charset=utf-8"]) {
    answers.push({ type });
    const cablink = await freshModule();
    await cablink.default(address);
    await assertLoaded(cablink);
  }
});

test("init at once, again and later is one load", async () => {
  const cablink = await freshModule();
  const [first, second] = await Promise.all([cablink.default(address), cablink.default(address)]);
  assert.equal(first, second);
  assert.equal(await cablink.default(), first);
  assert.equal(await cablink.default(`${address}?other`), first);
  assert.equal(asked, 1);
  await assertLoaded(cablink);
});

test("a load that failed can be tried again, in each way that it can fail", async () => {
  const cablink = await freshModule();
  answers = [{ status: 404, type: "text/html", body: "<h1>no</h1>" }, { type: "text/html", body: "<!doctype html>" }, { body: "not wasm" }];
  await assert.rejects(cablink.default(address), new RegExp(`^Error: ${address} cannot be loaded: HTTP 404\\.$`));
  for (const page of ["of an app that answers every address", "of the right type"]) {
    await assert.rejects(cablink.default(address), WebAssembly.CompileError, page);
  }
  await assert.rejects(cablink.default("http://127.0.0.1:9/"));
  await assert.rejects(cablink.default(Promise.reject(new Error("the host's own"))), /the host's own/);
  // Node fetches no files, and the file beside the module is one.
  await assert.rejects(cablink.default());
  assert.throws(() => cablink.msalToken({}), TOO_EARLY);
  await cablink.default(address);
  await assertLoaded(cablink);
  assert.equal(asked, 4);
});

test("what is called before it says so in a sentence", async () => {
  const { default: init, CabLink, msalToken } = await freshModule();
  const early = {
    constructor: () => new CabLink(),
    start: () => CabLink.start({ getToken: () => "" }),
    msalToken: () => msalToken({}),
  };
  const methods = Object.getOwnPropertyNames(CabLink.prototype).filter((name) => !/^(?:constructor$|__)/.test(name));
  assert.deepEqual(methods.sort(), ["download", "enhance", "failureCabs", "failureDetails", "failureHits", "free", "href", "stop"]);
  for (const name of methods) early[name] = () => Object.create(CabLink.prototype)[name]("id");
  const loading = init(wasm);
  for (const [name, call] of Object.entries(early)) {
    assert.throws(call, (error) => error.constructor === Error && TOO_EARLY.test(error.message), name);
  }
  await loading;
  assert.throws(() => new CabLink(), /CabLink\.start\(\) makes a CabLink/);
});
