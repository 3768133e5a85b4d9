// A portal opened over plain http under a name of its own: no download, and the reason in words.

import assert from "node:assert/strict";

import { CABS } from "../stack/known.mjs";
import { requestsOfPages } from "./requests.mjs";
import { tellStory, test } from "./story.mjs";
import { control, urls } from "./surroundings.mjs";

/** A name that means this machine to the browser alone; `localhost` would count as secure. */
const NAME = "portal.test";
const story = tellStory(undefined, {
  chromium: { flags: [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`] },
  firefox: { preferences: { "network.dns.localDomains": NAME } },
});
const ORIGIN = `http://${NAME}:${new URL(urls.portal).port}`;

for (const handoff of ["auto", "worker", "follow"]) {
  test(`over plain http, handoff ${handoff} is insecure_context, and no token is asked for`, async () => {
    const { browser, portal } = story;
    await portal.plainPage(ORIGIN);
    assert.deepEqual(await browser.run(() => [location.origin, isSecureContext]), [ORIGIN, false]);
    await control.clearRequests();
    const problem = await portal.host("start", "no token", { handoff });
    assert.deepEqual([problem.name, problem.code, problem.retryable], ["CabLinkError", "insecure_context", false]);
    assert.equal(problem.message, "Downloads need a secure page, and this one was opened over plain http.");
    assert.equal(problem.nextStep, "Open the same page with https:// in front.");
    assert.equal(await browser.run(() => window.host.asked), 0);
    assert.deepEqual(await requestsOfPages(), []);
  });
}

test("links that start was to enhance stay as the host wrote them", async () => {
  const { browser, portal } = story;
  await portal.plainPage(ORIGIN);
  const [code, same] = await browser.run(async (id) => {
    const links = document.getElementById("links");
    const link = document.createElement("a");
    link.dataset.cabIdHash = id;
    link.href = `/elsewhere?cabIdHash=${id}`;
    link.download = "a.cab";
    links.append(link);
    const before = document.body.cloneNode(true);
    const { code: told } = await window.host.start("no token", { enhance: links });
    return [told, document.body.isEqualNode(before)];
  }, CABS.kib8);
  assert.deepEqual([code, same], ["insecure_context", true]);
});
