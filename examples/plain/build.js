// What is served, and nothing besides: the page's own files, cablink's, and MSAL's two. The worker answers for the folder it
// lies in: /cablink/.
import { cpSync, rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
for (const [from, to = from] of [
  ["index.html"], ["style.css"], ["main.js"], ["redirect.html"], ["redirect.js"], ["config.json"],
  ["node_modules/cablink", "lib/cablink"],
  ["node_modules/cablink/worker.js", "cablink/worker.js"],
  ["node_modules/@azure/msal-browser/lib/msal-browser.min.js", "lib/msal-browser.min.js"],
  ["node_modules/@azure/msal-browser/lib/redirect-bridge/msal-redirect-bridge.min.js", "lib/msal-redirect-bridge.min.js"],
]) cpSync(from, `dist/${to}`, { recursive: true });
