// How long it takes from the click to the first request at storage, with 50 ms in front of endpoint and storage.

import { endWorker } from "../e2e/worker-end.mjs";
import { openBrowser } from "../e2e/browser.mjs";
import { until } from "../e2e/until.mjs";
import { CABS, SCOPE } from "../stack/known.mjs";
import { click, enter } from "./mouse.mjs";
import { sasAddress, startServers } from "./servers.mjs";
import { median, summary } from "./statistics.mjs";
import { marks, openPage, prepare } from "./tab.mjs";

const LATENCY_MS = 50;
/** Seconds; MSAL renews what has less than five minutes. */
const ABOUT_TO_EXPIRE = 200;

/**
 * What is clicked under which circumstances. `trips`: round trips that the protocol cannot do without. `limit`: what it
 * may take above the floor and those. With a CORS endpoint those are two, for one CAB again as well: a request that bypasses
 * the browser's cache, as ours do, has a preflight of its own.
 */
const CASES = [
  { name: "floor: a hidden frame on the SAS itself", method: "frame", trips: 0 },
  { name: "worker running", method: "hand-off", trips: 1, limit: 8 },
  { name: "worker stopped", method: "hand-off", stopped: true, trips: 1, limit: 16 },
  { name: "worker stopped, keyboard", method: "hand-off", stopped: true, keyboard: true, trips: 1, limit: 16 },
  { name: "first visit, a person's click at once", method: "hand-off just started", fresh: true, trips: 1, limit: 32 },
  { name: "first visit, click in the moment of the start", method: "hand-off at once", fresh: true, trips: 1, limit: 32 },
  { name: "worker running, MSAL's token", method: "hand-off with MSAL", trips: 1 },
  { name: "worker running, MSAL's token about to expire", method: "hand-off with MSAL", expiring: true, trips: 1 },
  { name: "CORS endpoint, worker running", method: "hand-off", cors: true, trips: 2, limit: 8 },
  { name: "CORS endpoint, worker running, the same CAB again", method: "hand-off", cors: true, again: true, trips: 2, limit: 8 },
  { name: "peer: follow and abort", method: "follow and abort", trips: 1 },
];

export async function latency({ browserName, rounds, log, only }) {
  const servers = await startServers();
  const browser = await openBrowser(browserName, { insides: true });
  try {
    const { control, urls } = servers;
    await control.set({ portalCsp: "", latencyMs: { devcenter: LATENCY_MS, storage: LATENCY_MS } });
    await signIn(browser, servers);
    const cases = CASES.filter(({ name }) => !only || name.includes(only));
    const seen = new Map(cases.map(({ name }) => [name, []]));
    // One round to warm up, which does not count.
    for (let round = 0; round <= rounds; round += 1) {
      for (const each of round % 2 === 0 ? cases : [...cases].reverse()) {
        const taken = await once(browser, servers, each);
        if (round > 0) seen.get(each.name).push(taken);
        log(`latency ${round}/${rounds} ${each.name}: ${taken.total.toFixed(1)} ms`);
      }
    }
    const floor = median((seen.get(CASES[0].name) ?? [{ own: 0 }]).map(({ own }) => own));
    return {
      latencyMs: LATENCY_MS,
      floor,
      cases: cases.map(({ name, trips, limit }) => {
        const all = seen.get(name);
        return {
          name,
          trips,
          limit: limit ?? null,
          total: summary(all.map(({ total }) => total)),
          own: summary(all.map(({ own }) => own)),
          above: summary(all.map(({ own }) => own - floor)),
          requests: summary(all.map(({ requests }) => requests)),
          preflights: summary(all.map(({ preflights }) => preflights)),
          steps: steps(all),
        };
      }),
    };
  } finally {
    await browser.close();
    await servers.close();
  }
}

