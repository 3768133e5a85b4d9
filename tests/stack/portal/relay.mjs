import http from "node:http";
import { pipeline } from "node:stream/promises";

import { API_PATH, serveFile } from "../devcenter/devcenter.mjs";
import { provoke } from "../control/provoke.mjs";

export const RELAY_PATH = "/devcenter/";

const RELAYED = /^(?:ihvdriver|driver|hardware)\/(?:cabdownload|failurehits|failuredetails|cabdownloadbatch)$/;
/** An answer is no page of the portal's, wherever it is opened. */
const OWN_HEADERS = { "x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'" };
const ANSWER_HEADERS = ["location", "retry-after", "www-authenticate", "content-type", "content-length"];

/**
 * The same-origin way to the API for a portal whose endpoint answers no CORS: passes a request on with its token and
 * hands the answer back untouched, a redirect included, which it does not follow.
 */
export function createRelay(stack) {
  const { hostname, port } = new URL(stack.urls.devcenter);

  return async (request, response) => {
    const [path, query] = splitOnce(request.url.slice(RELAY_PATH.length), "?");
    if (!RELAYED.test(path)) return refuse(response, 404, "The relay does not know this method.");
    if (request.method !== "GET") return refuse(response, 405, "The relay takes GET only.", { allow: "GET" });
    const cabIdHash = new URLSearchParams(query).get("cabIdHash") ?? undefined;
    const usualBody = (status) => ({ contentType: "text/plain; charset=utf-8", body: `The relay says ${status}.\n` });
    const place = { at: "relay", cabIdHash, request, response, usualBody };
    if (await provoke(stack, { ...place, serveFile: () => serveFile(stack, cabIdHash, response) })) return undefined;

    const headers = {};
    for (const name of ["authorization", "accept"]) {
      if (request.headers[name] !== undefined) headers[name] = request.headers[name];
    }
    const upstream = http.request({
      hostname,
      port,
      path: API_PATH + request.url.slice(RELAY_PATH.length),
      headers,
      // A kept connection could be closed by the other side just when it is used again.
      agent: false,
    });
    response.once("close", () => upstream.destroy());
    upstream.end();
    let reply;
    try {
      reply = await new Promise((resolve, reject) => {
        upstream.once("response", resolve);
        upstream.once("error", reject);
      });
    } catch {
      if (response.destroyed) return undefined;
      return refuse(response, 502, "The relay got no answer from the service.");
    }
    const passed = ANSWER_HEADERS.filter((name) => reply.headers[name] !== undefined);
    response.writeHead(reply.statusCode, { ...Object.fromEntries(passed.map((name) => [name, reply.headers[name]])), ...OWN_HEADERS });
    await pipeline(reply, response);
    return undefined;
  };
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function refuse(response, status, sentence, headers = {}) {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers });
  response.end(`${sentence}\n`);
}
