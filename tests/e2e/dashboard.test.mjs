// The dashboard: from a chart to the file on disk, views in the address, every state, quiet and without leaks.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";

import { By, Key } from "selenium-webdriver";

import { APPLICATION_ID, CABS, DRIVER_CABS, DRIVER_FAILURES, FAILURES, HARDWARE_CABS, HARDWARE_FAILURES, OTHER_APPLICATION_ID } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { complaintsInBothSchemes } from "./accessibility.mjs";
import { DASHBOARD, Dashboard } from "./dashboard.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory, test, testEverywhere } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { found, traces, watch } from "./traces.mjs";
import { until } from "./until.mjs";

const REPORTS = "/policy-reports";
const DRIVER = "fastboot.sys";
let dashboard;
const story = tellStory(async (told) => {
  dashboard = new Dashboard(told);
  await told.portal.open(DASHBOARD);
}, { insides: true });

const sum = (rows) => rows.reduce((total, [, events]) => total + events, 0);
const grouped = async () => (await control.look()).requests.filter(({ at, path }) => at === "devcenter" && path.includes("/failurehits"));
const press = (...keys) => story.portal.driver.actions().sendKeys(...keys).perform();

testEverywhere("by mouse from the first visit to the file: a day, a driver, a failure, a CAB, and no violation of the policy", async () => {
  const { browser, portal } = story;
  await control.set({ portalCsp: `${portalPolicy(urls)}; report-uri ${REPORTS}` });
  await control.clearRequests();
  const whole = await dashboard.open();
  assert.deepEqual(whole.headings, ["Driver", "Driver version", "Market", "OEM"]);
  assert.equal(whole.spans.length, 30);
  assert.ok(sum(whole.spans) > 10_000 && sum(whole.facets.OEM) > 10_000);
  assert.match(whole.status, /^[\d,]+ events in \d+ failures from /);
  // The service adds up: one grouped list for each part of the page.
  const asked = (await grouped()).map(({ path }) => new URLSearchParams(path.split("?")[1]).get("groupby"));
  assert.deepEqual(asked.sort(), ["driverName", "driverVersion", "failureName,failureHash", "market", "market", "oemName"]);

  const today = whole.spans.at(-1);
  const day = await dashboard.after(() => dashboard.pressBar("#timeline-canvas", -1));
  assert.equal(day.address, `?on=${today[0]}`);
  assert.deepEqual(day.spans, whole.spans);
  assert.equal(sum(day.facets.OEM), today[1]);

  const facet = await browser.run((name) => document.querySelector(`[data-value="${name}"]`).closest("section").querySelector("canvas").id ||= "first-facet", DRIVER);
  const at = day.facets.Driver.findIndex(([name]) => name === DRIVER);
  const one = await dashboard.after(() => dashboard.pressBar(`#${facet}`, at));
  assert.equal(one.address, `?on=${today[0]}&driver=${DRIVER}`);
  assert.deepEqual(one.facets.Driver[at], [DRIVER, day.facets.Driver[at][1], true]);
  assert.equal(sum(one.facets.OEM), day.facets.Driver[at][1]);
  assert.deepEqual(one.chips.length, 3);

  const occurrences = await dashboard.after(async () => (await dashboard.failure(FAILURES.everySize)).click());
  assert.equal(occurrences.failure, "AV_fastboot!unknown_function");
  assert.equal((await dashboard.focused()).id, "occurrences-heading");
  await dashboard.download(CABS.kib8);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  const { requests } = await control.look();
  assert.deepEqual(requests.filter(({ path }) => path.startsWith(REPORTS)), []);
});

