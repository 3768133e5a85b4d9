// The dashboard's flow: the address says what is shown, every choice makes a new address, and each is asked for and drawn.
// What every page does before, signing in above all, is in page.js.

import { loadCharts } from "./charts.js";
import { cabLinkOptions } from "./config.js";
import { asNumber } from "./dates.js";
import { FacetChart } from "./facet.js";
import { FailureTable } from "./failure-table.js";
import { FACETS, FAMILIES } from "./families.js";
import { Filters, periodName } from "./filters.js";
import { isEmbedded } from "./frame.js";
import { Hits, queryOf } from "./hits.js";
import { breakable } from "./list.js";
import { Occurrences } from "./occurrences.js";
import { at, openPage } from "./page.js";
import { problemPanel } from "./panel.js";
import { asProblem } from "./problems.js";
import { Timeline } from "./timeline.js";
import { addressOf, ofFamily, readView } from "./view.js";

/** A person types; the address follows when they pause. */
const TYPING_MS = 400;

/** @type {import("./config.js").PortalConfig} */
let config;
let cablink;
let getToken;
/** For the lists, which need no worker, and for nothing else: it knows nothing of what the settings say about downloads. */
let lists;
/** For downloads, while somebody is signed in: a promise of the CabLink, or of nothing where it could not be started. */
let downloads;
let cabs;
let hits;
let filters;
let timeline;
let facets;
let failures;
let occurrences;

/** @type {import("./view.js").View} */
let view;
/** The board that is drawn, and the address it is of. */
let drawn;
let asking = new AbortController();
let session = new AbortController();
let typing;
/** What the list of occurrences is of. */
let listed;

async function prepare(parts) {
  ({ config, cablink, getToken } = parts);
  const { endpoint, scopes, deadlineMs } = cabLinkOptions(config);
  lists = await cablink.CabLink.start({ endpoint, scopes, deadlineMs, getToken, handoff: "follow" });
  hits = new Hits(lists);
  filters = new Filters(config.products ?? [], (change, { family } = {}) => (family ? go({ ...ofFamily(view, change.family), ...change }) : go({ ...view, ...change })));
  timeline = new Timeline(
    { canvas: at("timeline-canvas"), head: at("span-head"), rows: at("timeline-rows") },
    (span) => go({ ...view, on: span }),
  );
  facets = FACETS.map((name) => [name, new FacetChart(name, (value) => go({ ...view, [name]: value }))]);
  at("facets").append(...facets.map(([, { element }]) => element));
  failures = new FailureTable(
    { rows: at("failure-rows"), said: at("failures-said"), more: at("more") },
    (hash) => addressOf({ ...view, failure: hash }),
    (hash) => go({ ...view, failure: hash }),
  );
  occurrences = new Occurrences(at("occurrences-place"));
  wire();
  loadCharts().then(
    () => drawn && draw(drawn.board),
    (problem) => at("chart-problem").replaceChildren(problemPanel(problem)),
  );
  settle();
}

function wire() {
  at("refresh").addEventListener("click", () => {
    hits.forget();
    load();
  });
  at("text").addEventListener("input", typed);
  at("copy").addEventListener("click", copyAddress);
  at("all-failures").addEventListener("click", (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go({ ...view, failure: undefined });
  });
  addEventListener("popstate", () => {
    settle();
    show();
  });
  at("own-tab").hidden = !isEmbedded;
  document.body.classList.toggle("embedded", isEmbedded);
}

// ---- the address

const here = () => location.pathname + location.search;

/** Takes the view from the address, and writes it as this page does: what is no choice of the view's does not stay. */
function settle() {
  clearTimeout(typing);
  view = readView(location.search);
  // A family that cannot be asked without a product gets the first one that the settings know.
  if (FAMILIES[view.family].needsProduct) view.product ??= config.products?.[0]?.id;
  if (addressOf(view) !== here()) history.replaceState(null, "", addressOf(view));
}

/** @param {import("./view.js").View} next */
function go(next) {
  clearTimeout(typing);
  const moved = next.failure !== view.failure;
  view = next;
  if (addressOf(next) !== here()) history.pushState(null, "", addressOf(next));
  show();
  // The link that was followed is gone.
  if (moved) at(next.failure ? "occurrences-heading" : "failures-heading").focus();
}

function typed() {
  view = { ...view, text: at("text").value.trim() || undefined };
  if (drawn) failures.show(drawn.board.failures, view.text);
  clearTimeout(typing);
  typing = setTimeout(() => {
    history.replaceState(null, "", addressOf(view));
    filters.show(view);
  }, TYPING_MS);
}

async function copyAddress() {
  let said = "The link to this view is copied.";
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    said = isEmbedded
      ? "The browser did not let this page copy; open it in a tab of its own, and take its address."
      : "The browser did not let this page copy; the link stands in the address bar.";
  }
  at("copied").textContent = said;
}

// ---- what is shown

