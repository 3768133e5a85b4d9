import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";

import { AUDIENCE, CLIENT_ID, PEOPLE, SCOPE, TENANT_ID } from "../known.mjs";
import { startTestStack } from "../stack-for-tests.mjs";
import { SignIn, hiddenFields } from "./sign-in.mjs";

let stack;
before(async () => {
  stack = await startTestStack();
});
after(() => stack?.close());
afterEach(() => stack.control.reset());

test("one click on a name gives a token that the provider's keys verify", async () => {
  const { access_token, id_token, refresh_token, expires_in } = await new SignIn(stack.urls).as("alice");

  const keys = createRemoteJWKSet(new URL(`${stack.urls.identity}/jwks`));
  const { payload, protectedHeader } = await jwtVerify(access_token, keys, {
    issuer: stack.urls.identity,
    audience: AUDIENCE,
    algorithms: ["RS256"],
    typ: "at+jwt",
  });
  assert.equal(protectedHeader.alg, "RS256");
  assert.equal(payload.scope, SCOPE);
  assert.equal(payload.oid, PEOPLE.alice.oid);
  assert.equal(expires_in, 3600);
  assert.ok(refresh_token);

  const identity = decodeJwt(id_token);
  assert.equal(identity.name, "Alice");
  assert.equal(identity.preferred_username, "alice@contoso.example");
  assert.equal(identity.tid, TENANT_ID);
});

