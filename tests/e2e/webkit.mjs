// What is peculiar to WebKitGTK: it has no headless mode and no setting for a download folder, and keeps what it knows
// where the desktop's rules (XDG) say.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Capabilities } from "selenium-webdriver";

/** What could lead it to the person's own desktop, or out of this machine. */
const NOT_OURS = /^(?:WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|(?:https?|all|ftp)_proxy)$/i;

/**
 * MiniBrowser lists downloads in a bar above the page that grows with each of them and that no driver can close. It moves
 * the page away under the pointer, and after twenty nothing is left of the page: a click then reaches no page, and the
 * driver waits for ever for its being handled. So the bar has no height; what it holds lies above the window.
 */
const STYLE = "infobar { margin-top: -9999px; }\n";

/**
 * The environment of a session that leaves the person's own folders alone.
 *
 * @param {string} folder for everything temporary
 * @param {string} downloadFolder
 * @param {string} display
 * @returns {Promise<Record<string, string>>}
 */
export async function webkitEnvironment(folder, downloadFolder, display) {
  const own = { HOME: "home", XDG_CONFIG_HOME: "config", XDG_CACHE_HOME: "cache", XDG_DATA_HOME: "data", XDG_RUNTIME_DIR: "runtime" };
  const variables = {};
  for (const [name, part] of Object.entries(own)) {
    variables[name] = join(folder, part);
    await mkdir(variables[name], { mode: 0o700 });
  }
  // The one way to say where files go: MiniBrowser saves to the desktop's download folder.
  await writeFile(join(variables.XDG_CONFIG_HOME, "user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloadFolder}"\n`);
  await mkdir(join(variables.XDG_CONFIG_HOME, "gtk-3.0"));
  await writeFile(join(variables.XDG_CONFIG_HOME, "gtk-3.0", "gtk.css"), STYLE);
  const kept = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name));
  return { ...Object.fromEntries(kept), ...variables, DISPLAY: display, GDK_BACKEND: "x11" };
}

/** @param {string[]} flags more of them for MiniBrowser */
export function webkitCapabilities(flags) {
  const options = { args: ["--automation", ...flags] };
  // Without it the driver takes the MiniBrowser that it was built with.
  if (process.env.WEBKIT_BROWSER) options.binary = process.env.WEBKIT_BROWSER;
  return new Capabilities({
    browserName: "MiniBrowser",
    // With "eager" the driver waits for ever when a page was parsed before it began to wait.
    pageLoadStrategy: "normal",
    "webkitgtk:browserOptions": options,
  });
}
