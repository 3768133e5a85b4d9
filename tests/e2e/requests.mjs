import { control } from "./surroundings.mjs";
import { until } from "./until.mjs";

/** Requests for CABs, as the servers saw them: `relay` at the portal, `endpoint` at the Dev Center, `storage`. */
export async function cabRequests() {
  const { requests } = await control.look();
  const forCab = ({ path }) => /\/cabdownload\b/.test(path);
  const of = (at) => requests.filter((request) => request.at === at);
  return {
    all: requests,
    relay: of("portal").filter(({ relay, path }) => relay && forCab({ path })),
    endpoint: of("devcenter").filter(forCab),
    storage: of("storage"),
  };
}

/** Everything that left, but for the browser's own looks at whether the worker's script has changed. */
export async function requestsOfPages() {
  const { requests } = await control.look();
  return requests.filter(({ headers }) => headers["service-worker"] !== "script");
}

/** Those that carried a token, as `<at> <path without query>`. */
export function withToken(requests) {
  return requests
    .filter(({ tokenSha256, headers }) => tokenSha256 || headers.authorization)
    .map(({ at, path }) => `${at} ${path.split("?")[0]}`);
}

/** Waits until storage has handed over its last answer, so that nothing more of a download can arrive. */
export function storageIsQuiet(count) {
  return until(`${count} finished answers of storage`, async () => {
    const { storage } = await cabRequests();
    return storage.length >= count && storage.every(({ finished, aborted }) => finished || aborted);
  });
}

export const methods = (requests) => requests.map(({ method }) => method);
