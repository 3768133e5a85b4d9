// The portal and the relay as docs/relay/nginx has them, in a real nginx between the browser and the API.

import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach } from "node:test";

import { AUDIENCE, CABS } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { makeAuthority } from "./certificates.mjs";
import { assertOnlyPaths, startNginx } from "./nginx.mjs";
import { cabRequests, storageIsQuiet } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory, test } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory();
let nginx;
before(async () => {
  nginx = await startNginx();
});
after(() => nginx?.close());
// For a page among the API's answers the browser asks for an icon by itself, and may be told only while the next test runs.
beforeEach(() => story.allow(/favicon\.ico/));

const CAB = `/devcenter/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`;

/** What nginx hands back, asked past every convenience of a browser's. */
function ask(path, { method = "GET", headers = {}, origin = nginx.origin, ca } = {}) {
  const { hostname, port, host, protocol } = new URL(origin);
  return new Promise((resolve, reject) => {
    const request = (protocol === "https:" ? https : http).request({ ca, servername: hostname, hostname, port, path, method, family: 4, headers: { host, ...headers }, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk)).on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    request.on("error", reject).end();
  });
}

/** With the token that a person's sign-in gave for the API. */
async function authorization() {
  const { tokens } = await control.secrets();
  const isForTheApi = (token) => token.split(".").length === 3 && JSON.parse(Buffer.from(token.split(".")[1], "base64url")).aud === AUDIENCE;
  return `Bearer ${tokens.findLast(isForTheApi)}`;
}

/** What reached the Dev Center. */
const forwarded = async () => (await control.look()).requests.filter(({ at }) => at === "devcenter");

test("through nginx: sign-in, the list, a click, and the CAB is there", async () => {
  const { browser, portal } = story;
  await control.set({ moreOrigins: [nginx.origin] });
  await portal.driver.get(`${nginx.origin}/`);
  portal.tab = await portal.driver.getWindowHandle();
  await portal.visible("#sign-in, #sign-out");
  await portal.recordStates();
  await portal.signIn();
  await portal.listed();
  const link = await portal.link(CABS.mib1);
  await control.clearRequests();
  await link.click();
  await portal.state(CABS.mib1, "downloading");
  await assertSaved(browser, CABS.mib1);
  await storageIsQuiet(1);
  const { relay, endpoint, storage } = await cabRequests();
  // Not by the stack's own relay.
  assert.deepEqual([relay.length, endpoint.length, storage.length], [0, 1, 1]);
  assert.ok(endpoint[0].tokenSha256);
  for (const name of ["cookie", "referer", "origin", "x-forwarded-for"]) assert.equal(endpoint[0].headers[name], undefined, name);
  assert.equal(storage[0].headers.authorization, undefined);
});

test("a file that the API sends itself arrives through it", async () => {
  const { browser, portal } = story;
  await control.set({ moreOrigins: [nginx.origin] });
  await control.fault({ at: "cabdownload", serveFile: true, times: 1 });
  await control.clearRequests();
  await (await portal.link(CABS.kib64)).click();
  await portal.state(CABS.kib64, "downloading");
  await assertSaved(browser, CABS.kib64);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint.length, storage.length], [1, 0]);
});

test("a CAB's address opened from a mail, without a worker: nginx has the page for it, and one click downloads", async () => {
  const { browser, portal } = story;
  await control.set({ moreOrigins: [nginx.origin] });
  await browser.run(async () => {
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    sessionStorage.clear();
  });
  await portal.driver.get(`${nginx.origin}/cablink/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`);
  await portal.visible("#download:enabled");
  await portal.recordStates();
  const before = await portal.driver.getAllWindowHandles();
  await (await portal.visible("#download")).click();
  await portal.driver.switchTo().window(await browser.newWindow(before));
  await (await portal.visible("#alice")).click();
  await until("the sign-in window's end", async () => (await portal.driver.getAllWindowHandles()).length === before.length);
  await portal.driver.switchTo().window(portal.tab);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a page among the API's answers, opened by its address, runs nothing in the portal's origin", async () => {
  const { browser, portal } = story;
  story.allow(/sandbox|Content.Security.Policy/i);
  const body = "<!doctype html><title>Answer</title><p>An answer</p><script>localStorage.setItem('ran', 'yes')</script>";
  for (const contentType of ["text/html", "text/html; charset=utf-8"]) {
    await control.fault({ at: "failurehits", status: 200, contentType, body, times: 1 });
    await portal.driver.get(`${nginx.origin}/devcenter/ihvdriver/failurehits?applicationId=7`);
    assert.equal(await portal.driver.getTitle(), "Answer");
  }
  assert.equal((await forwarded()).length, 2);
  await portal.driver.get(`${nginx.origin}/redirect.js`);
  assert.equal(await browser.run(() => localStorage.getItem("ran")), null);
});

