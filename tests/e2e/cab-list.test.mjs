// <cab-list>: the occurrences of one failure, sorted, filtered, scrolled, selected, and several CABs downloaded in turn.

import assert from "node:assert/strict";

import { By, Key } from "selenium-webdriver";

import { CABS, FAILURES } from "../stack/known.mjs";
import { complaints } from "./accessibility.mjs";
import { openElements, PAGE } from "./elements-page.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { control } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready(PAGE));

const run = (...values) => story.browser.run(...values);
const seen = () => run(() => window.elements.list());
const cabList = (attributes, rest) => ({ tag: "cab-list", attributes, ...rest });
const page = (options) => openElements(story, options);
const put = (...all) => run((...what) => window.elements.put(...what), ...all);

/** Waits until the list is as it should be, and says how it looks then. */
function list(what, is) {
  const look = async () => {
    const now = await seen();
    return is(now) && now;
  };
  const brief = async () => {
    const { rows, ...rest } = await seen();
    return { ...rest, rows: rows.slice(0, 3) };
  };
  return until(what, look, { seen: brief, deadlineMs: 30_000 });
}

const status = (words) => list(`the list to say ${words}`, (now) => now.status === words);

async function inList(selector) {
  const host = await story.portal.driver.findElement(By.css("cab-list"));
  return (await host.getShadowRoot()).findElement(By.css(selector));
}

async function click(selector, { shift = false } = {}) {
  const origin = await inList(selector);
  // Not to an edge: WebKit's bar for scrolling to the side lies over the last row.
  await story.portal.driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", origin);
  const actions = story.portal.driver.actions();
  if (shift) actions.keyDown(Key.SHIFT);
  actions.move({ origin }).click();
  if (shift) actions.keyUp(Key.SHIFT);
  await actions.perform();
}

const press = (...keys) => story.portal.driver.actions().sendKeys(...keys).perform();
const box = (at) => `tr[data-at="${at}"] input`;

testEverywhere("the occurrences of a failure, newest first, each with its link", async () => {
  const { browser, portal } = story;
  await page();
  await run(() => window.elements.listen("cablink:rows"));
  await put(cabList({ "failure-hash": FAILURES.everySize }));
  const now = await status("7 occurrences");
  assert.equal(now.sorted, "Date descending");
  assert.deepEqual(now.rows.map(({ id }) => id).sort(), Object.values(CABS).sort());
  assert.deepEqual(now.rows.map(({ index }) => index), [2, 3, 4, 5, 6, 7, 8]);
  assert.equal(now.count, "8");
  const expired = now.rows.find(({ id }) => id === CABS.expired);
  assert.deepEqual([expired.state, expired.disabled], ["expired", true]);
  assert.match(expired.cells[2], /^expired \d+ (hours|days) ago, /);
  const kib8 = now.rows.find(({ id }) => id === CABS.kib8);
  assert.match(kib8.cells[0], /^[A-Z]+ c1a51104…$/);
  assert.match(kib8.cells[2], /^\d+ days left, /);
  assert.match(now.zone, /^Times are those of \S+\.$/);
  assert.deepEqual(await run(() => window.elements.heard), [{ name: "cablink:rows", on: "cab-list", loaded: 7, total: 7 }]);

  const at = now.rows.findIndex(({ id }) => id === CABS.kib8);
  await run((row) => document.querySelector("cab-list").shadowRoot.querySelector(`tr[data-at="${row}"] cab-link`).shadowRoot.querySelector("a").click(), at);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  // Events of the rows' links are the list's to the page.
  assert.deepEqual([...new Set((await portal.states(CABS.kib8)).map(({ on }) => on))], ["cab-list"]);
});

