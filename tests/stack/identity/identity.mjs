import { CLIENT_ID, PEOPLE } from "../known.mjs";
import { provoke } from "../control/provoke.mjs";
import { identityPages } from "./pages.mjs";
import { createProvider } from "./provider.mjs";
import { Store } from "./store.mjs";

/**
 * Sign-in and tokens.
 * @returns {Promise<{handler: import("node:http").RequestListener, endSessions: () => void}>}
 */
export async function createIdentity(stack) {
  const { urls, settings } = stack;
  const pages = identityPages(urls.portal, settings);
  const store = new Store(settings);
  const provider = await createProvider({ issuer: urls.identity, portal: urls.portal, settings, store, pages });
  provider.on("server_error", (context, error) => stack.complain("identity", error));
  provider.use(async (context, next) => {
    await next();
    if (context.path !== "/token" || !context.body) return;
    for (const name of ["access_token", "id_token", "refresh_token"]) stack.secrets.addToken(context.body[name]);
  });
  const providerHandler = provider.callback();

  async function interact(uid, request, response) {
    // Throws when the cookie of this sign-in is missing or another one's.
    const details = await provider.interactionDetails(request, response);
    if (details.uid !== uid) throw new Error("another sign-in is under way in this browser");
    if (request.method === "POST") {
      const form = await readForm(request);
      const account = form.get("account");
      if (form.has("cancel")) return finish(request, response, refusal());
      if (Object.hasOwn(PEOPLE, account ?? "")) return finish(request, response, signedIn(account));
      return sendPage(response, 400, pages.problem("There is no such account."));
    }
    if (settings.autoLogin !== null) return finish(request, response, signedIn(settings.autoLogin));
    return sendPage(response, 200, pages.signIn(uid));
  }

  function finish(request, response, result) {
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  }

  function sendPage(response, status, html) {
    response.writeHead(status, { "content-type": "text/html; charset=utf-8", ...pages.headers });
    response.end(html);
  }

  async function answer(request, response) {
    const url = new URL(request.url, urls.identity);
    const file = Object.hasOwn(pages.files, url.pathname) ? pages.files[url.pathname] : undefined;
    if (file) {
      response.writeHead(200, { "content-type": file.type, "x-content-type-options": "nosniff" });
      return response.end(file.body);
    }
    const interaction = /^\/interaction\/([\w-]+)$/.exec(url.pathname);
    if (interaction) {
      try {
        return await interact(interaction[1], request, response);
      } catch (error) {
        return sendPage(response, 400, pages.problem(`This sign-in is over (${error.message}). Start again from the portal.`));
      }
    }
    if (url.pathname === "/token" && request.method === "POST") {
      // A page that may not read the answer would see a CORS error instead of the fault.
      response.setHeader("access-control-allow-origin", urls.portal);
      const usualBody = (status) => ({
        contentType: "application/json",
        body: JSON.stringify({ error: status < 500 ? "invalid_grant" : "server_error" }),
      });
      if (await provoke(stack, { at: "token", request, response, usualBody })) return undefined;
      response.removeHeader("access-control-allow-origin");
    }
    if (url.pathname === "/session/end" && !url.searchParams.has("client_id") && !url.searchParams.has("id_token_hint")) {
      // MSAL names neither, and the provider then would not lead back to the portal.
      url.searchParams.set("client_id", CLIENT_ID);
      request.url = url.pathname + url.search;
    }
    return providerHandler(request, response);
  }

  return {
    endSessions: () => store.endSessions(),
    handler(request, response) {
      stack.requests.record("identity", request, response);
      answer(request, response).catch((error) => {
        stack.complain("identity", error);
        response.destroy();
      });
    },
  };
}

function signedIn(account) {
  return { login: { accountId: account, remember: true }, select_account: {} };
}

function refusal() {
  return { error: "access_denied", error_description: "The sign-in was cancelled." };
}

async function readForm(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
