import { createHash, randomBytes } from "node:crypto";

import { CLIENT_ID, SCOPE } from "../known.mjs";

/**
 * Signs in the way a browser with MSAL does, by plain requests: for tests that need a token and no browser.
 * Keeps cookies, so that a second sign-in finds the session of the first.
 */
export class SignIn {
  #urls;
  #cookies = new Map();

  /** @param {{identity: string, portal: string}} urls */
  constructor(urls) {
    this.#urls = urls;
  }

  /** @returns {Promise<Record<string, any>>} the token endpoint's answer */
  async as(account, options = {}) {
    const { code, verifier } = await this.codeFor(account, options);
    const { body } = await this.token({
      grant_type: "authorization_code",
      code,
      code_verifier: verifier,
      redirect_uri: `${this.#urls.portal}/redirect.html`,
      scope: `openid profile offline_access ${SCOPE}`,
    });
    return body;
  }

  renew(refreshToken) {
    return this.token({
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      scope: `openid profile offline_access ${SCOPE}`,
    });
  }

  /**
   * Walks the authorization request to its end.
   *
   * @param {string | null} account null: only the session may answer
   * @param {Record<string, string>} [extra] parameters of the authorization request
   * @returns {Promise<{code?: string, error?: string, verifier: string, page?: string}>} `page` is the sign-in page,
   *   if there was one
   */
  async codeFor(account, extra = {}) {
    const verifier = randomBytes(32).toString("base64url");
    const request = new URL("/auth", this.#urls.identity);
    request.search = new URLSearchParams({
      client_id: CLIENT_ID,
      response_type: "code",
      redirect_uri: `${this.#urls.portal}/redirect.html`,
      scope: `openid profile offline_access ${SCOPE}`,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      state: "state of the test",
      ...extra,
    });

    let page;
    let response = await this.visit(request);
    for (;;) {
      const next = response.headers.get("location");
      if (next?.startsWith(this.#urls.portal)) {
        const answer = new URL(next).searchParams;
        return { code: answer.get("code") ?? undefined, error: answer.get("error") ?? undefined, verifier, page };
      }
      if (next) {
        response = await this.visit(new URL(next, response.url));
        continue;
      }
      const text = await response.text();
      const action = /<form method="post" action="([^"]+)">/.exec(text)?.[1];
      if (action?.endsWith("/session/end/confirm")) {
        // When another person signs in, the provider first ends the session, by a form that submits itself.
        response = await this.visit(action, { method: "POST", body: hiddenFields(text) });
        continue;
      }
      // A second page would mean that the click did not sign in.
      if (!action || page || account === null) throw new Error(`Unexpected page (${response.status}): ${text}`);
      page = text;
      const body = new URLSearchParams(account === "cancel" ? { cancel: "1" } : { account });
      response = await this.visit(new URL(action, response.url), { method: "POST", body });
    }
  }

  /** @returns {Promise<{status: number, body: Record<string, any>, headers: Headers}>} */
  async token(form) {
    const response = await fetch(`${this.#urls.identity}/token`, {
      method: "POST",
      headers: { origin: this.#urls.portal },
      body: new URLSearchParams({ client_id: CLIENT_ID, ...form }),
    });
    return { status: response.status, body: await response.json(), headers: response.headers };
  }

  /** One request with the cookies so far; redirects are left to the caller. */
  async visit(url, options = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie }, ...options });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
}

/** @returns {URLSearchParams} what the page's form would send without a click */
export function hiddenFields(page) {
  const fields = page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return new URLSearchParams([...fields].map(([, name, value]) => [name, value]));
}
