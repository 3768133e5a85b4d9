// <cab-link>: a link that downloads, says where it is, can be cancelled, and names what is wrong with it.

import assert from "node:assert/strict";

import { By, Key } from "selenium-webdriver";

import { CABS, UNKNOWN_CAB } from "../stack/known.mjs";
import { complaints } from "./accessibility.mjs";
import { openElements, PAGE } from "./elements-page.mjs";
import { cabRequests, requestsOfPages, withToken } from "./requests.mjs";
import { assertSaved, GOOD_STATES, names } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { browserName, control } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready(PAGE));

const seen = (selector = "cab-link") => story.browser.run((one) => window.elements.link(one), selector);
const page = (options) => openElements(story, options);
const put = (...all) => story.browser.run((...what) => window.elements.put(...what), ...all);
const cabLink = (attributes, rest) => ({ tag: "cab-link", attributes, ...rest });

/** Waits until a link is in a state, and says how it looks then. */
function state(wanted, selector) {
  const look = async () => {
    const link = await seen(selector);
    return link.state === wanted && link;
  };
  return until(`the link to be ${wanted}`, look, { seen: () => seen(selector) });
}

/** A part of a link, to be clicked on. */
async function part(name, selector = "cab-link") {
  await until(`${selector} to be drawn`, async () => (await seen(selector)).state !== "not drawn");
  const host = await story.portal.driver.findElement(By.css(selector));
  return (await host.getShadowRoot()).findElement(By.css(`[part~="${name}"]`));
}

/** A click as a person's: the driver's own would find that the label in the link belongs to another tree. */
async function click(name, selector) {
  const origin = await part(name, selector);
  await story.portal.driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", origin);
  await story.portal.driver.actions().move({ origin }).click().perform();
}

/** A row of the list, expiring so many hours from now. */
function row(cabIdHash, hours) {
  const expires = new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  return { cabIdHash, cabType: "MINI", cabExpirationTime: expires };
}

testEverywhere("a click downloads, and the element tells every state", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": ` ${CABS.kib8} ` }, { text: "The dump" }));
  const idle = await state("idle");
  assert.deepEqual(
    { address: idle.address, download: idle.download, disabled: idle.disabled, words: idle.words, problem: idle.problem, cancel: idle.cancel },
    { address: await portal.host("href", CABS.kib8), download: false, disabled: null, words: null, problem: null, cancel: null },
  );
  await control.clearRequests();
  await click("link");
  const done = await state("downloading");
  await assertSaved(browser, CABS.kib8);
  assert.deepEqual([done.words, done.cancel, done.retry], ["The browser takes over", null, null]);
  assert.equal(done.live, "The dump: The browser takes over");
  const states = await portal.states(CABS.kib8);
  assert.deepEqual(names(states), GOOD_STATES);
  assert.deepEqual([...new Set(states.map(({ on }) => on))], ["cab-link"]);
  // The address that worked once is gone from the link.
  assert.equal(done.address, idle.address);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint.length, storage.length], [1, 1]);
});

testEverywhere("a press gets as far as the worker's question, and the click does the rest", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  await state("idle");
  await browser.run(() => {
    window.asked = 0;
    navigator.serviceWorker.addEventListener("message", ({ data }) => (window.asked += data.url.includes("/cabdownload?")));
  });
  await control.clearRequests();
  const origin = await part("link");
  await portal.driver.actions().move({ origin }).press().perform();
  await until("the worker to ask for the CAB", () => browser.run(() => window.asked === 1));
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint, storage], [[], []]);
  assert.equal((await seen()).state, "idle");
  await portal.driver.actions().release().perform();
  await state("downloading");
  await assertSaved(browser, CABS.kib8);
  assert.equal(await browser.run(() => window.asked), 1);
});