test("the sign-in page names three people and runs under a strict policy", async () => {
  const signIn = new SignIn(stack.urls);
  const { page } = await signIn.codeFor("bob");
  for (const { name } of Object.values(PEOPLE)) assert.match(page, new RegExp(`<button type="submit"[^>]*>${name}</button>`));
  assert.doesNotMatch(page, /<style|<script|style="|onclick/);

  const other = new SignIn(stack.urls);
  const first = await other.visit(`${stack.urls.identity}/auth?${new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: "code",
    redirect_uri: `${stack.urls.portal}/`,
    scope: "openid",
    code_challenge: "x".repeat(43),
    code_challenge_method: "S256",
  })}`);
  const shown = await other.visit(new URL(first.headers.get("location"), stack.urls.identity));
  assert.match(shown.headers.get("content-security-policy"), /default-src 'none'/);
  const style = await fetch(`${stack.urls.identity}/sign-in.css`);
  assert.match(style.headers.get("content-type"), /^text\/css/);
});

test("a session answers without a page, for the same person", async () => {
  const signIn = new SignIn(stack.urls);
  await signIn.as("carol");
  const { code, page } = await signIn.codeFor(null, { prompt: "none" });
  assert.ok(code);
  assert.equal(page, undefined);
});

test("select_account shows the page in spite of a session, and another person can be chosen", async () => {
  const signIn = new SignIn(stack.urls);
  await signIn.as("carol");
  const { page, code } = await signIn.codeFor("bob", { prompt: "select_account" });
  assert.ok(page);
  assert.ok(code);
  const { id_token } = await signIn.as(null, { prompt: "none" });
  assert.equal(decodeJwt(id_token).sub, "bob");
});

test("cancelling is access_denied", async () => {
  const { error, code } = await new SignIn(stack.urls).codeFor("cancel");
  assert.equal(error, "access_denied");
  assert.equal(code, undefined);
});

test("autoLogin signs in without a click", async () => {
  await stack.control.set({ autoLogin: "bob" });
  const { code, page } = await new SignIn(stack.urls).codeFor(null);
  assert.ok(code);
  assert.equal(page, undefined);
});

test("a refresh token renews more than once, and the portal's origin may read the answer", async () => {
  const signIn = new SignIn(stack.urls);
  const { refresh_token, access_token } = await signIn.as("alice");
  for (let time = 1; time <= 2; time += 1) {
    const { status, body, headers } = await signIn.renew(refresh_token);
    assert.equal(status, 200);
    assert.notEqual(body.access_token, access_token);
    assert.equal(headers.get("access-control-allow-origin"), stack.urls.portal);
  }
});

test("the life of a token follows accessTokenSeconds", async () => {
  const signIn = new SignIn(stack.urls);
  await stack.control.set({ accessTokenSeconds: 7 });
  const { access_token, refresh_token, expires_in } = await signIn.as("alice");
  const { iat, exp } = decodeJwt(access_token);
  assert.equal(exp - iat, 7);
  assert.equal(expires_in, 7);

  await stack.control.set({ accessTokenSeconds: 9 });
  const renewed = decodeJwt((await signIn.renew(refresh_token)).body.access_token);
  assert.equal(renewed.exp - renewed.iat, 9);
});

test("refuseRefresh makes renewal fail with invalid_grant, and only while it is set", async () => {
  const signIn = new SignIn(stack.urls);
  const { refresh_token } = await signIn.as("alice");
  await stack.control.set({ refuseRefresh: true });
  const refused = await signIn.renew(refresh_token);
  assert.equal(refused.status, 400);
  assert.equal(refused.body.error, "invalid_grant");
  await stack.control.set({ refuseRefresh: false });
  assert.equal((await signIn.renew(refresh_token)).status, 200);
});

test("endSessions leaves a silent sign-in with login_required", async () => {
  const signIn = new SignIn(stack.urls);
  await signIn.as("alice");
  await stack.control.endSessions();
  assert.equal((await signIn.codeFor(null, { prompt: "none" })).error, "login_required");
  assert.ok((await signIn.codeFor("alice")).code, "a click signs in again");
});

test("a fault at token is readable for the portal and used up", async () => {
  const signIn = new SignIn(stack.urls);
  const { refresh_token } = await signIn.as("alice");
  await stack.control.fault({ at: "token", status: 400, body: '{"error":"interaction_required"}', contentType: "application/json", times: 1 });
  const refused = await signIn.renew(refresh_token);
  assert.equal(refused.body.error, "interaction_required");
  assert.equal(refused.headers.get("access-control-allow-origin"), stack.urls.portal);
  assert.equal((await signIn.renew(refresh_token)).status, 200);
});

test("a redirect address that is not registered is refused on a page of the provider", async () => {
  const response = await fetch(
    `${stack.urls.identity}/auth?${new URLSearchParams({
      client_id: CLIENT_ID,
      response_type: "code",
      redirect_uri: "http://localhost:1/<b>",
      scope: "openid",
    })}`,
  );
  assert.equal(response.status, 400);
  const page = await response.text();
  assert.match(page, /This did not work/);
  // What a person who develops a page against the stack has to do.
  assert.match(page, /cargo xtask stack --page &#60;its origin&#62;/);
  assert.doesNotMatch(page, /<b>/);
});

test("a page of another origin signs people in as long as the settings name it", async () => {
  const elsewhere = { ...stack.urls, portal: "http://localhost:1" };
  await stack.control.set({ moreOrigins: [elsewhere.portal] });
  assert.ok((await new SignIn(elsewhere).as("alice")).access_token);
  await assert.rejects(stack.control.set({ moreOrigins: ["http://localhost:1/redirect.html"] }), /moreOrigins must be a list of origins/);
  await stack.control.set({ moreOrigins: [] });
  await assert.rejects(new SignIn(elsewhere).as("alice"));
});

test("signing out as MSAL does leads back to the portal by one form, and ends the session", async () => {
  const signIn = new SignIn(stack.urls);
  await signIn.as("alice");
  const target = `${stack.urls.portal}/redirect.html`;
  const asked = await signIn.visit(
    `${stack.urls.identity}/session/end?${new URLSearchParams({ post_logout_redirect_uri: target })}`,
  );
  const page = await asked.text();
  assert.match(page, /<script src="\/submit.js" defer><\/script>/);
  const [, action] = /<form[^>]* action="([^"]+)"/.exec(page);
  const body = hiddenFields(page);
  const done = await signIn.visit(new URL(action, stack.urls.identity), { method: "POST", body });
  assert.equal(done.headers.get("location"), target);
  assert.equal((await signIn.codeFor(null, { prompt: "none" })).error, "login_required");
});

test("what the log keeps of a sign-in holds no token and no code", async () => {
  const signIn = new SignIn(stack.urls);
  const { access_token, refresh_token, id_token } = await signIn.as("alice");
  const { code } = await signIn.codeFor(null, { prompt: "none" });
  await fetch(`${stack.urls.identity}/session/end?id_token_hint=${id_token}&code=${code}`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  const { requests } = await stack.control.look();
  const log = JSON.stringify(requests);
  for (const secret of [access_token, refresh_token, id_token, code]) assert.ok(!log.includes(secret));
  const { tokens } = await stack.control.secrets();
  for (const secret of [access_token, refresh_token, id_token]) assert.ok(tokens.includes(secret));
});
