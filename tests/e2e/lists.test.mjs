// `failureHits()` and `failureDetails()`: rows, slices, what is refused before anything leaves, and what a service, a
// relay or a stranger may answer.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { APPLICATION_ID, DRIVER_CABS, DRIVER_FAILURES, FAILURES, HARDWARE_FAILURES } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready("/host-page.html"));
const JSON_TYPE = "application/json";

/** A fresh page with cablink started, and nothing asked yet. */
async function page(options) {
  await story.portal.hostPage(options);
  await control.clearRequests();
}

const hits = (query, options) => story.portal.host("list", "hits", "failureHits", query, options);
const details = (hash, query) => story.portal.host("list", "details", "failureDetails", hash, query);
const next = (name) => story.portal.host("next", name);
const rest = (name) => story.portal.host("rest", name);

/** Requests for lists, as the Dev Center saw them. */
async function asked() {
  const { requests } = await control.look();
  return requests.filter(({ at, path }) => at === "devcenter" && /\/failure(hits|details)\b/.test(path));
}

const paths = async () => (await asked()).map(({ path }) => path.slice(path.indexOf("analytics/") + "analytics/".length));

const wanted = () => story.browser.run(() => window.host.wanted);

/** The bytes of an envelope that the service answers with, once or always. */
const answers = (body, { at = "failurehits", times = 1 } = {}) =>
  control.fault({ at, times, status: 200, contentType: JSON_TYPE, body: typeof body === "string" ? body : JSON.stringify(body) });

