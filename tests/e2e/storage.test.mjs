// Storage that is down, unknown, slow or hostile, and redirects that lead anywhere but there.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { openPort } from "../stack/ports.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { startStranger } from "./stranger.mjs";
import { tellStory } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";

let stranger;
const story = tellStory(async ({ portal }) => {
  stranger = await startStranger();
  await portal.ready("/host-page.html");
});
after(() => stranger?.close());

/** A download's end. Wherever it leads, the portal stays, shows no document of storage's, and saves nothing if it fails. */
async function endOf(options = {}) {
  const { browser, portal } = story;
  story.allow(/status of|Content.Security.Policy|net::ERR_|Failed to load|X-Frame-Options|frame-ancestors|Refused|violates|Security Error/i);
  await portal.hostPage(options);
  await control.clearRequests();
  await browser.run(() => void (window.stays = true));
  const { result, error } = await portal.host("download", CABS.kib8);
  assert.equal(await portal.driver.getCurrentUrl(), `${urls.portal}/host-page.html`);
  assert.deepEqual(await browser.run(() => [window.stays, window.ran ?? false, document.body.innerText.includes("<Error>")]), [true, false, false]);
  assert.equal(await browser.run(() => document.querySelectorAll("iframe[title='CAB download']").length), 0);
  if (error) assert.deepEqual(await browser.downloads.names(), []);
  return { result, error };
}

test("storage that cuts the connection is storage_refused", async () => {
  await control.fault({ at: "storage", drop: true });
  const { error } = await endOf();
  assert.deepEqual([error.code, error.retryable], ["storage_refused", true]);
  assert.equal((await cabRequests()).endpoint.length, 2, "one fresh attempt");
});

test("storage at a port where nobody listens is storage_refused", async () => {
  const { origin: nobody, close } = await openPort("nobody", 0);
  await close();
  await control.fault({ at: "cabdownload", redirect: `${nobody}/cabs/a.cab?sig=abc` });
  const { error } = await endOf({ storage: [nobody] });
  assert.equal(error.code, "storage_refused");
});

test("storage whose name nobody knows is storage_refused", async () => {
  // Browsers answer this ending themselves, without asking any server for the name.
  const unknown = "https://cabs.blob.onion";
  await control.fault({ at: "cabdownload", redirect: `${unknown}/a.cab?sig=abc` });
  const { error } = await endOf({ storage: [unknown] });
  assert.equal(error.code, "storage_refused");
});

test("an error document that forbids to be framed is storage_refused as well", async () => {
  const headers = { "X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'" };
  await control.fault({ at: "storage", status: 403, headers });
  assert.equal((await endOf()).error.code, "storage_refused");
});

test("a page instead of the file is storage_refused, and its script sees nothing of the portal", async () => {
  const body = "<script>try { top.ran = true } catch {}</script><h1>Sign in</h1>";
  await control.fault({ at: "storage", status: 200, contentType: "text/html", body });
  assert.equal((await endOf()).error.code, "storage_refused");
});

test("a file that forbids to be framed downloads all the same", async () => {
  await control.fault({ at: "storage", headers: { "X-Frame-Options": "DENY" } });
  const { result } = await endOf();
  assert.equal(result?.via, "worker");
  await assertSaved(story.browser, CABS.kib8);
});

test("storage that takes its time is waited for", async () => {
  await control.fault({ at: "storage", delayMs: 2_500 });
  const { result } = await endOf();
  assert.equal(result?.attempts, 1);
  await assertSaved(story.browser, CABS.kib8);
});

test("a redirect that leaves the allowed storage in any spelling is not followed", async () => {
  const [there, elsewhere] = stranger.origins;
  const { port } = new URL(there);
  const LOCATIONS = {
    "another port": `${there}/file?sig=abc`,
    "another host": `${elsewhere}/file?sig=abc`,
    "no protocol": `//127.0.0.1:${port}/file?sig=abc`,
    "a user name that looks like storage": `http://localhost:4403@127.0.0.1:${port}/file`,
    "backslashes": `\\\\127.0.0.1:${port}\\file`,
  };
  const seen = {};
  for (const [what, redirect] of Object.entries(LOCATIONS)) {
    await control.clearFaults();
    await control.fault({ at: "cabdownload", redirect });
    stranger.requests.length = 0;
    seen[what] = [(await endOf()).error?.code, stranger.requests.length];
  }
  assert.deepEqual(seen, Object.fromEntries(Object.keys(LOCATIONS).map((what) => [what, ["storage_blocked", 0]])));
});

test("a redirect to script, data or a file runs nothing, shows nothing and saves nothing", async () => {
  const ends = {};
  for (const redirect of [
    "javascript:top.ran=true",
    "JavaScript:parent.parent.ran=true//",
    "data:text/html,<script>top.ran=true</script>",
    "blob:null/0",
    "about:srcdoc",
    "view-source:http://localhost/",
    "file:///etc/hostname",
  ]) {
    await control.clearFaults();
    await control.fault({ at: "cabdownload", redirect });
    const { result, error } = await endOf();
    ends[redirect] = result ? "resolved" : error.code;
    assert.deepEqual(await story.browser.downloads.names(), []);
  }
  // Browsers drop some of them without a trace; the frame is then as after a file, and nothing tells them apart.
  const unseen = /^(?:javascript|view-source|blob|file):/i;
  for (const [redirect, end] of Object.entries(ends)) {
    const expected = ["storage_refused", "storage_blocked", ...(unseen.test(redirect) ? ["resolved"] : [])];
    assert.ok(expected.includes(end), JSON.stringify(ends));
  }
});
