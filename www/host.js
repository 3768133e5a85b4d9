// The only file that knows MSAL (besides redirect.html, MSAL's own bridge page). Whoever embeds cablink in a portal
// that already signs people in replaces this file and keeps its exports.

import { isInAnotherSite } from "./frame.js";
import { PortalProblem } from "./problems.js";

let msal;
let wanted = [];
let pending = 0;
const listeners = new Set();

/** The MSAL application, for `msalToken(pca)`; null before `initialise`. Everybody who imports this file gets the same. */
export let pca = null;

/**
 * Loads MSAL and finishes a sign-in that went through a redirect.
 * @param {import("./config.js").PortalConfig} config
 */
export async function initialise(config) {
  // MSAL's browser build is a plain script that sets a global. Imported, it runs under a policy with Trusted Types
  // (a <script> element made by script would not), and its absence is an error that can be caught.
  await import(new URL("msal/msal-browser.min.js", import.meta.url).href);
  msal = globalThis.msal;
  wanted = config.scopes;
  // Registered once at the identity provider, for sign-in and sign-out alike.
  const bridge = new URL("redirect.html", import.meta.url).href;
  const application = new msal.PublicClientApplication({
    auth: {
      clientId: config.clientId,
      authority: config.authority,
      knownAuthorities: config.knownAuthorities ?? [],
      redirectUri: bridge,
      postLogoutRedirectUri: bridge,
      // MSAL wants text here. Only a local provider without https needs it.
      ...(config.authorityMetadata ? { authorityMetadata: JSON.stringify(config.authorityMetadata) } : {}),
    },
    // Gone with the tab, and never shared between tabs.
    cache: { cacheLocation: "sessionStorage" },
    // A minute, MSAL's own choice, is short for a password and a second factor. Longer also means longer until a closed
    // window is noticed.
    system: { popupBridgeTimeout: config.signInWindowMs ?? 120_000 },
  });
  await application.initialize();
  application.addEventCallback(({ eventType, payload }) => {
    const signedIn = eventType === msal.EventType.LOGIN_SUCCESS || eventType === msal.EventType.ACQUIRE_TOKEN_SUCCESS;
    // A popup asked for by a download may come back with another account than before.
    if (signedIn && payload?.account) adopt(application, payload.account);
  });
  await application.handleRedirectPromise();
  if (!application.getActiveAccount()) application.setActiveAccount(application.getAllAccounts()[0] ?? null);
  pca = application;
}

/** @returns {{id: string, name: string, username: string} | null} who is signed in */
export function account() {
  return described(pca?.getActiveAccount());
}

/**
 * @param {(account: ReturnType<typeof account>) => void} listener called when another person, or nobody, is signed in
 * @returns {() => void} stops the calls
 */
export function onAccountChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Call it in a click, or the browser blocks the window. MSAL does not notice when a person closes the window, so a
 * second call gives up the first window and opens a new one; the first call then resolves to false.
 * @param {{popup?: boolean}} [how] popup: false leaves the page and comes back
 * @returns {Promise<boolean>} whether this call led to a signed-in account; rejects with MSAL's error, or a PortalProblem
 */
export async function signIn({ popup = true } = {}) {
  // The window's answer comes by a channel of this site's, which does not reach into a frame of another site.
  if (isInAnotherSite()) throw new PortalProblem("sign_in_embedded");
  const request = { scopes: wanted, prompt: "select_account" };
  if (!popup) {
    await pca.loginRedirect(request);
    return false;
  }
  const turn = ++pending;
  try {
    const result = await pca.loginPopup({ ...request, overrideInteractionInProgress: true });
    adopt(pca, result.account);
    return true;
  } catch (error) {
    if (turn !== pending) return false;
    throw error;
  }
}

/**
 * Forgets the person here at once, then at the identity provider in a popup, as far as that one takes part: a person
 * may close its window, and MSAL then waits for a minute.
 * @returns {Promise<void>} rejects with MSAL's error when the provider's window could not be opened
 */
export async function signOut() {
  const leaving = pca.getActiveAccount();
  if (!leaving) return;
  // A sign-in that a download began, and that nobody finished, must not stand in the way.
  pending += 1;
  const finished = pca.logoutPopup({ account: leaving, overrideInteractionInProgress: true });
  await pca.clearCache({ account: leaving }).catch(() => {});
  pca.setActiveAccount(null);
  tell();
  await finished.catch((error) => {
    if (error?.errorCode === "popup_window_error" || error?.errorCode === "empty_window_error") throw error;
  });
}

function adopt(application, next) {
  const before = application.getActiveAccount();
  application.setActiveAccount(next);
  if (before?.homeAccountId !== next.homeAccountId) tell();
}

function tell() {
  for (const listener of listeners) listener(account());
}

function described(active) {
  if (!active) return null;
  return { id: active.homeAccountId, name: active.name || active.username || "", username: active.username || "" };
}