/** The policy of every file, with who may frame it. */
const policy = (framedBy) => portalPolicy({ ...urls, devcenter: "" }).replace(/ +;/, ";").replace("frame-ancestors 'self'", `frame-ancestors ${framedBy}`);

for (const [path, { status = 200, type, framedBy = "'self'", dest, saved }] of Object.entries({
  "/": { type: "text/html" },
  "/dashboard.html": { type: "text/html" },
  "/portal.css": { type: "text/css" },
  "/redirect.html": { type: "text/html" },
  "/config.json": { type: "application/json" },
  "/pkg/cablink.js": { type: "text/javascript" },
  "/pkg/cablink_bg.wasm": { type: "application/wasm" },
  "/pkg/elements.js": { type: "text/javascript" },
  "/msal/msal-browser.min.js": { type: "text/javascript" },
  "/msal/msal-redirect-bridge.min.js": { type: "text/javascript" },
  "/chart/chart.umd.min.js": { type: "text/javascript" },
  "/cablink/worker.js": { type: "text/javascript" },
  "/cablink/ihvdriver/cabdownload?cabIdHash=c1a5": { type: "text/html", framedBy: "'none'", dest: "document", saved: true },
  "/cablink/whatever/it/is": { type: "text/html", framedBy: "'none'", saved: true },
  "/cablink/frame?a=b": { status: 404, framedBy: "'none'", dest: "iframe" },
  "/cablink/": { status: 404, framedBy: "'none'", dest: "empty" },
  "/missing.js?cabIdHash=c1a5": { status: 404 },
  "/.git/config": { status: 404 },
  "/pkg/.npmrc": { status: 404 },
})) {
  test(`${path}${dest ? ` for ${dest}` : ""}: ${status}, with the portal's policy`, async () => {
    const { status: given, headers } = await ask(path, { headers: dest ? { "sec-fetch-dest": dest } : {} });
    assert.deepEqual([given, headers["x-content-type-options"], headers["cache-control"]], [status, "nosniff", "no-cache"]);
    assert.equal(headers["content-security-policy"], policy(framedBy));
    if (type) assert.equal(headers["content-type"], type);
    assert.equal(headers["content-disposition"], saved && 'inline; filename="this-is-not-the-CAB.html"');
  });
}

test("the redirect comes back untouched, and is kept nowhere", async () => {
  const headers = { authorization: await authorization(), cookie: "session=of-the-portal", referer: `${nginx.origin}/secret-page` };
  await control.fault({ at: "cabdownload", headers: { "set-cookie": "of=the-api", "cache-control": "public, max-age=600" }, times: 1 });
  const first = await ask(CAB, { headers });
  assert.equal(first.status, 302);
  assert.match(first.headers.location, new RegExp(`^${urls.storage}/.+[?&]sig=`));
  assert.equal(first.headers["cache-control"], "no-store");
  assert.equal(first.headers["set-cookie"], undefined);
  const second = await ask(CAB, { headers });
  assert.equal(second.status, 302);
  const seen = await forwarded();
  assert.equal(seen.length, 2, "asked anew each time");
  for (const { path, method, headers: told } of seen) {
    assert.deepEqual([method, path], ["GET", `/v1.0/my/analytics/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`]);
    for (const name of ["cookie", "referer"]) assert.equal(told[name], undefined, name);
  }
});

