// The dashboard in a frame of another page: of the portal, of another origin of the same site, and of another site.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { By } from "selenium-webdriver";

import { CABS, FAILURES } from "../stack/known.mjs";
import { SignIn } from "../stack/identity/sign-in.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { Dashboard } from "./dashboard.mjs";
import { assertSaved } from "./saved.mjs";
import { startStranger } from "./stranger.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const VIEW = `?failure=${FAILURES.everySize}`;
let dashboard;
let stranger;
const story = tellStory(async (told) => {
  dashboard = new Dashboard(told);
  stranger = await startStranger();
  await told.portal.open();
});
after(() => stranger?.close());

/** A tab of its own, so that nobody is signed in there yet, with the dashboard in a frame; stays in the frame. */
async function embed(origin, sandbox, framedBy = `'self' ${origin}`) {
  const { browser, portal } = story;
  const { driver } = portal;
  await driver.switchTo().newWindow("tab");
  portal.tab = await driver.getWindowHandle();
  if (origin === urls.portal) {
    await driver.get(`${origin}/embedding.html${VIEW}`);
    if (sandbox) {
      await browser.run((value) => {
        const frame = document.getElementById("embedded");
        frame.setAttribute("sandbox", value);
        frame.src = frame.src;
      }, sandbox);
    }
  } else {
    await control.set({ portalCsp: portalPolicy(urls).replace("frame-ancestors 'self'", `frame-ancestors ${framedBy}`) });
    await driver.get(`${origin}/?to=x`);
    await browser.run((address) => {
      const frame = document.createElement("iframe");
      frame.id = "embedded";
      frame.width = 1200;
      frame.height = 1300;
      frame.src = address;
      document.body.prepend(frame);
    }, `${urls.portal}/dashboard.html${VIEW}`);
  }
  await enter();
  await portal.visible("#sign-in");
  await portal.recordStates();
}

async function enter() {
  const { driver } = story.portal;
  await driver.switchTo().defaultContent();
  await driver.switchTo().frame(await driver.findElement(By.id("embedded")));
}

async function signInThere() {
  const { browser, portal } = story;
  const before = await portal.driver.getAllWindowHandles();
  await (await portal.visible("#sign-in")).click();
  await portal.driver.switchTo().window(await browser.newWindow(before));
  await (await portal.visible("#alice")).click();
  await until("the sign-in window's end", async () => (await portal.driver.getAllWindowHandles()).length === before.length);
  await portal.driver.switchTo().window(portal.tab);
  await enter();
  await portal.visible("#sign-out");
}

const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-downloads allow-popups allow-popups-to-escape-sandbox";
for (const [what, origin, sandbox] of [
  ["the portal's own", () => urls.portal],
  ["the portal's own, in a sandbox that allows it", () => urls.portal, SANDBOX],
  ["another origin of the same site", () => stranger.origins[0]],
]) {
  test(`in a frame of ${what}: a sign-in window, and the file arrives`, async () => {
    const { browser, portal } = story;
    // Chromium remarks on such a sandbox.
    if (sandbox) story.allow(/can escape its sandboxing/);
    await embed(origin(), sandbox);
    await signInThere();
    const now = await dashboard.settled();
    assert.deepEqual([now.address, now.failure], [VIEW, "AV_fastboot!unknown_function"]);
    // The view's address cannot be seen from outside, so that there is another way to it.
    assert.equal(await (await portal.visible("#own-tab")).getAttribute("href"), `${urls.portal}/dashboard.html${VIEW}`);
    await dashboard.download(CABS.kib8);
    await portal.state(CABS.kib8, "downloading");
    await assertSaved(browser, CABS.kib8);
  });
}

test("in a frame of another site no window is opened in vain: the reason is named, with a way out", async () => {
  const { portal } = story;
  // Firefox says that it took no cookie there, which is how the page knows.
  story.allow(/cookie/i);
  await embed(stranger.origins[1]);
  const before = await portal.driver.getAllWindowHandles();
  await (await portal.visible("#sign-in")).click();
  const panel = await portal.visible("#sign-in-problem .problem");
  assert.match(await panel.getText(), /inside a page of another site.*tab of its own.*Code: sign_in_embedded/s);
  assert.deepEqual(await portal.driver.getAllWindowHandles(), before);
  await panel.findElement(By.css("button")).click();
  await portal.driver.switchTo().window(await story.browser.newWindow(before));
  await until("the same view", async () => (await portal.driver.getCurrentUrl()) === `${urls.portal}/dashboard.html${VIEW}`);
});

// Both grant a worker there, kept apart by the site around.
test("in a frame of another site whose page hands a token over, the file arrives", async () => {
  const { browser, portal } = story;
  const [, around] = stranger.origins;
  await control.set({ portalConfig: { host: "token-host.js", around } });
  await embed(around, undefined, around);
  await handOver();
  await (await portal.visible("#sign-in")).click();
  const now = await dashboard.settled();
  assert.deepEqual([now.failure, now.problem], ["AV_fastboot!unknown_function", []]);
  await dashboard.download(CABS.kib8);
  const ended = await until("an end", async () => (await portal.states(CABS.kib8)).find(({ state }) => ["downloading", "failed"].includes(state)), { seen: () => portal.states() });
  assert.equal(ended.error?.code ?? ended.state, "downloading");
  await assertSaved(browser, CABS.kib8);
});

test("a page of another origin than the one that is named is neither asked for a token nor believed", async () => {
  const { browser, portal } = story;
  const [named, around] = stranger.origins;
  // The message that was not delivered.
  story.allow(/postMessage/);
  await control.set({ portalConfig: { host: "token-host.js", around: named } });
  // Even if the policy let it in.
  await embed(around, undefined, around);
  const { access_token: token } = await handOver();
  await browser.run((origin) => addEventListener("message", ({ data }) => data === "come" && parent.postMessage("came", origin)), around);
  await (await portal.visible("#sign-in")).click();
  // What it sends without being asked arrives before the next message does.
  await portal.driver.switchTo().defaultContent();
  const asked = await browser.run(
    (given, origin) =>
      new Promise((resolve) => {
        const { contentWindow } = document.getElementById("embedded");
        contentWindow.postMessage({ token: given }, origin);
        addEventListener("message", ({ data }) => data === "came" && resolve(window.asked));
        contentWindow.postMessage("come", origin);
      }),
    token,
    urls.portal,
  );
  assert.equal(asked, 0);
  await enter();
  assert.ok(await portal.isVisible("#sign-in"));
});

/** From now on the page around gives a token to the portal that asks for one. */
async function handOver() {
  const { browser, portal } = story;
  const given = await new SignIn(urls).as("alice");
  await portal.driver.switchTo().defaultContent();
  await browser.run((token, origin) => {
    window.asked = 0;
    addEventListener("message", (event) => {
      if (event.origin !== origin || event.data?.wants !== "token") return;
      window.asked += 1;
      event.source.postMessage({ token }, origin);
    });
  }, given.access_token, urls.portal);
  await enter();
  return given;
}
