import { createHash } from "node:crypto";

/** Query values that are credentials. `sig` is left out altogether and shown as `hasSas`. */
const SECRET_PARAMETERS = new Set(["code", "id_token_hint", "id_token", "access_token", "refresh_token", "token"]);
/** Older records go first; long endurance runs need no more. */
const MOST_RECORDS = 50_000;

/** Every request that the servers saw, without anything secret. */
export class RequestLog {
  #records = [];
  #lastSeq = 0;
  #onFinish;

  /** @param {(record: object) => void} [onFinish] called with each record when its answer has ended */
  constructor(onFinish = () => {}) {
    this.#onFinish = onFinish;
  }

  /** @param {"portal" | "identity" | "devcenter" | "storage"} at */
  record(at, request, response, extra = {}) {
    this.#lastSeq += 1;
    const token = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const { path, hasSas } = withoutSecrets(request.url);
    const record = {
      seq: this.#lastSeq,
      at,
      method: request.method,
      path,
      hasSas,
      headers: headersWithoutSecrets(request.headers),
      ...(token === undefined ? {} : { tokenSha256: createHash("sha256").update(token).digest("hex") }),
      ...extra,
      receivedMs: now(),
      endedMs: null,
      status: null,
      bytesSent: 0,
      finished: false,
      aborted: false,
    };
    this.#records.push(record);
    if (this.#records.length > MOST_RECORDS) this.#records.shift();
    countBytes(response, record);
    response.once("close", () => {
      record.endedMs = now();
      record.status = response.headersSent ? response.statusCode : null;
      record.finished = response.writableFinished;
      record.aborted = !response.writableFinished;
      this.#onFinish(record);
    });
    return record;
  }

  clear() {
    this.#records = [];
  }

  /** @param {number} [since] only records with a higher `seq` */
  list(since = 0) {
    return this.#records.filter((record) => record.seq > since);
  }
}

/** Milliseconds since 1970, with parts. */
function now() {
  return performance.timeOrigin + performance.now();
}

/** Counts body bytes as they are handed to the connection; the last few may not have reached the other side. */
function countBytes(response, record) {
  for (const method of ["write", "end"]) {
    const original = response[method];
    response[method] = function counting(chunk, ...rest) {
      if (typeof chunk === "string") record.bytesSent += Buffer.byteLength(chunk);
      else if (chunk instanceof Uint8Array) record.bytesSent += chunk.byteLength;
      return original.call(this, chunk, ...rest);
    };
  }
}

/** The query is taken apart as text, since parsing it would change how the client spelt it. */
export function withoutSecrets(url) {
  const question = url.indexOf("?");
  if (question === -1) return { path: url, hasSas: false };
  let hasSas = false;
  const kept = [];
  for (const pair of url.slice(question + 1).split("&")) {
    const name = pair.split("=", 1)[0];
    if (name === "sig") hasSas = true;
    else kept.push(SECRET_PARAMETERS.has(name) ? `${name}=<redacted>` : pair);
  }
  return { path: `${url.slice(0, question)}?${kept.join("&")}`, hasSas };
}

export function headersWithoutSecrets(headers) {
  const kept = { ...headers };
  if (kept.authorization !== undefined) {
    // A scheme is told only if something follows it: what stands alone may be the token itself.
    const scheme = /^[A-Za-z]+(?= )/.exec(kept.authorization)?.[0];
    kept.authorization = scheme ? `${scheme} <redacted>` : "<redacted>";
  }
  if (kept.cookie !== undefined) kept.cookie = "<redacted>";
  if (kept.referer !== undefined) kept.referer = withoutSecrets(kept.referer).path;
  return kept;
}