testEverywhere("by keyboard alone: a day, a market, a failure, a CAB, and the file is there", async () => {
  const { browser, portal } = story;
  await dashboard.open();
  await browser.run(() => document.getElementById("board-heading").focus());
  const tabTo = async (what, is) => {
    for (let presses = 0; ; presses += 1) {
      const now = await dashboard.focused();
      if (is(now)) return;
      assert.ok(presses < 200, `Tab never reached ${what}`);
      await press(Key.TAB);
    }
  };
  await tabTo("the numbers of the chart", ({ tag }) => tag === "summary");
  await press(Key.ENTER);
  const today = (await dashboard.view()).spans.at(-1)[0];
  await tabTo("today", ({ value }) => value === today);
  await dashboard.after(() => press(Key.ENTER));
  // Drawn anew, and still where the person was.
  assert.equal((await dashboard.focused()).value, today);
  await tabTo("the driver", ({ value }) => value === DRIVER);
  await dashboard.after(() => press(Key.SPACE));
  assert.equal((await dashboard.focused()).value, DRIVER);
  await tabTo("the failure", ({ href }) => href?.includes(FAILURES.everySize));
  await dashboard.after(() => press(Key.ENTER));
  assert.equal((await dashboard.focused()).id, "occurrences-heading");
  await dashboard.cab(CABS.kib8);
  await tabTo("the CAB", ({ cab, tag }) => cab === CABS.kib8 && tag === "a");
  await press(Key.ENTER);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a shared address opens the same view, after signing in where need be, and holds nothing else", async () => {
  const { portal } = story;
  const query = `?days=7&driver=${DRIVER}&market=US&text=fastboot`;
  const here = await dashboard.open(query);
  assert.equal(here.address, query);
  assert.equal(here.period, "7");
  assert.ok(here.failures.length > 0 && here.failures.every((name) => name.includes("fastboot")));
  assert.deepEqual(here.chips, ["Driver: fastboot.sys", "Market: United States (US)", "Name contains “fastboot”", "Clear all"]);

  await portal.driver.switchTo().newWindow("tab");
  await portal.open(DASHBOARD + query);
  assert.equal(await portal.isVisible("#sign-in"), true);
  await portal.signIn("bob");
  assert.deepEqual(await dashboard.settled(), here);

  const occurrences = await dashboard.open(`?failure=${FAILURES.manyTiny}`);
  assert.deepEqual([occurrences.address, occurrences.failures], [`?failure=${FAILURES.manyTiny}`, []]);
  assert.match(occurrences.status, /^60 events of this failure/);
});

const REFUSED = [
  ["?family=x&days=8&on=yesterday&market=", ""],
  ["?from=2026-02-30&to=2026-03-01", ""],
  ["?from=2026-03-02&to=2026-03-01&days=7", "?days=7"],
  ["?product=1&ticket=x&code=secret", ""],
  [`?text=${"x".repeat(300)}&market=US`, "?market=US"],
  ["?family=driver&family=hardware", `?family=driver&product=${APPLICATION_ID}`],
];
testEverywhere("an address that cannot be, or holds what is no choice of the page's, becomes the nearest view", async () => {
  for (const [query, address] of REFUSED) {
    const now = await dashboard.open(query);
    assert.deepEqual([now.address, now.problem, now.nothing], [address, [], []], query);
  }
  const quoted = await dashboard.open(`?market=${encodeURIComponent("O'Neill' or market ne 'x")}`);
  assert.deepEqual([quoted.failures, quoted.problem], [[], []]);
  assert.equal(quoted.facets.Market[0][0], "O'Neill' or market ne 'x");
});

testEverywhere("back and forward go through the views, and ask for nothing twice", async () => {
  const { browser, portal } = story;
  const views = [await dashboard.open("?days=7")];
  const step = async (act) => views.push(await dashboard.after(act));
  await step(async () => (await dashboard.row(DRIVER)).click());
  await step(async () => (await dashboard.row("US")).click());
  await step(async () => (await dashboard.failure(FAILURES.huge)).click());
  await step(async () => (await portal.visible("#all-failures")).click());
  await step(async () => (await portal.visible(".chip")).click());
  assert.deepEqual(views.map(({ address }) => address), [
    "?days=7", `?days=7&driver=${DRIVER}`, `?days=7&driver=${DRIVER}&market=US`,
    `?days=7&driver=${DRIVER}&market=US&failure=${FAILURES.huge}`, `?days=7&driver=${DRIVER}&market=US`, "?days=7&market=US",
  ]);
  await control.clearRequests();
  for (let at = views.length - 2; at >= 0; at -= 1) {
    assert.deepEqual(await dashboard.after(() => browser.run(() => history.back())), views[at], `back to ${at}`);
  }
  for (let at = 1; at < views.length; at += 1) {
    assert.deepEqual(await dashboard.after(() => browser.run(() => history.forward())), views[at], `forward to ${at}`);
  }
  assert.deepEqual(await grouped(), []);
});