testEverywhere("ten thousand rows: few of them in the document, sorted and filtered right", async () => {
  await page();
  await put(cabList({}));
  await run(() => window.elements.give(10_000));
  const first = await status("10,000 occurrences");
  assert.equal(first.count, "10001");
  const rows = await run(() => window.elements.rows(10_000));
  const most = first.nodes;
  assert.ok(first.rows.length < 60 && most < 1_200, `${first.rows.length} rows, ${most} nodes`);
  assert.deepEqual(first.rows.map(({ id }) => id), rows.slice(0, first.rows.length).map(({ cabIdHash }) => cabIdHash));

  // Wherever one scrolls to, what is seen is drawn, and nothing grows.
  for (const part of [0.5, 0.123, 1, 0.9, 0]) {
    await run((one) => window.elements.scroll(one * 1e6), part * (first.scrollHeight / 1e6));
    const now = await seen();
    assert.ok(now.nodes <= most + 500, `${now.nodes} nodes`);
    assert.ok(now.rows[0].top <= now.top + 60, `from above at ${part}`);
    const bottom = now.rows.at(-1).top + 30;
    assert.ok(bottom >= now.top + now.height || now.rows.at(-1).index === 10_001, `to below at ${part}`);
    assert.deepEqual(now.rows.map(({ id, index }) => [id, index]), now.rows.map((_, at) => [rows[now.rows[0].index - 2 + at].cabIdHash, now.rows[0].index + at]));
  }

  const ids = (all) => all.map(({ cabIdHash }) => cabIdHash);
  const byDate = rows.toSorted((one, other) => (one.date < other.date ? 1 : one.date > other.date ? -1 : 0));
  await click("[data-column=date]");
  const dates = await list("newest first", ({ sorted }) => sorted === "Date descending");
  assert.deepEqual(dates.rows.map(({ id }) => id), ids(byDate).slice(0, dates.rows.length));
  await click("[data-column=date]");
  const oldest = await list("oldest first", ({ sorted }) => sorted === "Date ascending");
  assert.deepEqual(oldest.rows.map(({ id }) => id), ids(byDate.toReversed()).slice(0, oldest.rows.length));
  await click("[data-column=version]");
  const versions = await list("by version", ({ sorted }) => sorted === "Version ascending");
  const number = ({ driverVersion }) => Number(driverVersion.split(".")[2]);
  const byVersion = rows.toSorted((one, other) => number(one) - number(other));
  assert.deepEqual(versions.rows.map(({ id }) => id), ids(byVersion).slice(0, versions.rows.length));

  await click("[part=filter]");
  await press("jp fabrikam m-7");
  const wanted = byVersion.filter(({ market, oemName, oemModel }) => market === "JP" && oemName === "Fabrikam" && oemModel.startsWith("M-7"));
  const some = await status(`${wanted.length} of 10,000 occurrences`);
  assert.equal(some.count, String(wanted.length + 1));
  assert.deepEqual(some.rows.map(({ id }) => id), ids(wanted).slice(0, some.rows.length));
  await press("x");
  const none = await status("0 of 10,000 occurrences");
  assert.deepEqual([none.rows, none.empty], [[], "No occurrence fits the filter.Take a word out of it."]);
});

