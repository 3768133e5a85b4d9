import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { SignJWT, generateKeyPair } from "jose";

import { AUDIENCE, CABS } from "../known.mjs";
import { SignIn } from "../identity/sign-in.mjs";
import { startApi } from "./api-for-tests.mjs";

const METHOD = "ihvdriver/cabdownload";
const QUERY = { cabIdHash: CABS.kib8 };

let api;
before(async () => {
  api = await startApi();
});
after(() => api?.close());
afterEach(() => api.control.reset());

async function statusWith(authorization) {
  const { status, body, headers } = await api.ask(METHOD, QUERY, { headers: authorization === undefined ? {} : { authorization } });
  if (status === 401) {
    assert.equal(body.code, "Unauthorized");
    assert.equal(headers.get("www-authenticate"), "Bearer");
    if (authorization) assert.ok(!JSON.stringify(body).includes(authorization.slice(7)));
  }
  return status;
}

test("a good token passes; none, another scheme, a tampered one and an id token do not", async () => {
  const { access_token, id_token } = await new SignIn(api.urls).as("bob");
  assert.equal(await statusWith(`Bearer ${access_token}`), 302);
  assert.equal(await statusWith(undefined), 401);
  assert.equal(await statusWith("Basic YTpi"), 401);
  const [head, payload, signature] = access_token.split(".");
  const flipped = signature[0] === "A" ? "B" : "A";
  assert.equal(await statusWith(`Bearer ${head}.${payload}.${flipped}${signature.slice(1)}`), 401);
  assert.equal(await statusWith(`Bearer ${id_token}`), 401);
});

test("a token that somebody else signed is refused", async () => {
  const { privateKey } = await generateKeyPair("RS256");
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", kid: "other" })
    .setIssuer(api.urls.identity)
    .setAudience(AUDIENCE)
    .setExpirationTime("1h")
    .sign(privateKey);
  assert.equal(await statusWith(`Bearer ${token}`), 401);
});

test("a token past its life is refused, and a renewed one passes", { timeout: 30_000 }, async () => {
  const signIn = new SignIn(api.urls);
  await api.control.set({ accessTokenSeconds: 1 });
  const { access_token, refresh_token } = await signIn.as("alice");
  // Ends when the service itself says so; a token of one second cannot pass for ever.
  while ((await statusWith(`Bearer ${access_token}`)) !== 401);
  await api.control.set({ accessTokenSeconds: 60 });
  const { body } = await signIn.renew(refresh_token);
  assert.equal(await statusWith(`Bearer ${body.access_token}`), 302);
});

test("unknown methods are 404 and other verbs 405, in the documented body", async () => {
  for (const path of ["ihvdriver/other", "cabdownload", "IHVDRIVER/cabdownload"]) {
    const { status, body } = await api.ask(path, QUERY);
    assert.equal(status, 404);
    assert.equal(body.innererror.message, "There is no such method.");
  }
  const posted = await api.ask(METHOD, QUERY, { method: "POST" });
  assert.equal(posted.status, 405);
  assert.equal(posted.headers.get("allow"), "GET");
});

const PREFLIGHT = {
  method: "OPTIONS",
  headers: { origin: "http://localhost:1", "access-control-request-method": "GET", "access-control-request-headers": "authorization" },
};

test("by default no answer carries a CORS header", async () => {
  const preflight = await api.ask(METHOD, QUERY, PREFLIGHT);
  assert.equal(preflight.status, 405);
  const answer = await api.ask(METHOD, QUERY, { headers: { origin: "http://localhost:1", authorization: `Bearer ${api.token}` } });
  for (const { headers } of [preflight, answer]) {
    assert.deepEqual([...headers.keys()].filter((name) => name.startsWith("access-control-")), []);
  }
});

