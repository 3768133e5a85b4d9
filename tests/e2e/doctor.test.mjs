// The doctor: a page with each fault alone, and its line for it; a healthy page; and that it shows and downloads nothing.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after } from "node:test";

import { By } from "selenium-webdriver";

import { SignIn } from "../stack/identity/sign-in.mjs";
import { AUDIENCE, CABS, SCOPE } from "../stack/known.mjs";
import { openPort } from "../stack/ports.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { cabRequests, withToken } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

const PAGE = "/doctor-page.html";
/** A name that means this machine to the browser alone; `localhost` would count as secure. */
const NAME = "portal.test";
const JAVASCRIPT = "text/javascript; charset=utf-8";
const API = `${urls.devcenter}/v1.0/my/analytics/`;

let token;
const story = tellStory(async () => {
  token = (await new SignIn(urls).as("alice")).access_token;
}, {
  chromium: { flags: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`] },
  firefox: { preferences: { "network.dns.localDomains": NAME } },
});

/** A service that answers CORS but no preflight. */
let halfOpen;
after(() => halfOpen?.close());

/** What the looks themselves leave in the console: answers without a CAB are errors. */
const LOOKS = /status of (400|401|404)/;

/** No worker is left of the test before. */
function unregister() {
  return story.browser.run(async () => {
    for (const each of await navigator.serviceWorker?.getRegistrations() ?? []) await each.unregister();
  });
}

async function open(origin = urls.portal, query = "") {
  const { browser, portal } = story;
  await portal.driver.get(`${origin}${PAGE}${query}`);
  portal.tab = await portal.driver.getWindowHandle();
  await until("the page's script", () => browser.run(() => Boolean(window.host)));
}

/** A page anew, without a worker, under what was provoked before. */
async function fresh(origin, query) {
  story.allow(LOOKS);
  await open(urls.portal);
  await unregister();
  await open(origin, query);
  await control.clearRequests();
}

const ask = (options = {}) => story.portal.host("doctor", { token, ...options });

/** The portal's policy with some of its directives replaced. */
const policyWith = (changes) =>
  [...portalPolicy(urls).split("; ").filter((each) => !(each.split(" ")[0] in changes)), ...Object.entries(changes).map((each) => each.join(" "))].join("; ");

async function nothingWasDownloaded() {
  const { all, storage } = await cabRequests();
  assert.deepEqual(storage, []);
  // No request of the doctor's names a CAB.
  assert.deepEqual(all.filter(({ path }) => /cabIdHash/.test(path)), []);
  assert.deepEqual(await story.browser.downloads.names(), []);
}

const worker = () => readFile(new URL("../../src/worker.js", import.meta.url), "utf8");
async function workerWith(before, now) {
  const text = await worker();
  assert.ok(text.includes(before));
  return { at: "worker", contentType: JAVASCRIPT, body: text.replace(before, now) };
}

/** Firefox ESR has no Trusted Types: there the check says so, and nothing fails. */
const KNOWS_TYPES = browserName !== "firefox";
const NOT_TOLD = KNOWS_TYPES ? [] : ["trusted_types"];

/** Of the faults, those that are tried in WebKit as well: each that an engine may tell in its own way. */
const EVERYWHERE = [
  "a policy without WebAssembly",
  "a worker that is missing",
  "a worker of another version",
  "a policy without our frame",
  "a style sheet that shows every frame",
  "a policy without the API",
  "an API that answers no CORS",
];

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

const seconds = () => Math.floor(Date.now() / 1000);
const claims = (changes = {}) => ({ aud: AUDIENCE, scp: "user_impersonation", exp: seconds() + 3600, nbf: seconds() - 9, ...changes });

/**
 * Each fault alone: the check that fails and its line. `fault` and `set` go to the stack; `csp` changes the portal's
 * policy; `options` those of the doctor. Where `told` is false, this engine cannot tell it, and has nothing to complain of.
 * Where `withheld`, what answers is no API, and must not get the token.
 */
const FAULTS = {
  "an option that is not valid": {
    options: { endpoint: "http://elsewhere.example/" },
    line: ["options", "Correct the option endpoint of CabLink.start."],
  },
  "plain http": { origin: `http://${NAME}:${new URL(urls.portal).port}`, line: ["secure_context", "Serve the page over https."] },
  "a policy without WebAssembly": {
    csp: { "script-src": "'self'" },
    line: ["wasm", "Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'"],
  },
  "a policy without one of the package's scripts": {
    csp: {
      "script-src": ["doctor-page.js", "shifted.js", "pkg/doctor.js", "pkg/cablink_doctor.js"].map((file) => `${urls.portal}/${file}`).join(" ") + " 'wasm-unsafe-eval'",
    },
    line: ["script_src", "Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'"],
  },
  "a policy without the doctor's own script": {
    csp: { "script-src": ["doctor-page.js", "shifted.js", "pkg/doctor.js"].map((file) => `${urls.portal}/${file}`).join(" ") + " 'wasm-unsafe-eval'" },
    line: ["script_src", "Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'"],
  },
  "a file of the package that is missing": {
    fault: { at: "lists", status: 404 },
    line: ["package", "Serve all files of the package at one place, from one build."],
  },
  "a worker that is missing": { fault: { at: "worker", status: 404 }, line: ["worker_file", "Serve worker.js of the package as /cablink/worker.js."] },
  "a worker that the server redirects": {
    fault: { at: "worker", redirect: `${urls.portal}/` },
    line: ["worker_file", "Serve /cablink/worker.js itself, without a redirect, also to who is not signed in."],
  },
  "a worker whose server drops the connection": { fault: { at: "worker", drop: true }, line: ["worker_file", "Serve worker.js of the package as /cablink/worker.js."] },
  "a worker of the wrong type": {
    fault: { at: "worker", contentType: "text/html" },
    line: ["worker_type", "Send /cablink/worker.js with Content-Type: text/javascript."],
  },
  "a Service-Worker-Allowed that forbids the scope": {
    fault: { at: "worker", headers: { "Service-Worker-Allowed": "/elsewhere/" } },
    line: ["worker_scope", "Leave Service-Worker-Allowed out, or send Service-Worker-Allowed: /cablink/."],
  },
  "a policy of the worker's own that forbids the relay": {
    fault: { at: "worker", headers: { "Content-Security-Policy": "default-src 'none'" } },
    line: ["worker_policy", "Content-Security-Policy of /cablink/worker.js: connect-src 'self'"],
  },
  "a policy of the worker's own that forbids the API": {
    set: { cors: [urls.portal] },
    fault: { at: "worker", headers: { "Content-Security-Policy": "connect-src 'self'" } },
    options: { endpoint: API },
    line: ["worker_policy", `Content-Security-Policy of /cablink/worker.js: connect-src ${urls.devcenter}`],
  },
  "a policy without workers": { csp: { "worker-src": "'none'" }, line: ["worker_src", "Content-Security-Policy: worker-src 'self'"] },
  "Trusted Types without our policy": { csp: { "trusted-types": "another" }, told: KNOWS_TYPES, line: ["trusted_types", "Content-Security-Policy: trusted-types cablink"] },
  "a worker that does not run": {
    fault: { at: "worker", contentType: JAVASCRIPT, body: "throw new Error('no');" },
    line: ["registration", "Serve worker.js of the package unchanged."],
  },
  "a worker of another version": {
    fault: () => workerWith("const PROTOCOL = 1;", "const PROTOCOL = 0;"),
    line: ["worker_version", "Serve worker.js of the same build as cablink.js, with Cache-Control: no-cache."],
  },
  "another worker in its place": {
    fault: { at: "worker", contentType: JAVASCRIPT, body: "addEventListener('install', () => skipWaiting());" },
    line: ["worker_version", "Serve worker.js of the package unchanged, then reload the page."],
  },
  "a policy without our frame": { csp: { "frame-src": "'none'" }, line: ["frame_src", "Content-Security-Policy: frame-src 'self'"] },
  "an embedder policy that the option coep does not say": {
    set: { portalCoep: "require-corp" },
    line: ["coep", 'CabLink.start({ …, coep: "require-corp" })'],
  },
  "a worker that is left out": {
    fault: () => workerWith("/^(frame|", "/^(other|"),
    line: ["frame", "Reload the page in the usual way: after a reload past the cache browsers leave the worker out."],
  },
  "a style sheet that shows every frame": {
    prepare: () => story.portal.host("style", "/frames-shown.css"),
    line: ["frame_style", "In your style sheet: iframe:not([hidden]) in place of iframe, where display is !important."],
  },
  "no page at the scope's addresses": {
    fault: { at: "recovery", status: 404 },
    line: ["recovery_page", "Serve cablink.html, or a page of yours, for every other address below /cablink/."],
  },
  "a policy without our own origin": {
    csp: { "connect-src": urls.identity },
    line: ["connect_src", "Content-Security-Policy: connect-src 'self'"],
  },
  "a policy without the API": {
    set: { cors: [urls.portal] },
    csp: { "connect-src": "'self'" },
    // A policy for every answer: the worker's has its own.
    fault: { at: "worker", headers: { "Content-Security-Policy": "" } },
    options: { endpoint: API },
    line: ["connect_src", `Content-Security-Policy: connect-src 'self' ${urls.devcenter}`],
  },
  "a relay that does not answer": {
    fault: { at: "relay", drop: true },
    withheld: true,
    line: ["endpoint", "Run the relay at /devcenter/, or correct the option endpoint."],
  },
  "a sign-in page in the relay's place": {
    fault: { at: "relay", redirect: `${urls.portal}/` },
    withheld: true,
    line: ["endpoint", "Route /devcenter/ to the relay, before any rule that serves or redirects to pages."],
  },
  "the portal's own page in the relay's place": {
    fault: { at: "relay", status: 200, contentType: "text/html", body: "<!doctype html><title>Portal</title>" },
    withheld: true,
    line: ["endpoint", "Route /devcenter/ to the relay, before any rule that serves or redirects to pages."],
  },
  "a sign-in page with 401 in the relay's place": {
    fault: { at: "relay", status: 401, contentType: "text/html; charset=utf-8", body: "<!doctype html><title>Sign in</title>" },
    withheld: true,
    line: ["endpoint", "Route /devcenter/ to the relay, before any rule that serves or redirects to pages."],
  },
  "a relay that does not know the method": {
    fault: { at: "relay", status: 404 },
    withheld: true,
    line: ["endpoint", "Route /devcenter/ to the relay, before any rule that serves or redirects to pages."],
  },
  "a relay that refuses GET": {
    fault: { at: "relay", status: 405 },
    withheld: true,
    line: ["endpoint", "Allow GET at /devcenter/ihvdriver/cabdownload."],
  },
  "a relay that cannot reach the API": {
    fault: { at: "relay", status: 502 },
    withheld: true,
    line: ["endpoint", "Point the relay at https://manage.devcenter.microsoft.com/v1.0/my/analytics/ and let it out there."],
  },
  "an API that answers no CORS": {
    options: { endpoint: API },
    line: ["cors", "Put a relay on this site and give its path as endpoint; or have the endpoint send " +
      `Access-Control-Allow-Origin: ${urls.portal}, Access-Control-Allow-Headers: authorization and ` +
      "Access-Control-Expose-Headers: Retry-After, WWW-Authenticate"],
  },
  "an API that exposes nothing": {
    set: { cors: "*", corsExpose: false },
    options: { endpoint: API },
    line: ["cors", "Access-Control-Expose-Headers: Retry-After, WWW-Authenticate"],
  },
  "a clock an hour ahead": {
    query: "?by=3600000",
    line: ["clock", "Set the clock of this device, or have it set by itself."],
    found: /^The clock of this device is 60 minutes ahead of the server's\.$/,
  },
  "a clock ten minutes behind": {
    query: "?by=-600000",
    line: ["clock", "Set the clock of this device, or have it set by itself."],
    found: /^The clock of this device is 10 minutes behind the server's\.$/,
  },
  "a getToken that throws": {
    options: { from: "throws" },
    line: ["token", "Have getToken give an access token as text, such as by msalToken(pca)."],
  },
  "a getToken that gives no text": {
    options: { from: "gives an object" },
    line: ["token", "Have getToken give an access token as text, such as by msalToken(pca)."],
  },
  "a getToken that never settles": {
    options: { from: "never answers", deadlineMs: 500 },
    line: ["token", "Have getToken settle always: with a token, or by rejecting."],
  },
  "a token for another API": {
    options: { claims: claims({ aud: "https://graph.example" }) },
    line: ["token_audience", `Ask for the scope ${SCOPE}, and give the access token of the answer.`],
  },
  "an ID token": {
    options: { claims: { aud: "11111111-2222-3333-4444-555555555555", nonce: "a-nonce", exp: seconds() + 3600 } },
    line: ["token_audience", "Return accessToken of MSAL's answer, not idToken."],
  },
  "a token that allows nothing": {
    options: { claims: claims({ scp: " " }) },
    line: ["token_scope", "Grant the registration a permission for the API, with an administrator's consent."],
  },
  "a token without the permission asked for": {
    options: { claims: claims(), scopes: [`${AUDIENCE}/Reports.Read`] },
    line: ["token_scope", "Grant the registration the permission Reports.Read, with an administrator's consent."],
  },
  "a token that has expired": {
    options: { claims: claims({ exp: seconds() - 60 }) },
    line: ["token_expiry", "Have getToken renew the token before it ends, as MSAL's acquireTokenSilent does."],
  },
  "a token that is refused": {
    fault: { at: "cabdownload", status: 401 },
    line: ["access", "Have the relay pass Authorization on unchanged; if it does, ask for access to the analytics API."],
  },
  "an account that may not use the API": {
    fault: { at: "cabdownload", status: 403 },
    line: ["access", "Add the account to the Windows Hardware Dev Center program, with the Manager role in Partner Center."],
  },
};

/** What belongs to a fault itself, in one browser or the other. */
const NOISE = [
  /Content.Security.Policy|Trusted|Cross-Origin|CORS|ERR_|Failed to load|MIME|redirect|status of|404|bad HTTP|fetching the script|ServiceWorker|Service-Worker/i,
  /Cross-Origin-Opener|untrustworthy|Loading module|error loading dynamically/i,
];

for (const [what, { origin, query, csp, set, fault, prepare, options, line: [name, change], found: seen, told = true, withheld = false }] of Object.entries(FAULTS)) {
  (EVERYWHERE.includes(what) ? testEverywhere : test)(`${what}: ${name}`, async () => {
    story.allow(...NOISE);
    await fresh();
    if (set) await control.set(set);
    if (csp) await control.set({ portalCsp: policyWith(csp) });
    if (fault) await control.fault(typeof fault === "function" ? await fault() : fault);
    await open(origin, query);
    await control.clearRequests();
    await prepare?.();
    const report = await ask(options);
    const wrong = (report.checks ?? []).filter(({ ok }) => ok === false);
    if (!told) {
      assert.deepEqual([report.ok, report.checks.find((each) => each.name === name).ok], [true, null], report.text);
      return;
    }
    assert.deepEqual(wrong.map((each) => [each.name, each.change]), [[name, change]], report.text ?? report.error?.text);
    if (seen) assert.match(wrong[0].found, seen);
    assert.equal(report.ok, false);
    assert.ok(report.text.includes(`- ${name}: ${wrong[0].found}\n    change: ${change}`), report.text);
    assert.deepEqual(JSON.parse(report.json), { ok: report.ok, checks: report.checks });
    await nothingWasDownloaded();
    if (withheld) await noTokenLeft(report);
  });
}

/** The doctor had a token, and asked the relay, but without it. */
async function noTokenLeft(report) {
  assert.equal(report.checks.find(({ name }) => name === "token").ok, true, report.text);
  const { all, relay } = await cabRequests();
  assert.ok(relay.length > 0);
  assert.deepEqual(withToken(all), []);
}

test("an answer that says little, though it is data, does not get the token either", async () => {
  story.allow(...NOISE);
  await fresh();
  await control.fault({ at: "relay", status: 200, contentType: "application/json", body: "{}" });
  const report = await ask();
  assert.deepEqual([report.ok, report.checks.find(({ name }) => name === "endpoint").ok], [true, null], report.text);
  await noTokenLeft(report);
});

for (const [what, options, set] of [
  ["a relay", {}, {}],
  ["an endpoint that answers CORS", { endpoint: API }, { cors: [urls.portal] }],
]) {
  testEverywhere(`a healthy page with ${what}: every check is good, nothing is downloaded, no secret is shown`, async () => {
    const { browser, portal } = story;
    await fresh();
    await control.set(set);
    await browser.run(watch);
    const report = await ask(options);
    const notGood = report.checks.filter(({ ok }) => ok !== true).map(({ name }) => name);
    assert.deepEqual(notGood, NOT_TOLD, report.text);
    assert.deepEqual([report.ok, report.checks.length], [true, 29]);
    const count = NOT_TOLD.length;
    assert.ok(report.text.startsWith(`cablink doctor: ${29 - count} good, 0 to change, ${count} not told\n+ options: `), report.text);
    await nothingWasDownloaded();
    // Once, and nowhere but there.
    const path = "ihvdriver/cabdownload";
    const there = options.endpoint ? [`devcenter /v1.0/my/analytics/${path}`] : [`devcenter /v1.0/my/analytics/${path}`, `portal /devcenter/${path}`];
    assert.deepEqual(withToken((await cabRequests()).all.filter(({ tokenSha256 }) => tokenSha256 === sha256(token))).sort(), there);
    assert.deepEqual(found(await browser.run(traces), await control.secrets()), []);
    // Nothing of it stays in the page.
    assert.deepEqual(await browser.run(() => [...document.querySelectorAll("iframe")].length), 0);

    // Twice at once, then what it looked at is used: the name in trusted-types was left to cablink.
    for (const again of await portal.host("twice", { token, ...options })) assert.equal(again.ok, true, again.text);
    assert.equal(await portal.host("start", { token, storage: [urls.storage], handoff: "worker", ...options }), null);
    assert.equal((await portal.host("download", CABS.kib8)).result?.via, "worker");
    await assertSaved(browser, CABS.kib8);
    const last = await ask(options);
    assert.equal(last.ok, true, last.text);
  });
}

test("a service that refuses the preflight: cors", async () => {
  story.allow(...NOISE);
  halfOpen ??= await openPort("stranger", 0);
  halfOpen.use((request, response) => {
    response.writeHead(request.method === "OPTIONS" ? 405 : 401, {
      "access-control-allow-origin": urls.portal,
      "access-control-expose-headers": "WWW-Authenticate",
      "www-authenticate": "Bearer",
      "content-type": "application/json",
    });
    response.end("{}");
  });
  const endpoint = `http://localhost:${halfOpen.port}`;
  await control.set({ portalCsp: policyWith({ "connect-src": `'self' ${endpoint}` }) });
  await fresh();
  const report = await ask({ endpoint });
  assert.deepEqual(report.checks.filter(({ ok }) => ok === false).map(({ name, change }) => [name, change]), [
    ["cors", "Answer OPTIONS with a 2xx, Access-Control-Allow-Methods: GET and Access-Control-Allow-Headers: authorization"],
  ]);
});

/** Puts the page into a frame and stays in there. */
async function embed(sandbox) {
  const { browser, portal } = story;
  story.allow(/can escape its sandboxing/);
  await fresh();
  await browser.run(
    (address, value) => {
      const frame = document.createElement("iframe");
      frame.id = "embedded";
      frame.setAttribute("sandbox", value);
      frame.src = address;
      document.body.append(frame);
    },
    urls.portal + PAGE,
    sandbox,
  );
  await portal.driver.switchTo().frame(await portal.driver.findElement(By.id("embedded")));
  await until("the page in the frame", () => browser.run(() => Boolean(window.host)));
}

testEverywhere("a sandbox without allow-downloads: sandbox", async () => {
  await embed("allow-scripts allow-same-origin allow-popups");
  const report = await ask();
  assert.deepEqual(report.checks.filter(({ ok }) => ok === false).map(({ name, change }) => [name, change]), [
    ["sandbox", "Add allow-downloads to the sandbox attribute of that frame."],
  ]);
});

test("a sandbox without allow-popups is no fault, but a hint", async () => {
  await embed("allow-scripts allow-same-origin allow-downloads");
  const report = await ask();
  assert.equal(report.ok, true, report.text);
  const { ok, change } = report.checks.find(({ name }) => name === "sandbox");
  assert.deepEqual([ok, change.slice(0, 16)], [null, "Add allow-popups"]);
});

test("a person who has to sign in is no fault, but a hint", async () => {
  await fresh();
  const report = await ask({ from: "wants a person" });
  assert.equal(report.ok, true, report.text);
  const { ok, change } = report.checks.find(({ name }) => name === "token");
  assert.deepEqual([ok, change], [null, "Sign in, then run the doctor again."]);
});

test("an embedder policy that the option says: every check is good", async () => {
  story.allow(...NOISE);
  await control.set({ portalCoep: "require-corp" });
  await fresh();
  const report = await ask({ coep: "require-corp" });
  assert.deepEqual(report.checks.filter(({ ok }) => ok !== true).map(({ name }) => name), NOT_TOLD);
});

test("a signal ends it with aborted; what is none is told; whatever else is given is a report", async () => {
  await fresh();
  const ends = await story.portal.host("ended", { token });
  assert.deepEqual(ends.map(({ error }) => error?.code), ["invalid_options", "aborted", "aborted"]);
  for (const value of [null, 7, "x", {}, [], { getToken: 7 }]) {
    const report = await story.portal.host("doctorOf", value);
    assert.deepEqual(report.checks.filter(({ ok }) => ok === false).map(({ name }) => name), ["options"]);
  }
});

test("a doctor whose own wasm hangs ends by the signal and by the time", async () => {
  await fresh();
  const [before, during, late] = await story.portal.host("unloaded", { token });
  for (const { error } of [before, during]) assert.deepEqual([error?.name, error?.code], ["CabLinkError", "aborted"]);
  assert.deepEqual(late.checks.map(({ name, ok }) => [name, ok]), [["package", false]]);
});

test("a policy that only reports is not what the doctor could not be loaded for", async () => {
  await fresh();
  const { checks } = await story.portal.host("reported", { token });
  assert.deepEqual(checks.map(({ name, ok }) => [name, ok]), [["package", false]]);
});

test("with handoff follow nothing of the worker is looked at, and none is registered", async () => {
  await fresh();
  const report = await ask({ handoff: "follow" });
  assert.equal(report.ok, true, report.text);
  assert.equal(report.checks.filter(({ found: said }) => /Not needed/.test(said)).length, 14);
  assert.equal(await story.browser.run(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
});

test("a page with links alone loads nothing of the doctor", async () => {
  await story.portal.plainPage();
  const { requests } = await control.look();
  const loaded = requests.filter(({ path }) => path.startsWith("/pkg/")).map(({ path }) => path);
  assert.ok(loaded.length > 0);
  assert.deepEqual(loaded.filter((path) => path.includes("doctor")), []);
});