testEverywhere("by keyboard alone: to the link, begin, cancel, begin again", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib64 }, { text: "The dump" }));
  await state("idle");
  await control.fault({ at: "cabdownload", hold: true, times: 1 });
  await browser.run(() => document.getElementById("sign-out").focus());
  const press = (...keys) => portal.driver.actions().sendKeys(...keys).perform();
  await press(Key.TAB);
  assert.equal((await seen()).focused, "link");
  await press(Key.ENTER);
  const running = await state("requesting");
  assert.deepEqual([running.words, running.cancel], ["Requesting…", "Cancel"]);
  await until("a request", async () => (await cabRequests()).endpoint.length === 1);
  await press(Key.TAB);
  assert.equal((await seen()).focused, "cancel");
  await press(Key.ENTER);
  const ended = await state("cancelled");
  // The focus has not fallen to the page with the button.
  assert.deepEqual([ended.words, ended.problem, ended.focused], ["Cancelled", null, "link"]);
  assert.equal((await portal.states(CABS.kib64)).at(-1).error.code, "aborted");
  await control.release();
  await control.clearFaults();
  await press(Key.ENTER);
  await state("downloading");
  await assertSaved(browser, CABS.kib64);
});

test("a middle click, and Control with Enter, download in a tab of their own", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8 }, { text: "One" }), cabLink({ "cab-id-hash": CABS.kib64, id: "two" }, { text: "Two" }));
  await state("idle");
  const link = await part("link");
  await portal.driver.actions().move({ origin: link }).press(1).release(1).perform();
  await assertSaved(browser, CABS.kib8);
  // Nothing more can be known of a tab.
  await state("handed-off");
  assert.deepEqual(names(await portal.states(CABS.kib8)), ["authorizing", "requesting", "handed-off"]);
  await browser.closeOthers(portal.tab);
  // By keyboard: Firefox has Control with Enter, too.
  await browser.run(() => document.getElementById("two").focus());
  await portal.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
  await assertSaved(browser, CABS.kib8, CABS.kib64);
  await state("handed-off", "#two");
});

test("what script has clicked on gets no address that works in a tab", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  const { address } = await state("idle");
  const pressed = await browser.run(() => {
    const link = document.querySelector("cab-link").shadowRoot.querySelector("a");
    for (const name of ["pointerdown", "auxclick", "contextmenu"]) link.dispatchEvent(new MouseEvent(name, { bubbles: true, composed: true }));
    return link.getAttribute("href");
  });
  assert.equal(pressed, address);
  assert.deepEqual(await portal.states(CABS.kib8), []);
});

testEverywhere("a problem is told with its next step, and a retry where it may help", async () => {
  const { browser, portal } = story;
  story.allow(/status of (404|50\d)/);
  await page();
  await put(cabLink({ "cab-id-hash": UNKNOWN_CAB }, { text: "Unknown" }), cabLink({ "cab-id-hash": CABS.kib8, id: "two" }));
  await click("link");
  const unknown = await state("failed");
  assert.equal(unknown.problem, "The service has no CAB with this id, or no longer. Pick a newer occurrence of the same failure.");
  assert.deepEqual([unknown.words, unknown.retry, unknown.address === null], ["Failed", null, false]);
  assert.match(unknown.live, /^Unknown: Failed\. The service has no CAB/);
  assert.match(unknown.described, /Failed The service has no CAB/);

  // A host's own words take the place of ours.
  await browser.run(() => {
    const words = document.createElement("span");
    words.slot = "problem";
    words.textContent = "Call the desk.";
    document.querySelector("cab-link").append(words);
  });
  assert.equal(await browser.run(() => document.querySelector("cab-link [slot=problem]").getClientRects().length), 1);

  await control.fault({ at: "cabdownload", status: 500, times: 4 });
  await click("link", "#two");
  const failed = await until("the failure", async () => {
    const link = await seen("#two");
    return link.state === "failed" && link;
  }, { deadlineMs: 60_000, seen: () => seen("#two") });
  assert.equal(failed.retry, "Try again");
  await click("retry", "#two");
  const again = await state("downloading", "#two");
  assert.deepEqual([again.problem, again.retry, again.focused], [null, null, "link"]);
  await assertSaved(browser, CABS.kib8);
  assert.equal(names(await portal.states(CABS.kib8)).includes("retrying"), true);
});

