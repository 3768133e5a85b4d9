import assert from "node:assert/strict";

import { By } from "selenium-webdriver";

import { CABS } from "../stack/known.mjs";
import { cabRequests } from "./requests.mjs";
import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

/** The CABs of the page's two links. */
export const IDS = [CABS.kib8, CABS.kib64];

/** What a test does with two enhanced links, and sees of the hidden frame that is made ready for them. */
export function readyFrame(story) {
  const find = (id) => story.portal.driver.findElement(By.id(id));
  /** From elsewhere, since a pointer that is there already comes to nothing. */
  const over = async (id) => story.portal.driver.actions().move({ x: 0, y: 0, duration: 0 }).move({ origin: await find(id), duration: 0 });
  return {
    find,
    over,
    hover: async (id) => (await over(id)).perform(),

    async enhanced(options) {
      await story.portal.hostPage(options);
      await story.browser.run((ids) => {
        const list = document.getElementById("links");
        list.replaceChildren();
        for (const id of ids) {
          const link = document.createElement("a");
          Object.assign(link, { id, href: "#", textContent: `The CAB ${id}` });
          link.dataset.cabIdHash = id;
          const line = document.createElement("p");
          line.append(link);
          list.append(line);
        }
        window.host.cabs.enhance(list);
        window.asked = [];
        navigator.serviceWorker.addEventListener("message", ({ data }) => window.asked.push(new URL(data.url).pathname));
      }, IDS);
      await control.clearRequests();
    },

    frames: () => story.browser.run(() => document.querySelectorAll("iframe").length),

    /** Waits for a frame whose document is there, and keeps it to be known again. */
    ready: () =>
      until("a frame to be ready", () =>
        story.browser.run(() => {
          window.known = document.querySelector("iframe");
          const inside = window.known?.contentDocument;
          return inside?.readyState === "complete" && inside.URL.includes("/cablink/frame?ticket=");
        }),
      ),

    /** Whether that frame stands, and holds another one. */
    taken: () => story.browser.run(() => window.known.isConnected && Boolean(window.known.contentDocument.querySelector("iframe"))),

    /** How often the worker has asked the page for the request of a CAB. */
    asked: () => story.browser.run(() => window.asked.filter((path) => path.endsWith("/cabdownload")).length),

    async assertNothingAsked() {
      const { relay, endpoint, storage } = await cabRequests();
      assert.deepEqual([relay, endpoint, storage], [[], [], []]);
      assert.deepEqual(await story.browser.run(() => window.host.wanted), []);
      assert.equal((await story.portal.driver.getAllWindowHandles()).length, 1);
    },

    async assertAskedOnce() {
      const { relay, endpoint, storage } = await cabRequests();
      assert.deepEqual([relay, endpoint, storage].map(({ length }) => length), [1, 1, 1]);
    },
  };
}
