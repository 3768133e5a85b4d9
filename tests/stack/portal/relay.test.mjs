import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { startApi } from "../devcenter/api-for-tests.mjs";
import { CABS, FAILURES } from "../known.mjs";
import { rawGet } from "../raw-request.mjs";

let api;
before(async () => {
  api = await startApi();
});
after(() => api?.close());
afterEach(() => api.control.reset());

async function relay(path, options = {}) {
  const response = await fetch(`${api.urls.portal}/devcenter/${path}`, {
    redirect: "manual",
    headers: { authorization: `Bearer ${api.token}`, accept: "application/json", cookie: "a=b", "x-other": "1" },
    ...options,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The provider is left out: the service asks it for its keys whenever it needs them. */
async function relayedRequests() {
  return (await api.control.look()).requests.filter(({ at }) => at !== "identity");
}

const CABDOWNLOAD = `ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`;

test("the 302 comes through untouched and is not followed", async () => {
  const { status, headers, text } = await relay(CABDOWNLOAD);
  assert.equal(status, 302);
  assert.equal(text, "");
  assert.ok(headers.get("location").startsWith(`${api.urls.storage}/`));
  assert.equal(headers.get("content-security-policy"), "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  const requests = await relayedRequests();
  assert.deepEqual(requests.map(({ at, relay: relayed }) => [at, relayed]), [["portal", true], ["devcenter", undefined]]);
});

test("only the token and Accept travel on, and the path as it came", async () => {
  await relay(`${CABDOWNLOAD}&x=%20%2F~`);
  const [asked, passed] = await relayedRequests();
  assert.equal(passed.path, `/v1.0/my/analytics/${CABDOWNLOAD}&x=%20%2F~`);
  assert.equal(passed.tokenSha256, asked.tokenSha256);
  assert.deepEqual(Object.keys(passed.headers).sort(), ["accept", "authorization", "connection", "host"]);
});

test("lists and errors come through with their type, Retry-After and challenge", async () => {
  const list = await relay(`ihvdriver/failuredetails?failureHash=${FAILURES.everySize}`);
  assert.equal(list.status, 200);
  assert.match(list.headers.get("content-type"), /^application\/json/);
  assert.ok(JSON.parse(list.text).Value.length > 0);
  await api.control.fault({ at: "cabdownload", status: 429, headers: { "retry-after": "2", "x-secret": "1" }, times: 1 });
  const slow = await relay(CABDOWNLOAD);
  assert.deepEqual([slow.status, slow.headers.get("retry-after"), slow.headers.get("x-secret")], [429, "2", null]);
  const refused = await relay(CABDOWNLOAD, { headers: {} });
  assert.deepEqual([refused.status, refused.headers.get("www-authenticate")], [401, "Bearer"]);
});

const NOT_RELAYED = [
  "",
  "ihvdriver/other",
  "other/cabdownload",
  "ihvdriver/cabdownload/x",
  "../v1.0",
  "../devcenter/ihvdriver/cabdownload",
  "ihvdriver/../ihvdriver/cabdownload",
  "./ihvdriver/cabdownload",
  "%2e%2e/v1.0",
  "ihvdriver%2fcabdownload",
  "ihvdriver/..%2fihvdriver/cabdownload",
  "//localhost:1/",
  "IHVDRIVER/cabdownload",
];
for (const path of NOT_RELAYED) {
  test(`not relayed: ${path || "(empty)"}`, async () => {
    const sent = `/devcenter/${path}`;
    const { status } = await rawGet(api.urls.portal, sent, { authorization: `Bearer ${api.token}` });
    assert.equal(status, 404);
    const { requests } = await api.control.look();
    assert.deepEqual(requests.map(({ at, path: arrived }) => [at, arrived]), [["portal", sent]]);
  });
}

test("the relay takes GET only", async () => {
  assert.equal((await relay(CABDOWNLOAD, { method: "POST" })).status, 405);
});

test("a service that hangs up is 502", async () => {
  await api.control.fault({ at: "cabdownload", drop: true });
  assert.equal((await relay(CABDOWNLOAD)).status, 502);
});

test("a fault at the relay never reaches the service; serveFile sends the bytes", async () => {
  await api.control.fault({ at: "relay", redirect: `${api.urls.portal}/login`, times: 1 });
  const login = await relay(CABDOWNLOAD);
  assert.deepEqual([login.status, login.headers.get("location")], [302, `${api.urls.portal}/login`]);
  await api.control.fault({ at: "relay", serveFile: true, cabIdHash: CABS.kib8, times: 1 });
  const file = await relay(CABDOWNLOAD);
  assert.equal(file.status, 200);
  assert.equal(file.text.slice(0, 4), "MSCF");
  assert.equal((await api.control.look()).requests.filter(({ at }) => at === "devcenter").length, 0);
});