testEverywhere("a row that has expired asks nobody; one that may have is still a link", async () => {
  const { portal, browser } = story;
  await page();
  await put(
    cabLink({}, { properties: { row: row(CABS.expired, -48) }, text: "Gone" }),
    cabLink({ id: "doubtful" }, { properties: { row: row(CABS.kib8, -23) }, text: "Perhaps" }),
    cabLink({ id: "soon" }, { properties: { row: row(CABS.kib64, 24 * 6 + 1) } }),
  );
  const gone = await state("expired");
  assert.deepEqual(
    { address: gone.address, disabled: gone.disabled, facts: gone.facts, words: gone.words, problem: gone.problem },
    {
      address: null, disabled: "true", facts: "MINI", words: "Expired",
      problem: "The service keeps this CAB no longer: it expired 2 days ago. Pick a newer occurrence of the same failure.",
    },
  );
  await control.clearRequests();
  await click("link");
  await browser.run(() => document.querySelector("cab-link").focus());
  await portal.driver.actions().sendKeys(Key.ENTER).perform();
  const refused = await browser.run(() => document.querySelector("cab-link").download().then(String, ({ code }) => code));
  assert.equal(refused, "not_found");
  assert.deepEqual(withToken(await requestsOfPages()), []);
  assert.deepEqual(await portal.states(), []);

  const soon = await seen("#soon");
  assert.deepEqual([soon.facts, soon.label], ["MINI · 6 days left", `CAB ${CABS.kib64.slice(0, 8)}…`]);
  assert.equal((await seen("#doubtful")).facts, "MINI · may have expired");
  await click("link", "#doubtful");
  await state("downloading", "#doubtful");
  await assertSaved(browser, CABS.kib8);
});

testEverywhere("what can be no CAB says which part is wrong, and asks nobody", async () => {
  const { portal, browser } = story;
  await page();
  const bad = [
    [{}, {}, "invalid", /^The CAB id is empty\. /],
    [{ "cab-id-hash": "" }, {}, "invalid", /^The CAB id is empty\. /],
    [{ "cab-id-hash": "../x" }, {}, "invalid", /^The CAB id does not begin with a letter or a digit\. /],
    [{ "cab-id-hash": "<b>bold</b>" }, {}, "invalid", /^The CAB id does not begin/],
    [{ "cab-id-hash": "a".repeat(129) }, {}, "invalid", /^The CAB id has more than 128 characters\. /],
    [{ "cab-id-hash": CABS.kib8, method: "windows" }, {}, "invalid", /^The method is not ihvdriver, driver or hardware\. /],
    [{ "cab-id-hash": CABS.kib8, method: "driver" }, {}, "invalid", /^The application id is empty\. /],
    [{}, { row: { cabIdHash: null } }, "no-cab", /^No CAB was collected for this occurrence\.$/],
    [{}, { row: {} }, "no-cab", /^No CAB/],
    [{}, { row: { cabIdHash: 7 } }, "invalid", /^The CAB id is not a text\. /],
    [{}, { row: 7 }, "invalid", /^The CAB id is empty\. /],
  ];
  await put(...bad.map(([attributes, properties]) => cabLink(attributes, { properties })));
  await control.clearRequests();
  await browser.run((count) => {
    document.querySelectorAll("cab-link").forEach((link, at) => (link.id = `bad-${at}`));
    if (document.querySelectorAll("cab-link").length !== count) throw new Error("not all are there");
  }, bad.length);
  for (const [at, [, , wanted, why]] of bad.entries()) {
    const link = await state(wanted, `#bad-${at}`);
    assert.match(link.problem, why, String(at));
    assert.deepEqual([link.address, link.disabled], [null, "true"], String(at));
    const code = await browser.run((id) => document.getElementById(id).download().then(String, (error) => error.code), `bad-${at}`);
    assert.equal(code, "invalid_cab_id");
  }
  await click("link", "#bad-2");
  assert.deepEqual(withToken(await requestsOfPages()), []);
  assert.deepEqual(await portal.states(), []);
});

testEverywhere("what makes it another CAB does so at once", async () => {
  const { browser } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  const first = (await state("idle")).address;
  const change = (...changes) => browser.run((all) => {
    const link = document.querySelector("cab-link");
    for (const [name, value] of all) value === null ? link.removeAttribute(name) : link.setAttribute(name, value);
  }, changes);
  await change(["method", "driver"], ["application-id", "18430592857500421"]);
  const { address } = await state("idle");
  assert.match(address, /\/driver\/cabdownload\?cabIdHash=.*&applicationId=18430592857500421$/);
  await change(["method", null], ["application-id", null]);
  assert.equal((await state("idle")).address, first);
  await change(["cab-id-hash", "-"]);
  await state("invalid");
  await change(["cab-id-hash", CABS.kib64]);
  assert.notEqual((await state("idle")).address, first);
});

