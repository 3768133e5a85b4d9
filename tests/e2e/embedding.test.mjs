// Portals that forbid our frame, sit in a sandbox, or isolate themselves by an embedder policy.

import assert from "node:assert/strict";
import { test } from "node:test";

import { By } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { portalPolicy } from "../stack/portal/policy.mjs";
import { cabRequests, methods } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const HOST_PAGE = "/host-page.html";
const story = tellStory(({ portal }) => portal.ready(HOST_PAGE));

test("a portal that forbids our frame is told what its policy needs", async () => {
  const { browser, portal } = story;
  story.allow(/Content.Security.Policy/i);
  await control.set({ portalCsp: portalPolicy(urls).replace(/frame-src [^;]+/, "frame-src 'none'") });
  await portal.hostPage();
  await control.clearRequests();
  const { error } = await portal.host("download", CABS.kib8);
  assert.deepEqual([error.code, error.retryable], ["frame_blocked", false]);
  assert.match(error.nextStep, /frame-src 'self'/);
  assert.deepEqual((await cabRequests()).relay, []);
  assert.deepEqual(await browser.downloads.names(), []);
});

/** Puts the tests' own page into a frame and stays in there. */
async function embed(sandbox) {
  const { browser, portal } = story;
  // Chromium remarks on such a sandbox, and MSAL uses one itself.
  story.allow(/can escape its sandboxing/);
  await portal.ready(HOST_PAGE);
  await browser.run(
    (address, value) => {
      const frame = document.createElement("iframe");
      frame.id = "embedded";
      if (value !== null) frame.setAttribute("sandbox", value);
      frame.src = address;
      document.body.append(frame);
    },
    urls.portal + HOST_PAGE,
    sandbox,
  );
  await portal.driver.switchTo().frame(await portal.driver.findElement(By.id("embedded")));
}

async function startThere() {
  await until("the page in the frame", () => story.browser.run(() => Boolean(window.host)));
  await story.portal.recordStates();
  assert.equal(await story.portal.host("start"), null);
  await control.clearRequests();
}

test("a sandbox without allow-downloads is told before a token is asked for", async () => {
  const { browser, portal } = story;
  await embed("allow-scripts allow-same-origin");
  await startThere();
  const { error } = await portal.host("download", CABS.kib8);
  assert.deepEqual([error.code, error.retryable], ["download_blocked", false]);
  assert.match(error.nextStep, /allow-downloads/);
  assert.deepEqual(await browser.run(() => window.host.wanted), []);
  const { all, relay } = await cabRequests();
  assert.deepEqual([relay, all.filter(({ path }) => path.startsWith("/cablink/frame"))], [[], []]);
  await portal.host("showLinks", [CABS.kib64]);
  await browser.run(() => window.host.cabs.enhance(document.getElementById("links")));
  await portal.driver.findElement(By.css("#links a")).click();
  assert.equal((await portal.state(CABS.kib64, "failed")).at(-1).error.code, "download_blocked");
  assert.deepEqual(await browser.downloads.names(), []);
});

for (const [what, sandbox] of [
  ["no sandbox", null],
  ["a sandbox with allow-downloads", "allow-scripts allow-same-origin allow-downloads"],
]) {
  test(`in a frame with ${what} the file arrives`, async () => {
    const { browser, portal } = story;
    await embed(sandbox);
    await startThere();
    const { result } = await portal.host("download", CABS.kib8);
    assert.equal(result?.via, "worker");
    await assertSaved(browser, CABS.kib8);
  });
}

test("in a sandbox without allow-same-origin no module of the page loads, cablink's neither", async () => {
  story.allow(/CORS|Failed to load|ERR_FAILED/);
  await embed("allow-scripts allow-downloads");
  // Whatever is asked for there comes from an origin of its own, and modules are always CORS requests.
  const seen = await until("the end of the import", () =>
    story.browser.run((address) => {
      window.importing ??= import(address).then(
        () => (window.imported = "loaded"),
        () => (window.imported = "refused"),
      );
      return window.imported && [window.imported, self.origin, typeof window.host];
    }, `${urls.portal}/pkg/cablink.js`),
  );
  assert.deepEqual(seen, ["refused", "null", "undefined"]);
});

for (const coep of ["require-corp", "credentialless"]) {
  for (const disposition of [null, "attachment"]) {
    const end = browserName === "chromium" ? "the file arrives" : disposition ? "nothing tells that none arrives" : "the reason is named";
    test(`under a ${coep} portal that gives its option coep, with a file that storage calls ${disposition ?? "nothing"}, ${end}`, async () => {
      const { browser, portal } = story;
      story.allow(/Cross-Origin|ERR_BLOCKED_BY_RESPONSE|Failed to load/i);
      await control.set({ portalCoep: coep, storageDisposition: disposition });
      await portal.hostPage({ coep });
      await control.clearRequests();
      const { result, error } = await portal.host("download", CABS.kib8);
      if (browserName === "chromium") {
        assert.equal(result?.via, "worker");
        return assertSaved(browser, CABS.kib8);
      }
      // Firefox asks storage, gets the file, and keeps nothing of it.
      const { storage } = await cabRequests();
      assert.ok(storage.length > 0 && storage.every(({ status }) => status === 200));
      assert.deepEqual(await browser.downloads.names(), []);
      if (disposition) {
        // What decides is storage's Content-Disposition: an attachment has left the frame as it was, as a file does that is
        // saved, before Firefox drops it. No script can see the difference.
        assert.deepEqual(result, { cabIdHash: CABS.kib8, via: "worker", attempts: 1 });
      } else {
        assert.equal(error?.code, "storage_refused");
        assert.match(error.nextStep, /another browser.*Cross-Origin-Embedder-Policy/);
      }
    });
  }
}

test("under a require-corp portal that does not give its option coep, the refused frame is named", async () => {
  const { browser, portal } = story;
  story.allow(/Cross-Origin|ERR_BLOCKED_BY_RESPONSE|Failed to load/i);
  await control.set({ portalCoep: "require-corp" });
  await portal.hostPage();
  await control.clearRequests();
  const { error } = await portal.host("download", CABS.kib8);
  assert.equal(error?.code, "frame_blocked");
  assert.match(error.nextStep, /option coep/);
  const { endpoint, storage } = await cabRequests();
  assert.deepEqual([endpoint, storage].map(methods), [[], []]);
  assert.deepEqual(await browser.downloads.names(), []);
});
