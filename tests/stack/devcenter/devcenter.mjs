import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

import { provoke } from "../control/provoke.mjs";
import { cabDownload } from "./cabdownload.mjs";
import { cabDownloadBatch } from "./cabdownloadbatch.mjs";
import { corsHeaders } from "./cors.mjs";
import { errorBody, invalidParameters, render } from "./envelope.mjs";
import { FAMILIES } from "./families.mjs";
import { failureDetails } from "./failuredetails.mjs";
import { failureHits } from "./failurehits.mjs";
import { readParameters } from "./parameters.mjs";
import { throttled } from "../storage/throttle.mjs";
import { tokenVerifier } from "./token.mjs";

export const API_PATH = "/v1.0/my/analytics/";

const ENDPOINTS = new Map(
  Object.values(FAMILIES)
    .flatMap((family) => [failureHits, failureDetails, cabDownload, ...(family.batch ? [cabDownloadBatch] : [])].map((make) => make(family)))
    .map((endpoint) => [endpoint.method, endpoint]),
);

/** The Store analytics API: three families of methods. */
export function devcenterHandler(stack) {
  const verify = tokenVerifier(stack.urls.identity);
  const today = () => stack.catalog.today();

  async function answer(request, response) {
    for (const [name, value] of Object.entries(corsHeaders(stack.settings, request))) response.setHeader(name, value);
    if (!(await stack.waits.wait(stack.settings.latencyMs.devcenter, response))) return undefined;
    if (request.method === "OPTIONS") {
      const allowed = response.hasHeader("access-control-allow-origin");
      response.writeHead(allowed ? 204 : 405, allowed ? {} : { allow: "GET" });
      return response.end();
    }

    const { pathname, searchParams } = new URL(request.url, stack.urls.devcenter);
    const endpoint = pathname.startsWith(API_PATH) ? ENDPOINTS.get(pathname.slice(API_PATH.length)) : undefined;
    if (!endpoint) return sendJson(response, 404, errorBody(404, { message: "There is no such method." }));

    const cabIdHash = searchParams.get("cabIdHash") ?? undefined;
    const place = {
      at: endpoint.method.split("/").pop(),
      cabIdHash,
      request,
      response,
      usualBody: (status) => ({ contentType: "application/json; charset=utf-8", body: render(errorBody(status)) }),
      serveFile: () => serveFile(stack, cabIdHash, response),
    };
    if (await provoke(stack, place)) return undefined;
    if (request.method !== "GET") return sendJson(response, 405, errorBody(405), { allow: "GET" });

    const refusal = await verify(request.headers.authorization);
    if (refusal) {
      return sendJson(response, 401, errorBody(401, { message: refusal }), { "www-authenticate": "Bearer" });
    }
    const { values, problems } = readParameters(searchParams, endpoint.parameters(today));
    if (problems.length > 0) return sendJson(response, 400, invalidParameters(problems));
    const { status, headers = {}, body } = await endpoint.answer(values, stack);
    if (body !== undefined) return sendJson(response, status, body, headers);
    response.writeHead(status, { "content-length": 0, ...headers });
    return response.end();
  }

  return (request, response) => {
    stack.requests.record("devcenter", request, response);
    answer(request, response).catch((error) => {
      if (response.destroyed) return;
      stack.complain("devcenter", error);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, errorBody(500));
    });
  };
}

function sendJson(response, status, body, headers = {}) {
  const text = render(body);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** A service, or a relay, that sends the file itself instead of leading to it. */
export async function serveFile(stack, cabIdHash, response) {
  const occurrence = stack.catalog.cab(cabIdHash);
  if (!occurrence) {
    return sendJson(response, 404, errorBody(404, { message: "The CAB was not found." }));
  }
  const file = stack.blobs.file(occurrence);
  response.writeHead(200, { "content-type": "application/octet-stream", "content-length": file.bytes });
  await pipeline(createReadStream(file.path), throttled(() => stack.settings.storageBytesPerSecond, stack.waits, response), response);
}
