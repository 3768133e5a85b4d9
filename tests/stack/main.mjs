import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { isOrigin } from "./control/settings.mjs";
import { FAILURES } from "./known.mjs";
import { ANY_PORTS, PortTakenError } from "./ports.mjs";
import { startStack } from "./stack.mjs";
import { CabFilesMissingError } from "./storage/cab-files.mjs";

const USAGE = `usage: node tests/stack/main.mjs [--any-ports] [--page <origin>]... [--until-stdin-closes] [--verbose]
  --any-ports           ports that are free, and storage that is empty and forgotten afterwards: a stack beside another;
                        prints one more line, "control <url>", before the ready line
  --page <origin>       a page of this machine, such as http://localhost:5173: it may sign in here, through its /redirect.html;
                        prints what it needs before the ready line
  --until-stdin-closes  end when standard input closes, so that the stack ends with the program that started it
  --verbose             one line on standard error per request
`;
const FLAGS = ["--any-ports", "--until-stdin-closes", "--verbose"];

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Where a page of this machine can be. */
function isOwnOrigin(page) {
  if (!isOrigin(page)) return false;
  const { protocol, hostname } = new URL(page);
  return /^https?:$/.test(protocol) && LOOPBACK.includes(hostname);
}

const flags = process.argv.slice(2);
const pages = [];
for (let at; (at = flags.indexOf("--page")) !== -1; ) {
  // As a development server prints it, with a slash behind.
  const [, page = ""] = flags.splice(at, 2);
  pages.push(page.replace(/\/$/, ""));
}
if (flags.some((flag) => !FLAGS.includes(flag)) || !pages.every(isOwnOrigin)) {
  process.stderr.write(USAGE);
  process.exit(2);
}

const anyPorts = flags.includes("--any-ports");
let stack;
let dataFolder;
let ending = false;

/** The first request to end closes everything; a second one does not wait for that. */
async function end(code) {
  if (ending) process.exit(1);
  ending = true;
  await stack?.close();
  await forgetData();
  process.exit(code);
}

// Before the start, so that an interrupted start ends, too.
process.on("SIGINT", () => end(0));
process.on("SIGTERM", () => end(0));
if (flags.includes("--until-stdin-closes")) {
  process.stdin.on("end", () => end(0)).on("error", () => end(0));
  process.stdin.resume();
}

try {
  const onRequest = flags.includes("--verbose") ? printRequest : undefined;
  if (anyPorts) {
    dataFolder = await mkdtemp(join(tmpdir(), "cablink-stack-"));
    stack = await startStack({ ports: ANY_PORTS, dataFolder, uploadFirst: false, pages, onRequest });
    process.stdout.write(`control ${stack.urls.control}/control\n`);
  } else {
    stack = await startStack({ pages, onRequest });
  }
  if (ending) await stack.close();
  else process.stdout.write(`${pages.map(wordsFor).join("")}ready ${stack.urls.portal}/\n`);
} catch (error) {
  await forgetData();
  const expected = error instanceof PortTakenError || error instanceof CabFilesMissingError;
  process.stderr.write(`${expected ? error.message : error.stack}\n`);
  process.exit(1);
}

async function forgetData() {
  if (dataFolder) await rm(dataFolder, { recursive: true, force: true });
}

/** What a page that is not the stack's own has to know. */
function wordsFor(page) {
  const { portal } = stack.urls;
  return `
Your page at ${page} may sign in here, through its /redirect.html.
  config.json of an example   ${portal}/page.json
  the relay                   forward /devcenter/ of your page to ${portal}
  failures to ask for         ${FAILURES.everySize} has CABs of every size, ${FAILURES.manySmall} many small ones
`;
}

function printRequest({ at, method, path, status, bytesSent, aborted }) {
  const outcome = aborted ? `${status ?? "no answer"}, cut` : status;
  process.stderr.write(`${at} ${method} ${path} -> ${outcome}, ${bytesSent} bytes\n`);
}
