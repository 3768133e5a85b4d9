// Shows what cablink's doctor finds on this portal, for whoever sets it up or is asked for help.

import { cabLinkOptions, loadConfig } from "./config.js";
import { RELOAD, at, loadCablink, startHost, tokenFunction, waysOutOf } from "./page.js";
import { problemPanel } from "./panel.js";
import { PortalProblem, asProblem } from "./problems.js";

/** What is read out before each check; the colours only repeat it. */
const VERDICTS = { true: ["good", "Good"], false: ["bad", "To change"], null: ["open", "Not told"] };

/** The module that knows who is signed in. */
let host;
let doctor;
let options;
let report;

async function start() {
  const button = at("check");
  try {
    const module = await loadDoctor();
    doctor = module.doctor;
    // Before the click, so that the click can still open a sign-in window.
    const [config] = await Promise.all([loadConfig(), module.prepare()]);
    options = { ...cabLinkOptions(config), getToken: () => Promise.reject(noSignIn()) };
    await signInPart(config);
  } catch (error) {
    tell(error, [RELOAD]);
  }
  button.textContent = "Check";
  // Without the settings there is nothing to check against.
  button.disabled = !options;
}

async function loadDoctor() {
  try {
    return await import(new URL("pkg/doctor.js", import.meta.url).href);
  } catch {
    throw new PortalProblem("download_script");
  }
}

/** The rest can be looked at without a sign-in, whatever is wrong with it. */
async function signInPart(config) {
  host = await startHost(config);
  options.getToken = tokenFunction(host, await loadCablink());
  const show = () => {
    at("sign-in").hidden = host.account() !== null;
  };
  host.onAccountChange(show);
  show();
}

const noSignIn = () => Object.assign(new Error("No sign-in."), { errorCode: "no_account_error" });

async function check() {
  const button = at("check");
  if (button.getAttribute("aria-disabled") === "true") return;
  // Not `disabled`: whoever pressed it by keyboard would lose the place.
  button.setAttribute("aria-disabled", "true");
  at("problem").replaceChildren();
  say("Looking…", true);
  try {
    report = await doctor(options);
    at("checks").replaceChildren(...inOrder(report.checks).map(row));
    const wrong = report.checks.filter(({ ok }) => ok === false).length;
    say(wrong === 0 ? "Nothing is known to be wrong." : `${wrong} to change.`);
    at("copy").hidden = false;
  } catch (error) {
    say("");
    tell(error);
  }
  button.removeAttribute("aria-disabled");
  button.textContent = "Check again";
}

/** What is to change comes first, then what could not be told; else as in the report. */
function inOrder(checks) {
  const place = ({ ok }) => [false, null, true].indexOf(ok);
  return [...checks].sort((one, other) => place(one) - place(other));
}

function row({ name, ok, found, change }) {
  const [kind, verdict] = VERDICTS[String(ok)];
  const item = element("li", `doctor-check doctor-${kind}`);
  const head = element("p", "doctor-head");
  head.append(element("strong", "doctor-verdict", verdict), " ", element("code", "", name));
  item.append(head, element("p", "doctor-found", found));
  if (change) {
    const line = element("p", "doctor-change", "Change: ");
    line.append(element("code", "", change));
    item.append(line);
  }
  return item;
}

function element(kind, name, text = "") {
  const made = document.createElement(kind);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(String(report));
    say("Copied.");
  } catch {
    say("The browser does not let this page copy: select the report instead.");
  }
}

async function signIn(how) {
  at("problem").replaceChildren();
  try {
    await host.signIn(how);
  } catch (error) {
    const problem = asProblem(error, "sign_in_failed");
    tell(problem, waysOutOf(problem, signIn));
  }
}

function say(text, busy = false) {
  const status = at("status");
  status.textContent = text;
  status.classList.toggle("busy", busy);
}

function tell(error, actions = []) {
  at("problem").replaceChildren(problemPanel(asProblem(error), { alert: true, actions }));
}

at("check").addEventListener("click", check);
at("copy").addEventListener("click", copy);
at("sign-in").addEventListener("click", () => signIn({ popup: true }));
start();