testEverywhere("the text narrows the failures while one types; the address follows", async () => {
  const { browser, portal } = story;
  await control.clearRequests();
  await dashboard.open();
  const { length } = await grouped();
  await (await portal.visible("#text")).sendKeys("ctgfx!");
  const narrowed = await until("the address to follow", async () => {
    const now = await dashboard.view();
    return now.address === "?text=ctgfx%21" && now;
  });
  assert.ok(narrowed.failures.length > 0 && narrowed.failures.every((name) => name.includes("ctgfx!")));
  assert.equal((await grouped()).length, length);
  await browser.run(() => document.getElementById("text").select());
  await press("no such name");
  const none = await until("no failure", async () => {
    const now = await dashboard.view();
    return now.failures.length === 0 && now;
  });
  assert.match(none.said, /^None of \d+ failures has “no such name” in its name\./);
});

const FAMILIES = [
  { family: "driver", headings: ["Driver", "Driver version", "Market", "OEM"], failure: DRIVER_FAILURES.everySize, cab: DRIVER_CABS.kib8, product: APPLICATION_ID },
  { family: "hardware", headings: ["Module", "Module version", "Market", "Model family"], failure: HARDWARE_FAILURES.everySize, cab: HARDWARE_CABS.kib8, product: null },
];
for (const { family, headings, failure, cab, product } of FAMILIES) {
  testEverywhere(`another family: ${family}, its own charts, and a file`, async () => {
    const { browser, portal } = story;
    await dashboard.open(`?driver=${DRIVER}&market=US`);
    const now = await dashboard.after(() => dashboard.choose("family", family));
    // What both have is kept.
    assert.equal(now.address, `?family=${family}${product ? `&product=${product}` : ""}&market=US`);
    assert.deepEqual([now.headings, now.product, now.problem], [headings, product, []]);
    assert.ok(now.failures.length > 0);
    await dashboard.after(async () => (await portal.visible(".chip")).click());
    // Few of them have happened today; the newest day is where the failure of every size is.
    await dashboard.after(() => dashboard.pressBar("#timeline-canvas", -1));
    await dashboard.after(async () => (await dashboard.failure(failure)).click());
    await dashboard.download(cab);
    await portal.state(cab, "downloading");
    await assertSaved(browser, cab);
  });
}

testEverywhere("a product is asked for where none is known, and another one has rows of its own", async () => {
  const { portal } = story;
  await control.set({ portalConfig: { products: null } });
  const asked = await dashboard.open("?family=driver");
  assert.deepEqual([asked.nothing[0], asked.address], ["Which product?", "?family=driver"]);
  const type = async (text) => (await portal.visible("#product")).sendKeys(text, Key.ENTER);
  await type("my product");
  assert.match(await (await portal.visible("#filters-problem")).getText(), /number of up to 40 digits/);
  await (await portal.visible("#product")).clear();
  const one = await dashboard.after(() => type(APPLICATION_ID));
  await (await portal.visible("#product")).clear();
  const other = await dashboard.after(() => type(OTHER_APPLICATION_ID));
  assert.ok(one.failures.length > 0 && other.failures.length > 0);
  assert.notDeepEqual(other.failures, one.failures);
  await (await portal.visible("#product")).clear();
  const unknown = await dashboard.after(() => type("1"));
  assert.match(unknown.nothing[0], /^Nothing crashed from /);
});

