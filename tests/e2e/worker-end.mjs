/**
 * Ends the service worker where it stands, as browsers do when they like. The next navigation starts another one.
 *
 * @param {import("./browser.mjs").Browser} browser opened with `insides`
 */
export async function endWorker({ name, driver }) {
  if (name === "chromium") {
    await driver.sendDevToolsCommand("ServiceWorker.enable");
    return driver.sendDevToolsCommand("ServiceWorker.stopAllWorkers");
  }
  await driver.setContext("chrome");
  try {
    await driver.executeScript(async () => {
      /* global Cc, Ci */
      const manager = Cc["@mozilla.org/serviceworkers/manager;1"].getService(Ci.nsIServiceWorkerManager);
      const registrations = manager.getAllRegistrations();
      for (let index = 0; index < registrations.length; index += 1) {
        const { activeWorker } = registrations.queryElementAt(index, Ci.nsIServiceWorkerRegistrationInfo);
        await activeWorker?.terminateWorker();
      }
    });
  } finally {
    await driver.setContext("content");
  }
}
