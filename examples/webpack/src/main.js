import { PublicClientApplication } from "@azure/msal-browser";
import init, { CabLink, msalToken } from "cablink";

const { auth, options } = await (await fetch("/config.json")).json();
const pca = new PublicClientApplication({ auth });
await Promise.all([pca.initialize(), init()]);
const cabs = await CabLink.start({ ...options, getToken: msalToken(pca), enhance: document.body });

const list = document.querySelector("ul");
const alert = document.querySelector("[role=alert]");
document.querySelector("#sign-in").onclick = signIn;

const [form] = document.forms;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const { rows } = await cabs.failureDetails(form.failure.value);
    alert.textContent = "";
    list.replaceChildren(...rows.filter(({ cabIdHash }) => cabIdHash).map(({ cabIdHash }) => item(cabIdHash)));
  } catch (problem) {
    tell(problem);
  }
});
document.querySelector("fieldset").disabled = false;

// MSAL does not notice that a window was closed: another click gives it up for a new one. Who comes back downloads from then on.
async function signIn() {
  try {
    const { account } = await pca.loginPopup({ scopes: options.scopes, prompt: "select_account", overrideInteractionInProgress: true });
    pca.setActiveAccount(account);
    document.querySelector("#who").textContent = account.username;
    alert.textContent = "";
    list.replaceChildren();
  } catch (problem) {
    if (problem.errorCode !== "interaction_in_progress_cancelled") tell(problem);
  }
}

function tell({ message, nextStep = "" }) {
  alert.textContent = `${message} ${nextStep}`;
  list.replaceChildren();
}

function item(id) {
  const line = document.createElement("li");
  line.append(Object.assign(document.createElement("a"), { href: cabs.href(id), textContent: id }));
  return line;
}
