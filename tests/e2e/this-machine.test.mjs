// What every other test relies on: whatever a browser wants from other machines, no name leads there.

import assert from "node:assert/strict";

import { tellStory, test } from "./story.mjs";
import { browserName, control, urls } from "./surroundings.mjs";

const story = tellStory(({ portal }) => portal.open());

/** A name that would lead here anyway shows that Chromium resolves none; one that would not, where Firefox ends. */
const NAME = { chromium: "other.localhost", firefox: "elsewhere.example" }[browserName];

test("the name of another machine is unknown to Chromium, and this machine's to Firefox", async () => {
  const { driver } = story.portal;
  const { host, port } = new URL(`http://${NAME}:${new URL(urls.portal).port}`);
  await control.clearRequests();
  const visit = driver.get(`http://${NAME}:${port}/portal.css`);
  if (browserName === "chromium") await assert.rejects(visit, /ERR_NAME_NOT_RESOLVED/);
  else await visit;
  const { requests } = await control.look();
  const arrived = requests.filter(({ path }) => path === "/portal.css").map(({ headers }) => headers.host);
  assert.deepEqual(arrived, browserName === "chromium" ? [] : [host]);
});