testEverywhere("without a CabLink it says so, and comes alive when one starts, and waits again when it stops", async () => {
  const { browser, portal } = story;
  await page({ start: false });
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  const before = await state("unready");
  assert.equal(before.described, "Downloads have not been started on this page yet; this link works as soon as they are.");
  assert.deepEqual([before.address, before.disabled], [null, "true"]);
  const refused = await browser.run(() => document.querySelector("cab-link").download().then(String, (error) => error.message));
  assert.equal(refused, "No CabLink has been started on this page.");
  assert.equal(await portal.host("start"), null);
  await state("idle");
  await click("link");
  await state("downloading");
  await assertSaved(browser, CABS.kib8);
  await browser.run(() => window.host.cabs.stop());
  await state("unready");
  // One that cannot start is none.
  assert.equal((await portal.host("start", { endpoint: "" })).code, "invalid_options");
  await state("unready");
});

testEverywhere("a CabLink that was started before the elements were there is found, also by properties set before", async () => {
  const { browser, portal } = story;
  await portal.ready(PAGE);
  await until("the page's own script", () => browser.run(() => Boolean(window.elements && window.host)));
  assert.equal(await portal.host("start"), null);
  await put(cabLink({}, { properties: { row: row(CABS.kib8, 90) }, text: "The dump" }));
  assert.equal(await browser.run(() => document.querySelector("cab-link").shadowRoot), null);
  assert.equal(await browser.run(() => window.elements.load()), null);
  const link = await state("idle");
  assert.deepEqual([link.facts, link.label], ["MINI · 3 days left", "The dump"]);
  await click("link");
  await state("downloading");
  await assertSaved(browser, CABS.kib8);
});

testEverywhere("each CabLink's own elements: the property comes before the page's, and what is none is named", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8 }), cabLink({ "cab-id-hash": CABS.kib64, id: "odd" }, { properties: { cabs: {} } }));
  await browser.run(() => (document.querySelector("cab-link").cabs = window.host.cabs));
  await click("link");
  await state("downloading");
  await assertSaved(browser, CABS.kib8);
  await click("link", "#odd");
  const odd = await state("invalid", "#odd");
  assert.equal(odd.problem, "The property cabs of this element is not a CabLink. Tell whoever runs this page; its set-up has to be corrected.");
  assert.deepEqual(await portal.states(CABS.kib64), []);
});

testEverywhere("a download goes on when its link becomes another, or leaves the page, and is known when it comes back", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8, id: "one" }), cabLink({ "cab-id-hash": CABS.kib64, id: "two" }));
  await control.fault({ at: "cabdownload", hold: true });
  for (const one of ["#one", "#two"]) {
    await click("link", one);
    await state("requesting", one);
  }
  await browser.run((id) => document.getElementById("one").setAttribute("cab-id-hash", id), CABS.mib1);
  assert.deepEqual((await state("idle", "#one")).cancel, null);
  await browser.run(() => window.elements.remove("#two"));
  await control.release();
  await assertSaved(browser, CABS.kib8, CABS.kib64);
  await portal.state(CABS.kib64, "downloading");
  assert.equal((await portal.states(CABS.kib64)).at(-1).on, "document");
  await browser.run(() => window.elements.putBack());
  await state("downloading", "#two");
  await browser.run((id) => document.getElementById("one").setAttribute("cab-id-hash", id), CABS.kib8);
  await state("downloading", "#one");
});

testEverywhere("every link to a CAB under way shows it and can end it, whoever began", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8, id: "one" }), cabLink({ "cab-id-hash": CABS.kib8, id: "two" }));
  await control.fault({ at: "cabdownload", hold: true });
  await click("link", "#one");
  await state("requesting", "#two");
  await click("cancel", "#two");
  await state("cancelled", "#one");
  // Begun by the host's own script, it is the host's to end.
  await browser.run((id) => window.host.begin("host's", id), CABS.kib8);
  assert.equal((await state("requesting", "#one")).cancel, null);
  await browser.run(() => void document.getElementById("one").download().catch(() => {}));
  assert.equal((await seen("#one")).cancel, null);
  await portal.host("abort", "host's");
  await state("cancelled", "#two");
  await control.release();
});