async function once(browser, servers, { method, stopped, keyboard, fresh, cors, again, expiring }) {
  const { control, urls, token } = servers;
  await browser.downloads.clear();
  await control.set({ cors: cors ? [urls.portal] : false, storageCors: "*" });
  const endpoint = cors ? `${urls.devcenter}/v1.0/my/analytics/` : "/devcenter/";
  const cabIdHash = CABS.kib8;
  await openPage(browser, servers);
  if (fresh) {
    await browser.driver.executeScript("return window.bench.forgetWorkers()");
    await openPage(browser, servers);
  }
  if (method.endsWith("MSAL")) await control.set({ accessTokenSeconds: expiring ? ABOUT_TO_EXPIRE : 3_600 });
  const sas = method === "frame" ? await sasAddress(servers, cabIdHash) : undefined;
  await prepare(browser, method, { cabIdHash, sas, endpoint, token, storage: urls.storage, scopes: [SCOPE] });
  if (expiring) await control.set({ accessTokenSeconds: 3_600 });
  if (method.endsWith("MSAL")) await control.fault({ at: "token", delayMs: LATENCY_MS });
  if (again) {
    // A browser may keep the preflight's answer for this address, and says here by `preflights` whether it does.
    await click(browser.driver);
    await state(browser, "downloading");
    await prepareAgain(browser);
  }
  if (stopped) await endWorker(browser);
  await control.clearRequests();
  await (keyboard ? enter : click)(browser.driver);
  const requests = await until(
    "a request at storage",
    async () => {
      const all = (await control.look()).requests;
      const last = all.filter(({ at, method: verb }) => at === "storage" && verb === "GET");
      return last.length > 0 && last.every(({ endedMs }) => endedMs !== null) && all;
    },
    { everyMs: 20, seen: () => marks(browser) },
  );
  if (method.startsWith("hand-off")) await state(browser, "downloading");
  const seen = await marks(browser);
  const start = seen.findLast(({ name }) => name === "click").ms;
  const storage = requests.filter(({ at }) => at === "storage");
  const first = storage.find(({ method: verb }) => verb === "GET");
  // What the page waited for: through the relay the relay's own answer, which holds that of the service.
  const served = requests.filter(({ at, path, relay }) => /cabdownload/.test(path) && (cors ? at === "devcenter" : at === "portal" && relay));
  await control.clearFaults();
  const renewed = requests.filter(({ at, path, method: verb }) => at === "identity" && /^\/token\b/.test(path) && verb === "POST");
  // What is renewed before the click is nobody's wait.
  served.push(...renewed.filter(({ receivedMs }) => receivedMs >= start));
  const waited = served.reduce((sum, { receivedMs, endedMs }) => sum + endedMs - receivedMs, 0);
  const total = first.receivedMs - start;
  const steps = [
    ...seen.filter(({ ms }) => ms >= start - 1).map(({ name, ms }) => [name, ms - start]),
    ...served.flatMap(({ method: verb, receivedMs, endedMs }) => [
      [`${verb} arrives`, receivedMs - start],
      [`${verb} answered`, endedMs - start],
    ]),
    ["storage is asked", total],
  ];
  return {
    total,
    own: total - waited,
    requests: storage.filter(({ method: verb }) => verb === "GET").length,
    preflights: served.filter(({ method: verb }) => verb === "OPTIONS").length,
    steps,
  };
}

const state = (browser, name) =>
  until(name, async () => {
    const seen = await marks(browser);
    const failed = seen.find((each) => each.name.startsWith("failed"));
    if (failed) throw new Error(`The download ${failed.name}.`);
    return seen.some((each) => each.name === name);
  });

/** Once, by MSAL's window; the session lasts as long as the tab. */
async function signIn(browser, servers) {
  await servers.control.set({ autoLogin: "alice" });
  await openPage(browser, servers);
  await prepare(browser, "sign in", {});
  await click(browser.driver);
  await state(browser, "signed in");
}

async function prepareAgain(browser) {
  await browser.driver.executeScript("window.bench.marks().length = 0");
}

/** The median of each step's moment after the click, in order. */
function steps(all) {
  const by = new Map();
  for (const { steps: each } of all) for (const [name, ms] of each) by.set(name, [...(by.get(name) ?? []), ms]);
  return [...by].map(([name, values]) => ({ name, ms: median(values) })).sort((one, other) => one.ms - other.ms);
}
