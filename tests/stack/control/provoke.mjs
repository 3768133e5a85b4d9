/**
 * Applies the fault that is set for this place, if any.
 *
 * @param {object} stack
 * @param {{at: string, cabIdHash?: string, request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse,
 *   usualBody?: (status: number) => {contentType: string, body: string}, serveFile?: () => Promise<void>}} place
 *   `usualBody` is what this part says with an error status when the fault brings no body of its own
 * @returns {Promise<boolean>} true when the request has been dealt with and the part has nothing left to do
 */
export async function provoke(stack, { at, cabIdHash, request, response, usualBody, serveFile }) {
  const fault = stack.faults.take(at, cabIdHash);
  if (!fault) return false;
  if (fault.hold && !(await stack.waits.hold(response))) return true;
  if (fault.delayMs && !(await stack.waits.wait(fault.delayMs, response))) return true;
  if (fault.drop) {
    response.destroy();
    return true;
  }

  const headers = Object.fromEntries(Object.entries(fault.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  if (fault.contentType !== undefined) headers["content-type"] = fault.contentType;
  if (fault.serveFile) {
    override(response, headers, fault.status ?? 200);
    await serveFile();
    return true;
  }
  if (fault.status === undefined && fault.body === undefined && fault.redirect === undefined) {
    // Only headers, a delay or a hold: the part answers as usual otherwise.
    override(response, headers);
    return false;
  }

  if (fault.redirect !== undefined) headers.location = fault.redirect;
  const status = fault.status ?? (fault.redirect === undefined ? 200 : 302);
  const usual = status >= 400 && usualBody ? usualBody(status) : { contentType: "text/plain", body: "" };
  // Lets a test ask for a body that echoes what no test can know.
  const token = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const body = (fault.body ?? usual.body).replaceAll("{{token}}", () => token);
  const bodyless = status === 204 || status === 304;
  response.writeHead(status, {
    "content-type": usual.contentType,
    ...(bodyless ? {} : { "content-length": Buffer.byteLength(body) }),
    ...headers,
  });
  response.end(bodyless ? undefined : body);
  return true;
}

/** Whatever the part will send, these headers (and this status) win. */
function override(response, headers, forcedStatus) {
  const writeHead = response.writeHead;
  response.writeHead = (status, own = {}) => {
    response.writeHead = writeHead;
    for (const name of Object.keys(headers)) response.removeHeader(name);
    return response.writeHead(forcedStatus ?? status, { ...own, ...headers });
  };
}