testEverywhere("a list is read slice by slice as it is needed, and as a whole to be sorted", async () => {
  await page();
  await run(() => {
    const { cabs } = window.host;
    const rows = window.elements.rows(2_500);
    const from = (at) => ({
      rows: rows.slice(at, at + 1_000),
      totalCount: 2_500,
      next: async () => (window.elements.asked.push(at + 1_000), at + 1_000 < rows.length ? from(at + 1_000) : undefined),
    });
    window.elements.asked = [];
    // A host's own source: whatever gives slices is as good as the service.
    window.elements.source = {
      download: (...all) => cabs.download(...all),
      href: (...all) => cabs.href(...all),
      failureDetails: async (hash, query) => (window.elements.asked.push([hash, { ...query, signal: undefined }]), from(0)),
    };
  });
  await put(cabList({ "failure-hash": "a", method: "driver", "application-id": "184", "start-date": "2026-01-01", filter: "market eq 'US'", orderby: "market" }));
  await run(() => (document.querySelector("cab-list").cabs = window.elements.source));
  const first = await status("1,000 of 2,500 occurrences");
  assert.deepEqual([first.sorted, first.count], ["Market ascending", "2501"]);
  assert.deepEqual(await run(() => window.elements.asked), [["a", {
    method: "driver", applicationId: "184", startDate: "2026-01-01", endDate: null, filter: "market eq 'US'", orderby: "market",
    top: 1000, signal: null,
  }]]);
  await run(() => window.elements.scroll(850 * 44));
  await status("2,000 of 2,500 occurrences");
  assert.equal((await run(() => window.elements.asked)).length, 2);
  await click("[data-column=version]");
  await status("2,500 occurrences");
  const ids = (await run(() => window.elements.rows(2_500))).toSorted((one, other) => Number(one.driverVersion.split(".")[2]) - Number(other.driverVersion.split(".")[2]));
  const sorted = await seen();
  assert.deepEqual(sorted.rows.map(({ id }) => id), ids.slice(0, sorted.rows.length).map(({ cabIdHash }) => cabIdHash));
});

testEverywhere("every state of the list has its words, and a problem its next step", async () => {
  const { portal } = story;
  story.allow(/status of (4\d\d|500)/);
  await page({ start: false });
  await put(cabList({ "failure-hash": FAILURES.manySmall }));
  const unready = await list("the list to wait", ({ empty }) => Boolean(empty));
  assert.match(unready.empty, /^Nothing has been asked for yet\./);
  assert.deepEqual(await complaints(story.browser), []);

  await control.fault({ at: "failuredetails", hold: true, times: 1 });
  assert.equal(await portal.host("start"), null);
  const loading = await status("Loading…");
  assert.deepEqual([loading.loading, loading.empty], [true, null]);
  assert.deepEqual(await complaints(story.browser), []);
  await control.release();
  await status("120 occurrences");
  assert.deepEqual(await complaints(story.browser), []);

  await control.fault({ at: "failuredetails", status: 403 });
  await run(() => document.querySelector("cab-list").reload());
  const forbidden = await list("a problem", ({ problem }) => Boolean(problem));
  assert.match(forbidden.problem, /Manager role.*Try again$/);
  assert.deepEqual([forbidden.rows, forbidden.loading, forbidden.empty], [[], false, null]);
  assert.deepEqual(await complaints(story.browser), []);
  await control.clearFaults();
  await click("[part=problem] button");
  await status("120 occurrences");

  const set = (name, value) => run((one, other) => document.querySelector("cab-list").setAttribute(one, other), name, value);
  await set("failure-hash", "no-such-failure");
  const empty = await list("nothing", ({ empty }) => Boolean(empty));
  assert.match(empty.empty, /^No occurrence of this failure in these days\./);
  assert.deepEqual(await complaints(story.browser), []);
  for (const [name, value, words] of [
    ["failure-hash", "", /^The attribute failure-hash is empty\. /],
    ["failure-hash", "../x", /^The attribute failure-hash does not begin/],
    ["method", "windows", /^The attribute method is not ihvdriver/],
    ["method", "driver", /^The attribute application-id is empty/],
    ["start-date", "yesterday", /startDate/],
    ["filter", "nothing eq 'x'", /nothing|filter/],
  ]) {
    await put(cabList({ "failure-hash": FAILURES.manySmall, [name]: value }));
    const bad = await list(`${name} to be named`, ({ problem }) => Boolean(problem));
    assert.match(bad.problem, words, name);
  }
  await put(cabList({}));
  await run(() => window.elements.give("no rows"));
  assert.match((await list("it to be named", ({ problem }) => Boolean(problem) && !problem.includes("failure-hash"))).problem, /^The property rows of this element is not a list of rows\./);
});

