import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Builder, logging } from "selenium-webdriver";
import chrome from "selenium-webdriver/chrome.js";
import firefox from "selenium-webdriver/firefox.js";

import { ConsoleLog } from "./console-log.mjs";
import { startDisplay } from "./display.mjs";
import { Downloads } from "./downloads.mjs";
import { startDriver } from "./driver.mjs";
import { until } from "./until.mjs";
import { webkitCapabilities, webkitEnvironment } from "./webkit.mjs";

/** A cold start of a browser on a busy machine, and its slowest page. */
const PAGE_MS = 30_000;
const SCRIPT_MS = 120_000;

const CHROMIUM_FLAGS = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--window-size=1280,1600",
];

const RESOLVER_FLAG = "--host-resolver-rules=";
/** Chromium asks its vendor's servers for this and that whatever its flags say; so their names lead nowhere. */
const THIS_MACHINE_ONLY = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

/** A browser that was just ended may hold its files a moment longer. */
const GONE = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };

/** One session: a browser with a profile and a download folder of its own. */
export class Browser {
  #driverServer;
  #display;
  #folder;

  constructor(parts) {
    this.name = parts.name;
    this.driver = parts.driver;
    this.downloads = parts.downloads;
    this.console = parts.console;
    this.#driverServer = parts.driverServer;
    this.#display = parts.display;
    this.#folder = parts.folder;
  }

  /** Runs a function in the page; a promise is waited for. It sees nothing of this file. */
  run(script, ...values) {
    const body = typeof script === "function" ? `return (${script}).apply(null, arguments)` : script;
    return this.driver.executeScript(body, ...values);
  }

  /** Closes every tab and window but this one, and stays in it. */
  async closeOthers(keep) {
    for (const handle of await this.driver.getAllWindowHandles()) {
      if (handle === keep) continue;
      try {
        await this.driver.switchTo().window(handle);
        await this.driver.close();
      } catch (error) {
        // A tab that turned into a download closes by itself.
        if (error.name !== "NoSuchWindowError") throw error;
      }
    }
    await this.driver.switchTo().window(keep);
  }

  /** Waits for a tab or window that was not there before. */
  newWindow(before) {
    return until("a new tab or window", async () => {
      const handles = await this.driver.getAllWindowHandles();
      return handles.find((handle) => !before.includes(handle));
    });
  }

  /**
   * The machine sleeps until the condition holds; nothing of the browser runs meanwhile, and then every timer that has
   * ended is late at once. Not on Windows.
   *
   * @param {string} what see `until`
   * @param {() => unknown} look must ask nothing of the browser
   */
  async asleepUntil(what, look) {
    this.#driverServer.sleep();
    try {
      await until(what, look);
    } finally {
      this.#driverServer.wake();
    }
  }

  async close() {
    try {
      await this.console.close();
      await this.driver.quit();
    } finally {
      await this.#driverServer.stop();
      await this.#display?.stop();
      await rm(this.#folder, GONE);
    }
  }
}

/**
 * @param {"chromium" | "firefox" | "webkit"} name
 * @param {object} [options] `insides` and `asksBeforeMany`, else by browser
 *   `{flags?: string[], preferences?: Record<string, unknown>}`: more flags for the program, other preferences
 * @param {boolean} [options.insides] whether a test may reach into the browser itself; Firefox has to be told so, while
 *   Chromium's developer tools are always there
 * @param {boolean} [options.asksBeforeMany] leaves the browser's own setting for several downloads from one page
 * @returns {Promise<Browser>}
 */
export async function openBrowser(name, { insides = false, asksBeforeMany = false, ...changes } = {}) {
  const { flags = [], preferences = {} } = changes[name] ?? {};
  const folder = await mkdtemp(join(tmpdir(), "cablink-e2e-"));
  process.once("exit", () => rmSync(folder, GONE));
  let driverServer;
  let display;
  try {
    const downloadFolder = join(folder, "downloads");
    await mkdir(downloadFolder);
    let environment;
    if (name === "webkit") {
      display = await startDisplay();
      environment = await webkitEnvironment(folder, downloadFolder, display.name);
    }
    const driverFlags = insides && name === "firefox" ? ["--allow-system-access"] : [];
    driverServer = await startDriver(name, folder, { environment, flags: driverFlags });
    const builder = new Builder().disableEnvironmentOverrides().usingServer(driverServer.url);
    if (name === "chromium") {
      builder.forBrowser("chrome").setChromeOptions(chromiumOptions(downloadFolder, { flags, preferences, asksBeforeMany }));
    } else if (name === "firefox") {
      builder.forBrowser("firefox").setFirefoxOptions(firefoxOptions(downloadFolder, flags, preferences));
    } else {
      builder.withCapabilities(webkitCapabilities(flags));
    }
    const driver = await builder.build();
    await driver.manage().setTimeouts({ implicit: 0, pageLoad: PAGE_MS, script: SCRIPT_MS });
    const console = await ConsoleLog.of(name, driver);
    const downloads = new Downloads(downloadFolder);
    return new Browser({ name, driver, driverServer, display, folder, console, downloads });
  } catch (error) {
    await driverServer?.stop();
    await display?.stop();
    await rm(folder, GONE);
    throw error;
  }
}

function chromiumOptions(downloadFolder, { flags, preferences, asksBeforeMany }) {
  const options = new chrome.Options();
  // Otherwise commands wait for frames that are still loading, ours among them.
  options.setPageLoadStrategy("eager");
  options.addArguments(...CHROMIUM_FLAGS, ...withResolverRules(flags));
  // Chromium's sandbox refuses to run as root.
  if (process.getuid?.() === 0) options.addArguments("--no-sandbox");
  if (process.env.CHROME_BIN) options.setBinaryPath(process.env.CHROME_BIN);
  options.setUserPreferences({
    "download.default_directory": downloadFolder,
    "download.prompt_for_download": false,
    ...(asksBeforeMany ? {} : { "profile.default_content_setting_values.automatic_downloads": 1 }),
    "safebrowsing.enabled": false,
    ...preferences,
  });
  const levels = new logging.Preferences();
  levels.setLevel(logging.Type.BROWSER, logging.Level.ALL);
  options.setLoggingPrefs(levels);
  return options;
}

/** Chromium takes the last flag of a kind: the rules of a test's own stand before ours in the same one. */
function withResolverRules(flags) {
  const isRule = (flag) => flag.startsWith(RESOLVER_FLAG);
  const rules = flags.filter(isRule).map((flag) => flag.slice(RESOLVER_FLAG.length));
  return [...flags.filter((flag) => !isRule(flag)), RESOLVER_FLAG + [...rules, THIS_MACHINE_ONLY].join(", ")];
}

function firefoxOptions(downloadFolder, flags, changed) {
  const options = new firefox.Options();
  options.setPageLoadStrategy("eager");
  options.addArguments("-headless", "--width=1280", "--height=1600", ...flags);
  if (process.env.FIREFOX_BIN) options.setBinary(process.env.FIREFOX_BIN);
  const preferences = {
    "browser.download.folderList": 2,
    "browser.download.dir": downloadFolder,
    "browser.download.useDownloadDir": true,
    "browser.download.alwaysOpenPanel": false,
    "browser.download.always_ask_before_handling_new_types": false,
    "browser.helperApps.neverAsk.saveToDisk": "application/vnd.ms-cab-compressed,application/octet-stream",
    // Nothing leaves this machine: every name is this machine's.
    "network.dns.forceResolve": "127.0.0.1",
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    ...changed,
  };
  for (const [key, value] of Object.entries(preferences)) options.setPreference(key, value);
  options.set("webSocketUrl", true);
  return options;
}