testEverywhere("days of one's own, by week and by month", async () => {
  const { browser, portal } = story;
  await dashboard.open();
  await dashboard.choose("period", "own");
  const fill = (id, value) => browser.run((field, text) => void (document.getElementById(field).value = text), id, value);
  const show = async () => (await portal.visible("#apply-field button")).click();
  await fill("from", "2026-03-02");
  await fill("to", "2026-03-01");
  await show();
  assert.match(await (await portal.visible("#filters-problem")).getText(), /last day lies before/);
  await fill("to", "2026-03-05");
  const empty = await dashboard.after(show);
  assert.deepEqual([empty.address, empty.nothing.length], ["?from=2026-03-02&to=2026-03-05", 2]);
  const weeks = await dashboard.open("?days=90");
  assert.ok(weeks.spans.length >= 12 && weeks.spans.length <= 14, JSON.stringify(weeks.spans));
  const [week, events] = weeks.spans.at(-3);
  const one = await dashboard.after(() => dashboard.pressBar("#timeline-canvas", -3));
  assert.equal(one.address, `?days=90&on=${week}`);
  assert.equal(sum(one.facets.OEM), events);
  const end = new Date().toISOString().slice(0, 10);
  const months = await dashboard.open(`?from=2020-01-01&to=${end}`);
  assert.ok(months.spans.length >= 3 && months.spans.length <= 5);
});

const PROBLEMS = [
  [{ at: "failurehits", status: 403 }, /Your account may not read this data\..*Code: forbidden/s],
  [{ at: "failurehits", status: 500 }, /problem of its own\..*Try again/s],
  [{ at: "failurehits", contentType: "text/html", body: "<h1>login</h1>" }, /web page instead of data/],
  [{ at: "lists", status: 404 }, /could not be loaded|Code: /],
];
for (const [fault, said] of PROBLEMS) {
  testEverywhere(`a list that cannot be had says so once: ${JSON.stringify(fault)}`, async () => {
    const { browser, portal } = story;
    story.allow(/status of (403|404|500)/, /disallowed MIME type/);
    await control.set({ portalConfig: { signUpHelp: "https://help.example/access" } });
    await control.fault(fault);
    const now = await dashboard.open(`?driver=${DRIVER}`);
    assert.deepEqual([now.failures, now.facets], [[], {}]);
    const panels = await browser.run(() => [...document.querySelectorAll(".problem")].map(({ innerText }) => innerText));
    assert.equal(panels.length, 1);
    assert.match(panels[0], said);
    if (fault.status === 403) assert.match(panels[0], /How to get access/);
    assert.deepEqual(await complaintsInBothSchemes(browser), []);
    await control.clearFaults();
    await portal.driver.findElement(By.xpath(`//*[@id="list-problem"]//button[text()="Try again"]`)).click();
    await until("the problem's end", () => browser.run(() => document.getElementById("list-problem").children.length === 0));
    assert.ok((await dashboard.settled()).failures.length > 0);
  });
}

testEverywhere("a refresh that fails leaves what was there; another view that fails does not", async () => {
  const { portal } = story;
  story.allow(/status of 403/);
  const before = await dashboard.open();
  await control.fault({ at: "failurehits", status: 403 });
  await (await portal.visible("#refresh")).click();
  await portal.visible("#list-problem .problem");
  const after = await dashboard.settled();
  assert.deepEqual([after.failures, after.spans], [before.failures, before.spans]);
  const other = await dashboard.after(async () => (await dashboard.row(DRIVER)).click());
  assert.deepEqual([other.failures, other.facets], [[], {}]);
});

testEverywhere("occurrences that may not be read say so in their place, and the charts stay", async () => {
  const { portal } = story;
  story.allow(/status of 403/);
  await control.fault({ at: "failuredetails", status: 403 });
  const now = await dashboard.open(`?failure=${FAILURES.manyTiny}`);
  assert.equal(sum(now.facets.OEM), 60);
  await portal.visible("cab-list");
  const said = () => story.browser.run(() => document.querySelector("cab-list").shadowRoot.querySelector("[part~=problem]")?.textContent ?? "");
  await until("the problem", async () => (await said()).includes("may not read this data"), { seen: said });
});

