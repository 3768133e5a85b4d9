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
  "of MSAL": fromMsal,
  "no window": msalToken(host.pca, { interactive: "none" }),
  throws: () => {
    throw new Error("Not today.");
  },
  "gives an object": () => ({ accessToken: "an object" }),
  "never answers": () => new Promise(() => {}),
  /** As a page that nobody is signed in to. */
  "gives any token": () => "any-token",
  /** Gives only when the test says so, by `window.host.give()`. */
  "gives when told": () => new Promise((resolve) => (window.host.give = () => resolve(fromMsal({ scopes: config.scopes })))),
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

function itself() {
  const list = [];
  list.push(list, list);
  return list;
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
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

  /**
   * Starts with the portal's settings, changed by `options`. A selector may stand for `enhance`, the name of a function
   * above for `getToken`.
   */
  async start({ enhance, getToken: given, ...options } = {}) {
    window.host.cabs?.stop();
    const root = enhance && document.querySelector(enhance);
    try {
      const all = {
        ...cabLinkOptions(config),
        getToken: (typeof given === "string" ? tokenFunctions[given] : given) ?? getToken,
        ...options,
        ...(root ? { enhance: root } : {}),
      };
      window.host.cabs = await CabLink.start(all);
      return null;
    } catch (error) {
      return told(error);
    }
  },

  /** Starts another beside it, for a link of its own, and counts from then on how often the worker is greeted. */
  async startAnother(selector) {
    const root = document.querySelector(selector);
    await CabLink.start({ ...cabLinkOptions(config), getToken, enhance: root });
    window.host.greetings = 0;
    const { postMessage } = ServiceWorker.prototype;
    ServiceWorker.prototype.postMessage = function (...values) {
      window.host.greetings += 1;
      return postMessage.apply(this, values);
    };
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
  begin(name, cab, selector) {
    const controller = new AbortController();
    window.host.controllers.set(name, controller);
    const link = selector && document.querySelector(selector);
    named.set(name, settled(window.host.cabs.download(cab, { signal: controller.signal, link })));
  },
  abort: (name) => window.host.controllers.get(name).abort(),
  outcome: (name) => named.get(name),

  /** Slices by the name a test gave them. */
  slices: new Map(),

  /** Asks for a list; what comes is kept under a name, for `next(name)` and `rest(name)`. */
  list(name, method, ...values) {
    return settled(window.host.cabs[method](...values).then((slice) => keep(name, slice)));
  },
  /** Starts the download of a CAB of a kept slice, for `outcome(name)` and `abort(name)`. */
  beginOf(slice, id, name = id) {
    const controller = new AbortController();
    window.host.controllers.set(name, controller);
    named.set(name, settled(window.host.slices.get(slice).download(id, { signal: controller.signal })));
  },
  downloadOf(slice, id) {
    return settled(window.host.slices.get(slice).download(id));
  },

  /** How lists end whose queries no test can send from outside: values that throw, dates, and of no kind. */
  oddLists() {
    const throws = () => {
      throw new Error("thrown by a value");
    };
    const day = (ago) => new Date(Date.now() - ago * 86_400_000);
    const queries = {
      getter: { get top() { return throws(); } },
      proxy: { top: new Proxy({}, { get: throws, ownKeys: throws }) },
      revoked: { filter: revoked() },
      noDate: { startDate: new Date(Number.NaN) },
      manyItems: { filter: Array(5000).fill("x") },
      itself: { filter: itself() },
      bigint: { top: 7n },
      symbol: { top: Symbol("7") },
      function: () => {},
      days: { startDate: day(5), endDate: day(0) },
      undefined: undefined,
      null: null,
    };
    const ends = Object.entries(queries).map(async ([name, query]) => {
      const { error } = await settled(window.host.cabs.failureHits(query));
      return [name, error ? error.code ?? error.text : "rows"];
    });
    return Promise.all(ends);
  },

  /** How a list ends for tokens of every odd kind. */
  oddTokens() {
    const kinds = {
      throws: () => { throw new Error("no"); },
      signIn: () => Promise.reject(Object.assign(new Error("x"), { errorCode: "interaction_required" })),
      lines: () => "two\nlines",
      number: () => 7,
      never: () => new Promise(() => {}),
    };
    const ends = Object.entries(kinds).map(async ([name, odd]) => {
      const cabs = await CabLink.start({ ...cabLinkOptions(config), getToken: odd, ...(name === "never" ? { deadlineMs: 1_500 } : {}) });
      const { error } = await settled(cabs.failureHits());
      cabs.stop();
      return [name, error?.code, error?.message];
    });
    return Promise.all(ends);
  },

  /** What rows from a service may do to a page: nothing. */
  async showRows() {
    const slice = await window.host.cabs.failureHits();
    document.body.append(...slice.rows.map(({ failureName }) => failureName ?? ""));
    return {
      json: JSON.stringify(slice),
      polluted: {}.polluted ?? null,
      usualPrototype: Object.getPrototypeOf(slice.rows[0]) === Object.prototype,
      title: document.title,
      images: document.images.length,
    };
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
button("switch")?.addEventListener("click", () => host.signIn().catch(() => {}));
host.onAccountChange(show);
show();
