// `failureCabs()`: the CABs of one failure, downloaded by the addresses that came with the list.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { APPLICATION_ID, DRIVER_CABS, DRIVER_FAILURES } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { assertSaved, names } from "./saved.mjs";
import { startStranger } from "./stranger.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

let stranger;
const story = tellStory(async ({ portal }) => {
  stranger = await startStranger();
  await portal.ready("/host-page.html");
});
after(() => stranger?.close());

const { kib8, kib64, mib1, mib16, expired } = DRIVER_CABS;
const QUERY = { applicationId: APPLICATION_ID };
const STATES = ["authorizing", "handed-off", "downloading"];
const AFTER_A_REQUEST = ["authorizing", "requesting", "handed-off", "downloading"];

function policyWith(...origins) {
  const parts = portalPolicy(urls).split("; ");
  return parts.map((part) => (part.startsWith("frame-src ") ? [part, ...origins].join(" ") : part)).join("; ");
}

/** A page whose policy lets frames go to storage, with a slice of the failure that has a CAB of every size. */
async function batch({ options, failure = DRIVER_FAILURES.everySize, query = QUERY, origins = [urls.storage] } = {}) {
  await control.set({ portalCsp: policyWith(...origins) });
  await story.portal.hostPage(options);
  const { result, error } = await story.portal.host("list", "batch", "failureCabs", failure, query);
  assert.equal(error, undefined);
  await control.clearRequests();
  return result;
}

const download = (id, slice = "batch") => story.portal.host("downloadOf", slice, id);

async function seen() {
  const { requests } = await control.look();
  const at = (where, part) => requests.filter(({ at, path, relay }) => at === where && !relay && path.includes(part));
  return { batches: at("devcenter", "cabdownloadbatch"), cabs: at("devcenter", "cabdownload?"), storage: at("storage", "") };
}

/** A download that fails: its error, nothing saved, nothing moved, and no secret anywhere. */
async function failing(id = kib8) {
  const { browser, portal } = story;
  await portal.forgetStates();
  const { result, error } = await download(id);
  assert.equal(result, undefined);
  assert.equal(error.name, "CabLinkError");
  assert.deepEqual(await browser.downloads.names(), []);
  assert.equal(await portal.driver.getCurrentUrl(), `${urls.portal}/host-page.html`);
  assert.equal((await portal.states(id)).at(-1).error.code, error.code);
  assert.ok(!JSON.stringify(error).includes("sig="));
  assert.deepEqual(await browser.run(() => [window.length, document.querySelectorAll("iframe, [hidden] > *").length]), [0, 0]);
  return error;
}

test("rows without addresses; each CAB arrives, equal to its blob, without a request to the service", async () => {
  const { browser, portal } = story;
  const { rows, total } = await batch();
  assert.deepEqual(rows.map(({ cabIdHash }) => cabIdHash).sort(), [kib8, kib64, mib1, mib16].sort());
  assert.equal(total, null);
  for (const row of rows) {
    assert.deepEqual(Object.keys(row).sort(), ["applicationId", "cabExpirationTime", "cabIdHash", "date", "failureHash", "submissionId"]);
  }
  for (const id of [kib8, mib16]) {
    await browser.downloads.clear();
    assert.deepEqual(await download(id), { result: { cabIdHash: id, via: "direct", attempts: 1 } });
    await assertSaved(browser, id);
    assert.deepEqual(names(await portal.states(id)), STATES);
  }
  const { batches, cabs, storage } = await seen();
  assert.deepEqual([batches, cabs], [[], []]);
  assert.deepEqual(storage.map(({ method, status }) => [method, status]), [["GET", 200], ["GET", 200]]);
  for (const { headers } of storage) for (const name of ["authorization", "referer", "origin"]) assert.equal(headers[name], undefined, name);
});

