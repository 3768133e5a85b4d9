import { By } from "selenium-webdriver";

import { urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

/** Served beside the portal by run.mjs. */
export const HOST_PAGE = "/host-page.html";

/** The portal in one tab, used as a person uses it. */
export class Portal {
  /** @param {import("./browser.mjs").Browser} browser */
  constructor(browser) {
    this.browser = browser;
    this.driver = browser.driver;
  }

  async open(path = "/") {
    await this.driver.get(urls.portal + path);
    this.tab = await this.driver.getWindowHandle();
    await this.visible("#sign-in, #sign-out");
    await this.recordStates();
  }

  /** The page without MSAL, see pages/plain-page.html, or one like it; `host("start", token, options)` starts cablink in it. */
  async plainPage(origin = urls.portal, name = "plain-page") {
    await this.driver.get(`${origin}/${name}.html`);
    this.tab = await this.driver.getWindowHandle();
    await until("the page's script", () => this.browser.run(() => Boolean(window.host)));
    await this.recordStates();
  }

  /** The sign-in by MSAL's window: a click here, a click on the name there. */
  async signIn(person = "alice") {
    const before = await this.driver.getAllWindowHandles();
    await (await this.visible("#sign-in")).click();
    await this.driver.switchTo().window(await this.browser.newWindow(before));
    await (await this.visible(`#${person}`)).click();
    await until("the sign-in window's end", async () => (await this.driver.getAllWindowHandles()).length === before.length);
    await this.driver.switchTo().window(this.tab);
    await this.visible("#sign-out");
  }

  /** Opens and signs in, unless this tab still is. */
  async ready(path = "/") {
    await this.open(path);
    if (await this.isVisible("#sign-in")) await this.signIn();
  }

  async visible(selector) {
    return until(`${selector} to be visible`, async () => {
      for (const element of await this.driver.findElements(By.css(selector))) {
        if (await shown(element)) return element;
      }
      return undefined;
    });
  }

  async isVisible(selector) {
    const found = await this.driver.findElements(By.css(selector));
    return (await Promise.all(found.map(shown))).some(Boolean);
  }

  /** Waits until the list has everything that it asks for by itself. */
  async listed() {
    await this.visible("a.cab-link");
    await until("the list to be complete", () => this.browser.run(() => document.querySelectorAll(".busy:not([hidden] *)").length === 0));
  }

  /** A CAB's link in the list, once the list is there. */
  async link(cabIdHash) {
    const link = await this.visible(`a.cab-link[title="${cabIdHash}"]`);
    await this.driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", link);
    return link;
  }

  /** Keeps every `cablink:state` from here on. */
  recordStates() {
    return this.browser.run(() => {
      if (window.recordedStates) return;
      window.recordedStates = [];
      document.addEventListener("cablink:state", ({ detail, target }) => {
        const { cabIdHash, state, attempt, error } = detail;
        const told = error && {
          name: error.name,
          code: error.code,
          message: error.message,
          nextStep: error.nextStep,
          retryable: error.retryable,
          status: error.status,
          serviceCode: error.serviceCode,
          serviceMessage: error.serviceMessage,
        };
        const on = target === document ? "document" : target.localName;
        window.recordedStates.push({ cabIdHash, state, attempt, on, ...(told ? { error: told } : {}) });
      });
    });
  }

  /** The recorded states, of one CAB or of all. */
  async states(cabIdHash) {
    const all = await this.browser.run(() => window.recordedStates);
    return cabIdHash === undefined ? all : all.filter((each) => each.cabIdHash === cabIdHash);
  }

  forgetStates() {
    return this.browser.run(() => void (window.recordedStates.length = 0));
  }

  /** Calls a step of the tests' own page, see pages/host-page.js. */
  host(name, ...values) {
    return this.driver.executeScript("return window.host[arguments[0]].apply(null, arguments[1])", name, values);
  }

  /** Opens the tests' own page, signed in, with cablink started. */
  async hostPage(options = {}) {
    await this.ready(HOST_PAGE);
    const problem = await this.host("start", options);
    if (problem) throw new Error(`CabLink.start: ${problem.text}`);
  }

  /** Waits for a state and gives everything recorded up to it. */
  async state(cabIdHash, state, { deadlineMs = 30_000 } = {}) {
    const reached = async () => {
      const seen = await this.states(cabIdHash);
      return seen.some((each) => each.state === state) && seen;
    };
    return until(`${cabIdHash} to be ${state}`, reached, { deadlineMs, seen: () => this.states(cabIdHash) });
  }
}

async function shown(element) {
  try {
    return await element.isDisplayed();
  } catch (error) {
    if (error.name === "StaleElementReferenceError") return false;
    throw error;
  }
}
