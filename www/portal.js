// The portal's flow: cablink and the lists. What every page does before, signing in above all, is in page.js; what things
// look like in list.js and panel.js, what can go wrong in problems.js, and who signs people in, and how, in host.js.

import { cabLinkOptions } from "./config.js";
import { DAYS, Failures } from "./failures.js";
import { FailureList } from "./list.js";
import { at, openPage } from "./page.js";
import { problemPanel } from "./panel.js";
import { asProblem } from "./problems.js";

const FAILURES_PER_STEP = 12;
/** Details are one request per failure; nothing is known about the service's limits, so few run at once. */
const REQUESTS_AT_ONCE = 3;

/** @type {import("./config.js").PortalConfig} */
let config;
let cablink;
let cabs;
/** One for lists and downloads, so that they share a sign-in window. */
let getToken;
let failures;
let list;
/** How many failures the person wants to see; a refresh keeps it. */
let reach = FAILURES_PER_STEP;
/** Ends what runs for the person who is signed in. */
let session = new AbortController();
/** Ends the loading of CABs for the list that is shown. */
let loading = new AbortController();
/** Ends the asking for a list that would replace it. */
let asking;

async function prepare(parts) {
  ({ config, cablink, getToken } = parts);
  const { endpoint, scopes } = config;
  // Lists need no worker: they are there while it is still on its way, and where there is none.
  failures = new Failures(await cablink.CabLink.start({ endpoint, scopes, getToken, handoff: "follow" }));
  list = new FailureList(at("failures"), { help: config.signUpHelp });
  at("refresh").addEventListener("click", () => load());
  document.addEventListener("visibilitychange", () => document.hidden || list.updateExpiries());
}

function beginSession() {
  startDownloads();
  load();
}

function endSession() {
  session.abort();
  session = new AbortController();
  cabs?.stop();
  cabs = undefined;
  list.clear();
  reach = FAILURES_PER_STEP;
  say("");
  at("more").hidden = true;
  at("cabs-problem").replaceChildren();
  at("list-problem").replaceChildren();
}

// ---- downloads

async function startDownloads() {
  const mine = session.signal;
  at("cabs-problem").replaceChildren();
  list.linked = true;
  try {
    const started = await cablink.CabLink.start({
      ...cabLinkOptions(config),
      getToken,
      // Links below it are taken at once, also ones added later; a click waits until the worker is ready.
      enhance: at("failures"),
    });
    if (mine.aborted) started.stop();
    else cabs = started;
  } catch (error) {
    if (mine.aborted) return;
    list.linked = false;
    const actions = [["Try again", () => (at("failures-heading").focus(), startDownloads())]];
    at("cabs-problem").replaceChildren(problemPanel(asProblem(error, "download_script"), { alert: true, actions }));
  }
}

// ---- the lists

async function load() {
  asking?.abort();
  const newer = new AbortController();
  asking = newer;
  const { signal } = newer;
  session.signal.addEventListener("abort", () => newer.abort(), { once: true, signal });
  say("Loading failures…", true);
  let found;
  try {
    found = await failures.recent(signal);
  } catch (error) {
    if (signal.aborted) return;
    // What was listed before stays, and what was still being loaded for it goes on.
    say("");
    const actions = [["Try again", () => (at("failures-heading").focus(), load())]];
    at("list-problem").replaceChildren(problemPanel(asProblem(error), { actions, alert: true, help: config.signUpHelp }));
    return;
  }
  if (signal.aborted) return;
  loading.abort();
  loading = newer;
  asking = undefined;
  at("list-problem").replaceChildren();
  if (found.length === 0) {
    at("more").hidden = true;
    list.empty(`No failures in the last ${DAYS} days.`, "Refresh to look again, or come back another day.");
    say(`No failures in the last ${DAYS} days.`, false, true);
    return;
  }
  showSome(found, 0, signal);
}

async function showSome(found, from, signal) {
  const count = reach;
  const shown = found.slice(0, count);
  list.show(shown);
  say(found.length > count
    ? `${count} of ${found.length} failures of the last ${DAYS} days, newest first.`
    : `${found.length} failure${found.length === 1 ? "" : "s"} in the last ${DAYS} days, newest first.`);
  const more = at("more");
  more.hidden = found.length <= count;
  more.onclick = () => {
    reach = count + FAILURES_PER_STEP;
    showSome(found, count, signal);
    at("failures").children[count]?.querySelector("h3")?.focus();
  };
  const waiting = shown.slice(from);
  waiting.forEach(({ hash }) => list.loading(hash));
  const lane = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) await loadCabs(next.hash, signal);
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, lane));
}

async function loadCabs(hash, signal) {
  list.loading(hash);
  try {
    const { cabs: rows, total } = await failures.cabs(hash, signal);
    if (!signal.aborted) list.cabs(hash, rows, total);
  } catch (error) {
    if (!signal.aborted) list.problem(hash, asProblem(error), () => loadCabs(hash, signal));
  }
}

/** The page's one live region; each link has its own announcements from cablink. */
function say(text, busy = false, hidden = false) {
  const status = at("status");
  status.textContent = text;
  status.classList.toggle("busy", busy);
  status.classList.toggle("unseen", hidden);
}

openPage({ prepare, heading: "failures-heading", begin: beginSession, end: endSession });
