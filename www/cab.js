// The page at a CAB's address, opened from a mail or a bug report: says what it is and, after one click, signs in and
// downloads. Nothing happens before that click: no sign-in, no worker, no request for the CAB.

import { cabLinkOptions, loadConfig } from "./config.js";
import { RELOAD, at, loadCablink, startHost, tokenFunction, waysOutOf } from "./page.js";
import { problemPanel } from "./panel.js";
import { asProblem } from "./problems.js";

const STATES = {
  authorizing: "Checking your sign-in…",
  requesting: "Asking for the CAB…",
  retrying: "Trying again…",
  "handed-off": "Handed to the browser…",
  downloading: "The download has begun. Your browser keeps it with its other downloads.",
};

/** The module that knows who is signed in. */
let host;
let help;

/** What the address names, taken apart but not yet checked. */
function cabOfAddress() {
  const method = /\/([a-z]+)\/cabdownload$/.exec(location.pathname)?.[1];
  const query = new URLSearchParams(location.search);
  const cabIdHash = query.get("cabIdHash");
  const applicationId = query.get("applicationId");
  return method && cabIdHash ? { cabIdHash, method, ...(applicationId ? { applicationId } : {}) } : undefined;
}

async function start() {
  const cab = cabOfAddress();
  // A frame's page is not what the person sees; the server's policy refuses frames as well.
  if (!cab || window.top !== window) return;
  let config;
  let cablink;
  try {
    [config, cablink] = await Promise.all([loadConfig(), loadCablink()]);
    host = await startHost(config);
  } catch (error) {
    tell(error, [RELOAD]);
    return;
  }
  help = config.signUpHelp;
  const options = { ...cabLinkOptions(config), getToken: tokenFunction(host, cablink) };
  try {
    // Checks the id, and registers nothing.
    const checking = await cablink.CabLink.start({ ...options, handoff: "follow" });
    checking.href(cab);
    checking.stop();
  } catch (error) {
    tell(error);
    return;
  }
  offer(cab, () => cablink.CabLink.start(options));
}

/**
 * @param {{cabIdHash: string, method: string}} cab
 * @param {() => Promise<any>} startCablink
 */
function offer(cab, startCablink) {
  at("heading").textContent = "Download a CAB";
  document.title = "Download a CAB – Driver crashes";
  at("id").textContent = cab.cabIdHash;
  at("explanation").hidden = true;
  at("cab").hidden = false;
  const button = at("download");
  const label = () => {
    button.textContent = host.account() ? "Download" : "Sign in and download";
  };
  label();
  host.onAccountChange(label);
  button.disabled = false;
  let started;
  /** The newest click; one before it that still waits, as for a window that was closed, is over. */
  let turn = 0;
  button.addEventListener("click", async (event) => {
    // Script of this page's own could click; nobody else may.
    if (!event.isTrusted) return;
    const mine = ++turn;
    at("problem").replaceChildren();
    try {
      if (!host.account()) {
        say("A sign-in window is open. If you closed it, press the button again.");
        if (!(await signIn({ popup: true }))) return;
      }
      say(STATES.authorizing);
      // One that could not start is tried anew.
      started ??= startCablink().catch((error) => {
        started = undefined;
        throw error;
      });
      const cabs = await started;
      await cabs.download(cab);
    } catch (error) {
      if (mine !== turn) return;
      say("");
      tellWithWays(error);
    }
  });
  document.addEventListener("cablink:state", ({ detail }) => {
    if (detail.state in STATES) say(STATES[detail.state]);
  });
}

async function signIn(how) {
  try {
    return await host.signIn(how);
  } catch (error) {
    throw asProblem(error, "sign_in_failed");
  }
}

function say(text) {
  at("status").textContent = text;
}

/** With the buttons that lead out of it; leaving the page for the sign-in comes back to this address. */
function tellWithWays(error) {
  const problem = asProblem(error);
  tell(problem, waysOutOf(problem, (how) => signIn(how).catch(tellWithWays)));
}

function tell(error, actions = []) {
  at("problem").replaceChildren(problemPanel(asProblem(error), { alert: true, actions, help }));
}

// A used ticket has no business in what is copied from the address bar.
const address = new URL(location.href);
if (address.searchParams.has("ticket")) {
  address.searchParams.delete("ticket");
  history.replaceState(null, "", address);
}
start();
