// After downloads that went well and downloads that did not, no token and no signature is anywhere that script, or the
// person's screen, can see. MSAL's own cache is the one exception, and it is the host's.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CABS } from "../stack/known.mjs";
import { cabRequests, withToken } from "./requests.mjs";
import { tellStory } from "./story.mjs";
import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

const story = tellStory();

/** Everything that script of the page can read, as texts by where they were found. */
function everything() {
  const texts = {};
  const note = (where, value) => (texts[where] = typeof value === "string" ? value : JSON.stringify(value) ?? "");
  const documents = (frame, path) => {
    try {
      note(`DOM ${path}`, frame.document.documentElement.outerHTML);
      note(`address ${path}`, frame.location.href + frame.document.referrer + frame.document.cookie);
      for (let index = 0; index < frame.length; index += 1) documents(frame[index], `${path}/${index}`);
    } catch {
      note(`unreadable ${path}`, "");
    }
  };
  documents(window, "page");
  const entries = (storage, skip) => Object.entries(storage).filter(([key]) => !skip.test(key));
  note("localStorage", entries(localStorage, /^msal\./));
  note("sessionStorage", entries(sessionStorage, /msal|login\.|^[0-9a-f-]{36}/));
  note("performance", performance.getEntries().map((entry) => entry.toJSON()));
  note("history", [history.length, history.state]);
  note("window names", Object.keys(window).map((key) => `${key}=${typeof window[key] === "string" ? window[key] : ""}`));
  note("states", window.recordedStates);
  note("everything said", window.said);
  return Promise.all([
    caches.keys().then(async (names) => {
      const all = [];
      for (const name of names) all.push(name, (await (await caches.open(name)).keys()).map(({ url }) => url));
      note("caches", all);
    }),
    (indexedDB.databases?.() ?? Promise.resolve([])).then((databases) => note("indexedDB", databases)),
  ]).then(() => texts);
}

/** Keeps what is said on the way: states with all own properties of errors, and every message from the worker. */
function listen() {
  window.said = [];
  const own = (error) => error && Object.getOwnPropertyNames(error).map((name) => [name, String(error[name])]);
  document.addEventListener("cablink:state", ({ detail }) => window.said.push({ ...detail, error: own(detail.error) }));
  for (const type of ["error", "unhandledrejection", "securitypolicyviolation", "message"]) {
    window.addEventListener(type, (event) => {
      window.said.push([type, event.message, String(event.reason), event.blockedURI, JSON.stringify(event.data)]);
    });
  }
  navigator.serviceWorker.addEventListener("message", ({ data }) => window.said.push(JSON.stringify(data)));
}

const ENDS = {
  "all is well": async () => {},
  "the service refuses and echoes the token": () =>
    control.fault({ at: "cabdownload", status: 403, contentType: "application/json", body: '{"message":"{{token}}"}' }),
  "a gateway echoes the token": () =>
    control.fault({ at: "cabdownload", status: 400, contentType: "text/html", body: "<p>{{token}}</p>" }),
  "the token is refused twice": () => control.fault({ at: "cabdownload", status: 401 }),
  "storage refuses": () => control.set({ sasSeconds: -60 }),
};

test("no token and no signature is left where script can see it", async () => {
  const { browser, portal } = story;
  story.allow(/ (400|401|403|404) /);
  await portal.ready();
  await browser.run(listen);
  for (const [what, provoke] of Object.entries(ENDS)) {
    await control.change({ clearFaults: true });
    await provoke();
    await portal.forgetStates();
    await (await portal.link(CABS.kib64)).click();
    await until(`${what}: the end`, async () =>
      (await portal.states(CABS.kib64)).some(({ state }) => state === "downloading" || state === "failed"));
  }
  const texts = await browser.run(everything);
  // Chromium itself names the address of what it could not load, in a line that no script can read.
  const own = ({ text }) => !/^http\S+ - Failed to load resource: /.test(text);
  texts.console = JSON.stringify((await story.hear()).filter(own));
  texts.window = await portal.driver.getCurrentUrl();
  assert.ok(texts["DOM page"].length > 1000 && texts["everything said"].includes("failed"));

  const { tokens, signatures } = await control.secrets();
  assert.ok(tokens.length > 0 && signatures.length > 0);
  // A part is as good as the whole: no twenty characters of any of them.
  const parts = (secret) => [secret.slice(0, 20), secret.slice(-20), ...secret.split(".")].filter((part) => part.length >= 20);
  for (const [where, text] of Object.entries(texts)) {
    assert.doesNotMatch(text, /[?&]sig=|Bearer ey/, where);
    for (const secret of [...tokens, ...signatures]) {
      // The header of a JWT is the same for all and no secret.
      const [, ...found] = parts(secret).filter((part) => text.includes(part));
      assert.deepEqual(found, [], `a secret in ${where}`);
      assert.ok(!text.includes(secret), `a secret in ${where}`);
    }
  }
});

test("no address carries a token, and only the endpoint hears one", async () => {
  const { portal } = story;
  await portal.ready();
  await control.clearRequests();
  await (await portal.link(CABS.kib8)).click();
  await portal.state(CABS.kib8, "downloading");
  const { tokens } = await control.secrets();
  const { all } = await cabRequests();
  for (const { at, path } of all) for (const token of tokens) assert.ok(!path.includes(token), `${at} ${path}`);
  const toEndpoint = (path) => /\/ihvdriver\/(cabdownload|failuredetails|failurehits)$/.test(path);
  assert.deepEqual(withToken(all).filter((path) => !toEndpoint(path)), []);
});
