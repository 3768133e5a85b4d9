// Steps that a test calls as `window.host.<name>`, as in host-page.js.

import { doctor } from "/pkg/doctor.js";

const base64url = (text) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Token functions that a test asks for by name, as it can pass no function. */
const tokenFunctions = {
  throws: () => {
    throw new Error("Not today.");
  },
  "gives an object": () => ({ accessToken: "an object" }),
  "never answers": () => new Promise(() => {}),
  "wants a person": () => Promise.reject(Object.assign(new Error("x"), { errorCode: "interaction_required" })),
};

function told(error) {
  return { name: error?.name, code: error?.code, text: String(error) };
}

const ended = (promise) => promise.then(
  (report) => ({ ok: report.ok, checks: report.checks, text: String(report), json: JSON.stringify(report) }),
  (error) => ({ error: told(error) }),
);

window.host = {
  cabs: undefined,
  /** How often a token was asked for. */
  asked: 0,
  /** The options of a test, whose token is a text, claims of a token that nobody signed, or a function's name. */
  options({ token, claims, from, ...options }) {
    const given = claims ? `${base64url('{"alg":"none"}')}.${base64url(JSON.stringify(claims))}.c2ln` : token;
    const getToken = tokenFunctions[from] ?? (() => given);
    return { endpoint: "/devcenter/", ...options, getToken: (want) => ((window.host.asked += 1), getToken(want)) };
  },

  async doctor(given) {
    const told = await ended(doctor(window.host.options(given)));
    document.getElementById("report").textContent = `${told.text}\n${told.json}`;
    return told;
  },
  /** Two at the same time. */
  twice: (given) => Promise.all([window.host.doctor(given), window.host.doctor(given)]),
  /** One whose signal is none, one that is aborted before, one that is aborted while it runs. */
  ended(given) {
    const during = new AbortController();
    const all = [{}, AbortSignal.abort(), during.signal].map((signal) => ended(doctor(window.host.options(given), { signal })));
    setTimeout(() => during.abort());
    return Promise.all(all);
  },
  /**
   * Examinations whose own wasm does not come: two that are ended by a signal, one by the time, which passes at once here.
   */
  async unloaded(given) {
    const { fetch, setTimeout } = window;
    window.fetch = () => new Promise(() => {});
    const during = new AbortController();
    const options = window.host.options(given);
    const aborted = [AbortSignal.abort(), during.signal].map((signal) => ended(doctor(options, { signal })));
    during.abort();
    const ends = await Promise.all(aborted);
    window.setTimeout = (call, ms, ...rest) => setTimeout(call, ms === 30_000 ? 0 : ms, ...rest);
    ends.push(await ended(doctor(options)));
    Object.assign(window, { fetch, setTimeout });
    return ends;
  },
  /** A policy that only reports is violated while the doctor's own wasm fails to load. */
  async reported(given) {
    const { fetch } = window;
    window.fetch = () => {
      const told = { disposition: "report", effectiveDirective: "script-src", documentURI: location.href, violatedDirective: "script-src", originalPolicy: "", statusCode: 200 };
      document.dispatchEvent(new SecurityPolicyViolationEvent("securitypolicyviolation", told));
      return Promise.reject(new TypeError("offline"));
    };
    const end = await ended(doctor(window.host.options(given)));
    window.fetch = fetch;
    return end;
  },
  /** As it is given here, in place of the options. */
  doctorOf: (value) => ended(doctor(value)),

  async start(given) {
    const module = await import("/pkg/cablink.js");
    await module.default();
    try {
      window.host.cabs = await module.CabLink.start(window.host.options(given));
      return null;
    } catch (error) {
      return told(error);
    }
  },
  download: (cab) => window.host.cabs.download(cab).then((result) => ({ result }), (error) => ({ error: told(error) })),

  /** A style sheet of the host's. */
  style(href) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    const loaded = new Promise((resolve) => (link.onload = resolve));
    document.head.append(link);
    return loaded.then(() => true);
  },
};
