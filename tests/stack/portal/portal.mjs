import { join } from "node:path";

import { provoke } from "../control/provoke.mjs";
import { pageConfig, portalConfig } from "./config.mjs";
import { load, pathInside } from "./files.mjs";
import { portalPolicy } from "./policy.mjs";
import { RELAY_PATH, createRelay } from "./relay.mjs";

const SCOPE_PATH = "/cablink/";
const WORKER_PATH = `${SCOPE_PATH}worker.js`;
/** Whoever saves the page at a CAB's address finds it under this name. */
const NOT_THE_CAB = { "content-disposition": 'inline; filename="this-is-not-the-CAB.html"' };
/** The second wasm module and its script, which pages load on first use. */
const LISTS_PATH = "/pkg/cablink_lists";

/**
 * The portal's own web server: its pages, the crate, MSAL, Chart.js, the worker, and the relay.
 *
 * @param {object} stack
 * @param {{www: string, pkg: string, nodeModules: string}} folders
 */
export function portalHandler(stack, { www, pkg, nodeModules }) {
  const relay = createRelay(stack);
  const policy = portalPolicy(stack.urls);
  const msal = join(nodeModules, "@azure", "msal-browser", "lib");
  /** Neither package exports a path to its file for browsers, so they are named one by one. */
  const libraries = {
    "/chart/chart.umd.min.js": [join(nodeModules, "chart.js", "dist", "chart.umd.min.js"), "Chart.js"],
    "/msal/msal-browser.min.js": [join(msal, "msal-browser.min.js"), "MSAL"],
    "/msal/msal-redirect-bridge.min.js": [join(msal, "redirect-bridge", "msal-redirect-bridge.min.js"), "MSAL"],
  };

  async function answer(request, response) {
    const path = request.url.split("?", 1)[0];
    if (path.startsWith(RELAY_PATH)) return relay(request, response);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return send(response, 405, textFile("The portal's pages are only read."), { allow: "GET, HEAD" });
    }
    if (path === WORKER_PATH) {
      const usualBody = (status) => textFile(`The worker is not served (${status}).`);
      const provoked = { at: "worker", request, response, usualBody: (status) => withContentType(usualBody(status)) };
      if (await provoke(stack, provoked)) return undefined;
      return sendFile(response, join(pkg, "worker.js"), "The worker is not built yet: cargo xtask build makes pkg/worker.js.");
    }
    if (path.startsWith(SCOPE_PATH)) {
      const usualBody = (status) => withContentType(textFile(`There is no page here (${status}).`));
      if (await provoke(stack, { at: "recovery", request, response, usualBody })) return undefined;
      // Without a worker these addresses reach the server: a person gets a page that explains, a frame an error.
      const status = ["document", undefined].includes(request.headers["sec-fetch-dest"]) ? 200 : 404;
      return sendFile(response, join(www, "cablink.html"), "www/cablink.html does not exist.", status, status === 200 ? NOT_THE_CAB : {});
    }
    if (path === "/config.json") {
      const body = Buffer.from(JSON.stringify(portalConfig(stack.urls, stack.settings.portalConfig), null, 2));
      return send(response, 200, { type: "application/json; charset=utf-8", body });
    }
    if (path === "/page.json") {
      const body = Buffer.from(JSON.stringify(pageConfig(stack.urls), null, 2));
      return send(response, 200, { type: "application/json; charset=utf-8", body });
    }
    if (path === "/favicon.ico") {
      // Browsers ask for it on their own and log an error when it is missing.
      response.writeHead(204).end();
      return undefined;
    }
    if (Object.hasOwn(libraries, path)) {
      const [file, name] = libraries[path];
      return sendFile(response, file, `${name} is not installed: run npm ci.`);
    }
    if (path.startsWith("/pkg/")) {
      if (path.startsWith(LISTS_PATH)) {
        const usualBody = (status) => withContentType(textFile(`The lists are not served (${status}).`));
        if (await provoke(stack, { at: "lists", request, response, usualBody })) return undefined;
      }
      const sentence = "This file of pkg/ does not exist: cargo xtask build makes them.";
      return sendFile(response, pathInside(pkg, path.slice("/pkg/".length)), sentence);
    }
    const name = path === "/" ? "index.html" : path.slice(1);
    return sendFile(response, pathInside(www, name), "There is no such page.");
  }

  async function sendFile(response, path, missing, status = 200, headers = {}) {
    const file = await load(path);
    return file ? send(response, status, file, headers) : send(response, 404, textFile(missing));
  }

  function send(response, status, { type, body }, headers = {}) {
    const { portalCsp, portalCoep } = stack.settings;
    const wanted = portalCsp ?? policy;
    const csp = headers === NOT_THE_CAB ? framedByNobody(wanted) : wanted;
    response.writeHead(status, {
      "content-type": type,
      "content-length": body.length,
      // A rebuilt file is taken at the next load.
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      ...(csp === "" ? {} : { "content-security-policy": csp }),
      ...(portalCoep === null ? {} : { "cross-origin-embedder-policy": portalCoep }),
      ...headers,
    });
    response.end(body);
  }

  return (request, response) => {
    const relayed = request.url.startsWith(RELAY_PATH);
    stack.requests.record("portal", request, response, relayed ? { relay: true } : {});
    answer(request, response).catch((error) => {
      if (!response.destroyed) stack.complain("portal", error);
      response.destroy();
    });
  };
}

/** The portal may frame its own pages, but nobody the one that downloads after a click. */
function framedByNobody(policy) {
  const nobody = "frame-ancestors 'none'";
  const named = policy.replace(/frame-ancestors[^;]*/, nobody);
  return [named, ...(named.includes(nobody) ? [] : [nobody])].filter((part) => part !== "").join("; ");
}

function textFile(sentence) {
  return { type: "text/plain; charset=utf-8", body: Buffer.from(`${sentence}\n`) };
}

function withContentType({ type, body }) {
  return { contentType: type, body: body.toString("utf8") };
}