test("the addresses are nowhere where script can see them, also after a refusal", async () => {
  const { browser } = story;
  story.allow(/status of 40[34]/);
  await control.set({ portalCsp: policyWith(urls.storage) });
  await story.portal.hostPage();
  await browser.run(watch);
  await story.portal.host("list", "batch", "failureCabs", DRIVER_FAILURES.everySize, QUERY);
  await download(kib8);
  await assertSaved(browser, kib8);
  await control.deleteBlob(kib64);
  assert.equal((await download(kib64)).error.code, "storage_refused");
  const { msal, ...places } = await browser.run(traces);
  const secrets = await control.secrets();
  assert.ok(secrets.signatures.length > 4);
  assert.deepEqual(found(places, secrets), []);
  const slice = await browser.run(() => {
    const slice = window.host.slices.get("batch");
    return JSON.stringify([slice, Object.entries(Object.getOwnPropertyDescriptors(slice)), String(slice.download)]);
  });
  assert.deepEqual(found({ slice }, secrets), []);
});

test("more than a slice: next() leads on, and each slice downloads its own", async () => {
  const { browser, portal } = story;
  const first = await batch({ failure: DRIVER_FAILURES.manyTiny });
  assert.deepEqual([first.rows.length, first.total], [100, 120]);
  await browser.run(async () => {
    const next = await window.host.slices.get("batch").next();
    window.host.slices.set("next", next);
  });
  const last = await browser.run(() => window.host.slices.get("next").rows.map(({ cabIdHash }) => cabIdHash));
  assert.equal(last.length, 20);
  const elsewhere = await download(last[0]);
  assert.deepEqual([elsewhere.error.code, elsewhere.error.field], ["invalid_cab_id", "cabIdHash"]);
  assert.equal((await download(last[0], "next")).result.via, "direct");
  await assertSaved(browser, last[0]);
  assert.equal(await browser.run(() => window.host.slices.get("next").next().then(String)), "undefined");
  const all = await portal.host("rest", "batch");
  assert.equal(all.rows.length, 120);
});

test("an address that has aged, or is about to, is asked for anew before it is gone to", async () => {
  const { browser, portal } = story;
  for (const sasSeconds of [-60, 30]) {
    await control.set({ sasSeconds });
    await batch();
    await control.set({ sasSeconds: 3600 });
    await browser.downloads.clear();
    assert.deepEqual((await download(kib8)).result, { cabIdHash: kib8, via: "direct", attempts: 1 });
    await assertSaved(browser, kib8);
    assert.deepEqual(names(await portal.states(kib8)), AFTER_A_REQUEST);
    // The whole slice was asked for, so the others are fresh, too.
    await browser.downloads.clear();
    await download(kib64);
    await assertSaved(browser, kib64);
    const { batches, storage } = await seen();
    assert.equal(batches.length, 1);
    assert.deepEqual(storage.map(({ status }) => status), [200, 200]);
  }
});

const REFUSALS = {
  "a wrong signature": () => control.set({ sasWrongSignature: true }),
  "a deleted blob": () => control.deleteBlob(kib8),
  "a service that answers slowly and then not": () => control.fault({ at: "storage", delayMs: 1_500, status: 503 }),
  "a connection that is cut": () => control.fault({ at: "storage", drop: true }),
};
for (const [what, provoke] of Object.entries(REFUSALS)) {
  test(`${what} is storage_refused, after one fresh address`, async () => {
    story.allow(/status of (40[34]|503)|Failed to load|ERR_/);
    if (what === "a wrong signature") await provoke();
    await batch();
    if (what !== "a wrong signature") await provoke();
    const error = await failing();
    assert.deepEqual([error.code, error.retryable], ["storage_refused", true]);
    const { batches, storage } = await seen();
    assert.equal(batches.length, 1);
    assert.ok(storage.length >= 2);
    const states = names(await story.portal.states(kib8));
    assert.deepEqual(states, ["authorizing", "handed-off", "retrying", "requesting", "handed-off", "failed"]);
  });
}

test("storage that refuses once costs one request, and the file arrives", async () => {
  const { browser } = story;
  story.allow(/status of 403/);
  await batch();
  await control.fault({ at: "storage", status: 403, times: 1 });
  assert.deepEqual((await download(kib8)).result, { cabIdHash: kib8, via: "direct", attempts: 2 });
  await assertSaved(browser, kib8);
});

