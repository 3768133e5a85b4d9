import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/**
 * What axe-core has against the page as it is, shadow trees included, in light and in dark.
 *
 * @param {import("./browser.mjs").Browser} browser
 * @returns {Promise<string[]>} such as `dark: color-contrast at cab-link a: …`
 */
export async function complaints(browser) {
  const all = [];
  for (const scheme of ["light", "dark"]) {
    await browser.run((wanted) => void (document.documentElement.style.colorScheme = wanted), scheme);
    // By the driver, so that the page's own policy stays as it is.
    await browser.run(`if (!window.axe) { ${source} }`);
    const found = await browser.run(() => window.axe.run(document).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.flat(9).join(" ")}: ${failureSummary}`))));
    all.push(...found.map((complaint) => `${scheme}: ${complaint}`));
  }
  await browser.run(() => void (document.documentElement.style.colorScheme = ""));
  return all;
}
