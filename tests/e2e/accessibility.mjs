import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { setScheme } from "./scheme.mjs";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const SCHEMES = ["light", "dark"];

/**
 * What axe-core has against the page as it is, shadow trees included, in light and in dark.
 *
 * @param {import("./browser.mjs").Browser} browser
 * @returns {Promise<string[]>} such as `dark: color-contrast at cab-link a: …`
 */
export async function complaints(browser) {
  const all = [];
  for (const scheme of SCHEMES) {
    await browser.run((wanted) => void (document.documentElement.style.colorScheme = wanted), scheme);
    all.push(...(await found(browser, scheme)));
  }
  await browser.run(() => void (document.documentElement.style.colorScheme = ""));
  return all;
}

/**
 * The same of a page whose style asks for the person's scheme. The browser has to be opened with `insides`. WebKitGTK takes
 * the desktop's scheme when it starts, so that there it is looked at in light only.
 */
export async function complaintsInBothSchemes(browser) {
  if (browser.name === "webkit") return found(browser, "light");
  const all = [];
  for (const scheme of SCHEMES) {
    await setScheme(browser, scheme);
    all.push(...(await found(browser, scheme)));
  }
  await setScheme(browser, "light");
  return all;
}

async function found(browser, scheme) {
  // By the driver, so that the page's own policy stays as it is.
  await browser.run(`if (!window.axe) { ${source} }`);
  // What it does not complain of it need not describe.
  const all = await browser.run(() => window.axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.flat(9).join(" ")}: ${failureSummary}`))));
  return all.map((complaint) => `${scheme}: ${complaint}`);
}
