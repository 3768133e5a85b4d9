// The portal's flow: settings, sign-in, cablink, the lists. What things look like is in list.js and panel.js, what
// can go wrong in problems.js, and who signs people in, and how, in host.js.

import * as host from "./host.js";
import { cabLinkOptions, loadConfig } from "./config.js";
import { DAYS, Failures } from "./failures.js";
import { FailureList } from "./list.js";
import { problemPanel } from "./panel.js";
import { PortalProblem, asProblem } from "./problems.js";

const FAILURES_PER_STEP = 12;
/** Details are one request per failure; nothing is known about the service's limits, so few run at once. */
const REQUESTS_AT_ONCE = 3;

const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

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

async function start() {
  try {
    // Three independent files; the slowest decides.
    const crate = loadCablink();
    crate.catch(() => {});
    config = await loadConfig();
    await startHost();
    cablink = await crate;
    getToken = cablink.msalToken(host.pca);
    const { endpoint, scopes } = config;
    // Lists need no worker: they are there while it is still on its way, and where there is none.
    failures = new Failures(await cablink.CabLink.start({ endpoint, scopes, getToken, handoff: "follow" }));
  } catch (error) {
    at("starting").hidden = true;
    at("page-problem").replaceChildren(
      problemPanel(asProblem(error), { alert: true, actions: [["Reload", () => location.reload()]] }),
    );
    return;
  }
  list = new FailureList(at("failures"), { help: config.signUpHelp });
  if (config.signUpHelp) {
    at("access-link").setAttribute("href", config.signUpHelp);
    at("access-help").hidden = false;
  }
  at("sign-in").addEventListener("click", () => signIn({ popup: true }));
  at("sign-out").addEventListener("click", signOut);
  at("refresh").addEventListener("click", () => load());
  document.addEventListener("visibilitychange", () => document.hidden || list.updateExpiries());
  host.onAccountChange(showAccount);
  at("starting").hidden = true;
  showAccount(host.account());
}

async function loadCablink() {
  try {
    const module = await import(new URL("pkg/cablink.js", import.meta.url).href);
    await module.default();
    return module;
  } catch {
    throw new PortalProblem("download_script");
  }
}

async function startHost() {
  if (!isSecureContext) throw new PortalProblem("insecure_page");
  try {
    await host.initialise(config);
  } catch (error) {
    // MSAL's errors carry a code; an import that failed has none.
    throw asProblem(error, error?.errorCode ? "sign_in_failed" : "sign_in_script");
  }
}

// ---- who is signed in

function showAccount(account) {
  endSession();
  const focusIsLost = document.activeElement === document.body || at("main").contains(document.activeElement)
    || at("account").contains(document.activeElement);
  const first = at("signed-in").hidden && at("signed-out").hidden;
  at("signed-in").hidden = !account;
  at("signed-out").hidden = Boolean(account);
  at("account").hidden = !account;
  at("who").textContent = account?.name ?? "";
  // Many people have two work accounts under one name.
  at("who-address").textContent = account && account.username !== account.name ? account.username : "";
  at("sign-in-hint").textContent = "";
  at("sign-in-problem").replaceChildren();
  // The button that was pressed is gone; a person with a keyboard or a screen reader goes on at the new heading.
  if (focusIsLost && !first) at(account ? "failures-heading" : "welcome-heading").focus();
  if (account) {
    startDownloads();
    load();
  }
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

async function signIn(how) {
  at("sign-in-problem").replaceChildren();
  at("sign-in-hint").textContent = how.popup
    ? "A sign-in window is open. If you closed it, press Sign in to start over." : "";
  try {
    // False: a newer attempt took over, or the page is being left.
    if (!(await host.signIn(how))) return;
  } catch (error) {
    const problem = asProblem(error, "sign_in_failed");
    at("sign-in-hint").textContent = "";
    const actions = problem.code === "popup_blocked"
      ? [["Sign in without a pop-up", () => signIn({ popup: false })]] : [];
    at("sign-in-problem").replaceChildren(problemPanel(problem, { actions, alert: true }));
    return;
  }
  at("sign-in-hint").textContent = "";
}

async function signOut() {
  at("page-problem").replaceChildren();
  try {
    await host.signOut();
  } catch {
    at("sign-in-problem").replaceChildren(problemPanel(new PortalProblem("sign_out_incomplete"), { alert: true }));
  }
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

start();