testEverywhere("rows are selected by the box, by a range, and all in view, and those that have expired are not", async () => {
  await page();
  await run(() => window.elements.listen("cablink:selected"));
  await put(cabList({}));
  await run(() => window.elements.give(200));
  await status("200 occurrences");
  const none = await seen();
  assert.deepEqual([none.selected, none.download, none.notice], ["None selected", "Download", null]);
  // The first two have expired by more than a day.
  assert.deepEqual(none.rows.slice(0, 4).map(({ disabled }) => disabled), [true, true, false, false]);
  await click(box(3));
  const one = await list("one", ({ selected }) => selected === "1 selected");
  assert.deepEqual([one.download, one.notice], ["Download 1", null]);
  await click(box(8), { shift: true });
  const six = await list("six", ({ selected }) => selected === "6 selected");
  assert.deepEqual(six.rows.slice(0, 11).map(({ checked }) => checked), [false, false, false, true, true, true, true, true, true, false, false]);
  assert.match(six.notice, /^Your browser may ask whether this page may download several files: allow it\./);

  await click("[part=filter]");
  await press("contoso");
  await status("67 of 200 occurrences");
  assert.equal((await seen()).selected, "6 selected (4 not in view)");
  await click("[data-do=all]");
  // Of 67, those in view whose CAB is there.
  const all = await list("all", ({ selected }) => selected !== "6 selected (4 not in view)");
  const there = (await run(() => window.elements.rows(200))).filter(({ oemName }, at) => oemName === "Contoso" && at % 90 >= 2).length;
  assert.equal(all.selected, `${there + 4} selected (4 not in view)`);
  assert.deepEqual((await run(() => document.querySelector("cab-list").selectedRows)).length, there + 4);
  await click("[data-do=clear]");
  await list("none", ({ selected }) => selected === "None selected");
  const heard = await run(() => window.elements.heard.map(({ count }) => count));
  assert.deepEqual(heard, [1, 6, there + 4, 0]);
});

testEverywhere("by keyboard alone: filter, rows, a range, all, and the first download", async () => {
  await page();
  await put(cabList({}));
  await run(() => window.elements.give(300));
  await status("300 occurrences");
  const focused = () => run(() => {
    const root = document.querySelector("cab-list").shadowRoot;
    const { activeElement: active } = root;
    return active?.closest("tr")?.getAttribute("aria-rowindex") ?? active?.getAttribute("part") ?? null;
  });
  await run(() => document.querySelector("cab-list").shadowRoot.querySelector("[part=filter]").focus());
  assert.equal(await focused(), "filter");
  // On to the box of the third row, the first that can be had: past buttons, what scrolls, the box of all, and the headings.
  for (let tabs = 0; tabs < 40 && (await focused()) !== "4"; tabs += 1) await press(Key.TAB);
  assert.equal(await focused(), "4");
  // The row's link came before its box only in rows before it.
  await run(() => document.querySelector("cab-list").shadowRoot.querySelector('tr[data-at="2"] input').focus());
  await press(" ");
  await list("one", ({ selected }) => selected === "1 selected");
  await story.portal.driver.actions().keyDown(Key.SHIFT).sendKeys(Key.ARROW_DOWN, Key.ARROW_DOWN).keyUp(Key.SHIFT).perform();
  await list("three", ({ selected }) => selected === "3 selected");
  assert.equal(await focused(), "6");
  await press(Key.END);
  assert.equal(await focused(), "301");
  await press(Key.HOME);
  assert.equal(await focused(), "2");
  await story.portal.driver.actions().keyDown(Key.CONTROL).sendKeys("a").keyUp(Key.CONTROL).perform();
  await list("all", ({ selected }) => /^29\d selected$/.test(selected));
  // A row that is scrolled away takes the focus to the list, not to the page.
  await run(() => window.elements.scroll(1e6));
  assert.equal(await focused(), "scroller");
});

