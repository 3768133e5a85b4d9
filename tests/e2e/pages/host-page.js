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

/** Promises under way by the name a test gave them. */
const named = new Map();

function told(error) {
  if (!(error instanceof Error)) return { notAnError: String(error) };
  const own = Object.getOwnPropertyNames(error).map((name) => [name, error[name]]);
  return { ...Object.fromEntries(own), text: String(error) };
}

const settled = (promise) => promise.then((result) => ({ result }), (error) => ({ error: told(error) }));

function keep(name, slice) {
  window.host.slices.set(name, slice);
  return slice ? { rows: slice.rows, total: slice.totalCount ?? null } : null;
}

window.host = {
  cabs: undefined,
  controllers: new Map(),
  wanted,

  /** Starts with the portal's settings, changed by `options`. A selector may stand for `enhance`. */
  async start({ enhance, ...options } = {}) {
    window.host.cabs?.stop();
    const root = enhance && document.querySelector(enhance);
    try {
      const all = { ...cabLinkOptions(config), getToken, ...options, ...(root ? { enhance: root } : {}) };
      window.host.cabs = await CabLink.start(all);
      return null;
    } catch (error) {
      return told(error);
    }
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

  /** Slices by the name a test gave them. */
  slices: new Map(),

  /** Asks for a list; what comes is kept under a name, for `next(name)` and `rest(name)`. */
  list(name, method, ...values) {
    return settled(window.host.cabs[method](...values).then((slice) => keep(name, slice)));
  },
  next: (name) => settled(window.host.slices.get(name).next().then((slice) => keep(name, slice))),

  /** All rows from this slice on, and why there are no more. */
  async rest(name) {
    const rows = [];
    try {
      for await (const row of window.host.slices.get(name)) rows.push(row);
      return { rows };
    } catch (error) {
      return { rows, error: told(error) };
    }
  },

  href(cab) {
    try {
      return window.host.cabs.href(cab);
    } catch (error) {
      return told(error);
    }
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
host.onAccountChange(show);
show();
