// The examples of examples/, with the package as npm packs it, built and used as they stand there.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";

import { CABS, FAILURES } from "../stack/known.mjs";
import { complaintsInBothSchemes } from "./accessibility.mjs";
import { allowSignIn, packForExamples, prepareExample, serveExample } from "./example-site.mjs";
import { cabRequests } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory, test } from "./story.mjs";
import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory(undefined, { insides: true });
const sites = new Map();
after(() => Promise.all([...sites.values()].map((site) => site.close())));

/** Name, the file with the script of the lists, and what its policy needs besides the portal's. */
const EXAMPLES = [
  ["plain", /cablink_lists\.js$/, withImportMap],
  ["vite-react", /cablink_lists-[^/]+\.js$/],
  ["webpack", /\/\d+\.js$/, async (policy) => policy.replace("trusted-types cablink", "trusted-types cablink webpack")],
];

/** An import map stands in the page itself, so a strict policy names its hash. */
async function withImportMap(policy, folder) {
  const page = await readFile(join(folder, "index.html"), "utf8");
  const [, map] = /<script type="importmap">([^<]*)<\/script>/.exec(page);
  const hash = createHash("sha256").update(map).digest("base64");
  return policy.replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`);
}

before(async () => {
  const tarball = await packForExamples();
  for (const [name, , change] of EXAMPLES) {
    // What `npm run build` leaves to be served.
    const folder = join(await prepareExample(name, tarball), "dist");
    const changed = async (policy) => (change ? change(policy, folder) : policy);
    sites.set(name, await serveExample(folder, { changePolicy: changed }));
  }
});

for (const [name, lists] of EXAMPLES) {
  test(`${name}: the list, then a click, and the CAB is there`, async () => {
    const { browser, portal } = story;
    const site = sites.get(name);
    await allowSignIn(site);
    // At the provider, who would know the person from the example before and close its window at once.
    await control.endSessions();
    await portal.driver.get(`${site.origin}/`);
    portal.tab = await portal.driver.getWindowHandle();
    await portal.visible("#sign-in:enabled");
    await portal.recordStates();
    await signInThere();
    // The module of the lists comes when it is asked for; one that did not come is asked for again.
    story.allow(/status of 404|Loading (?:module|chunk|failed)|MIME|Failed to (?:fetch|load)/);
    site.failNext(lists);
    await ask(FAILURES.everySize);
    await until("a sentence", () => browser.run(() => /could not be loaded/.test(document.body.textContent)));
    await ask(FAILURES.everySize);
    const link = await portal.visible(`a[href*="${CABS.kib64}"]`);
    assert.equal(new URL(await link.getAttribute("href")).pathname, "/cablink/ihvdriver/cabdownload");
    await link.click();
    const states = await portal.state(CABS.kib64, "downloading");
    assert.equal(states.at(-1).error, undefined);
    await assertSaved(browser, CABS.kib64);
    const { relay, storage } = await cabRequests();
    assert.deepEqual([relay.length, storage.length], [1, 1]);
    // By the worker that the example put there, not by following in the page.
    assert.equal(await browser.run(async () => (await navigator.serviceWorker.getRegistration("/cablink/")).active.state), "activated");

    assert.deepEqual(await complaintsInBothSchemes(browser), []);

    // What goes wrong is told in the page.
    story.allow(/status of 403/);
    await control.fault({ at: "failuredetails", status: 403, times: 1 });
    await ask(FAILURES.manySmall);
    await until("a sentence", () => browser.run(() => /may not/.test(document.querySelector("[role=alert]").textContent)));
    assert.deepEqual(await complaintsInBothSchemes(browser), []);
  });

  test(`${name}: a sign-in window that was closed does not stop the next click, and who signs in last is who asks`, async () => {
    const { browser, portal } = story;
    const site = sites.get(name);
    await allowSignIn(site);
    await control.endSessions();
    await portal.driver.get(`${site.origin}/`);
    portal.tab = await portal.driver.getWindowHandle();
    await portal.visible("#sign-in:enabled");
    for (const person of ["alice", "bob"]) {
      await (await portal.visible("#sign-in")).click();
      await portal.driver.switchTo().window(await browser.newWindow([portal.tab]));
      await portal.visible(`#${person}`);
      await browser.closeOthers(portal.tab);
      await signInThere(person);
      // Each example takes the list away once it knows who has come.
      assert.equal(await browser.run(() => document.querySelectorAll("li").length), 0);
      await control.clearRequests();
      await ask(FAILURES.everySize);
      await portal.visible(`a[href*="${CABS.kib64}"]`);
      assert.equal(await whoAsked(), person);
      assert.doesNotMatch(await browser.run(() => document.body.textContent), /interaction/);
    }
  });

  test(`${name}: nothing of the project's folder is served`, async () => {
    const { origin } = sites.get(name);
    for (const path of ["package.json", "node_modules/cablink/package.json", "node_modules/@azure/msal-browser/package.json", "build.js", "webpack.config.js", "vite.config.js", "src/main.js", "src/main.jsx"]) {
      assert.equal((await fetch(`${origin}/${path}`)).status, 404, path);
    }
    assert.equal((await fetch(`${origin}/cablink/worker.js`)).status, 200);
  });
}

/** By the token of the newest request for rows. */
async function whoAsked() {
  const { requests } = await control.look();
  const { tokenSha256 } = requests.findLast(({ at, path }) => at === "devcenter" && path.includes("/failuredetails"));
  const { tokens } = await control.secrets();
  const token = tokens.find((each) => createHash("sha256").update(each).digest("hex") === tokenSha256);
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url")).sub;
}

async function ask(failure) {
  const { portal } = story;
  const field = await portal.visible("input[name=failure]");
  await field.clear();
  await field.sendKeys(failure);
  await (await portal.visible("button:not(#sign-in)")).click();
}

async function signInThere(person = "alice") {
  const { browser, portal } = story;
  const before = [portal.tab];
  await (await portal.visible("#sign-in")).click();
  await portal.driver.switchTo().window(await browser.newWindow(before));
  await (await portal.visible(`#${person}`)).click();
  await until("the sign-in window's end", async () => (await portal.driver.getAllWindowHandles()).length === 1);
  await portal.driver.switchTo().window(portal.tab);
  // MSAL closes the window before it redeems the code; the page knows who has come only then, and takes away what it said.
  await until("the page to say who has come", () => browser.run((name) => document.querySelector("#who").textContent.startsWith(`${name}@`), person));
}