testEverywhere("a host's own download can be joined but not ended, also once the browser has the redirect", async () => {
  const { browser, portal } = story;
  await page();
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  await control.fault({ at: "storage", hold: true, times: 1 });
  await browser.run((id) => window.host.begin("host's", id), CABS.kib8);
  assert.equal((await state("handed-off")).cancel, null);
  await click("link");
  await until("the element to have joined", async () => (await portal.states(CABS.kib8)).at(-1).on === "cab-link");
  const joined = await seen();
  assert.deepEqual([joined.state, joined.cancel], ["handed-off", null]);
  await browser.run(() => document.querySelector("cab-link").cancel());
  await control.release();
  await state("downloading");
  await assertSaved(browser, CABS.kib8);
  assert.equal((await cabRequests()).endpoint.length, 1);

  // Its own can be ended as long as storage has not answered.
  await put(cabLink({ "cab-id-hash": CABS.kib64 }));
  await control.fault({ at: "storage", hold: true, times: 1 });
  await click("link");
  assert.equal((await state("handed-off")).cancel, "Cancel");
  await click("cancel");
  assert.equal((await state("cancelled")).cancel, null);
  await control.release();
});

test("a click while a tab gets the same CAB makes no second file, whichever link opened it", async () => {
  const { browser, portal } = story;
  await page();
  for (const [id, kind] of [[CABS.kib8, "element"], [CABS.kib64, "link"]]) {
    await put(cabLink({ "cab-id-hash": id }));
    const before = (await state("idle")).address;
    if (kind === "link") {
      await browser.run((one) => {
        window.host.showLinks([one]);
        window.host.cabs.enhance(document.getElementById("links"));
      }, id);
    }
    await control.clearRequests();
    await control.fault({ at: "cabdownload", hold: true, times: 1 });
    const origin = kind === "link" ? await portal.driver.findElement(By.css("#links a")) : await part("link");
    await portal.driver.actions().move({ origin }).press(1).release(1).perform();
    await state("requesting");
    await portal.driver.switchTo().window(portal.tab);
    await click("link");
    const joined = await seen();
    assert.deepEqual([joined.state, joined.cancel, joined.address], ["requesting", null, before]);
    await control.release();
    await state("handed-off");
    await assertSaved(browser, ...(kind === "link" ? [CABS.kib8, CABS.kib64] : [CABS.kib8]));
    const { endpoint, storage } = await cabRequests();
    assert.deepEqual([endpoint.length, storage.length], [1, 1], kind);
    await browser.closeOthers(portal.tab);
  }
  // The tab's part is over: a click downloads.
  await click("link");
  await state("downloading");
  await assertSaved(browser, CABS.kib8, CABS.kib64, CABS.kib64);
});

/** Enhanced links of the page's own beside the elements. */
const showLinks = (...ids) =>
  story.browser.run((...all) => {
    window.host.showLinks(all);
    window.host.cabs.enhance(document.getElementById("links"));
  }, ...ids);

test("what an element has begun while a tab gets the same CAB can be ended, and the tab goes on", async () => {
  const { browser, portal } = story;
  await page({ start: false });
  // The tab asks for a token, and stays there.
  assert.equal(await portal.host("start", { getToken: "never answers" }), null);
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  await state("idle");
  const origin = await part("link");
  await portal.driver.actions().move({ origin }).press(1).release(1).perform();
  assert.equal((await state("authorizing")).cancel, null);
  await portal.driver.switchTo().window(portal.tab);
  const canBeEnded = () => until("the element to offer an end", async () => (await seen()).cancel === "Cancel", { seen });
  const begin = async () => {
    await browser.run(() => void (window.ended = document.querySelector("cab-link").download().then(String, ({ code }) => code)));
    await canBeEnded();
  };
  await begin();
  assert.equal((await seen()).state, "authorizing");
  // A second call joins the first, whose end is that of both.
  await browser.run(() => void document.querySelector("cab-link").download().catch(() => {}));
  await click("cancel");
  assert.equal((await state("cancelled")).cancel, null);
  assert.equal(await browser.run(() => window.ended), "aborted");
  // Another one, by script.
  await begin();
  await browser.run(() => document.querySelector("cab-link").cancel());
  assert.equal(await browser.run(() => window.ended), "aborted");
  await browser.closeOthers(portal.tab);
});

