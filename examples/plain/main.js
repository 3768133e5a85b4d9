import init, { CabLink, msalToken } from "cablink";

const { auth, options } = await (await fetch("config.json")).json();
const pca = new msal.PublicClientApplication({ auth });
await Promise.all([pca.initialize(), init()]);
const cabs = await CabLink.start({ ...options, getToken: msalToken(pca), enhance: document.body });

document.querySelector("#sign-in").onclick = () => pca.loginPopup({ scopes: ["https://manage.devcenter.microsoft.com/.default"] });

const [form] = document.forms;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const list = document.querySelector("ul");
  try {
    const { rows } = await cabs.failureDetails(form.failure.value);
    list.replaceChildren(...rows.filter(({ cabIdHash }) => cabIdHash).map(({ cabIdHash }) => item(cabIdHash)));
  } catch ({ message, nextStep }) {
    list.textContent = `${message} ${nextStep ?? ""}`;
  }
});
document.querySelector("fieldset").disabled = false;

function item(id) {
  const line = document.createElement("li");
  line.append(Object.assign(document.createElement("a"), { href: cabs.href(id), textContent: id }));
  return line;
}
