// The relay as docs/relay/nginx has it, in a real nginx between the browser and the API.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before } from "node:test";

import { AUDIENCE, CABS } from "../stack/known.mjs";
import { assertOnlyPaths, startNginx } from "./nginx.mjs";
import { cabRequests, storageIsQuiet } from "./requests.mjs";
import { assertSaved } from "./saved.mjs";
import { tellStory, test } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";

const story = tellStory();
let nginx;
before(async () => {
  nginx = await startNginx();
});
after(() => nginx?.close());

const CAB = `/devcenter/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`;

/** What nginx hands back, asked past every convenience of a browser's. */
function ask(path, { method = "GET", headers = {} } = {}) {
  const { hostname, port, host } = new URL(nginx.origin);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method, family: 4, headers: { host, ...headers }, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk)).on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    request.on("error", reject).end();
  });
}

/** With the token that a person's sign-in gave for the API. */
async function authorization() {
  const { tokens } = await control.secrets();
  const isForTheApi = (token) => token.split(".").length === 3 && JSON.parse(Buffer.from(token.split(".")[1], "base64url")).aud === AUDIENCE;
  return `Bearer ${tokens.findLast(isForTheApi)}`;
}

/** What reached the Dev Center. */
const forwarded = async () => (await control.look()).requests.filter(({ at }) => at === "devcenter");

test("through nginx: sign-in, the list, a click, and the CAB is there", async () => {
  const { browser, portal } = story;
  await control.set({ moreOrigins: [nginx.origin] });
  await portal.driver.get(`${nginx.origin}/`);
  portal.tab = await portal.driver.getWindowHandle();
  await portal.visible("#sign-in, #sign-out");
  await portal.recordStates();
  await portal.signIn();
  await portal.listed();
  const link = await portal.link(CABS.mib1);
  await control.clearRequests();
  await link.click();
  await portal.state(CABS.mib1, "downloading");
  await assertSaved(browser, CABS.mib1);
  await storageIsQuiet(1);
  const { relay, endpoint, storage } = await cabRequests();
  // Not by the stack's own relay.
  assert.deepEqual([relay.length, endpoint.length, storage.length], [0, 1, 1]);
  assert.ok(endpoint[0].tokenSha256);
  for (const name of ["cookie", "referer", "origin", "x-forwarded-for"]) assert.equal(endpoint[0].headers[name], undefined, name);
  assert.equal(storage[0].headers.authorization, undefined);
});

test("the redirect comes back untouched, and is kept nowhere", async () => {
  const headers = { authorization: await authorization(), cookie: "session=of-the-portal", referer: `${nginx.origin}/secret-page` };
  await control.fault({ at: "cabdownload", headers: { "set-cookie": "of=the-api", "cache-control": "public, max-age=600" }, times: 1 });
  const first = await ask(CAB, { headers });
  assert.equal(first.status, 302);
  assert.match(first.headers.location, new RegExp(`^${urls.storage}/.+[?&]sig=`));
  assert.equal(first.headers["cache-control"], "no-store");
  assert.equal(first.headers["set-cookie"], undefined);
  const second = await ask(CAB, { headers });
  assert.equal(second.status, 302);
  const seen = await forwarded();
  assert.equal(seen.length, 2, "asked anew each time");
  for (const { path, method, headers: told } of seen) {
    assert.deepEqual([method, path], ["GET", `/v1.0/my/analytics/ihvdriver/cabdownload?cabIdHash=${CABS.kib8}`]);
    for (const name of ["cookie", "referer"]) assert.equal(told[name], undefined, name);
  }
});

test("what a page must read comes through, with its status", async () => {
  const headers = { authorization: await authorization() };
  await control.fault({ at: "cabdownload", status: 429, headers: { "retry-after": "7" }, times: 1 });
  const busy = await ask(CAB, { headers });
  assert.deepEqual([busy.status, busy.headers["retry-after"]], [429, "7"]);
  const stranger = await ask(CAB);
  assert.equal(stranger.status, 401);
  assert.match(stranger.headers["www-authenticate"], /Bearer/);
  await control.fault({ at: "cabdownload", drop: true, times: 1 });
  assert.equal((await ask(CAB, { headers })).status, 502);
});

for (const [what, path, options, status] of [
  ["another method of the API", "/devcenter/ihvdriver/reporttemplate", {}, 404],
  ["another family", "/devcenter/xbox/cabdownload", {}, 404],
  ["more behind the path", "/devcenter/ihvdriver/cabdownload/x", {}, 404],
  ["another version of the API", "/devcenter/../v2.0/my/analytics/ihvdriver/cabdownload", {}, 404],
  ["a path that climbs out", "/devcenter/ihvdriver/%2e%2e/%2e%2e/%2e%2e/cabdownload", {}, 400],
  ["the folder", "/devcenter/", {}, 404],
  ["an address as a path", "/devcenter/ihvdriver/cabdownload@elsewhere.example", {}, 404],
  ["POST", CAB, { method: "POST" }, 405],
  ["DELETE", CAB, { method: "DELETE" }, 405],
  ["HEAD", CAB, { method: "HEAD" }, 405],
  ["OPTIONS", CAB, { method: "OPTIONS" }, 405],
  ["another host name", CAB, { headers: { host: "elsewhere.example" } }, 421],
  ["the address in place of the name", CAB, { headers: { host: "127.0.0.1" } }, 421],
]) {
  test(`${what} is refused, and nothing is forwarded`, async () => {
    const { headers, ...rest } = options;
    const answer = await ask(path, { ...rest, headers: { authorization: await authorization(), ...headers } });
    assert.equal(answer.status, status);
    assert.deepEqual(await forwarded(), []);
  });
}

test("no line that nginx wrote has a token, a signature or a query in it", async () => {
  const { tokens, signatures } = await control.secrets();
  assert.ok(tokens.length > 0 && signatures.length > 0);
  const logs = await nginx.logs();
  assertOnlyPaths(logs);
  for (const secret of [...tokens, ...signatures]) assert.ok(!logs.includes(secret));
  assert.doesNotMatch(logs, /bearer|authorization|sig=|cabIdHash|blob\.core|session=/i);
});