function show() {
  filters.show(view);
  at("copied").textContent = "";
  if (at("text").value.trim() !== (view.text ?? "")) at("text").value = view.text ?? "";
  at("own-tab").setAttribute("href", location.href);
  at("all-failures").setAttribute("href", addressOf({ ...view, failure: undefined }));
  at("failures").hidden = Boolean(view.failure);
  at("occurrences").hidden = !view.failure;
  load();
}

async function load() {
  asking.abort();
  const mine = new AbortController();
  asking = mine;
  const { signal } = mine;
  at("list-problem").replaceChildren();
  const { needsProduct } = FAMILIES[view.family];
  if (needsProduct && !view.product) {
    drawn = undefined;
    return nothing("Which product?", "Windows 10 drivers are listed by product. Fill in its applicationId above.");
  }
  const address = addressOf(view);
  say("Loading…", true);
  busy(true);
  listOccurrences();
  let board;
  try {
    board = await hits.board(view, signal);
  } catch (error) {
    if (!signal.aborted) failed(error, address);
    // The rest of the lists is not wanted without this one.
    mine.abort();
    return;
  }
  if (signal.aborted) return;
  drawn = { address, board };
  draw(board);
}

function failed(error, address) {
  // What was asked for before and is still true stays; numbers of another view would be wrong.
  if (drawn?.address !== address) {
    drawn = undefined;
    at("board").hidden = true;
  }
  say("");
  busy(false);
  const actions = [["Try again", () => (at("board-heading").focus(), load())]];
  at("list-problem").replaceChildren(problemPanel(asProblem(error), { actions, alert: true, help: config.signUpHelp }));
}

function draw({ period, timeline: spans, facets: values, failures: found }) {
  busy(false);
  const events = found.reduce((sum, failure) => sum + failure.events, 0);
  const when = view.on ? "" : ` ${periodName(period)}`;
  const anything = spans.length > 0 || FACETS.some((name) => values[name].length > 0) || view.failure;
  if (!anything) {
    return nothing(`Nothing crashed ${periodName(period)}.`, "Choose a longer period, or take a filter back.");
  }
  at("nothing").replaceChildren();
  at("board").hidden = false;
  timeline.show(spans, period.level, view.on);
  for (const [name, chart] of facets) chart.show(FAMILIES[view.family].facets[name].label, values[name], view[name]);
  failures.show(found, view.text);
  const name = found.find(({ hash }) => hash === view.failure)?.name;
  at("occurrences-heading").replaceChildren(...breakable(name || (view.failure ?? "")));
  at("occurrences-said").textContent = view.failure ?? "";
  const many = (count, what) => `${asNumber(count)} ${what}${count === 1 ? "" : "s"}`;
  say(view.failure ? `${many(events, "event")} of this failure${when}.`
    : `${many(events, "event")} in ${many(found.length, "failure")}${when}.`);
}

/** What is drawn stays until it is replaced; where nothing is yet, its outline stands. */
function busy(is) {
  at("board").setAttribute("aria-busy", String(is));
  at("skeleton").hidden = !(is && at("board").hidden);
  if (is && at("board").hidden) at("nothing").replaceChildren();
}

function nothing(sentence, hint) {
  at("board").hidden = true;
  busy(false);
  const box = document.createElement("div");
  box.className = "nothing";
  for (const text of [sentence, hint]) {
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
  }
  box.lastChild.className = "hint";
  at("nothing").replaceChildren(box);
  say(sentence, false, true);
}

function say(text, busy = false, hidden = false) {
  const status = at("status");
  status.textContent = text;
  status.classList.toggle("busy", busy);
  status.classList.toggle("unseen", hidden);
}

// ---- who is signed in, and downloads

function beginSession() {
  downloads = startDownloads();
  show();
}

function endSession() {
  session.abort();
  session = new AbortController();
  asking.abort();
  cabs?.stop();
  cabs = undefined;
  drawn = undefined;
  hits.forget();
  listed = undefined;
  occurrences.clear();
  at("board").hidden = true;
  busy(false);
  for (const id of ["nothing", "cabs-problem", "list-problem"]) at(id).replaceChildren();
  say("");
}

async function startDownloads() {
  const mine = session.signal;
  at("cabs-problem").replaceChildren();
  try {
    const started = await cablink.CabLink.start({ ...cabLinkOptions(config), getToken });
    if (mine.aborted) started.stop();
    else cabs = started;
    return started;
  } catch (error) {
    if (!mine.aborted) {
      const actions = [["Try again", startAgain]];
      at("cabs-problem").replaceChildren(problemPanel(asProblem(error, "download_script"), { alert: true, actions }));
    }
    return undefined;
  }
}

function startAgain() {
  at("board-heading").focus();
  downloads = startDownloads();
  listed = undefined;
  listOccurrences();
}

/** Once for each view: going on with the same one must not throw away what a person is doing in the list. */
function listOccurrences() {
  const query = view.failure && queryOf({ ...view, failure: undefined });
  const key = view.failure && JSON.stringify([view.failure, query]);
  if (key === listed) return;
  listed = key;
  if (view.failure) occurrences.show({ cabs: downloads, hash: view.failure, query });
  else occurrences.clear();
}

openPage({ prepare, heading: "board-heading", begin: beginSession, end: endSession });