testEverywhere("twenty CABs: one first, then the others, and all arrive", async () => {
  const { browser, portal } = story;
  await page();
  await run(() => window.elements.listen("cablink:batch"));
  await put(cabList({ "failure-hash": FAILURES.manySmall }));
  await status("120 occurrences");
  await run(() => window.elements.scroll(0));
  await click(box(0));
  await click(box(19), { shift: true });
  const before = await list("twenty", ({ selected }) => selected === "20 selected");
  assert.match(before.notice, /^Your browser may ask/);
  await control.clearRequests();
  await control.fault({ at: "cabdownload", hold: true, times: 1 });
  await click("[data-do=download]");
  // The first goes alone.
  await until("a request", async () => (await cabRequests()).endpoint.length === 1);
  const first = await list("the first", ({ batch }) => batch === "0 of 20 handed to the browser.");
  assert.deepEqual(first.buttons, ["Cancel"]);
  assert.equal((await cabRequests()).endpoint.length, 1);
  assert.deepEqual(await complaints(browser), []);
  await control.release();
  const ended = await list("all to be handed over", ({ batch }) => batch?.startsWith("20 of 20 were handed to the browser."));
  assert.match(ended.batch, /Its list of downloads says which are saved/);
  const ids = await run(() => document.querySelector("cab-list").selectedRows.map(({ cabIdHash }) => cabIdHash));
  assert.equal(ids.length, 20);
  await assertSaved(browser, ...ids);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint.length, storage.length], [20, 20]);
  const heard = await run(() => window.elements.heard);
  const last = heard.at(-1);
  assert.deepEqual(last, { name: "cablink:batch", on: "cab-list", state: "ended", total: 20, handedOver: 20, failed: 0 });
  // Never more than was handed over by then.
  const handed = heard.map(({ handedOver }) => handedOver);
  assert.deepEqual(handed, handed.toSorted((one, other) => one - other));
  assert.deepEqual([...new Set((await portal.states()).map(({ on }) => on))], ["cab-list"]);
  assert.deepEqual(await complaints(browser), []);
  await click("[part=close]");
  await list("the end", ({ batch }) => batch === null);
});

testEverywhere("a problem in the middle is a pause; it goes on where it was, and without one", async () => {
  const { browser } = story;
  story.allow(/status of (403|404|500)/);
  await page();
  await put(cabList({ "failure-hash": FAILURES.manySmall }));
  const now = await status("120 occurrences");
  const ids = now.rows.slice(0, 6).map(({ id }) => id);
  await click(box(0));
  await click(box(5), { shift: true });
  await list("six", ({ selected }) => selected === "6 selected");
  await control.fault({ at: "cabdownload", status: 403, cabIdHash: ids[2], times: 1 });
  await control.deleteBlob(ids[4]);
  await click("[data-do=download]");
  const paused = await list("the pause", ({ batch, buttons }) => batch?.startsWith("Paused: Your account may not download this CAB.") && buttons.length === 3);
  assert.deepEqual(paused.buttons, ["Continue", "Leave this one out", "Cancel"]);
  assert.match(paused.batch, /\d of 6 handed to the browser\./);
  assert.deepEqual(await complaints(browser), []);
  await click("[data-do=resume]");
  const ended = await list("the end", ({ batch }) => batch?.startsWith("5 of 6 were handed to the browser. 1 could not be."));
  assert.deepEqual(ended.buttons, ["Try the failed ones again", "Hand all over again", "Close"]);
  assert.match(ended.batch, /Storage|storage/);
  await assertSaved(browser, ...ids.filter((id) => id !== ids[4]));
  await control.restoreBlob(ids[4]);
  await click("[part=batch] [data-do=resume]:not([hidden])");
  await list("all", ({ batch }) => batch?.startsWith("6 of 6 were handed to the browser. Its"));
  await assertSaved(browser, ...ids);
});

