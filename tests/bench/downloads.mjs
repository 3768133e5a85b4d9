// The methods side by side on the same work: a real click, and the file on disk.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { openBrowser } from "../e2e/browser.mjs";
import { until } from "../e2e/until.mjs";
import { CABS } from "../stack/known.mjs";
import { arrival } from "./arrival.mjs";
import { bigFile } from "./big-file.mjs";
import { click } from "./mouse.mjs";
import { Cost } from "./processes.mjs";
import { sasAddress, startServers } from "./servers.mjs";
import { ratio, summary } from "./statistics.mjs";
import { marks, openPage, prepare } from "./tab.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const GIB = 1 << 30;
const DEADLINE_MS = 180_000;

/** The plain link first: it is what the others are compared with. */
export const METHODS = ["link", "hand-off", "blob", "streamsaver", "follow and abort"];

/** By name: the CAB, and the bytes of one that only the bench has. */
export const SIZES = {
  "64K": { cabIdHash: CABS.kib64 },
  "16M": { cabIdHash: CABS.mib16 },
  "256M": { cabIdHash: CABS.mib256 },
  "1G": { cabIdHash: CABS.mib256, bytes: GIB },
};

/** How often each method is measured at each size: [the link and the hand-off, the others]. */
const ROUNDS = { "64K": [8, 4], "16M": [8, 4], "256M": [20, 3], "1G": [5, 2] };
const QUICK = { "64K": [2, 1], "16M": [2, 1], "256M": [2, 1], "1G": [2, 1] };

/**
 * @param {{browserName: string, sizes: string[], pairs?: number, quick?: boolean, log: (line: string) => void}} options
 */
export async function downloads({ browserName, sizes, pairs, quick, log }) {
  const result = {};
  for (const size of sizes) {
    const { cabIdHash, bytes } = SIZES[size];
    const options = bytes ? { cabFolder: await bigFile(join(ROOT, "target", "bench", "big"), bytes) } : {};
    const [often, seldom] = (quick ? QUICK : ROUNDS)[size];
    const times = (method) => (["link", "hand-off"].includes(method) ? (pairs ?? often) : Math.min(pairs ?? seldom, seldom));
    result[size] = await ofSize({ browserName, size, cabIdHash, options, times, log });
  }
  return result;
}

async function ofSize({ browserName, size, cabIdHash, options, times, log }) {
  const servers = await startServers(options);
  let browser;
  try {
    const { cabs } = await servers.control.look();
    const file = cabs.find((each) => each.cabIdHash === cabIdHash);
    // The peers need storage that answers CORS. No policy: StreamSaver's page has its script inline.
    await servers.control.set({ portalCsp: "", storageCors: "*" });
    browser = await openBrowser(browserName);
    const seen = new Map(METHODS.map((method) => [method, []]));
    const most = Math.max(...METHODS.map(times));
    // The first round warms up caches of disk, browser and storage, and does not count.
    for (let round = 0; round <= most; round += 1) {
      const methods = METHODS.filter((method) => round <= times(method));
      for (const method of round % 2 === 0 ? methods : methods.reverse()) {
        const taken = await once({ browser, servers, method, file });
        if (round > 0) seen.get(method).push(taken);
        log(`downloads ${size} ${round}/${most} ${method}: ${taken.complete.toFixed(0)} ms`);
      }
    }
    const link = seen.get("link");
    return {
      bytes: file.bytes,
      methods: METHODS.map((method) => {
        const all = seen.get(method);
        const of = (name) => summary(all.map((each) => each[name]));
        const pairs = (name) => all.map((each, index) => [each[name], link[index]?.[name]]);
        return {
          method,
          first: of("first"),
          complete: of("complete"),
          memory: of("memory"),
          cpu: of("cpu"),
          written: of("written"),
          requests: of("requests"),
          served: of("served"),
          wasted: of("wasted"),
          ...(method === "link" ? {} : { timeRatio: ratio(pairs("complete")), cpuRatio: ratio(pairs("cpu")), memoryMore: summary(pairs("memory").map(([own, of]) => own - of)) }),
        };
      }),
    };
  } finally {
    await browser?.close();
    await servers.close();
  }
}

async function once({ browser, servers, method, file }) {
  const { control, urls, token, pid } = servers;
  const { cabIdHash, bytes, sha256 } = file;
  await browser.downloads.clear();
  await writeOut();
  await openPage(browser, servers);
  const sas = method === "link" ? await sasAddress(servers, cabIdHash) : undefined;
  await prepare(browser, method, { cabIdHash, sas, endpoint: "/devcenter/", token, storage: urls.storage });
  await control.clearRequests();
  const cost = new Cost([pid]);
  await cost.start();
  const arrived = arrival(browser.downloads.folder, bytes, DEADLINE_MS);
  // Heard of below.
  arrived.catch(() => {});
  await click(browser.driver);
  const { ms, path } = await arrived;
  const costs = cost.stop();
  const start = (await marks(browser)).findLast(({ name }) => name === "click")?.ms;
  const requests = await until("storage to be done", async () => {
    const all = (await control.look()).requests.filter(({ at }) => at === "storage");
    return all.length > 0 && all.every(({ endedMs }) => endedMs !== null) && all;
  });
  if ((await digest(path)) !== sha256) throw new Error(`${method} saved another file than storage has.`);
  const gets = requests.filter(({ method: verb }) => verb === "GET");
  const served = requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  return {
    first: gets[0].receivedMs - start,
    complete: ms - start,
    requests: requests.length,
    served,
    wasted: served - bytes,
    ...costs,
  };
}

/** What the download before left in the system's memory is written, or its writing would be this one's time. macOS only begins. */
async function writeOut() {
  if (process.platform !== "win32") await promisify(execFile)("sync");
}

async function digest(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