for (const [what, portalConfig, fault, code] of [
  ["no worker, which the settings insist on", { handoff: "worker" }, { at: "worker", status: 404 }, "worker_unavailable"],
  ["a misspelt storage", { storage: ["blob.core.windows.net"] }, undefined, "invalid_options"],
]) {
  testEverywhere(`downloads that could not be started are not offered, and the charts stay: ${what}`, async () => {
    const { browser, portal } = story;
    story.allow(/status of 404|bad HTTP response|Failed to load/);
    await portal.open(DASHBOARD);
    await browser.run(async () => {
      for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    });
    await control.set({ portalConfig });
    if (fault) await control.fault(fault);
    const now = await dashboard.open(`?failure=${FAILURES.everySize}`);
    assert.ok(sum(now.facets.OEM) > 0);
    await until("the place of the occurrences", () => browser.run(() => /could not be started/.test(document.getElementById("occurrences-place").textContent)));
    assert.match(await (await portal.visible("#cabs-problem .problem")).getText(), new RegExp(`Code: ${code}`));
    assert.equal(await browser.run(() => document.querySelectorAll("cab-list").length), 0);
    if (!fault) return;
    // Once it is there, trying again is enough.
    await control.clearFaults();
    await portal.driver.findElement(By.xpath(`//*[@id="cabs-problem"]//button[text()="Try again"]`)).click();
    await dashboard.download(CABS.kib8);
    await portal.state(CABS.kib8, "downloading");
    await assertSaved(browser, CABS.kib8);
  });
}

testEverywhere("without the chart library the numbers are all there, and the page says what is missing", async () => {
  const { portal } = story;
  story.allow(/Content.Security.Policy|Failed to load|chart/i);
  const modules = (await readdir(new URL("../../www", import.meta.url))).filter((name) => name.endsWith(".js"));
  const scripts = [...modules.map((name) => `${urls.portal}/${name}`), `${urls.portal}/pkg/`, `${urls.portal}/msal/`, `${urls.portal}/cablink/`];
  await control.set({ portalCsp: portalPolicy(urls).replace("script-src 'self'", `script-src ${scripts.join(" ")}`) });
  const now = await dashboard.open();
  assert.match(await (await portal.visible("#chart-problem")).getText(), /charts could not be drawn.*chart_script/s);
  assert.ok(sum(now.facets.OEM) > 10_000);
  const one = await dashboard.after(async () => (await dashboard.row(DRIVER)).click());
  assert.equal(one.address, `?driver=${DRIVER}`);
});

testEverywhere("signing out leaves nothing of it on the page, and the address is still the view", async () => {
  const { browser, portal } = story;
  await dashboard.open(`?driver=${DRIVER}`);
  const before = await portal.driver.getAllWindowHandles();
  await (await portal.visible("#sign-out")).click();
  await portal.visible("#sign-in");
  await until("the sign-out window's end", async () => (await portal.driver.getAllWindowHandles()).length === before.length);
  assert.equal(await portal.isVisible("#board"), false);
  assert.equal(await browser.run(() => location.search), `?driver=${DRIVER}`);
  await portal.signIn("carol");
  assert.deepEqual((await dashboard.settled()).chips, ["Driver: fastboot.sys"]);
});

testEverywhere("where windows are blocked, signing in by leaving the page comes back to the same view", async () => {
  const { browser, portal } = story;
  await portal.driver.switchTo().newWindow("tab");
  await portal.open(`${DASHBOARD}?driver=${DRIVER}`);
  await browser.run(() => void (window.open = () => null));
  await (await portal.visible("#sign-in")).click();
  await (await portal.visible("#sign-in-problem button")).click();
  await (await portal.visible("#alice")).click();
  await portal.visible("#sign-out");
  const now = await dashboard.settled();
  assert.deepEqual([now.address, now.chips], [`?driver=${DRIVER}`, ["Driver: fastboot.sys"]]);
  assert.equal(await browser.run(() => location.hash), "");
});