test("a slow answer of storage is waited for before anything is claimed", async () => {
  const { browser, portal } = story;
  await batch();
  await control.fault({ at: "storage", hold: true });
  await portal.host("beginOf", "batch", kib8);
  await until("the request to storage", async () => (await seen()).storage.length === 1);
  assert.deepEqual(names(await portal.states(kib8)), ["authorizing", "handed-off"]);
  await control.release();
  assert.equal((await portal.host("outcome", kib8)).result.via, "direct");
  await assertSaved(browser, kib8);
});

for (const [what, address] of [
  ["of the same site", () => `${stranger.origins[0]}/x?sig=abcdefghijkl`],
  ["of another site", () => `${stranger.origins[1]}/x?sig=abcdefghijkl`],
  ["with a password", () => urls.storage.replace("//", "//user:abcdefghijkl@")],
  ["that is script", () => "javascript:parent.shown=true"],
  ["that is none", () => "not an address"],
]) {
  test(`an address ${what} is storage_blocked, and never contacted`, async () => {
    stranger.requests.length = 0;
    await control.set({ portalCsp: policyWith(urls.storage, ...stranger.origins) });
    await story.portal.hostPage();
    const body = JSON.stringify({ Value: [{ cabIdHash: kib8, cabUrl: address() }] });
    await control.fault({ at: "cabdownloadbatch", status: 200, contentType: "application/json", body });
    await story.portal.host("list", "batch", "failureCabs", DRIVER_FAILURES.everySize, QUERY);
    await control.clearRequests();
    const error = await failing();
    assert.equal(error.code, "storage_blocked");
    assert.ok(!JSON.stringify(error).includes("abcdefghijkl"));
    assert.deepEqual([stranger.requests, (await seen()).storage], [[], []]);
    assert.equal(await story.browser.run(() => window.shown ?? null), null);
  });
}

test("a CAB without an address, and one that a fresh batch does not name, are not_found", async () => {
  await story.portal.hostPage();
  const body = JSON.stringify({ Value: [{ cabIdHash: expired, cabUrl: null }] });
  await control.fault({ at: "cabdownloadbatch", status: 200, contentType: "application/json", body, times: 1 });
  await story.portal.host("list", "batch", "failureCabs", DRIVER_FAILURES.everySize, QUERY);
  await control.clearRequests();
  assert.equal((await failing(expired)).code, "not_found");
  assert.equal((await seen()).batches.length, 1);
});

test("what the service says to the fresh request is the problem", async () => {
  story.allow(/status of 403/);
  await control.set({ sasSeconds: -60 });
  await batch();
  await control.fault({ at: "cabdownloadbatch", status: 403 });
  const error = await failing();
  assert.deepEqual([error.code, error.status], ["forbidden", 403]);
});

test("a host whose policy lacks storage in frame-src is frame_blocked, and the address is not told", async () => {
  const { browser } = story;
  story.allow(/Content.Security.Policy/i);
  await batch({ origins: [] });
  await browser.run(watch);
  const error = await failing();
  assert.equal(error.code, "frame_blocked");
  assert.match(error.nextStep, /storage in frame-src/);
  const { msal, ...places } = await browser.run(traces);
  assert.deepEqual(found(places, await control.secrets()), []);
  assert.deepEqual((await seen()).storage, []);
});

test("a second call is the same promise, also by another slice; afterwards it is a new download", async () => {
  const { browser } = story;
  await batch();
  await story.portal.host("list", "again", "failureCabs", DRIVER_FAILURES.everySize, QUERY);
  const same = await browser.run(async (id) => {
    const [one, other] = ["batch", "again"].map((name) => window.host.slices.get(name));
    const first = one.download(id);
    const same = [one.download(id) === first, other.download(id) === first];
    await first;
    return same;
  }, kib8);
  assert.deepEqual(same, [true, true]);
  await assertSaved(browser, kib8);
  assert.equal((await download(kib8)).result.attempts, 1);
  await assertSaved(browser, kib8, kib8);
});

