// Shows what cablink's doctor finds on this portal, for whoever sets it up or is asked for help.

import * as host from "./host.js";
import { cabLinkOptions, loadConfig } from "./config.js";
import { problemPanel } from "./panel.js";
import { asProblem } from "./problems.js";

const at = (id) => document.getElementById(id);
/** What is read out before each check; the colours only repeat it. */
const VERDICTS = { true: ["good", "Good"], false: ["bad", "To change"], null: ["open", "Not told"] };

let doctor;
let options;
let report;

async function start() {
  const button = at("check");
  try {
    const module = await import(new URL("pkg/doctor.js", import.meta.url).href);
    doctor = module.doctor;
    // Before the click, so that the click can still open a sign-in window.
    const [config] = await Promise.all([loadConfig(), module.prepare()]);
    options = { ...cabLinkOptions(config), getToken: () => Promise.reject(noSignIn()) };
    await signInPart(config);
  } catch (error) {
    tell(error);
  }
  button.textContent = "Check";
  button.disabled = !doctor;
}

/** The rest can be looked at without a sign-in, whatever is wrong with it. */
async function signInPart(config) {
  await host.initialise(config);
  const cablink = await import(new URL("pkg/cablink.js", import.meta.url).href);
  await cablink.default();
  options.getToken = cablink.msalToken(host.pca);
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

async function signIn() {
  at("problem").replaceChildren();
  try {
    await host.signIn({ popup: true });
  } catch (error) {
    tell(error);
  }
}

function say(text, busy = false) {
  const status = at("status");
  status.textContent = text;
  status.classList.toggle("busy", busy);
}

function tell(error) {
  at("problem").replaceChildren(problemPanel(asProblem(error), { alert: true }));
}

at("check").addEventListener("click", check);
at("copy").addEventListener("click", copy);
at("sign-in").addEventListener("click", signIn);
start();
