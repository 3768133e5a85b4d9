import { until } from "../e2e/until.mjs";

/** The bench's page in a browser, once its script has run. */
export async function openPage({ driver }, { urls }, path = "/bench/bench.html", name = "bench") {
  await driver.get(urls.portal + path);
  await until(`window.${name}`, () => driver.executeScript("return Boolean(window[arguments[0]])", name));
}

/** Makes the page's link ready for a method. */
export async function prepare({ driver }, method, wanted) {
  const problem = await driver.executeScript(
    "return window.bench.prepare(arguments[0], arguments[1]).then(() => null, (error) => String(error))",
    method,
    wanted,
  );
  if (problem) throw new Error(`${method} is not ready: ${problem}`);
}

export const marks = ({ driver }) => driver.executeScript("return window.bench.marks()");