test("an abort ends it, before and while it runs; stop() does, too", async () => {
  const { browser, portal } = story;
  await batch();
  const before = await browser.run((id) => {
    const signal = AbortSignal.abort();
    return window.host.slices.get("batch").download(id, { signal }).catch((error) => error.code);
  }, kib8);
  assert.equal(before, "aborted");
  assert.deepEqual((await seen()).storage, []);
  for (const end of [() => portal.host("abort", kib64), () => browser.run(() => window.host.cabs.stop())]) {
    await control.clearRequests();
    await control.fault({ at: "storage", hold: true, times: 1 });
    await portal.host("beginOf", "batch", kib64);
    await until("the request to storage", async () => (await seen()).storage.length === 1);
    await end();
    assert.equal((await portal.host("outcome", kib64)).error.code, "aborted");
    await until("its end at storage", async () => (await seen()).storage[0].aborted);
  }
  assert.equal((await download(kib8)).error.code, "aborted");
  assert.deepEqual(await browser.downloads.names(), []);
});

test("an abort in the handler of the first state leaves no place in the line taken", async () => {
  const { browser } = story;
  await batch();
  const codes = await browser.run(async (id) => {
    const codes = [];
    for (let time = 0; time < 4; time += 1) {
      const controller = new AbortController();
      document.addEventListener("cablink:state", () => controller.abort(), { once: true });
      await window.host.slices.get("batch").download(id, { signal: controller.signal }).catch((error) => codes.push(error.code));
    }
    return codes;
  }, kib64);
  assert.deepEqual(codes, ["aborted", "aborted", "aborted", "aborted"]);
  await story.portal.host("beginOf", "batch", kib8);
  assert.equal((await story.portal.host("outcome", kib8)).result?.via, "direct");
  await assertSaved(browser, kib8);
});

test("at most four at once, together with the page's other downloads", async () => {
  const { browser, portal } = story;
  const { rows } = await batch({ failure: DRIVER_FAILURES.manyTiny, query: { ...QUERY, top: 5 } });
  const ids = rows.map(({ cabIdHash }) => cabIdHash);
  await control.fault({ at: "storage", hold: true });
  const other = { cabIdHash: kib8, method: "driver", applicationId: APPLICATION_ID };
  await portal.host("begin", "other", other);
  for (const id of ids) await portal.host("beginOf", "batch", id);
  await until("four requests to storage", async () => (await seen()).storage.length === 4);
  const waiting = async () => (await portal.states()).filter(({ state }) => state === "handed-off").length;
  assert.equal(await waiting(), 4);
  // Whoever waits in the line may leave it; the next one takes its turn.
  await portal.host("abort", ids[3]);
  assert.equal((await portal.host("outcome", ids[3])).error.code, "aborted");
  await control.release();
  assert.equal((await portal.host("outcome", "other")).result.via, "worker");
  for (const id of ids.filter((id) => id !== ids[3])) assert.equal((await portal.host("outcome", id)).result.via, "direct");
  await assertSaved(browser, kib8, ...ids.filter((id) => id !== ids[3]));
});

test("other families have no such list, and what it does not take is named", async () => {
  const { portal } = story;
  await portal.hostPage();
  await control.clearRequests();
  for (const [values, field] of [
    [["a", { method: "ihvdriver" }], "method"],
    [["a", { method: "hardware" }], "method"],
    [["a", {}], "applicationId"],
    [["a"], "applicationId"],
    [["a", { ...QUERY, top: 101 }], "top"],
    [["a", { ...QUERY, filter: "market eq 'US'" }], "filter"],
    [["a", { ...QUERY, orderby: "date" }], "orderby"],
    [["", QUERY], "failureHash"],
  ]) {
    const { error } = await portal.host("list", "invalid", "failureCabs", ...values);
    assert.deepEqual([error?.code, error?.field], ["invalid_query", field], JSON.stringify(values));
  }
  assert.deepEqual((await seen()).batches, []);
  await batch();
  for (const id of ["../x", "", null, 7, "c1a51104"]) {
    const { error } = await download(id);
    assert.deepEqual([error.code, error.field], ["invalid_cab_id", "cabIdHash"], String(id));
  }
});
