import { By } from "selenium-webdriver";

import { until } from "./until.mjs";

export const DASHBOARD = "/dashboard.html";

/** The dashboard in the portal's tab, or in a frame there, used as a person uses it. */
export class Dashboard {
  /** @param {{browser: import("./browser.mjs").Browser, portal: import("./portal.mjs").Portal}} story */
  constructor({ browser, portal }) {
    this.browser = browser;
    this.driver = browser.driver;
    this.portal = portal;
  }

  /** Opens it signed in, and waits for what it shows. */
  async open(query = "") {
    await this.portal.ready(DASHBOARD + query);
    return this.settled();
  }

  /** Waits until nothing is on its way, and gives what is shown. */
  settled() {
    const look = () =>
      this.browser.run(() => {
        const done = ["#board:not([hidden])", "#nothing > *", "#list-problem > *"].some((selector) => document.querySelector(selector));
        return done && !document.querySelector("#status.busy");
      });
    return until("the dashboard to be there", look).then(() => this.view());
  }

  /** Does something, and waits until the address is another one and shown. */
  async after(act) {
    const address = () => this.browser.run(() => location.search);
    const before = await address();
    await act();
    await until("another address", async () => (await address()) !== before, { seen: address });
    return this.settled();
  }

  /** What a person sees, as plain values. */
  view() {
    return this.browser.run(() => {
      const seen = (element) => Boolean(element?.checkVisibility());
      const texts = (selector, root = document) => [...root.querySelectorAll(selector)].filter(seen).map((element) => element.textContent.trim());
      const facets = [...document.querySelectorAll(".facet")].filter(seen).map((facet) => [
        facet.querySelector("h3").textContent,
        [...facet.querySelectorAll(".facet-row")].map((row) => [
          row.querySelector(".facet-label").textContent,
          Number(row.querySelector(".facet-numbers span").textContent.replaceAll(",", "")),
          row.getAttribute("aria-pressed") === "true",
        ]),
      ]);
      return {
        address: location.search,
        family: document.getElementById("family").value,
        period: document.getElementById("period").value,
        product: seen(document.getElementById("product-field")) ? document.getElementById("product").value : null,
        status: document.getElementById("status").textContent,
        chips: texts("#chips button"),
        headings: facets.map(([heading]) => heading),
        facets: Object.fromEntries(facets),
        spans: [...document.querySelectorAll("#timeline-rows tr")].map((row) => [
          row.querySelector("button")?.dataset.span ?? null,
          Number(row.querySelector("td").textContent.replaceAll(",", "")),
        ]),
        failures: texts("#failure-rows a"),
        said: texts("#failures-said").join(),
        failure: texts("#occurrences-heading").join() || null,
        nothing: texts("#nothing p"),
        problem: texts("#list-problem p, #page-problem p, #cabs-problem p, #sign-in-problem p"),
      };
    });
  }

  /** The drawn bar of a chart, pressed by the mouse where it lies. */
  async pressBar(canvas, at) {
    const element = await this.driver.findElement(By.css(canvas));
    await this.driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
    const place = () => this.browser.run((selector, index) => {
      const drawn = document.querySelector(selector);
      const chart = window.Chart?.getChart(drawn);
      const bar = chart?.getDatasetMeta(0).data.at(index);
      if (!bar) return null;
      const { x, y, base, horizontal } = bar.getProps(["x", "y", "base", "horizontal"], true);
      const [inX, inY] = horizontal ? [(x + base) / 2, y] : [x, (y + base) / 2];
      const { left, top } = drawn.getBoundingClientRect();
      return { x: Math.round(left + inX), y: Math.round(top + inY) };
    }, canvas, at);
    let before;
    const look = async () => {
      const now = await place();
      const rests = now !== null && now.x === before?.x && now.y === before?.y;
      before = now;
      return rests && now;
    };
    // A place in the window: WebKit's driver moves to no element that another one covers, as the names cover a chart.
    await this.driver.actions().move(await until("the bar to be drawn", look)).click().perform();
  }

  /** A row of a chart, by its value in the API. */
  row(value) {
    return this.portal.visible(`.facet-row[data-value="${value}"]`);
  }

  failure(hash) {
    return this.portal.visible(`#failure-rows a[href*="failure=${hash}"]`);
  }

  async choose(select, value) {
    await (await this.portal.visible(`#${select}`)).findElement(By.css(`option[value="${value}"]`)).click();
  }

  /** The link of a CAB among the occurrences. */
  cab(cabIdHash) {
    return until(`the CAB ${cabIdHash}`, () => this.browser.run((id) => {
      const lines = document.querySelector("cab-list")?.shadowRoot.querySelectorAll("cab-link") ?? [];
      const anchor = [...lines].find(({ row }) => row?.cabIdHash === id)?.shadowRoot.querySelector("a[href]");
      anchor?.scrollIntoView({ block: "center" });
      return anchor ?? null;
    }, cabIdHash));
  }

  /** By the mouse, wherever the link lies then. */
  async download(cabIdHash) {
    await this.driver.actions().move({ origin: await this.cab(cabIdHash) }).click().perform();
  }

  /** What has the focus, inside elements as well. */
  focused() {
    return this.browser.run(() => {
      let active = document.activeElement;
      const hosts = [active];
      while (active?.shadowRoot?.activeElement) hosts.push((active = active.shadowRoot.activeElement));
      return {
        id: active.id,
        tag: active.localName,
        value: active.dataset.value ?? active.dataset.span ?? null,
        href: active.getAttribute("href"),
        cab: hosts.find(({ localName }) => localName === "cab-link")?.row?.cabIdHash ?? null,
      };
    });
  }
}