testEverywhere("it is cancelled, and says no more than was handed over", async () => {
  const { browser } = story;
  await page();
  await put(cabList({ "failure-hash": FAILURES.manySmall }));
  await status("120 occurrences");
  await click("[data-do=all]");
  await list("all", ({ selected }) => selected === "120 selected");
  await control.fault({ at: "cabdownload", hold: true });
  await control.clearRequests();
  await click("[data-do=download]");
  await until("a request", async () => (await cabRequests()).endpoint.length === 1);
  await click("[part=batch] [data-do=cancel]");
  const ended = await list("the end", ({ batch, buttons }) => batch?.startsWith("Cancelled.") && buttons.includes("Close"));
  assert.equal(ended.batch, "Cancelled. 0 of 120 were handed to the browser.");
  await control.release();
  assert.equal((await cabRequests()).endpoint.length, 1);
  assert.deepEqual(await browser.downloads.names(), []);
  assert.equal(ended.rows.find(({ state }) => state === "cancelled").state, "cancelled");
});

testEverywhere("a row's own problem is said above the list", async () => {
  story.allow(/status of 404/);
  const { browser } = story;
  await page();
  await put(cabList({}));
  await run(() => window.elements.give(50));
  await status("50 occurrences");
  await run(() => document.querySelector("cab-list").shadowRoot.querySelector('tr[data-at="5"] cab-link').shadowRoot.querySelector("a").click());
  const now = await list("the problem", ({ trouble }) => Boolean(trouble));
  assert.match(now.trouble, /^FULL cab-0000…: The service has no CAB with this id, or no longer\. ?Pick a newer occurrence of the same failure\. ?Dismiss$/);
  assert.equal(now.rows[5].state, "failed");
  assert.deepEqual(await complaints(browser), []);
  // Another row of the same name tries: what is said is not about that one.
  await control.fault({ at: "cabdownload", hold: true });
  await run(() => document.querySelector("cab-list").shadowRoot.querySelector('tr[data-at="8"] cab-link').shadowRoot.querySelector("a").click());
  const other = await list("the other to ask", ({ rows }) => rows[8].state === "requesting");
  assert.deepEqual([other.rows[8].cells[0], other.trouble], [other.rows[5].cells[0], now.trouble]);
  await click("[part=dismiss]");
  await list("it to be gone", ({ trouble }) => trouble === null);
});

const detailsAsked = async () => (await control.look()).requests.filter(({ method, path, at, relay }) => method === "GET" && at === "devcenter" && !relay && /failuredetails/i.test(path));

testEverywhere("a list asks anew, once, when its CabLink has stopped and another starts", async () => {
  await page();
  await put(cabList({ "failure-hash": FAILURES.manySmall }));
  await status("120 occurrences");
  await control.clearRequests();
  await run(() => window.host.cabs.stop());
  assert.deepEqual(await detailsAsked(), []);
  assert.equal(await story.portal.host("start"), null);
  await until("a request", async () => (await detailsAsked()).length > 0);
  await status("120 occurrences");
  assert.equal((await detailsAsked()).length, 1);
});

testEverywhere("a slice that leads nowhere any more is asked for anew, and a source may look at its list meanwhile", async () => {
  await page();
  await put(cabList({ "failure-hash": "a" }));
  await run(() => {
    const { cabs } = window.host;
    const rows = window.elements.rows(1_500);
    const list = document.querySelector("cab-list");
    const stopped = () => Promise.reject(Object.assign(new Error("Stopped."), { code: "aborted", nextStep: "", retryable: true }));
    const rest = async () => ({ rows: rows.slice(1_000), totalCount: 1_500, next: async () => undefined });
    window.elements.asked = 0;
    window.elements.looked = [];
    const look = (how) => window.elements.looked.push([how, list.selectedRows.length]);
    list.cabs = {
      download: (...all) => cabs.download(...all),
      href: (...all) => (look("href"), cabs.href(...all)),
      failureDetails: async () => {
        const answer = (window.elements.asked += 1) === 1 ? stopped : rest;
        return { rows: rows.slice(0, 1_000), totalCount: 1_500, next: () => (look("next"), list.cancel(), answer()) };
      },
    };
  });
  await status("1,000 of 1,500 occurrences");
  await run(() => window.elements.scroll(1e6));
  assert.match((await list("a problem", ({ problem }) => Boolean(problem))).problem, /^Stopped\./);
  await click("[part=problem] button");
  await status("1,000 of 1,500 occurrences");
  assert.equal(await run(() => window.elements.asked), 2);
  await run(() => window.elements.scroll(1e6));
  await status("1,500 occurrences");
  const looked = await run(() => window.elements.looked);
  assert.equal(looked.filter(([how]) => how === "next").length, 2);
  assert.ok(looked.filter(([how, count]) => how === "href" && count === 0).length > 10);
});

