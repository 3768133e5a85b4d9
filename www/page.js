// What the portal and the dashboard have in common: settings, the crate, the sign-in, and who is signed in. Both pages
// have the same elements for it, by the same ids. The page at a CAB's address and the doctor's take their parts from here.

import { loadConfig } from "./config.js";
import { isEmbedded } from "./frame.js";
import { problemPanel } from "./panel.js";
import { PortalProblem, asProblem } from "./problems.js";

export const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The module that knows who is signed in: host.js, unless the settings name another. */
let host;

/** What is left to do where a part of the page could not be had. */
export const RELOAD = ["Reload", () => location.reload()];

/**
 * Loads what the page needs; what cannot be had is said on the page.
 *
 * @template T
 * @param {object} page
 * @param {(parts: {config: import("./config.js").PortalConfig, cablink: any, getToken: Function}) => Promise<T>} page.prepare
 * @param {string} page.heading id of the heading that takes the focus after signing in
 * @param {() => void} page.begin somebody is signed in
 * @param {() => void} page.end nobody is, or another
 */
export async function openPage({ prepare, heading, begin, end }) {
  try {
    // Three independent files; the slowest decides.
    const crate = loadCablink();
    crate.catch(() => {});
    const config = await loadConfig();
    await startHost(config);
    const cablink = await crate;
    await prepare({ config, cablink, getToken: tokenFunction(host, cablink) });
    if (config.signUpHelp) {
      at("access-link").setAttribute("href", config.signUpHelp);
      at("access-help").hidden = false;
    }
  } catch (error) {
    at("starting").hidden = true;
    at("page-problem").replaceChildren(problemPanel(asProblem(error), { alert: true, actions: [RELOAD] }));
    return;
  }
  const show = (account) => showAccount(account, { heading, begin, end });
  at("sign-in").addEventListener("click", () => signIn({ popup: true }));
  at("sign-out").addEventListener("click", signOut);
  host.onAccountChange(show);
  at("starting").hidden = true;
  show(host.account());
}

/** @returns {Promise<any>} the crate's module, ready to be used; rejects with a PortalProblem */
export async function loadCablink() {
  try {
    const module = await import(new URL("pkg/cablink.js", import.meta.url).href);
    await module.default();
    return module;
  } catch {
    throw new PortalProblem("download_script");
  }
}

/**
 * @param {import("./config.js").PortalConfig} config
 * @returns {Promise<any>} host.js, or what the settings name in its place; rejects with a PortalProblem
 */
export async function startHost(config) {
  if (!isSecureContext) throw new PortalProblem("insecure_page");
  try {
    host = await import(new URL(config.host ?? "host.js", import.meta.url).href);
    await host.initialise(config);
  } catch (error) {
    // MSAL's errors carry a code; an import that failed has none.
    throw asProblem(error, error?.errorCode ? "sign_in_failed" : "sign_in_script");
  }
  return host;
}

/** The host's own function for tokens, or one that asks its MSAL. */
export const tokenFunction = (from, cablink) => from.getToken ?? cablink.msalToken(from.pca);

function showAccount(account, { heading, begin, end }) {
  end();
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
  if (focusIsLost && !first) at(account ? heading : "welcome-heading").focus();
  if (account) begin();
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
    at("sign-in-problem").replaceChildren(problemPanel(problem, { actions: waysOutOf(problem, signIn), alert: true }));
    return;
  }
  at("sign-in-hint").textContent = "";
}

/**
 * The buttons under a problem of signing in.
 * @param {{code: string}} problem
 * @param {(how: {popup: boolean}) => void} again signs in another way
 * @returns {[label: string, run: () => void][]}
 */
export function waysOutOf({ code }, again) {
  const ownTab = ["Open in a tab of its own", () => open(location.href, "_blank", "noopener")];
  // In a frame, sign-in pages refuse to be shown.
  if (code === "popup_blocked") return [isEmbedded ? ownTab : ["Sign in without a pop-up", () => again({ popup: false })]];
  return code === "sign_in_embedded" ? [ownTab] : [];
}

async function signOut() {
  at("page-problem").replaceChildren();
  try {
    await host.signOut();
  } catch {
    at("sign-in-problem").replaceChildren(problemPanel(new PortalProblem("sign_out_incomplete"), { alert: true }));
  }
}
