// The portal's pages as a person meets them: by keyboard, signed out, with a problem, without a word in the console.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Key } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready());

test("Tab and Enter alone download a CAB", async () => {
  const { browser, portal } = story;
  await portal.ready();
  await portal.listed();
  await portal.link(CABS.kib64);
  const focused = () => browser.run(() => document.activeElement?.getAttribute("title") ?? "");
  await browser.run(() => document.activeElement.blur());
  for (let presses = 0; (await focused()) !== CABS.kib64; presses += 1) {
    assert.ok(presses < 400, "the link is not reached by Tab");
    await portal.driver.actions().sendKeys(Key.TAB).perform();
  }
  await portal.driver.actions().sendKeys(Key.ENTER).perform();
  await portal.state(CABS.kib64, "downloading");
  await assertSaved(browser, CABS.kib64);
  const told = await browser.run(() => document.querySelector(".cablink-announcer").textContent);
  assert.match(told, /Download started$/);
});

test("a problem stands beside its link with its next step, and the next click may succeed", async () => {
  const { browser, portal } = story;
  story.allow(/ 404 /);
  await portal.ready();
  const link = await portal.link(CABS.kib8);
  await control.fault({ at: "cabdownload", status: 404, times: 1 });
  await link.click();
  const [{ error }] = (await portal.state(CABS.kib8, "failed")).slice(-1);
  const problem = await until("the problem's text", () =>
    browser.run((id) => document.querySelector(`a[title="${id}"]`).closest(".cab").querySelector(".problem")?.innerText, CABS.kib8));
  assert.ok(problem.includes(error.message) && problem.includes(error.nextStep) && problem.includes("not_found"), problem);
  const described = await browser.run((id) => {
    const link = document.querySelector(`a[title="${id}"]`);
    const ids = link.getAttribute("aria-describedby").split(" ");
    return ids.map((each) => document.getElementById(each)?.textContent).join(" ");
  }, CABS.kib8);
  assert.ok(described.includes(error.message), described);
  await portal.forgetStates();
  await link.click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a policy is never violated, from sign-in to the file", async () => {
  const { browser, portal } = story;
  await portal.ready();
  await browser.run(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => window.violations.push(violatedDirective));
  });
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  assert.deepEqual(await browser.run(() => window.violations), []);
});

test("signing out puts links out of use, and signing in again brings them back", async () => {
  const { browser, portal } = story;
  await portal.ready();
  await portal.link(CABS.kib8);
  await (await portal.visible("#sign-out")).click();
  await portal.visible("#sign-in");
  await until("one window", async () => (await portal.driver.getAllWindowHandles()).length === 1);
  await portal.driver.switchTo().window(portal.tab);
  assert.equal(await browser.run(() => document.querySelectorAll("#signed-in:not([hidden]) a.cab-link").length), 0);
  await portal.signIn("bob");
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  await assertSaved(browser, CABS.kib8);
});

for (const path of ["/cablink.html", "/cablink/ihvdriver/cabdownload?cabIdHash=x", "/cablink/frame"]) {
  test(`${path} explains itself and leads back`, async () => {
    const { browser, portal } = story;
    await portal.driver.get(urls.portal + path);
    assert.match(await portal.driver.getTitle(), /^This download starts in the portal/);
    assert.ok((await browser.run(() => document.querySelector("h1").textContent.length)) > 0);
    await portal.ready();
  });
}