test("cors lets pages in: the preflight, the 302 and the errors, with Retry-After exposed but not Location", async () => {
  await api.control.set({ cors: ["http://localhost:1"] });
  const preflight = await api.ask(METHOD, QUERY, PREFLIGHT);
  assert.equal(preflight.status, 204);
  assert.match(preflight.headers.get("access-control-allow-headers"), /authorization/);
  for (const authorization of [`Bearer ${api.token}`, "Bearer bad"]) {
    const { headers } = await api.ask(METHOD, QUERY, { headers: { origin: "http://localhost:1", authorization } });
    assert.equal(headers.get("access-control-allow-origin"), "http://localhost:1");
    assert.equal(headers.get("access-control-expose-headers"), "Retry-After, WWW-Authenticate");
  }
  const stranger = await api.ask(METHOD, QUERY, { headers: { origin: "http://localhost:2", authorization: `Bearer ${api.token}` } });
  assert.equal(stranger.headers.get("access-control-allow-origin"), null);

  await api.control.set({ cors: "*", corsExpose: false });
  const open = await api.ask(METHOD, QUERY, { headers: { origin: "http://localhost:2", authorization: `Bearer ${api.token}` } });
  assert.equal(open.headers.get("access-control-allow-origin"), "*");
  assert.equal(open.headers.get("access-control-expose-headers"), null);
});

test("a status alone comes with the documented body", async () => {
  await api.control.fault({ at: "cabdownload", status: 403, times: 1 });
  const { status, body } = await api.ask(METHOD, QUERY);
  assert.equal(status, 403);
  assert.equal(body.message, "Access to the requested resource is forbidden.");
  assert.equal((await api.ask(METHOD, QUERY)).status, 302);
});

test("a fault brings headers, body, type and redirect", async () => {
  await api.control.fault({ at: "cabdownload", status: 429, headers: { "Retry-After": "3" }, body: "<h1>slow</h1>", contentType: "text/html", times: 1 });
  const slow = await api.ask(METHOD, QUERY);
  assert.deepEqual([slow.status, slow.headers.get("retry-after"), slow.headers.get("content-type"), slow.text], [429, "3", "text/html", "<h1>slow</h1>"]);
  await api.control.fault({ at: "cabdownload", redirect: "http://localhost:1/login", times: 1 });
  const redirected = await api.ask(METHOD, QUERY);
  assert.deepEqual([redirected.status, redirected.headers.get("location"), redirected.text], [302, "http://localhost:1/login", ""]);
  await api.control.fault({ at: "cabdownload", status: 302, times: 1 });
  const nowhere = await api.ask(METHOD, QUERY);
  assert.deepEqual([nowhere.status, nowhere.headers.get("location")], [302, null]);
});

test("a body can echo the token of the request", async () => {
  await api.control.fault({ at: "cabdownload", status: 500, body: "saw {{token}} and {{token}}", contentType: "text/plain", times: 1 });
  assert.equal((await api.ask(METHOD, QUERY)).text, `saw ${api.token} and ${api.token}`);
});

test("headers alone change the usual answer", async () => {
  await api.control.fault({ at: "cabdownload", headers: { "Set-Cookie": "a=b", Location: "http://localhost:1/" }, times: 1 });
  const { status, headers } = await api.ask(METHOD, QUERY);
  assert.deepEqual([status, headers.get("set-cookie"), headers.get("location")], [302, "a=b", "http://localhost:1/"]);
});

test("a dropped connection, and one that is held until reset, end in an error", { timeout: 30_000 }, async () => {
  await api.control.fault({ at: "cabdownload", drop: true });
  await assert.rejects(api.ask(METHOD, QUERY));
  await api.control.clearFaults();
  await api.control.fault({ at: "cabdownload", delayMs: 3_600_000 });
  const held = assert.rejects(api.ask(METHOD, QUERY));
  // The fault's count tells that the request has arrived.
  while ((await api.control.look()).faults[0].hits === 0);
  await api.control.reset();
  await held;
});

test("the log shows the token's digest, never the token", async () => {
  await api.ask(METHOD, QUERY);
  const { requests } = await api.control.look();
  const record = requests.find(({ at }) => at === "devcenter");
  assert.equal(record.path, `/v1.0/my/analytics/${METHOD}?cabIdHash=${CABS.kib8}`);
  assert.equal(record.headers.authorization, "Bearer <redacted>");
  assert.match(record.tokenSha256, /^[0-9a-f]{64}$/);
  assert.ok(!JSON.stringify(requests).includes(api.token));
});
