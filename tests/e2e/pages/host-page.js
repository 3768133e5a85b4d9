// What a portal's own script would do, in steps that a test calls as `window.host.<name>`. Values that cross over to a
// test are plain: an error is told by all its own properties.

import * as host from "/host.js";
import { cabLinkOptions, loadConfig } from "/config.js";
import init, { CabLink, msalToken } from "/pkg/cablink.js";

const config = await loadConfig();
await host.initialise(config);
await init();

/** What cablink asked the host for, in order. */
const wanted = [];
/** A token that is given out instead of MSAL's unless a renewed one is asked for. */
let stale;
const fromMsal = msalToken(host.pca);
async function getToken(want) {
  wanted.push({ forceRefresh: want.forceRefresh, claims: want.claims ?? null, scopes: want.scopes });
  return stale && !want.forceRefresh ? stale : fromMsal(want);
}

/** Token functions that a test asks for by name, as it can pass no function. */
const tokenFunctions = {
  "no window": msalToken(host.pca, { interactive: "none" }),
  throws: () => {
    throw new Error("Not today.");
  },
  "gives an object": () => ({ accessToken: "an object" }),
  "never answers": () => new Promise(() => {}),
  /** As a page that nobody is signed in to. */
  "gives any token": () => "any-token",
  /** Renews only when the test says so, by `window.host.renew()`. */
  "renews when told": ({ forceRefresh }) =>
    forceRefresh ? new Promise((resolve) => (window.host.renew = () => resolve("renewed"))) : "first",
};

/** Promises under way by the name a test gave them. */
const named = new Map();

function told(error) {
  if (!(error instanceof Error)) return { notAnError: String(error) };
  const own = Object.getOwnPropertyNames(error).map((name) => [name, error[name]]);
  return { ...Object.fromEntries(own), text: String(error) };
}

const settled = (promise) => promise.then((result) => ({ result }), (error) => ({ error: told(error) }));

window.host = {
  cabs: undefined,
  controllers: new Map(),
  wanted,

  /**
   * Starts with the portal's settings, changed by `options`. A selector may stand for `enhance`, the name of a function
   * above for `getToken`.
   */
  async start({ enhance, getToken: name, ...options } = {}) {
    window.host.cabs?.stop();
    const root = enhance && document.querySelector(enhance);
    try {
      const all = {
        ...cabLinkOptions(config),
        getToken: name ? tokenFunctions[name] : getToken,
        ...options,
        ...(root ? { enhance: root } : {}),
      };
      window.host.cabs = await CabLink.start(all);
      return null;
    } catch (error) {
      return told(error);
    }
  },

  /** Starts with one option as it is given here, or, without a name, with that instead of all options. */
  async startWith(value, name) {
    const started = CabLink.start(name ? { ...cabLinkOptions(config), getToken, [name]: value } : value);
    const { result, error } = await settled(started);
    result?.stop();
    return error ?? null;
  },

  download: (cab, options) => settled(window.host.cabs.download(cab, options)),

  /** Starts a download that the test asks about later; `abort(name)` ends it. */
  begin(name, cab) {
    const controller = new AbortController();
    window.host.controllers.set(name, controller);
    named.set(name, settled(window.host.cabs.download(cab, { signal: controller.signal })));
  },
  abort: (name) => window.host.controllers.get(name).abort(),
  outcome: (name) => named.get(name),

  href(cab) {
    try {
      return window.host.cabs.href(cab);
    } catch (error) {
      return told(error);
    }
  },

  /** Starts a download as script does that no click stands behind, whatever the test's driver pretends. */
  async downloadWithoutClick(cab) {
    while (navigator.userActivation.isActive) await new Promise((resolve) => setTimeout(resolve, 50));
    return settled(window.host.cabs.download(cab));
  },

  /** Links to these CABs, by which a test clicks. */
  showLinks(ids) {
    document.getElementById("links").replaceChildren(
      ...ids.map((id) => {
        const link = document.createElement("a");
        link.dataset.cabIdHash = id;
        link.textContent = id;
        const line = document.createElement("p");
        line.append(link);
        return line;
      }),
    );
  },

  /** Gets a new token, to be given out from now on. Tells when it ends, in seconds since 1970. */
  async keepToken() {
    stale = await fromMsal({ forceRefresh: true, scopes: config.scopes });
    return JSON.parse(atob(stale.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).exp;
  },
};

const button = (id) => document.getElementById(id);
function show() {
  button("sign-in").hidden = host.account() !== null;
  button("sign-out").hidden = host.account() === null;
}
button("sign-in").addEventListener("click", () => host.signIn());
// A download may take the place of its window.
button("switch").addEventListener("click", () => host.signIn().catch(() => {}));
host.onAccountChange(show);
show();
