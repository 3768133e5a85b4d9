// The service worker of cablink: a pipe between a navigation and the page that started it.
//
// It holds no state that matters and takes no decision. For each navigation below its scope it asks the pages
// of its origin what to do, does that, and reports what came of it. Which page a navigation
// belongs to, where a request goes and what an answer means is decided in that page, in Rust
// (src/rules of the crate). Browsers stop workers at will, so everything lives in one call.
"use strict";

// The same numbers stand in src/rules/protocol.rs; a test compares them.
const PROTOCOL = 1;
// No navigation is held longer: Firefox gives up at 60 s, a person long before.
const HOLD_MS = 20000;
// A page that owns a ticket says so at once; one that is busy drawing may need a moment.
const CLAIM_MS = 3000;
// Error bodies are short; of anything longer only the beginning can matter.
const BODY_BYTES = 65536;

self.addEventListener("install", () => self.skipWaiting());

// Where the page that was the last to greet this worker can be asked without a look for it among all. The others are asked
// all the same: it saves time where it is there, and nothing is lost with it.
let line;

// A page asks which protocol this worker speaks; that starts the worker, too.
self.addEventListener("message", ({ data, ports: [port] }) => {
  if (data?.cablink === undefined || !port) return;
  port.postMessage({ cablink: PROTOCOL });
  line = port;
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = request.url.slice(self.registration.scope.length).split(/[?#]/)[0];
  // Everything else below the scope, this script and a host's own pages included, is not ours.
  if (request.mode !== "navigate" || !/^(frame|[a-z]+\/cabdownload)$/.test(path)) return;
  // Opened from a mail, a bookmark, another site: a person gets the server's page for it, a frame nothing.
  if (new URL(request.url).searchParams.has("ticket")) event.respondWith(answer(request));
  else if (request.destination !== "document") event.respondWith(nobody(request));
});

async function answer(request) {
  const tab = request.destination === "document";
  // The last of the hold is for telling the page that the rest of it was not enough.
  const limit = AbortSignal.timeout(HOLD_MS - CLAIM_MS);
  const question = {
    cablink: PROTOCOL,
    navigation: crypto.randomUUID(),
    url: request.url,
    destination: request.destination,
    report: null,
  };
  let reply = await firstAnswer(limit, (hear) => {
    const ask = (page) => {
      const { port1, port2 } = new MessageChannel();
      if (hear(port1)) page.postMessage(question, [port2]);
    };
    if (line) ask(line);
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => pages.forEach(ask));
  });
  let response;
  for (;;) {
    // Nobody claims it, or the page that did was closed meanwhile.
    if (!reply) return response && !tab ? new Response(null, { status: 204 }) : nobody(request);
    const { port } = reply;
    const { request: next, document, pass, stop } = reply.data;
    if (document) return new Response(document.body, { headers: document.headers });
    if (pass && response) return new Response(response.body, { headers: pass });
    // What was not passed on would go on arriving.
    response?.body?.cancel().catch(() => {});
    if (stop?.page) return page(stop.page);
    if (stop || !next) return new Response(null, { status: 204 });
    const sent = await send(next, limit, port);
    if (sent.stopped) {
      reply = { port, data: sent.stopped };
      continue;
    }
    ({ response, report: question.report } = sent);
    // On the page's own port: a service's body may echo the token, and is nobody else's to read.
    port.postMessage(question);
    // Told before the browser follows, so that the page knows even if this worker ends now.
    if (response?.type === "opaqueredirect") return response;
    reply = await firstAnswer(limit, (hear) => hear(port));
  }
}

// Resolves with the first answer that is not "not mine", or with nothing. `ask` gets a function that is given the ports to
// hear; it says no once there is an answer.
function firstAnswer(hold, ask) {
  const limit = hold.aborted ? AbortSignal.timeout(CLAIM_MS) : hold;
  return new Promise((resolve) => {
    const ports = [];
    let over;
    const done = (reply) => {
      over = true;
      clearTimeout(timer);
      limit.removeEventListener("abort", giveUp);
      for (const port of ports) if (port !== reply?.port) port.close();
      resolve(reply);
    };
    const giveUp = () => done(undefined);
    const timer = setTimeout(giveUp, CLAIM_MS);
    limit.addEventListener("abort", giveUp);
    ask((port) => {
      if (over) return false;
      ports.push(port);
      port.onmessage = ({ data }) => {
        if (data?.cablink !== PROTOCOL || data.not_mine) return;
        // It is that page's; the rest of the hold is its to use.
        if (data.wait) clearTimeout(timer);
        else done({ port, data });
      };
      return true;
    });
  });
}

// Sends the page's request and describes what came of it, unless the page stops it meanwhile.
async function send({ url, headers, credentials }, limit, port) {
  const sending = new AbortController();
  const giveUp = () => sending.abort();
  limit.addEventListener("abort", giveUp);
  let stopped;
  port.onmessage = ({ data }) => {
    if (data?.cablink !== PROTOCOL || !data.stop) return;
    stopped = data;
    giveUp();
  };
  try {
    const response = await fetch(url, {
      headers,
      credentials,
      redirect: "manual",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: sending.signal,
    });
    if (stopped) return { stopped };
    if (response.type === "opaqueredirect") return { response, report: { kind: "redirected" } };
    const header = (name) => response.headers.get(name) ?? "";
    const report = {
      kind: "answered",
      status: response.status,
      contentType: header("content-type"),
      length: header("content-length"),
      retryAfter: header("retry-after"),
      date: header("date"),
      challenge: header("www-authenticate"),
      // The body of a success may be the file: it is passed on or left, never read.
      body: response.ok ? "" : await beginning(response),
    };
    // It may have been stopped while the body was read.
    return stopped ? { stopped } : { response, report };
  } catch {
    return { stopped, report: { kind: limit.aborted ? "timed-out" : "unreachable" } };
  } finally {
    // The hold is over with the headers: a body that is passed on may take its time.
    limit.removeEventListener("abort", giveUp);
  }
}

async function beginning(response) {
  const decoder = new TextDecoder();
  let text = "";
  try {
    const reader = response.body.getReader();
    for (let left = BODY_BYTES; left > 0; ) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.length;
    }
    reader.cancel().catch(() => {});
  } catch {
    // A body that breaks off still tells its beginning.
  }
  return text;
}

// No page claims this address: its ticket was used, or is none. Without it a tab gets the server's page.
function nobody({ url, destination }) {
  if (destination !== "document") return new Response(null, { status: 404 });
  const plain = new URL(url);
  plain.searchParams.delete("ticket");
  return Response.redirect(plain, 302);
}

const STYLE =
  ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}main{max-width:40rem;margin:4rem auto;padding:0 1rem}h1{font-size:1.4rem;line-height:1.25}";

// A small page of ours. Texts come from this file or from the page's Rust, and are escaped.
function page({ title, text }) {
  const plain = (value) => String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const paragraphs = text.map((one) => `<p>${plain(one)}</p>`).join("");
  const body =
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${plain(title)}</title><link rel="icon" href="data:,"><style>${STYLE}</style>` +
    `<main><h1>${plain(title)}</h1>${paragraphs}</main></html>`;
  return new Response(body, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      // The hash is that of STYLE; a test computes it.
      "content-security-policy":
        "default-src 'none'; img-src data:; style-src 'sha256-9hhyPNuxwyDE059HkZqMpimo23JuAkhXLFM7MK6hAko='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}
