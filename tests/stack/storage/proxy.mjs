import http from "node:http";
import { pipeline } from "node:stream/promises";

import { provoke } from "../control/provoke.mjs";
import { corsHeaders } from "../devcenter/cors.mjs";
import { cabOf } from "./blobs.mjs";
import { throttled } from "./throttle.mjs";

/** What ends at each connection instead of travelling on. */
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/**
 * Stands in front of Azurite under the name that SAS addresses carry: records each request, slows answers down and
 * provokes faults. Bytes stream through; a large file is never held.
 */
export function storageHandler(stack, azuriteOrigin) {
  const { hostname, port } = new URL(azuriteOrigin);

  async function answer(request, response) {
    if (!["GET", "HEAD", "OPTIONS"].includes(request.method)) {
      response.writeHead(405, { "content-type": "text/plain; charset=utf-8", allow: "GET, HEAD, OPTIONS" });
      return response.end("Blobs are only read here.\n");
    }
    if (!(await stack.waits.wait(stack.settings.latencyMs.storage, response))) return undefined;
    const cors = corsHeaders({ cors: stack.settings.storageCors, corsExpose: false }, request);
    for (const [name, value] of Object.entries(cors)) response.setHeader(name, value);
    if (request.method === "OPTIONS" && cors["access-control-allow-origin"]) return response.writeHead(200).end();
    const usualBody = (status) => ({ contentType: "application/xml", body: azureError(status) });
    const cabIdHash = cabOf(request.url);
    if (await provoke(stack, { at: "storage", cabIdHash, request, response, usualBody })) return undefined;
    await stack.blobs.provide(request.url);
    return forward(request, response);
  }

  async function forward(request, response) {
    // The path goes on as it came; resolving it as a URL could change the host.
    const upstream = http.request({
      hostname,
      port,
      path: request.url,
      method: request.method,
      headers: withoutHops(request.headers),
      // A kept connection could be closed by the other side just when it is used again.
      agent: false,
    });
    response.once("close", () => upstream.destroy());
    upstream.end();
    const reply = await new Promise((resolve, reject) => {
      upstream.once("response", resolve);
      upstream.once("error", reject);
    });
    const { storageDisposition } = stack.settings;
    if (storageDisposition !== null && reply.statusCode < 300) response.setHeader("content-disposition", storageDisposition);
    response.writeHead(reply.statusCode, withoutHops(reply.headers));
    await pipeline(reply, throttled(() => stack.settings.storageBytesPerSecond, stack.waits, response), response);
  }

  return (request, response) => {
    stack.requests.record("storage", request, response);
    answer(request, response).catch((error) => {
      // A client that goes away in the middle of a download is no fault of the stack.
      if (!response.destroyed) stack.complain("storage", error);
      response.destroy();
    });
  };
}

function withoutHops(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** An error document as Azure writes it. */
function azureError(status) {
  const [code, message] = {
    403: ["AuthenticationFailed", "Server failed to authenticate the request."],
    404: ["BlobNotFound", "The specified blob does not exist."],
    503: ["ServerBusy", "The server is busy."],
  }[status] ?? ["InternalError", "The server encountered an internal error. Please retry the request."];
  return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
