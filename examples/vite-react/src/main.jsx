import { PublicClientApplication } from "@azure/msal-browser";
import init, { CabLink, msalToken } from "cablink";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

// Once for the page, not for a component: React may draw one more than once.
const { auth, options } = await (await fetch("/config.json")).json();
const pca = new PublicClientApplication({ auth });
await Promise.all([pca.initialize(), init()]);
const cabs = await CabLink.start({ ...options, getToken: msalToken(pca), enhance: document.body });

function Cabs() {
  const [{ rows, message, nextStep }, show] = useState({ rows: [] });
  const [who, setWho] = useState("");
  const ask = (event) => {
    event.preventDefault();
    cabs.failureDetails(event.target.failure.value).then(show, show);
  };
  // MSAL does not notice that a window was closed: another click gives it up for a new one. Who comes back downloads from then on.
  const signIn = async () => {
    try {
      const { account } = await pca.loginPopup({ scopes: options.scopes, prompt: "select_account", overrideInteractionInProgress: true });
      pca.setActiveAccount(account);
      setWho(account.username);
      show({ rows: [] });
    } catch (problem) {
      if (problem.errorCode !== "interaction_in_progress_cancelled") show(problem);
    }
  };
  return (
    <main>
      <h1>CABs</h1>
      <button id="sign-in" onClick={signIn}>Sign in</button> <output id="who">{who}</output>
      <form onSubmit={ask}>
        <label>Failure hash <input name="failure" size="36" required /></label> <button>Show CABs</button>
      </form>
      <p role="alert">{message} {nextStep}</p>
      <ul>
        {rows?.filter((row) => row.cabIdHash).map(({ cabIdHash: id }) => <li key={id}><a href={cabs.href(id)}>{id}</a></li>)}
      </ul>
    </main>
  );
}

createRoot(document.getElementById("root")).render(<StrictMode><Cabs /></StrictMode>);