testEverywhere("a click on an element joins what a link's click or the host has begun, and cannot end it", async () => {
  const { browser, portal } = story;
  await page({ start: false });
  assert.equal(await portal.host("start", { getToken: "never answers" }), null);
  await showLinks(CABS.kib8, CABS.kib64);
  const linksClick = (at) => browser.run((index) => document.querySelectorAll("#links a")[index].click(), at);
  for (const [id, begin] of [
    [CABS.kib8, () => linksClick(0)],
    [CABS.kib64, () => browser.run((cab) => window.host.begin("host's", cab), CABS.kib64).then(() => linksClick(1))],
  ]) {
    await put(cabLink({ "cab-id-hash": id }));
    await state("idle");
    await begin();
    await state("authorizing");
    assert.equal((await portal.states(id)).at(-1).on, "a");
    await click("link");
    await until("the element to have joined", async () => (await portal.states(id)).at(-1).on === "cab-link");
    const joined = await seen();
    assert.deepEqual([joined.state, joined.cancel], ["authorizing", null]);
    await browser.run(() => document.querySelector("cab-link").cancel());
    assert.equal((await seen()).state, "authorizing");
  }
  assert.equal((await cabRequests()).endpoint.length, 0);
});

testEverywhere("where the elements' module cannot be loaded the label stays, and it comes when it can", async () => {
  const { browser } = story;
  story.allow(/offline/);
  await portal_ready_offline();
  const text = () => browser.run(() => document.querySelector("cab-link").shadowRoot.textContent.trim());
  await until("a sentence", async () => (await text()).startsWith("This part of the page could not be loaded."));
  assert.equal(await browser.run(() => document.querySelector("cab-link").innerText), "The dump");
  assert.deepEqual(await ofDownload(), ["CabLinkError", "network_error", true]);
  // It may hang, too: the time passes at once here.
  await browser.run(() => {
    const { setTimeout } = window;
    window.fetch = () => new Promise(() => {});
    window.setTimeout = (call, ms, ...rest) => setTimeout(call, ms === 60_000 ? 0 : ms, ...rest);
  });
  assert.deepEqual(await ofDownload(), ["CabLinkError", "network_error", true]);
  await portal_ready_offline();
  await until("a sentence", async () => (await text()).startsWith("This part of the page could not be loaded."));
  await browser.run(() => {
    window.elements.offline = false;
    dispatchEvent(new Event("online"));
  });
  await state("idle");

  function ofDownload() {
    return browser.run(() => document.querySelector("cab-link").download().catch(({ name, code, nextStep }) => [name, code, Boolean(nextStep)]));
  }

  async function portal_ready_offline() {
    await story.portal.ready(PAGE);
    await until("the page's own script", () => browser.run(() => Boolean(window.elements && window.host)));
    await browser.run(() => void (window.elements.offline = true));
    assert.equal(await browser.run(() => window.elements.load()), null);
    assert.equal(await story.portal.host("start"), null);
    await put(cabLink({ "cab-id-hash": CABS.kib8 }, { text: "The dump" }));
  }
});

testEverywhere("a second copy of the file leaves the page to the first", async () => {
  const { browser } = story;
  await page();
  assert.equal(await browser.run(() => import("/pkg/elements.js?again").then(() => null, String)), null);
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  await state("idle");
});

testEverywhere("a page without elements loads nothing of them", async () => {
  const { portal } = story;
  await control.clearRequests();
  await portal.ready("/");
  const { requests } = await control.look();
  const paths = requests.filter(({ at }) => at === "portal").map(({ path }) => path);
  assert.ok(paths.includes("/pkg/cablink_bg.wasm"));
  assert.deepEqual(paths.filter((path) => path.includes("elements")), []);
});