testEverywhere("axe-core finds nothing: charts, a choice, numbers, occurrences, no product, nothing, loading, signed out", async () => {
  const { browser, portal } = story;
  const states = {
    "the whole": "",
    "a choice": `?driver=${DRIVER}&market=US&text=a`,
    occurrences: `?failure=${FAILURES.everySize}`,
    nothing: "?from=2020-01-01&to=2020-01-02",
    "another product": `?family=driver&product=1`,
    hardware: "?family=hardware&days=90",
  };
  for (const [what, query] of Object.entries(states)) {
    await dashboard.open(query);
    if (what === "occurrences") await dashboard.cab(CABS.kib8);
    await browser.run(() => void (document.getElementById("timeline-numbers").open = true));
    assert.deepEqual(await complaintsInBothSchemes(browser), [], what);
  }
  await control.fault({ at: "failurehits", hold: true });
  await (await portal.visible("#refresh")).click();
  await portal.visible("#status.busy");
  assert.deepEqual(await complaintsInBothSchemes(browser), [], "loading again");
  await portal.open(DASHBOARD);
  await portal.visible("#skeleton");
  assert.deepEqual(await complaintsInBothSchemes(browser), [], "loading");
  await control.release();
  await dashboard.settled();
  assert.equal(await portal.isVisible("#skeleton"), false);
  await portal.driver.switchTo().newWindow("tab");
  await portal.open(DASHBOARD);
  assert.equal(await portal.isVisible("#sign-in"), true);
  assert.deepEqual(await complaintsInBothSchemes(browser), [], "signed out");
});

testEverywhere("nothing secret is left where script or a person can see it", async () => {
  const { browser, portal } = story;
  story.allow(/status of 403/);
  await dashboard.open();
  await browser.run(watch);
  await dashboard.after(async () => (await dashboard.row(DRIVER)).click());
  await dashboard.after(() => dashboard.pressBar("#timeline-canvas", -1));
  await dashboard.after(async () => (await dashboard.failure(FAILURES.everySize)).click());
  await dashboard.download(CABS.kib8);
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
  const body = JSON.stringify({ code: "Forbidden", message: "No access with {{token}}", innererror: { message: "Bearer {{token}}" } });
  await control.fault({ at: "cabdownload", status: 403, contentType: "application/json", body });
  await dashboard.download(CABS.kib64);
  await portal.state(CABS.kib64, "failed");
  await control.fault({ at: "failurehits", status: 403, contentType: "application/json", body });
  await dashboard.after(async () => (await portal.visible("#all-failures")).click()).catch(() => {});
  await (await portal.visible("#refresh")).click();
  await portal.visible("#list-problem .problem");
  const { msal, ...places } = await browser.run(traces);
  const secrets = await control.secrets();
  assert.ok(secrets.tokens.length > 0 && secrets.signatures.length > 0);
  assert.deepEqual(found({ msal }, secrets), ["msal: token"]);
  assert.match(places.kept, /event: .*downloading/);
  const shadows = await browser.run(() => [...document.querySelectorAll("cab-list")].map(({ shadowRoot }) => shadowRoot.innerHTML).join("\n"));
  assert.deepEqual(found({ ...places, shadows, console: JSON.stringify(await story.hear()) }, secrets), []);
});

testEverywhere("it fits a narrow window", async () => {
  const { portal } = story;
  await dashboard.open(`?driver=${DRIVER}`);
  const before = await portal.driver.manage().window().getRect();
  try {
    // About the least that browsers on a desktop allow.
    await portal.driver.manage().window().setRect({ width: 500, height: 900 });
    const wide = () => story.browser.run(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await until("nothing to be wider than the window", async () => (await wide()) === 0, { seen: wide });
  } finally {
    await portal.driver.manage().window().setRect(before);
  }
});
