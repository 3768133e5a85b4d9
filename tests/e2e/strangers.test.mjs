// Pages of other origins that open, frame or link addresses in the scope, with a signed-in portal beside them.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { By, Key } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { startStranger } from "./stranger.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

let stranger;
/** An address whose ticket was good once. */
let used;

const story = tellStory(async ({ portal, browser }) => {
  stranger = await startStranger();
  await portal.ready();
  used = await useATicket(portal);
  await browser.downloads.finished(1);
});
after(() => stranger?.close());

/** Downloads in a new tab and gives the address that it used. */
async function useATicket(portal) {
  const link = await portal.link(CABS.kib8);
  await portal.browser.run(() => {
    addEventListener("click", ({ target }) => void (window.usedAddress = target.closest("a").href), { once: true });
  });
  await portal.driver.actions().keyDown(Key.CONTROL).click(link).keyUp(Key.CONTROL).perform();
  await portal.state(CABS.kib8, "handed-off");
  const address = await portal.browser.run(() => window.usedAddress);
  assert.match(address, /&ticket=[0-9a-f]{32}$/);
  return address;
}

const plain = `${urls.portal}/cablink/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`;
const addresses = () => ({
  "no ticket": plain,
  "a guessed ticket": `${plain}&ticket=${"0123456789abcdef".repeat(2)}`,
  "a used ticket": used,
  "a guessed frame": `${urls.portal}/cablink/frame?ticket=${"f".repeat(32)}`,
});

for (const worker of ["running", "missing"]) {
  for (const [index, site] of ["the same site", "another site"].entries()) {
    test(`with the worker ${worker}, a stranger of ${site} gets nothing by any address`, async () => {
      const { browser, portal } = story;
      // What the frame is meant to get, 404, and that it may not be framed: browsers say so.
      story.allow(/status of 404/, /frame-ancestors/);
      await portal.ready();
      await portal.listed();
      if (worker === "missing") await unregister();
      await control.clearRequests();

      // All at once: the worker waits for a page that knows the ticket, and there is none.
      const tabs = [];
      for (const [what, address] of Object.entries(addresses())) {
        tabs.push({ what, ...(await visit(stranger.origins[index], address)) });
      }
      const seen = [];
      for (const { what, tab, opened } of tabs) {
        seen.push([`links: ${what}`, tab], ...opened.map((handle, at) => [`${OPENING[at]}: ${what}`, handle]));
      }
      const shown = {};
      for (const [way, handle] of seen) {
        await portal.driver.switchTo().window(handle);
        shown[way] = await explained(browser);
      }
      assert.deepEqual(shown, Object.fromEntries(seen.map(([way]) => [way, EXPLAINED[way.includes("frame") ? 1 : 0]])));
      await browser.closeOthers(portal.tab);

      const { all, relay, endpoint, storage } = await cabRequests();
      assert.deepEqual([relay, endpoint, storage], [[], [], []]);
      // The server answers every tab with the page that explains. A frame gets there only without the worker, and below
      // another site never has one, as browsers part storage.
      const served = all.filter(({ at, path }) => at === "portal" && /^\/cablink\/(?!worker\.js)/.test(path));
      const frames = worker === "missing" || site === "another site" ? Object.keys(addresses()).length : 0;
      assert.equal(served.length, frames + seen.length);
      assert.deepEqual(await portal.states(), []);
      assert.deepEqual(await browser.downloads.names(), []);

      // The portal beside it goes on, and its own click is the only one that reaches anything.
      await (await portal.link(CABS.kib64)).click();
      await portal.state(CABS.kib64, "downloading");
      await assertSaved(browser, CABS.kib64);
      const now = await cabRequests();
      assert.deepEqual([now.relay.length, now.endpoint.length, now.storage.length], [1, 1, 1]);
    });
  }
}

/** What the server's page is called at an address of a CAB's, and at one of none. */
const EXPLAINED = ["Download a CAB", "This download starts in the portal"];
/** The ways that lead to a tab or window more. */
const OPENING = ["opens", "links to a new tab"];

/** Opens the stranger's page in a tab, and there the address in every way; the tab's own link comes last. */
async function visit(origin, address) {
  const { browser, portal: { driver } } = story;
  await driver.switchTo().newWindow("tab");
  const tab = await driver.getWindowHandle();
  await driver.get(`${origin}/?to=${encodeURIComponent(address)}`);
  const opened = [];
  for (const id of ["open", "new-tab"]) {
    const before = await driver.getAllWindowHandles();
    await driver.findElement(By.id(id)).click();
    opened.push(await browser.newWindow(before));
    await driver.switchTo().window(tab);
  }
  await browser.run(() => document.getElementById("frame").click());
  return { tab, opened };
}

/** The heading of the page in this tab, once it is one of the portal's and has made itself ready. */
function explained(browser) {
  const look = () =>
    browser.run((origin) => {
      const button = document.getElementById("download");
      const isReady = !new URLSearchParams(location.search).has("cabIdHash") || button?.disabled === false;
      return location.origin === origin && document.readyState === "complete" && isReady && document.querySelector("h1")?.textContent;
    }, urls.portal);
  return until("a page of the portal's", look, { seen: () => browser.driver.getCurrentUrl() });
}

async function unregister() {
  const gone = await story.browser.run(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/cablink/");
    return (await registration?.unregister()) && !(await navigator.serviceWorker.getRegistration("/cablink/"));
  });
  assert.equal(gone, true);
}