testEverywhere("elements that come and go leave nothing behind", async () => {
  const { browser, portal } = story;
  await page();
  const comeAndGo = (times) => browser.run((count) => window.elements.comeAndGo(count), times);
  const left = async (bytes) => {
    if (browserName !== "chromium") return { bytes };
    await portal.driver.sendDevToolsCommand("Performance.enable");
    await portal.driver.sendDevToolsCommand("HeapProfiler.collectGarbage");
    const { metrics } = await portal.driver.sendAndGetDevToolsCommand("Performance.getMetrics");
    const counted = (wanted) => metrics.find(({ name }) => name === wanted).value;
    return { bytes, nodes: counted("Nodes"), listeners: counted("JSEventListeners") };
  };
  const before = await left(await comeAndGo(4));
  const bytes = await comeAndGo(16);
  // Of one time that was kept there would be thousands of nodes and hundreds of listeners.
  const allowed = { bytes: 65_536, nodes: 500, listeners: 20 };
  let after;
  await until("no more to be left than before", async () => {
    after = await left(bytes);
    return Object.keys(before).every((what) => after[what] - before[what] <= allowed[what]);
  }, { seen: () => ({ before, after }) });
});

testEverywhere("axe-core finds nothing in any state, light or dark", async () => {
  const { browser, portal } = story;
  story.allow(/status of 40\d/);
  await page({ start: false });
  await put(cabLink({ "cab-id-hash": CABS.kib8 }));
  await state("unready");
  assert.deepEqual(await complaints(browser), []);
  assert.equal(await portal.host("start"), null);
  const ids = [CABS.kib8, CABS.kib64, UNKNOWN_CAB, CABS.mib1];
  const rows = [row(CABS.mib1, 24 * 80), row(CABS.mib16, 30), row(CABS.expired, -48), { cabIdHash: null }];
  await put(
    ...ids.map((id, at) => cabLink({ "cab-id-hash": id, id: `link-${at}` }, { text: `Dump ${at}` })),
    ...rows.map((one, at) => cabLink({ id: `row-${at}` }, { properties: { row: one } })),
    cabLink({ "cab-id-hash": "../x" }, { text: "Bad" }),
    cabLink({ "cab-id-hash": UNKNOWN_CAB, compact: "" }, { text: "In a table" }),
  );
  await click("link", "#link-0");
  await state("downloading", "#link-0");
  await click("link", "#link-2");
  await state("failed", "#link-2");
  await control.fault({ at: "cabdownload", hold: true });
  await click("link", "#link-1");
  await state("requesting", "#link-1");
  await control.fault({ at: "cabdownload", status: 429, headers: { "Retry-After": "30" }, cabIdHash: CABS.mib1 });
  await click("link", "#link-3");
  // Until then the words change, and the button moves with them.
  await state("requesting", "#link-3");
  await click("cancel", "#link-3");
  await state("cancelled", "#link-3");
  assert.deepEqual(await complaints(browser), []);
  await control.release();
});

testEverywhere("nothing secret is left in the elements, whatever went wrong", async () => {
  const { browser, portal } = story;
  story.allow(/status of (40[34]|500)/);
  await page();
  await browser.run(watch);
  const ids = [CABS.kib8, CABS.kib64, CABS.mib1];
  await put(...ids.map((id, at) => cabLink({ "cab-id-hash": id, id: `link-${at}` })));
  await click("link", "#link-0");
  await state("downloading", "#link-0");
  await control.fault({ at: "cabdownload", status: 403, contentType: "application/json",
    body: JSON.stringify({ code: "Forbidden", message: "No access with {{token}}" }) });
  await click("link", "#link-1");
  await state("failed", "#link-1");
  await control.clearFaults();
  await control.set({ sasSeconds: -60 });
  await click("link", "#link-2");
  await state("failed", "#link-2");
  const places = await browser.run(traces);
  places.shadows = await browser.run(() => [...document.querySelectorAll("cab-link")].map((link) => link.shadowRoot.innerHTML + link.outerHTML).join("\n"));
  const secrets = await control.secrets();
  delete places.msal;
  assert.ok(places.shadows.includes("Your account may not download this CAB."));
  assert.deepEqual(found(places, secrets), []);
});
