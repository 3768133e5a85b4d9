/**
 * Light or dark, as a person's system says it.
 *
 * @param {import("./browser.mjs").Browser} browser Firefox: opened with `insides`
 * @param {"light" | "dark"} scheme
 */
export async function setScheme({ name, driver }, scheme) {
  if (name === "chromium") {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    return driver.sendDevToolsCommand("Emulation.setEmulatedMedia", { features });
  }
  await driver.setContext("chrome");
  try {
    await driver.executeScript((value) => {
      /* global Services */
      Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", value);
    }, scheme === "dark" ? 0 : 1);
  } finally {
    await driver.setContext("content");
  }
  return undefined;
}
