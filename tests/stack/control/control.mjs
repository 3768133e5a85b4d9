import { Faults } from "./faults.mjs";
import { applySettings, defaultSettings, problemWithSettings } from "./settings.mjs";

const KEYS = [
  "reset",
  "clearRequests",
  "clearFaults",
  "release",
  "endSessions",
  "settings",
  "fault",
  "deleteBlob",
  "restoreBlob",
];
const MOST_BODY_BYTES = 32 * 1024 * 1024;

/** The one documented way to provoke and to look; README.md is its reference. */
export function controlHandler(stack) {
  return async (request, response) => {
    try {
      const url = new URL(request.url, stack.urls.control);
      const refusal = refuseStrangers(request, stack.urls.control);
      if (refusal) return send(response, 403, { error: refusal });
      if (url.pathname !== "/control") return send(response, 404, { error: "There is only /control." });
      if (request.method === "GET") return look(stack, url, response);
      if (request.method === "POST") return await change(stack, request, response);
      return send(response, 405, { error: "/control takes GET and POST." });
    } catch (error) {
      stack.complain("control", error);
      if (!response.headersSent) send(response, 500, { error: "The control endpoint itself failed; see standard error." });
      else response.destroy();
    }
  };
}

/** Any web page in the same browser could reach this port; programs send neither of these headers. */
function refuseStrangers(request, ownOrigin) {
  if (request.headers.origin !== undefined || request.headers["sec-fetch-site"] === "cross-site") {
    return "The control endpoint is for programs, not for web pages.";
  }
  const port = new URL(ownOrigin).port;
  const own = [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`];
  return own.includes(request.headers.host) ? undefined : "The control endpoint answers on loopback names only.";
}

function look(stack, url, response) {
  for (const name of url.searchParams.keys()) {
    if (!["secrets", "since", "cab"].includes(name)) return send(response, 400, { error: `There is no parameter "${name}".` });
  }
  if (url.searchParams.has("secrets")) return send(response, 200, stack.secrets.list());
  if (url.searchParams.has("cab")) {
    const occurrence = stack.catalog.cab(url.searchParams.get("cab"));
    if (!occurrence) return send(response, 404, { error: "No list contains this CAB." });
    return send(response, 200, stack.catalog.describe(occurrence));
  }
  const since = Number(url.searchParams.get("since") ?? 0);
  if (!Number.isInteger(since) || since < 0) {
    return send(response, 400, { error: "since must be the seq of a request." });
  }
  return send(response, 200, { ...state(stack), cabs: stack.catalog.cabs(), requests: stack.requests.list(since) });
}

async function change(stack, request, response) {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    return send(response, 400, { error: "The body must be application/json." });
  }
  const body = await readJson(request);
  const problem = problemWith(stack, body);
  // Checked as a whole first, so that a refused request has changed nothing.
  if (problem) return send(response, 400, { error: problem });

  if (body.reset) await resetAll(stack);
  if (body.clearRequests) stack.requests.clear();
  if (body.clearFaults) stack.faults.clear();
  if (body.release) {
    // First the fault, then what it held: so no request can come between and be held for ever.
    stack.faults.release();
    stack.waits.release();
  }
  if (body.endSessions) stack.identity.endSessions();
  if (body.settings) applySettings(stack.settings, body.settings);
  const fault = body.fault && stack.faults.add(body.fault);
  if (body.deleteBlob) await stack.blobs.delete(body.deleteBlob.cabIdHash);
  if (body.restoreBlob) await stack.blobs.restore(body.restoreBlob.cabIdHash);
  return send(response, 200, { ...state(stack), ...(fault ? { fault } : {}) });
}

function problemWith(stack, body) {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return "The body must be a JSON object.";
  for (const [key, value] of Object.entries(body)) {
    if (!KEYS.includes(key)) return `There is no key "${key}"; there are ${KEYS.join(", ")}.`;
    if (["reset", "clearRequests", "clearFaults", "release", "endSessions"].includes(key) && value !== true) {
      return `${key} must be true, or left out.`;
    }
  }
  if (body.settings !== undefined) {
    const problem = problemWithSettings(body.settings);
    if (problem) return problem;
  }
  if (body.fault !== undefined) {
    const problem = Faults.problemWith(body.fault);
    if (problem) return problem;
  }
  for (const key of ["deleteBlob", "restoreBlob"]) {
    if (body[key] === undefined) continue;
    const names = Object.keys(body[key] ?? {});
    if (names.length !== 1 || names[0] !== "cabIdHash") return `${key} must be an object with cabIdHash.`;
    if (!stack.catalog.cab(body[key].cabIdHash)) return `No list contains the CAB that ${key} names.`;
  }
  return undefined;
}

async function resetAll(stack) {
  stack.waits.cancelAll();
  stack.faults.clear();
  stack.requests.clear();
  applySettings(stack.settings, { ...defaultSettings(), moreOrigins: stack.pages });
  await stack.blobs.restoreAll();
}

function state(stack) {
  return { settings: stack.settings, faults: stack.faults.list() };
}

/** @returns the parsed body, or undefined when it is no JSON or too long */
async function readJson(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    return undefined;
  }
}

function send(response, status, value) {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}
