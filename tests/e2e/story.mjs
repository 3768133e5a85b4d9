import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test as register } from "node:test";

import { openBrowser } from "./browser.mjs";
import { OF_THE_BROWSER } from "./console-log.mjs";
import { Portal } from "./portal.mjs";
import { browserName, control } from "./surroundings.mjs";

/** A test for Chromium and Firefox. In a file that also has tests for WebKit it takes the place of Node's own. */
export function test(name, body) {
  if (browserName !== "webkit") register(name, body);
}

/** A test for all three browsers. The runner starts in WebKit the files in which this name stands. */
export function testEverywhere(name, body) {
  register(name, body);
}

/**
 * The frame of one test file: a browser that lives as long as the file, the stack as after its start before each
 * test, and after each test a look at the console: nothing may be there that the test did not declare.
 *
 * @example
 * const story = tellStory(({ portal }) => portal.ready());
 * test("…", async () => { story.allow(/status of 403/); … });
 *
 * @param {(story: object) => Promise<void>} [prepare] once, when the browser is there
 * @param {Parameters<typeof openBrowser>[1]} [changes] to the browser
 */
export function tellStory(prepare, changes) {
  const story = {
    /** @type {import("./browser.mjs").Browser} */ browser: undefined,
    /** @type {Portal} */ portal: undefined,
    allowed: [],
    /** Declares console output that belongs to this test. */
    allow(...patterns) {
      story.allowed.push(...patterns);
    },
    /** What the console said in this test so far. */
    said: [],
    async hear() {
      story.said.push(...(await story.browser.console.take()));
      return story.said;
    },
  };
  before(async () => {
    await control.reset();
    story.browser = await openBrowser(browserName, changes);
    story.portal = new Portal(story.browser);
    try {
      await prepare?.(story);
    } catch (error) {
      const said = JSON.stringify(await story.hear(), null, 2);
      throw new Error(`The file's preparation failed: ${error.message} The console said ${said}`, { cause: error });
    }
  });
  beforeEach(async () => {
    await control.reset();
    // MiniBrowser saves what arrives in a frame only where storage calls it an attachment.
    if (browserName === "webkit") await control.set({ storageDisposition: "attachment" });
    await story.browser.downloads.clear();
    story.allowed = [...OF_THE_BROWSER[browserName]];
    story.said = [];
  });
  afterEach(async () => {
    if (story.portal.tab) await story.browser.closeOthers(story.portal.tab);
    const unexpected = (await story.hear()).filter(({ text }) => !story.allowed.some((pattern) => pattern.test(text)));
    assert.deepEqual(unexpected, [], "console output that the test does not declare");
  });
  after(async () => {
    await story.browser?.close();
    await control.reset();
  });
  return story;
}
