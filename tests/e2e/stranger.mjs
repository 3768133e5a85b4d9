import { openPort } from "../stack/ports.mjs";

const OPEN = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "authorization",
  "access-control-allow-methods": "GET",
};

/**
 * A site of somebody else's. `/?to=<address>` links, opens and frames that address; every request is kept.
 *
 * @returns {Promise<{origins: string[], requests: {method: string, path: string, headers: object}[], close: () => Promise<void>}>}
 *   two origins of one server: one of the portal's own site, as browsers count sites, and one of another
 */
export async function startStranger() {
  const open = await openPort("stranger", 0);
  const requests = [];
  open.use((request, response) => {
    const { method, url, headers } = request;
    requests.push({ method, path: url, headers });
    // It lets everybody read: no help of the browser's keeps a page from being led astray.
    for (const [name, value] of Object.entries(OPEN)) response.setHeader(name, value);
    if (method === "OPTIONS") return response.writeHead(204).end();
    const to = new URL(url, open.origin).searchParams.get("to");
    if (to === null) return response.writeHead(200, { "content-type": "application/octet-stream" }).end("not a CAB");
    return response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page(to));
  });
  return { origins: [`http://localhost:${open.port}`, `http://127.0.0.1:${open.port}`], requests, close: open.close };
}

function page(to) {
  const address = to.replace(/[&"<]/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<!doctype html><title>Elsewhere</title><link rel="icon" href="data:,">
<a id="link" href="${address}">a link</a> <a id="new-tab" target="_blank" href="${address}">a link to a new tab</a>
<button id="open">opens it</button> <button id="frame">frames it, then follows the link</button>
<script>
  const link = document.getElementById("link");
  const to = link.href;
  document.getElementById("open").onclick = () => { window.opened = open(to); };
  document.getElementById("frame").onclick = () => {
    const frame = document.createElement("iframe");
    frame.onload = () => link.click();
    frame.src = to;
    document.body.append(frame);
  };
</script>
`;
}
