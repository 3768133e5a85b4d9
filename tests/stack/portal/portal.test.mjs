import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";

import { APPLICATION_ID, OTHER_APPLICATION_ID } from "../known.mjs";
import { rawGet } from "../raw-request.mjs";
import { startTestStack } from "../stack-for-tests.mjs";

let folder;
let stack;
before(async () => {
  // Pages of the test's own: the server is what is tested here, not the portal.
  folder = await mkdtemp(join(tmpdir(), "cablink-portal-"));
  const files = {
    "www/index.html": "<!doctype html><title>index</title>",
    "www/cablink.html": "<!doctype html><title>recovery</title>",
    "www/portal.css": "a{}",
    "pkg/worker.js": "// worker",
    "pkg/cablink_bg.wasm": "\0asm",
    "pkg/cablink_lists.js": "// lists",
    "secret.json": "{}",
  };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  stack = await startTestStack({ www: join(folder, "www"), pkg: join(folder, "pkg") });
});
after(async () => {
  await stack?.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(() => stack.control.reset());

async function get(path, headers = {}) {
  const response = await fetch(stack.urls.portal + path, { headers, redirect: "manual" });
  return { status: response.status, type: response.headers.get("content-type"), headers: response.headers, text: await response.text() };
}

const served = [
  ["/", 200, "text/html; charset=utf-8", /index/],
  ["/?a=b", 200, "text/html; charset=utf-8", /index/],
  ["/portal.css", 200, "text/css; charset=utf-8", /a/],
  ["/pkg/cablink_bg.wasm", 200, "application/wasm", /asm/],
  ["/cablink/worker.js", 200, "text/javascript; charset=utf-8", /worker/],
  ["/msal/msal-browser.min.js", 200, "text/javascript; charset=utf-8", /msal/],
  ["/msal/msal-redirect-bridge.min.js", 200, "text/javascript; charset=utf-8", /msalRedirectBridge/],
  ["/chart/chart.umd.min.js", 200, "text/javascript; charset=utf-8", /Chart\.js v4/],
  ["/nothing.html", 404, "text/plain; charset=utf-8", /There is no such page/],
  ["/pkg/nothing.js", 404, "text/plain; charset=utf-8", /cargo xtask build/],
  ["/pkg/", 404, "text/plain; charset=utf-8", /does not exist/],
];
for (const [path, status, type, text] of served) {
  test(`GET ${path}`, async () => {
    const answer = await get(path);
    assert.deepEqual([answer.status, answer.type], [status, type]);
    assert.match(answer.text, text);
    assert.equal(answer.headers.get("cache-control"), "no-cache");
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(answer.headers.get("referrer-policy"), null);
  });
}

const OUTSIDE = ["/../secret.json", "/%2e%2e/secret.json", "/..%2fsecret.json", "/sub/../../secret.json", "/pkg/../secret.json", "/pkg/%2e%2e/secret.json"];
for (const path of OUTSIDE) {
  test(`nothing outside of the folders is served: ${path}`, async () => {
    const { status, text } = await rawGet(stack.urls.portal, path);
    assert.equal(status, 404);
    assert.match(text, /There is no such page|cargo xtask build/);
    assert.equal((await stack.control.look()).requests.at(-1).path, path);
  });
}

test("every page comes with the strict policy, which names the two servers it may talk to", async () => {
  for (const path of ["/", "/cablink/ihvdriver/cabdownload?cabIdHash=x", "/nothing"]) {
    const policy = (await get(path)).headers.get("content-security-policy");
    assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/);
    assert.ok(policy.includes(`connect-src 'self' ${stack.urls.identity} ${stack.urls.devcenter};`));
    assert.ok(policy.includes(`frame-src 'self' ${stack.urls.identity};`));
    assert.match(policy, /require-trusted-types-for 'script'; trusted-types cablink$/);
    assert.ok(!policy.includes(stack.urls.storage));
  }
});

test("an address in the scope is a page for a person and an error for a frame", async () => {
  const path = "/cablink/ihvdriver/cabdownload?cabIdHash=x";
  for (const headers of [{}, { "sec-fetch-dest": "document" }]) {
    const { status, text } = await get(path, headers);
    assert.equal(status, 200);
    assert.match(text, /recovery/);
  }
  for (const destination of ["iframe", "empty"]) assert.equal((await get(path, { "sec-fetch-dest": destination })).status, 404);
});

test("config.json points at the stack, and portalConfig changes it", async () => {
  const config = JSON.parse((await get("/config.json")).text);
  assert.equal(config.endpoint, "/devcenter/");
  assert.deepEqual(config.storage, [stack.urls.storage]);
  assert.deepEqual(config.products.map(({ id }) => id), [APPLICATION_ID, OTHER_APPLICATION_ID]);
  assert.equal(config.authorityMetadata.token_endpoint, `${stack.urls.identity}/token`);
  await stack.control.set({ portalConfig: { endpoint: "http://localhost:1/" } });
  const changed = JSON.parse((await get("/config.json")).text);
  assert.deepEqual(changed, { ...config, endpoint: "http://localhost:1/" });
});

test("portalCsp and portalCoep change the headers", async () => {
  await stack.control.set({ portalCsp: "default-src 'self'", portalCoep: "require-corp" });
  const { headers } = await get("/");
  assert.equal(headers.get("content-security-policy"), "default-src 'self'");
  assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
  await stack.control.set({ portalCsp: "" });
  assert.equal((await get("/")).headers.get("content-security-policy"), null);
});

test("faults at the lists: missing, and back again", async () => {
  await stack.control.fault({ at: "lists", status: 404, times: 1 });
  assert.equal((await get("/pkg/cablink_bg.wasm")).status, 200);
  assert.equal((await get("/pkg/cablink_lists.js")).status, 404);
  assert.equal((await get("/pkg/cablink_lists.js")).status, 200);
});

test("faults at the worker: missing, and of the wrong type", async () => {
  await stack.control.fault({ at: "worker", status: 404, times: 1 });
  assert.equal((await get("/cablink/worker.js")).status, 404);
  await stack.control.fault({ at: "worker", contentType: "text/plain", times: 1 });
  const { status, type, text } = await get("/cablink/worker.js");
  assert.deepEqual([status, type, text], [200, "text/plain", "// worker"]);
  assert.equal((await get("/cablink/worker.js")).type, "text/javascript; charset=utf-8");
});

test("pages are only read", async () => {
  const response = await fetch(`${stack.urls.portal}/`, { method: "POST" });
  assert.equal(response.status, 405);
});
