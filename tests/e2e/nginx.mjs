import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { openPort } from "../stack/ports.mjs";
import { portalConfig } from "../stack/portal/config.mjs";
import { urls } from "./surroundings.mjs";
import { until } from "./until.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SHIPPED = new URL("../../docs/relay/nginx/", import.meta.url);

/**
 * nginx with the configuration of docs/relay/nginx, in which only what a machine decides is another: ports, names, folders,
 * the provider. In front of the stack's Dev Center, with the portal's files in a folder, as www/README.md has them.
 *
 * @param {object} [options]
 * @param {boolean} [options.onlyServer] without the server that refuses every other name
 * @param {{cert: string, key: string, ca: string, upstream: number}} [options.tls] files for TLS as shipped, on both sides: the
 *   portal's own, the authority that proves the API, and the port at which the API's name is to be found
 * @returns {Promise<{origin: string, root: string, logs: () => Promise<string>, close: () => Promise<void>}>}
 */
export async function startNginx({ onlyServer = false, tls } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "cablink-nginx-"));
  for (const name of ["logs", "temp"]) await mkdir(join(folder, name));
  const port = await freePort();
  const log = (name) => join(folder, "logs", name);
  const root = join(folder, "portal");
  await assemble(root);

  const relay = changed(await shipped("relay.conf"), [
    [/\/var\/log\/nginx\/devcenter\.log/g, log("devcenter.log")],
    [/\/var\/log\/nginx\/error\.log/g, log("error.log")],
    ...(tls
      ? [[/proxy_ssl_trusted_certificate [^;]+;/, `proxy_ssl_trusted_certificate ${tls.ca};`]]
      : [
          [/https:\/\/manage\.devcenter\.microsoft\.com/, urls.devcenter.replace("localhost", "127.0.0.1")],
          // Debian's file; without TLS on the way to the stack it is not read.
          [/proxy_ssl_trusted_certificate [^;]+;/, ""],
          [/proxy_ssl_verify on;/, "proxy_ssl_verify off;"],
        ]),
  ]);
  const portal = changed(await shipped("portal.conf"), [
    [/listen 443( ssl)? default_server;/, `listen 127.0.0.1:${port}${tls ? "$1" : ""} default_server;`],
    [/listen 443( ssl)?;/, `listen 127.0.0.1:${port}${tls ? "$1" : ""};`],
    [/\/var\/log\/nginx\/portal\.log/g, log("portal.log")],
    [/\/var\/log\/nginx\/error\.log/g, log("error.log")],
    [/ssl_certificate [^;]+;/g, tls ? `ssl_certificate ${tls.cert};` : ""],
    [/ssl_certificate_key [^;]+;/g, tls ? `ssl_certificate_key ${tls.key};` : ""],
    [/portal\.example/, "localhost"],
    [/include [^;]+;/, `include ${join(folder, "relay.conf")};`],
    [/root [^;]+;/, `root ${root};`],
    [/https:\/\/login\.microsoftonline\.com/g, urls.identity],
    ...(onlyServer ? [[/server \{[^}]*return 421;\n\}\n/, ""]] : []),
  ]);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${join(folder, "temp", name)};`);
  await writeFile(join(folder, "relay.conf"), relay);
  await writeFile(join(folder, "portal.conf"), portal);
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off; master_process off; pid ${join(folder, "pid")}; error_log ${log("error.log")};
events {}
http {
  ${temporary.join("\n  ")}
  ${tls ? `upstream manage.devcenter.microsoft.com { server 127.0.0.1:${tls.upstream}; }` : ""}
  include ${join(folder, "portal.conf")};
}
`,
  );

  const child = spawn(process.env.NGINX || "nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", log("error.log")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk) => (complaint += chunk));
  const ended = new Promise((resolve) => child.once("close", resolve).once("error", (error) => resolve((complaint += `nginx cannot be started (${error.code}): cargo xtask setup gets it.`))));
  const end = () => child.kill("SIGTERM");
  process.prependOnceListener("exit", end);
  const site = {
    origin: `http${tls ? "s" : ""}://localhost:${port}`,
    root,
    /** All that it wrote anywhere. */
    async logs() {
      const texts = await Promise.all(["devcenter.log", "portal.log", "error.log"].map((name) => readFile(log(name), "utf8").catch(() => "")));
      return [...texts, complaint].join("\n");
    },
    async close() {
      process.removeListener("exit", end);
      end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    const isUp = () => accepts(port);
    await until("nginx to answer", isUp, { seen: site.logs });
  } catch (error) {
    await site.close();
    throw error;
  }
  return site;
}

/** What a person who sets up a portal puts into its folder. */
async function assemble(root) {
  const modules = join(ROOT, "node_modules");
  const msal = join(modules, "@azure", "msal-browser", "lib");
  await cp(join(ROOT, "www"), root, { recursive: true });
  await cp(join(ROOT, "pkg"), join(root, "pkg"), { recursive: true });
  for (const [file, at] of [
    [join(msal, "msal-browser.min.js"), "msal"],
    [join(msal, "redirect-bridge", "msal-redirect-bridge.min.js"), "msal"],
    [join(modules, "chart.js", "dist", "chart.umd.min.js"), "chart"],
  ]) {
    await cp(file, join(root, at, basename(file)));
  }
  await writeFile(join(root, "config.json"), JSON.stringify(portalConfig(urls, null)));
}

const shipped = (name) => readFile(new URL(name, SHIPPED), "utf8");

/** Every change finds its place, or the configuration is not the one that this was written for. */
function changed(text, changes) {
  return changes.reduce((now, [pattern, value]) => {
    const next = now.replace(pattern, value);
    if (next === now) throw new Error(`docs/relay/nginx has no ${pattern}.`);
    return next;
  }, text);
}

/** Whether something listens there. */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

async function freePort() {
  const open = await openPort("nginx", 0);
  await open.close();
  return open.port;
}

/** The relay's log has a line for each request, by path and status; there were downloads, refusals and a failure. */
export function assertOnlyPaths(logs) {
  const lines = logs.split("\n").filter((line) => line.includes("/devcenter/"));
  for (const status of [200, 302, 401, 404, 405, 429, 502]) {
    if (!lines.some((line) => line.includes(` ${status} `))) throw new Error(`nginx wrote no line with ${status}: ${lines.join("\n")}`);
  }
  const odd = lines.find((line) => /[?&=]/.test(line));
  if (odd) throw new Error(`nginx wrote more than a path: ${odd}`);
}