function daysAgo(days) {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

const ROW = { date: "2017-02-26", failureName: "AV_fastboot!unknown_function", eventCount: 1 };

test("hits: one request with the token, rows with the API's own names, counts as numbers", async () => {
  await page();
  const startDate = daysAgo(29);
  const { result } = await hits({ startDate, endDate: daysAgo(0) });
  assert.ok(result.rows.length > 20);
  assert.equal(result.total, result.rows.length);
  for (const row of result.rows) {
    assert.match(row.date, /^\d{4}-\d\d-\d\d$/);
    assert.equal(typeof row.failureHash, "string");
    assert.ok(Number.isInteger(row.eventCount) && row.eventCount > 0);
  }
  const requests = await asked();
  assert.equal(requests.length, 1);
  const [{ path, headers, tokenSha256 }] = requests;
  const [year, month, day] = startDate.split("-").map(Number);
  assert.ok(path.includes(`ihvdriver/failurehits?startDate=${month}%2F${day}%2F${year}&`), path);
  assert.ok(tokenSha256);
  assert.equal(headers.referer, undefined);
  assert.deepEqual(await wanted(), [
    { forceRefresh: false, claims: null, scopes: ["https://manage.devcenter.microsoft.com/.default"] },
  ]);
});

test("grouped hits hold what was asked for", async () => {
  await page();
  const { result } = await hits({
    startDate: daysAgo(29),
    groupby: ["failureName", "failureHash"],
    aggregationLevel: "month",
    orderby: "failureName desc",
  });
  assert.ok(result.rows.length > 0);
  for (const row of result.rows) assert.deepEqual(Object.keys(row).sort(), ["date", "eventCount", "failureHash", "failureName"]);
  const order = result.rows.map(({ failureName }) => failureName);
  assert.deepEqual(order, order.toSorted().reverse());
});

test("details of one failure: filtered, sorted, with the ids of CABs", async () => {
  await page();
  const all = (await details(FAILURES.manySmall, { orderby: ["cabExpirationTime desc"] })).result;
  assert.equal(all.rows.length, all.total);
  assert.ok(all.rows.every(({ failureHash, cabIdHash }) => failureHash === FAILURES.manySmall && cabIdHash));
  const [{ market }] = all.rows;
  const filter = { and: [{ field: "market", eq: market }, { field: "oemName", ne: "O'Neill & 'Sons' #1 100%" }] };
  const some = (await details(FAILURES.manySmall, { filter })).result;
  assert.ok(some.rows.length > 0 && some.rows.every((row) => row.market === market));
  assert.equal(some.rows.length, all.rows.filter((row) => row.market === market).length);
  const none = (await details(FAILURES.manySmall, { filter: "market eq 'a''b&c#d'" })).result;
  assert.deepEqual(none, { rows: [], total: 0 });
});

test("slices follow the service's links to the end, and the iterator goes through them all", async () => {
  await page();
  const whole = (await details(FAILURES.manySmall, { orderby: "cabExpirationTime" })).result.rows;
  assert.ok(whole.length > 14);
  await control.clearRequests();
  // A filter that has to be encoded anew in each link.
  const query = { orderby: "cabExpirationTime", filter: "oemName ne 'A&B #1 + 100%'", top: 7 };
  const first = (await details(FAILURES.manySmall, query)).result;
  assert.deepEqual([first.rows, first.total], [whole.slice(0, 7), whole.length]);
  assert.deepEqual((await next("details")).result.rows, whole.slice(7, 14));
  assert.deepEqual(await rest("details"), { rows: whole.slice(7) });
  const requests = await asked();
  assert.equal(requests.length, Math.ceil(whole.length / 7));
  for (const { path, status } of requests) {
    assert.equal(status, 200);
    assert.ok(path.includes("filter=oemName%20ne%20%27A%26B%20%231%20%2B%20100%25%27"), path);
  }
});

test("next() asked twice is the same promise, and nothing after the last", async () => {
  await page();
  const total = (await details(FAILURES.everySize, { top: 4 })).result.total;
  await control.clearRequests();
  const told = await story.browser.run(async () => {
    let slice = window.host.slices.get("details");
    const same = slice.next() === slice.next();
    let rows = slice.rows.length;
    let end;
    while ((end = await slice.next())) {
      slice = end;
      rows += slice.rows.length;
    }
    return [same, rows, String(end), JSON.stringify(Object.keys(slice))];
  });
  assert.deepEqual(told, [true, total, "undefined", '["rows","totalCount"]']);
  assert.equal((await asked()).length, Math.ceil(total / 4) - 1);
});

/** Each is wrong in one part, which the error names. */
const INVALID = [
  ["failureHits", [{ top: 0 }], "top"],
  ["failureHits", [{ top: 10_001 }], "top"],
  ["failureHits", [{ top: "10" }], "top"],
  ["failureHits", [{ skip: -1 }], "skip"],
  ["failureHits", [{ startDate: "1/1/2015" }], "startDate"],
  ["failureHits", [{ startDate: "2015-02-29" }], "startDate"],
  ["failureHits", [{ startDate: "2015-02-02", endDate: "2015-02-01" }], "startDate"],
  ["failureHits", [{ filter: "osName eq 'x'" }], "filter"],
  ["failureHits", [{ filter: "market eq 'x" }], "filter"],
  ["failureHits", [{ filter: { field: "osName", eq: "x" } }], "filter"],
  ["failureHits", [{ filter: { or: [{ field: "market", like: "x" }] } }], "filter"],
  ["failureHits", [{ orderby: "sellerId" }], "orderby"],
  ["failureHits", [{ groupby: ["date"] }], "groupby"],
  ["failureHits", [{ groupby: "osName" }], "groupby"],
  ["failureHits", [{ aggregationLevel: "year" }], "aggregationLevel"],
  ["failureHits", [{ method: "xbox" }], "method"],
  ["failureHits", [{ method: "driver" }], "applicationId"],
  ["failureHits", [{ method: "driver", applicationId: 184 }], "applicationId"],
  ["failureHits", [{ applicationId: "184" }], "applicationId"],
  ["failureHits", [{ limit: 7 }], "limit"],
  ["failureHits", [{ "<img src=x>": 7 }], "query"],
  ["failureHits", ["top=7"], "query"],
  ["failureHits", [{ signal: {} }], "signal"],
  ["failureHits", [{}, { signal: "now" }], "signal"],
  ["failureDetails", [], "failureHash"],
  ["failureDetails", [""], "failureHash"],
  ["failureDetails", ["../cabdownload?x="], "failureHash"],
  ["failureDetails", [{ failureHash: "a" }], "failureHash"],
  ["failureDetails", ["a", { groupby: "market" }], "groupby"],
  ["failureDetails", ["a", { aggregationLevel: "day" }], "aggregationLevel"],
  ["failureDetails", ["a", { method: "driver", applicationId: "1", filter: "flightRing eq 'x'" }], "filter"],
  ["failureDetails", ["a", { method: "hardware", filter: "eventType eq 'x'" }], "filter"],
];

test("what the list does not take is named before a token is asked for or a request leaves", async () => {
  const { portal } = story;
  await page();
  for (const [method, values, field] of INVALID) {
    const { error } = await portal.host("list", "invalid", method, ...values);
    const what = `${method} ${JSON.stringify(values)}`;
    assert.deepEqual([error?.name, error?.code, error?.field, error?.retryable], ["CabLinkError", "invalid_query", field, false], what);
    assert.match(error.message, /^The .*\.$/, what);
    assert.doesNotMatch(error.message, /img/);
  }
  assert.deepEqual(await asked(), []);
  assert.deepEqual(await wanted(), []);
});

test("odd values, getters that throw and days by Date objects", async () => {
  await page();
  assert.deepEqual(Object.fromEntries(await story.portal.host("oddLists")), {
    // What a getter does not give is not there.
    getter: "rows",
    proxy: "invalid_query",
    revoked: "invalid_query",
    noDate: "invalid_query",
    manyItems: "invalid_query",
    itself: "invalid_query",
    bigint: "invalid_query",
    symbol: "invalid_query",
    function: "invalid_query",
    days: "rows",
    undefined: "rows",
    null: "rows",
  });
  const startDate = new Date(Date.now() - 5 * 86_400_000);
  const spelt = `startDate=${startDate.getUTCMonth() + 1}%2F${startDate.getUTCDate()}%2F${startDate.getUTCFullYear()}`;
  assert.ok((await paths()).some((path) => path.includes(spelt)), spelt);
});

test("the siblings are asked by their own paths, and have their own rows", async () => {
  await page();
  const driver = { method: "driver", applicationId: APPLICATION_ID };
  const submission = (await hits({ ...driver, top: 1 })).result.rows[0].submissionId;
  await control.clearRequests();
  for (const [{ result }, field] of [
    [await hits({ ...driver, filter: { field: "submissionId", eq: submission } }), "driverName"],
    [await details(DRIVER_FAILURES.everySize, { ...driver, filter: `cabIdHash eq '${DRIVER_CABS.kib8}'` }), "submissionId"],
    [await hits({ method: "hardware", groupby: "moduleName" }), "moduleName"],
    [await details(HARDWARE_FAILURES.everySize, { method: "hardware", orderby: "osBuild" }), "modelFamily"],
  ]) {
    assert.ok(result.rows.length > 0);
    assert.ok(result.rows.every((row) => typeof row[field] === "string"), field);
  }
  assert.deepEqual(await paths(), [
    `driver/failurehits?applicationId=${APPLICATION_ID}&filter=submissionId%20eq%20%27${submission}%27`,
    `driver/failuredetails?failureHash=${DRIVER_FAILURES.everySize}&applicationId=${APPLICATION_ID}&filter=cabIdHash%20eq%20%27${DRIVER_CABS.kib8}%27`,
    "hardware/failurehits?groupby=moduleName",
    `hardware/failuredetails?failureHash=${HARDWARE_FAILURES.everySize}&orderby=osBuild`,
  ]);
});

test("a list that is not there is not_found, and its words speak of no download", async () => {
  story.allow(/status of 404/);
  await page();
  for (const method of ["ihvdriver", "hardware"]) {
    await control.fault({ at: "failurehits", status: 404, times: 1 });
    const { error } = await hits({ method });
    assert.deepEqual([error.code, error.status, error.serviceCode], ["not_found", 404, "NotFound"]);
    assert.doesNotMatch(error.message + error.nextStep, /CAB|download/);
  }
});

test("the module of the lists is loaded on the first call, once, and what cannot be loaded is tried again", async () => {
  story.allow(/status of (404|200)/, /MIME|Loading module|error loading dynamically imported module|wasm/i);
  await page();
  const loads = async () => (await control.look()).requests.filter(({ path }) => path.startsWith("/pkg/cablink_lists")).map(({ path }) => path);
  assert.deepEqual(await loads(), []);
  await control.fault({ at: "lists", status: 404, times: 1 });
  const noScript = (await hits()).error;
  assert.deepEqual([noScript.code, noScript.retryable], ["network_error", true]);
  assert.match(noScript.message, /could not be loaded/);
  // The script comes, the wasm does not.
  await control.fault({ at: "lists", headers: { "x-part": "script" }, times: 1 });
  await control.fault({ at: "lists", status: 404, times: 1 });
  assert.equal((await hits()).error?.code, "network_error");
  assert.deepEqual(await asked(), []);
  assert.deepEqual(await wanted(), []);
  const all = await story.browser.run(async () => {
    const { cabs } = window.host;
    const slices = await Promise.all([cabs.failureHits(), cabs.failureHits({ top: 5 }), cabs.failureDetails("a")]);
    return slices.map(({ rows }) => Array.isArray(rows));
  });
  assert.deepEqual(all, [true, true, true]);
  const wasm = (await loads()).filter((path) => path.endsWith(".wasm"));
  assert.equal(wasm.length, 2, "once that failed, once for all three");
});

test("a module that an import map's hash refuses is not asked for at another address", async () => {
  const { browser, portal } = story;
  story.allow(/integrity|Failed to find a valid digest|Loading module|error loading dynamically imported module/i);
  const page = await readFile(new URL("pages/integrity.html", import.meta.url), "utf8");
  const [, map] = /<script type="importmap">([^<]*)<\/script>/.exec(page);
  // The map stands in the page itself, so a strict policy names its hash.
  const hash = createHash("sha256").update(map).digest("base64");
  await control.set({ portalCsp: portalPolicy(urls).replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`) });
  await portal.plainPage(urls.portal, "integrity");
  assert.equal(await portal.host("start", "any-token"), null);
  await control.clearRequests();
  const call = () => browser.run(() => window.host.cabs.failureHits().then(() => "rows", ({ code }) => code));
  const loads = async () => (await control.look()).requests.filter(({ path }) => path.startsWith("/pkg/cablink_lists"));
  for (let time = 0; time < 3; time += 1) assert.equal(await call(), "network_error");
  // The file itself is there; what is in it is not what the page wants.
  const all = await loads();
  assert.ok(all.length > 0);
  for (const { path, status } of all) assert.deepEqual([path, status], ["/pkg/cablink_lists.js", 200]);
  assert.equal(await browser.run(() => window.host.asked), 0);
});

test("what has left an iteration gets no more of it, also while a slice is on its way", async () => {
  await page();
  await answers({ Value: [ROW], "@nextLink": "ihvdriver/failurehits?skip=1", TotalCount: 3 });
  const first = await story.browser.run(async () => {
    window.iterator = (await window.host.cabs.failureHits())[Symbol.asyncIterator]();
    return window.iterator.next();
  });
  await control.fault({ at: "failurehits", hold: true, times: 1 });
  await story.browser.run(() => void (window.waiting = window.iterator.next()));
  await until("the next slice to be asked for", async () => (await asked()).length === 2);
  const left = await story.browser.run(() => window.iterator.return("so far"));
  await control.release();
  const after = await story.browser.run(async () => {
    await window.waiting;
    return [await window.iterator.next(), await window.iterator.next()];
  });
  const steps = [first, left, ...after].map(({ value, done }) => ({ value: value?.eventCount ?? value ?? null, done }));
  assert.deepEqual(steps, [
    { value: 1, done: false },
    { value: "so far", done: true },
    { value: null, done: true },
    { value: null, done: true },
  ]);
});

test("a signal of another window ends a list, and what is no signal is named", async () => {
  await page();
  await control.fault({ at: "failurehits", hold: true, times: 1 });
  await story.browser.run(() => {
    const frame = document.body.appendChild(document.createElement("iframe"));
    window.controller = new frame.contentWindow.AbortController();
    window.ended = window.host.cabs.failureHits({ signal: window.controller.signal }).then(() => "rows", ({ code }) => code);
  });
  await until("the list to be asked for", async () => (await asked()).length === 1);
  const codes = await story.browser.run(async () => {
    window.controller.abort();
    const told = [await window.ended];
    for (const wrong of [{}, { addEventListener() {} }, "signal", 7]) {
      told.push(await window.host.cabs.failureHits({}, { signal: wrong }).then(() => "rows", ({ code, field }) => `${code} ${field}`));
    }
    return told;
  });
  assert.deepEqual(codes, ["aborted", ...Array(4).fill("invalid_query signal")]);
  await control.release();
});

test("a module that hangs while it loads ends by the deadline, a signal and stop(), and is used once it is there", async () => {
  await page({ deadlineMs: 700 });
  await control.fault({ at: "lists", hold: true });
  const late = (await hits()).error;
  assert.deepEqual([late.code, late.message, late.retryable], ["timeout", "The list did not come in time.", true]);
  await story.portal.host("start", { deadlineMs: 60_000 });
  const codes = await story.browser.run(async () => {
    const { cabs } = window.host;
    const code = (promise) => promise.then(() => "rows", (error) => error.code);
    const controller = new AbortController();
    const ends = [
      code(cabs.failureHits({ signal: controller.signal })),
      code(cabs.failureDetails("a", {}, { signal: controller.signal })),
      code(cabs.failureHits()),
    ];
    controller.abort();
    await Promise.all(ends.slice(0, 2));
    cabs.stop();
    return Promise.all(ends);
  });
  assert.deepEqual(codes, ["aborted", "aborted", "aborted"]);
  assert.deepEqual(await wanted(), []);
  await control.release();
  await story.portal.host("start");
  assert.ok((await hits()).result.rows.length > 0);
});

test("signals end a list before it begins, while it runs, and for every slice after it", async () => {
  await page();
  const before = await story.browser.run(async () => {
    const codes = [];
    const told = (promise) => promise.then(() => codes.push("rows"), (error) => codes.push(error.code));
    await told(window.host.cabs.failureHits({ signal: AbortSignal.abort() }));
    await told(window.host.cabs.failureDetails("a", {}, { signal: AbortSignal.abort("why") }));
    return codes;
  });
  assert.deepEqual(before, ["aborted", "aborted"]);
  assert.deepEqual([await asked(), await wanted()], [[], []]);

  await control.fault({ at: "failurehits", delayMs: 3_600_000 });
  await story.browser.run(() => {
    window.host.controller = new AbortController();
    window.host.running = window.host.cabs.failureHits({ signal: window.host.controller.signal }).catch((error) => error.code);
  });
  await until("the request", async () => (await asked()).length === 1);
  assert.equal(await story.browser.run(() => (window.host.controller.abort(), window.host.running)), "aborted");
  await until("its end at the service", async () => (await asked())[0].aborted);

  await control.clearFaults();
  await control.clearRequests();
  const after = await story.browser.run(async (hash) => {
    const controller = new AbortController();
    const slice = await window.host.cabs.failureDetails(hash, { top: 5 }, { signal: controller.signal });
    controller.abort();
    return slice.next().then(() => "rows", (error) => error.code);
  }, FAILURES.manySmall);
  assert.equal(after, "aborted");
  assert.equal((await asked()).length, 1);
});

test("stop() ends lists under way, and nothing starts afterwards", async () => {
  await page();
  await details(FAILURES.manySmall, { top: 5 });
  await control.fault({ at: "failurehits", delayMs: 3_600_000 });
  await story.browser.run(() => {
    window.host.running = window.host.cabs.failureHits().catch((error) => error.code);
  });
  await until("the request", async () => (await asked()).length === 2);
  assert.equal(await story.browser.run(() => (window.host.cabs.stop(), window.host.running)), "aborted");
  assert.equal((await next("details")).error?.code, "aborted");
  assert.equal((await hits()).error?.code, "aborted");
  assert.equal((await asked()).length, 2);
});

test("a list that does not come in time is a timeout", async () => {
  await page({ deadlineMs: 1_200 });
  await control.fault({ at: "failurehits", delayMs: 3_600_000 });
  const { error } = await hits();
  assert.deepEqual([error.code, error.retryable], ["timeout", true]);
  assert.doesNotMatch(error.message, /download/);
});

test("a refused token is renewed once, with the claims that were asked for", async () => {
  story.allow(/status of 401/);
  await page();
  const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: "c1" } } });
  const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;
  await control.fault({ at: "failurehits", status: 401, headers: { "WWW-Authenticate": challenge }, times: 1 });
  const { result } = await hits({ startDate: daysAgo(5) });
  assert.ok(result.rows.length > 0);
  const requests = await asked();
  assert.deepEqual(requests.map(({ status }) => status), [401, 200]);
  assert.notEqual(requests[0].tokenSha256, requests[1].tokenSha256);
  assert.deepEqual((await wanted()).map(({ forceRefresh, claims: each }) => [forceRefresh, each]), [[false, null], [true, claims]]);

  await control.fault({ at: "failurehits", status: 401 });
  await control.clearRequests();
  const { error } = await hits();
  assert.deepEqual([error.code, error.status], ["unauthorized", 401]);
  assert.deepEqual((await asked()).map(({ status }) => status), [401, 401]);
});

test("a getToken that fails ends the list with its own problem", async () => {
  await page();
  const ends = await story.portal.host("oddTokens");
  assert.deepEqual(ends.map(([name, code]) => [name, code]), [
    ["throws", "token_unavailable"],
    ["signIn", "interaction_required"],
    ["lines", "token_unavailable"],
    ["number", "token_unavailable"],
    ["never", "timeout"],
  ]);
  for (const [, , message] of ends) assert.doesNotMatch(message, /CAB|download/);
  assert.deepEqual(await asked(), []);
});

test("a service that is busy, fails or cannot be reached is asked again", async () => {
  story.allow(/status of (429|500|502|503)/, /net::ERR_|Failed to load resource/);
  await page();
  for (const fault of [
    { status: 429, headers: { "Retry-After": "1" } },
    { status: 503, headers: { "Retry-After": "0" } },
    { status: 500 },
    { status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" },
    { drop: true },
  ]) {
    await control.clearRequests();
    await control.fault({ at: "failurehits", times: 1, ...fault });
    const { result, error } = await hits({ startDate: daysAgo(5) });
    assert.ok(result?.rows.length > 0, `${JSON.stringify(fault)}: ${error?.text}`);
    assert.equal((await asked()).at(-1).status, 200);
  }
});

test("problems of the service keep their code, status and words", async () => {
  story.allow(/status of (400|403|404|429|500)/, /net::ERR_|Failed to load resource/);
  await page({ deadlineMs: 20_000 });
  for (const [fault, code, facts] of [
    [{ status: 400 }, "bad_request", { status: 400, serviceCode: "BadRequest" }],
    [{ status: 403, contentType: JSON_TYPE, body: '{"code":"Forbidden","message":"No.","innererror":{"message":"EC5"}}' }, "forbidden",
      { status: 403, serviceCode: "Forbidden", serviceMessage: "No. EC5" }],
    [{ status: 404, contentType: "text/html", body: "<h1>no</h1>" }, "not_found", { status: 404, serviceMessage: undefined }],
    [{ status: 403, contentType: JSON_TYPE, body: `{"message":"${"x".repeat(200_000)}"}` }, "forbidden", { status: 403, serviceMessage: undefined }],
    [{ status: 429, headers: { "Retry-After": "3600" } }, "throttled", { status: 429, retryAfterMs: 3_600_000 }],
    [{ status: 500 }, "service_error", { status: 500 }],
    [{ at: "relay", drop: true }, "network_error", {}],
  ]) {
    await control.clearFaults();
    await control.fault({ at: "failurehits", ...fault });
    const { error } = await hits();
    assert.equal(error?.code, code, JSON.stringify(fault).slice(0, 200));
    for (const [key, value] of Object.entries(facts)) assert.equal(error[key], value, `${code}: ${key}`);
    assert.doesNotMatch(error.message + error.nextStep, /CAB|download/);
  }
});

test("what is no list is unexpected_response, and a redirect takes the token nowhere", async () => {
  await page();
  for (const [fault, words] of [
    [{ contentType: "text/html", body: "<!doctype html><form>Sign in</form>" }, /web page/],
    [{ contentType: JSON_TYPE, body: "<h1>Sign in</h1>" }, /web page/],
    [{ contentType: JSON_TYPE, body: '{"error":"Object reference not set."}' }, /not a list/],
    [{ contentType: JSON_TYPE, body: '{"Value":[{"date":' }, /not a list/],
    [{ contentType: JSON_TYPE, body: "" }, /not a list/],
    [{ status: 204 }, /not a list/],
    [{ redirect: `${urls.portal}/index.html` }, /redirect/],
    [{ redirect: `${urls.identity}/` }, /redirect/],
    [{ redirect: "javascript:alert(1)" }, /redirect/],
  ]) {
    await control.clearFaults();
    await control.clearRequests();
    await control.fault({ at: "relay", status: fault.redirect ? 302 : 200, ...fault });
    const { error } = await hits();
    assert.equal(error?.code, "unexpected_response", JSON.stringify(fault));
    assert.match(error.message, words);
    const { requests } = await control.look();
    assert.deepEqual(requests.filter(({ relay, path }) => !relay && !path.startsWith("/pkg/")), [], JSON.stringify(fault));
  }
});

const HOSTILE = [
  `${urls.identity}/ihvdriver/failurehits?skip=1`,
  "//evil.example/ihvdriver/failurehits?skip=1",
  "https://evil.example/v1.0/my/analytics/ihvdriver/failurehits?skip=1",
  "https://portal:secret@localhost/devcenter/ihvdriver/failurehits?skip=1",
  "javascript:alert(document.domain)",
  "\\\\evil.example\\ihvdriver/failurehits?skip=1",
  "ihvdriver/failurehits/../../../index.html?skip=1",
  "ihvdriver/cabdownload?cabIdHash=a",
  "ihvdriver/failuredetails?failureHash=a",
  "driver/failurehits?skip=1",
  "ihvdriver/failurehits?skip=1#fragment",
  "/index.html",
  "<a href=x>next</a>",
  { href: "ihvdriver/failurehits?skip=1" },
  7,
];

test("a link that leads elsewhere is not followed, and the rows before it are there", async () => {
  await page();
  for (const link of HOSTILE) {
    await answers({ Value: [ROW], "@nextLink": link, TotalCount: 9 });
    const { result } = await hits();
    assert.deepEqual(result, { rows: [ROW], total: 9 });
    await control.clearRequests();
    const { error } = await next("hits");
    assert.equal(error?.code, "unexpected_response", JSON.stringify(link));
    assert.match(error.message, /leads elsewhere/);
    const { requests } = await control.look();
    assert.deepEqual(requests, [], JSON.stringify(link));
  }
});

test("every spelling of a link to the same list is asked for below the endpoint", async () => {
  await page();
  for (const base of ["", "https://manage.devcenter.microsoft.com/v1.0/my/analytics/", "/v1.0/my/analytics/", `${urls.portal}/devcenter/`]) {
    await control.clearRequests();
    await answers({ Value: [ROW], "@nextLink": `${base}ihvdriver/failurehits?startDate=2017/02/26&filter=market eq 'US'&top=1&skip=1` });
    await answers({ Value: [], "@nextLink": null });
    await hits();
    assert.deepEqual((await next("hits")).result, { rows: [], total: null });
    assert.equal((await paths())[1], "ihvdriver/failurehits?startDate=2017%2F02%2F26&filter=market%20eq%20%27US%27&top=1&skip=1");
    const { requests } = await control.look();
    assert.deepEqual([...new Set(requests.map(({ at }) => at))].sort(), ["devcenter", "portal"]);
  }
});

test("links that lead in a circle end", async () => {
  await page();
  const link = (skip) => `ihvdriver/failurehits?skip=${skip}`;
  const rows = (...names) => names.map((failureName) => ({ failureName }));
  for (const bodies of [
    // The same link again.
    [{ Value: rows("a", "b"), "@nextLink": link(2) }, { Value: rows("c", "d"), "@nextLink": link(2) }],
    // The same rows under ever new links.
    [{ Value: rows("a", "b"), "@nextLink": link(2) }, { Value: rows("c", "d"), "@nextLink": link(4) }, { Value: rows("a", "b"), "@nextLink": link(6) }],
  ]) {
    await control.clearFaults();
    for (const body of bodies) await answers(body);
    await hits();
    const { rows: seen, error } = await rest("hits");
    assert.deepEqual(seen.map(({ failureName }) => failureName), ["a", "b", "c", "d"]);
    assert.equal(error?.code, "unexpected_response");
    assert.match(error.message, /circle/);
  }
});

test("a slice that failed can be asked for again", async () => {
  story.allow(/status of 403/);
  await page();
  const whole = (await details(FAILURES.everySize, {})).result.rows;
  await details(FAILURES.everySize, { top: 4 });
  await control.fault({ at: "failuredetails", status: 403, times: 1 });
  assert.equal((await next("details")).error?.code, "forbidden");
  assert.deepEqual((await next("details")).result.rows, whole.slice(4, 8));
});

test("rows keep every digit, unknown fields and nulls, and nothing in them does anything", async () => {
  await page();
  const hostile = {
    failureName: "<img src=x onerror=\"document.title='run'\">",
    symbol: "javascript:document.title='run'",
    driverName: "https://evil.example/x.png",
  };
  const body =
    `{"Value":[{"applicationId":18430592857500421,"sellerId":14313740,"eventCount":"2.0","deviceCount":1.0,"osName":null,` +
    `"newId":9223372036854775807,"newCount":3,"newList":[18446744073709551616,{"a":1.5}],"__proto__":{"polluted":true},` +
    `"oemName":"cut \\ud83d"},${JSON.stringify(hostile)},null,7],"TotalCount":2.0,"@nextLink":null}`;
  await answers(body);
  const told = await story.portal.host("showRows");
  const [first, second] = JSON.parse(told.json).rows;
  // Kept as it came, as a field like any other; the prototype below is the usual one.
  assert.deepEqual(Object.entries(first).find(([name]) => name === "__proto__"), ["__proto__", { polluted: true }]);
  assert.deepEqual(Object.fromEntries(Object.entries(first).filter(([name]) => name !== "__proto__")), {
    applicationId: "18430592857500421", sellerId: "14313740", eventCount: 2, deviceCount: 1, osName: null,
    newId: "9223372036854775807", newCount: 3, newList: ["18446744073709551616", { a: 1.5 }], oemName: "cut \ufffd",
  });
  assert.deepEqual(second, hostile);
  assert.deepEqual([told.polluted, told.usualPrototype], [null, true]);
  assert.deepEqual([told.title, told.images], ["Host page", 0]);
  assert.deepEqual((await control.look()).requests.filter(({ at }) => at !== "devcenter" && at !== "portal"), []);
});

test("an endpoint elsewhere that answers CORS is asked directly, without cookies", async () => {
  await control.set({ cors: [urls.portal] });
  await page({ endpoint: `${urls.devcenter}/v1.0/my/analytics` });
  const first = (await details(FAILURES.manySmall, { top: 50 })).result;
  assert.equal(first.rows.length, 50);
  assert.equal((await next("details")).result.rows.length, 50);
  const { requests } = await control.look();
  const lists = requests.filter(({ at, method }) => at === "devcenter" && method === "GET");
  assert.deepEqual(lists.map(({ headers }) => headers.cookie), [undefined, undefined]);
  assert.deepEqual(requests.filter(({ relay }) => relay), []);
});

test("10,000 rows come as one slice", async () => {
  await page();
  const Value = Array.from({ length: 10_000 }, (_, number) => ({ ...ROW, failureHash: `h${number}`, sellerId: "14313740", oemModel: `C-${number}` }));
  await answers({ Value, TotalCount: 10_000 });
  const told = await story.browser.run(async () => {
    const slice = await window.host.cabs.failureHits();
    let count = 0;
    for await (const row of slice) count += row.eventCount;
    return [slice.rows.length, count, slice.rows[9_999].failureHash];
  });
  assert.deepEqual(told, [10_000, 10_000, "h9999"]);
});

test("no token is left where script or a person can see it", async () => {
  const { browser } = story;
  story.allow(/status of (401|403|500)/);
  await page();
  await browser.run(watch);
  const echo = '{"code":"Forbidden","message":"No access with {{token}}","innererror":{"message":"Bearer {{token}}"}}';
  const outcomes = [
    await hits({ startDate: daysAgo(5) }),
    await details(FAILURES.manySmall, { top: 5 }),
    await next("details"),
  ];
  for (const fault of [
    { at: "failurehits", status: 403, contentType: JSON_TYPE, body: echo },
    { at: "failurehits", status: 401, contentType: JSON_TYPE, body: echo },
    { at: "relay", contentType: "text/html", body: "<p>{{token}}</p>" },
    { at: "failurehits", status: 200, contentType: JSON_TYPE, body: '{"Value":[],"@nextLink":"https://evil.example/?{{token}}"}' },
  ]) {
    await control.clearFaults();
    await control.fault(fault);
    outcomes.push(await hits());
  }
  outcomes.push(await next("hits"));
  const { tokens } = await control.secrets();
  const { msal, ...places } = await browser.run(traces);
  // A place for what must not be searched in vain: MSAL's own cache has the token.
  assert.deepEqual(found({ msal }, { tokens, signatures: [] }), ["msal: token"]);
  places.outcomes = JSON.stringify(outcomes);
  assert.ok(/forbidden/.test(places.outcomes) && /unexpected_response/.test(places.outcomes));
  assert.deepEqual(found({ ...places, console: JSON.stringify(await story.hear()) }, { tokens, signatures: [] }), []);
  const { requests } = await control.look();
  const strays = requests.filter(({ path, headers }) => found({ text: path + JSON.stringify(headers) }, { tokens, signatures: [] }).length > 0);
  assert.deepEqual(strays, []);
});