testEverywhere("a list that leaves the page in the task of its change asks for nothing", async () => {
  await page();
  await put(cabList({ "failure-hash": FAILURES.manySmall }));
  await status("120 occurrences");
  await control.clearRequests();
  // In a task of the page's own: within the script of WebKit's driver, what waits for a task's end runs after every callback.
  await run(() => new Promise((resolve) => {
    setTimeout(() => {
      const list = document.querySelector("cab-list");
      list.setAttribute("orderby", "market");
      list.remove();
      resolve();
    });
  }));
  await put(cabList({ "failure-hash": FAILURES.everySize }));
  await status("7 occurrences");
  assert.deepEqual((await detailsAsked()).map(({ path }) => path.includes("market")), [false]);
});

testEverywhere("a list that is taken off the page while another one hears of a new CabLink asks for nothing", async () => {
  await page();
  await put(cabList({ "failure-hash": FAILURES.everySize }), cabList({ "failure-hash": FAILURES.manySmall }));
  await status("7 occurrences");
  await until("the other's rows", async () => (await detailsAsked()).filter(({ finished }) => finished).length === 2);
  await run(() => {
    const [first, second] = document.querySelectorAll("cab-list");
    const before = window.host.cabs;
    Object.defineProperty(first, "cabs", {
      get() {
        const cabs = Reflect.get(Object.getPrototypeOf(first), "cabs", first);
        if (cabs && cabs !== before) second.remove();
        return cabs;
      },
    });
  });
  await control.clearRequests();
  assert.equal(await story.portal.host("start"), null);
  await status("7 occurrences");
  await until("the first's answer", async () => (await detailsAsked()).some(({ finished }) => finished));
  assert.equal(await run(() => document.querySelectorAll("cab-list").length), 1);
  // Whatever the other had asked for would have been sent before this.
  assert.equal(await story.portal.host("start"), null);
  await until("the first's second answer", async () => (await detailsAsked()).filter(({ finished }) => finished).length === 2);
  assert.deepEqual((await detailsAsked()).map(({ path }) => path.includes(FAILURES.manySmall)), [false, false]);
});

testEverywhere("nothing secret is left in the list", async () => {
  const { browser } = story;
  story.allow(/status of (403|500)/);
  await page();
  await run(watch);
  await put(cabList({ "failure-hash": FAILURES.manySmall }));
  await status("120 occurrences");
  await control.fault({ at: "cabdownload", status: 403, contentType: "application/json", times: 1,
    body: JSON.stringify({ code: "Forbidden", message: "No access with {{token}}" }) });
  await click(box(0));
  await click(box(2), { shift: true });
  await click("[data-do=download]");
  await list("the pause", ({ batch }) => batch?.startsWith("Paused"));
  await click("[data-do=resume]");
  await list("the end", ({ batch }) => batch?.startsWith("3 of 3"));
  const places = await browser.run(traces);
  places.shadows = await run(() => {
    const list = document.querySelector("cab-list");
    return list.shadowRoot.innerHTML + [...list.shadowRoot.querySelectorAll("cab-link")].map((link) => link.shadowRoot.innerHTML).join("\n");
  });
  delete places.msal;
  assert.ok(places.shadows.includes("3 of 3 were handed to the browser."));
  assert.deepEqual(found(places, await control.secrets()), []);
});