test("no header of the API's holds for the portal, and what a page may do in an answer is nothing", async () => {
  const headers = { authorization: await authorization() };
  const unwanted = {
    "set-cookie": "of=the-api", "clear-site-data": '"*"', "strict-transport-security": "max-age=9", "alt-svc": "h3=\":443\"", nel: "{}",
    "report-to": "{}", "reporting-endpoints": "a=\"/b\"", "accept-ch": "DPR", "critical-ch": "DPR", "access-control-allow-origin": "*",
    "access-control-allow-credentials": "true", "service-worker-allowed": "/", "speculation-rules": "\"/a\"", link: "</a>; rel=preload",
    refresh: "0; url=/a", "x-frame-options": "ALLOWALL",
  };
  const replaced = { "content-security-policy": "script-src *", "x-content-type-options": "none", "cache-control": "public" };
  // nginx would take this one for an order.
  const order = { "x-accel-redirect": "/config.json" };
  for (const fault of [{}, { status: 403 }, { serveFile: true }]) {
    await control.fault({ at: "cabdownload", headers: { ...unwanted, ...replaced, ...order }, times: 1, ...fault });
    const { status, headers: given, body } = await ask(CAB, { headers });
    assert.equal(status, fault.status ?? (fault.serveFile ? 200 : 302));
    assert.doesNotMatch(body, /clientId/);
    for (const name of Object.keys(unwanted)) assert.equal(given[name], undefined, name);
    assert.equal(given["content-security-policy"], "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
    assert.deepEqual([given["x-content-type-options"], given["cache-control"]], ["nosniff", "no-store"]);
  }
});

test("what a page must read comes through, with its status", async () => {
  const headers = { authorization: await authorization() };
  await control.fault({ at: "cabdownload", status: 429, headers: { "retry-after": "7" }, times: 1 });
  const busy = await ask(CAB, { headers });
  assert.deepEqual([busy.status, busy.headers["retry-after"]], [429, "7"]);
  const stranger = await ask(CAB);
  assert.equal(stranger.status, 401);
  assert.match(stranger.headers["www-authenticate"], /Bearer/);
  await control.fault({ at: "cabdownload", drop: true, times: 1 });
  assert.equal((await ask(CAB, { headers })).status, 502);
});

for (const [what, path, options, status] of [
  ["another method of the API", "/devcenter/ihvdriver/reporttemplate", {}, 404],
  ["another family", "/devcenter/xbox/cabdownload", {}, 404],
  ["more behind the path", "/devcenter/ihvdriver/cabdownload/x", {}, 404],
  ["another version of the API", "/devcenter/../v2.0/my/analytics/ihvdriver/cabdownload", {}, 404],
  ["a path that climbs out", "/devcenter/ihvdriver/%2e%2e/%2e%2e/%2e%2e/cabdownload", {}, 400],
  ["the folder", "/devcenter/", {}, 404],
  ["an address as a path", "/devcenter/ihvdriver/cabdownload@elsewhere.example", {}, 404],
  ["POST", CAB, { method: "POST" }, 405],
  ["DELETE", CAB, { method: "DELETE" }, 405],
  ["HEAD", CAB, { method: "HEAD" }, 405],
  ["OPTIONS", CAB, { method: "OPTIONS" }, 405],
  ["another host name", CAB, { headers: { host: "elsewhere.example" } }, 421],
  ["the address in place of the name", CAB, { headers: { host: "127.0.0.1" } }, 421],
]) {
  test(`${what} is refused, and nothing is forwarded`, async () => {
    const { headers, ...rest } = options;
    const answer = await ask(path, { ...rest, headers: { authorization: await authorization(), ...headers } });
    assert.equal(answer.status, status);
    assert.deepEqual(await forwarded(), []);
  });
}

test("where no other server refuses a name, the relay does", async () => {
  const only = await startNginx({ onlyServer: true });
  try {
    const headers = { authorization: await authorization() };
    for (const host of ["elsewhere.example", "127.0.0.1"]) {
      assert.equal((await ask("/portal.css", { origin: only.origin, headers: { host } })).status, 200, "this server answers to every name");
      assert.equal((await ask(CAB, { origin: only.origin, headers: { ...headers, host } })).status, 421);
    }
    assert.deepEqual(await forwarded(), []);
    assert.equal((await ask(CAB, { origin: only.origin, headers })).status, 302);
  } finally {
    await only.close();
  }
});

test("with TLS on both sides: nothing reaches an API that does not prove its name", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "cablink-tls-"));
  const [trusted, other] = [await makeAuthority(folder), await makeAuthority(folder, "other")];
  const portal = await trusted.issue("localhost");
  const ca = await readFile(trusted.ca);
  const name = "manage.devcenter.microsoft.com";
  const headers = { authorization: await authorization() };
  try {
    for (const [what, { cert, key }, status] of [
      ["its own name, by an authority that is trusted", await trusted.issue(name), 302],
      ["another name", await trusted.issue("elsewhere.example"), 502],
      ["its own name, by an authority that is not trusted", await other.issue(name, "posing"), 502],
    ]) {
      await t.test(what, async () => {
        await control.clearRequests();
        const api = await startApi({ cert, key });
        const proxy = await startNginx({ tls: { ...portal, ca: trusted.ca, upstream: api.port } });
        try {
          const answer = await ask(CAB, { headers, origin: proxy.origin, ca });
          assert.equal(answer.status, status, await proxy.logs());
          assert.equal((await forwarded()).length, status === 302 ? 1 : 0);
          assert.deepEqual(api.askedFor, status === 302 ? [[name, name]] : []);
          if (status === 302) assert.match(answer.headers.location, new RegExp(`^${urls.storage}/.+[?&]sig=`));
          // The portal's own side: its files, and no other name.
          assert.equal((await ask("/config.json", { origin: proxy.origin, ca })).status, 200);
          assert.equal((await ask("/config.json", { origin: proxy.origin, ca, headers: { host: "elsewhere.example" } })).status, 421);
          assert.doesNotMatch(await proxy.logs(), /bearer|sig=|cabIdHash/i);
        } finally {
          await proxy.close();
          await api.close();
        }
      });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** The stack's Dev Center behind TLS. `askedFor`: by which name (SNI) and for which host, each time. */
async function startApi({ cert, key }) {
  const askedFor = [];
  const server = https.createServer({ cert: await readFile(cert), key: await readFile(key) }, (request, response) => {
    askedFor.push([request.socket.servername, request.headers.host]);
    const { host, ...headers } = request.headers;
    const passed = http.request(new URL(request.url, urls.devcenter), { method: request.method, headers, agent: false });
    passed.once("response", (reply) => reply.pipe(response.writeHead(reply.statusCode, reply.headers))).once("error", () => response.destroy());
    passed.end();
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
  return { port: server.address().port, askedFor, close };
}

test("a file that is missing is a line with its path", async () => {
  const address = `/cablink/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}&ticket=0123`;
  const page = join(nginx.root, "cablink.html");
  await rename(page, `${page}.away`);
  assert.equal((await ask(address)).status, 404);
  await rename(`${page}.away`, page);
  assert.equal((await ask(`/missing.css?cabIdHash=${CABS.kib8}`)).status, 404);
  assert.equal((await ask(address, { headers: { host: "elsewhere.example" } })).status, 421);
  // nginx writes a line after it has answered.
  for (const line of ["GET /cablink/ihvdriver/cabdownload 404", "GET /missing.css 404", "GET /cablink/ihvdriver/cabdownload 421"]) {
    await until(line, async () => (await nginx.logs()).includes(line));
  }
});

test("no line that nginx wrote has a token, a signature or a query in it", async () => {
  const { tokens, signatures } = await control.secrets();
  assert.ok(tokens.length > 0 && signatures.length > 0);
  const logs = await nginx.logs();
  assertOnlyPaths(logs);
  for (const secret of [...tokens, ...signatures]) assert.ok(!logs.includes(secret));
  assert.doesNotMatch(logs, /bearer|authorization|sig=|cabIdHash|blob\.core|session=/i);
});
