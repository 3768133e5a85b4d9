import { generateKeyPair, exportJWK, calculateJwkThumbprint } from "jose";

import { AUDIENCE, CLIENT_ID, PEOPLE, SCOPE, TENANT_ID } from "../known.mjs";

/** The package warns on Node 20, which it works on; the line would stand above every run's own output. */
async function importQuietly() {
  const warn = console.warn;
  console.warn = (...words) => {
    if (!String(words[0]).includes("Unsupported runtime")) warn(...words);
  };
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}

/**
 * A certified OpenID provider, set up to give an MSAL page what Entra ID would: an RS256 token for the Store
 * analytics API, a refresh token, and no question about consent.
 */
export async function createProvider({ issuer, portal, settings, store, pages }) {
  const [{ Provider, interactionPolicy }, signingKey] = await Promise.all([importQuietly(), newSigningKey()]);

  const policy = interactionPolicy.base();
  // MSAL pages ask for it, to let a person switch accounts; the package does not know it by itself.
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);

  const mayComeFrom = (origin) => origin === portal || settings.moreOrigins.includes(origin);
  const provider = new Provider(issuer, {
    adapter: store.Adapter,
    clients: [
      {
        client_id: CLIENT_ID,
        client_name: "CAB links",
        application_type: "web",
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: [`${portal}/redirect.html`, `${portal}/`],
        post_logout_redirect_uris: [`${portal}/redirect.html`, `${portal}/`],
        id_token_signed_response_alg: "RS256",
      },
    ],
    jwks: { keys: [signingKey] },
    scopes: ["openid", "profile", "email", "offline_access"],
    claims: { openid: ["sub", "oid", "tid"], profile: ["name", "preferred_username"], email: ["email"] },
    // MSAL reads the person's name from the id token and never asks the userinfo endpoint.
    conformIdTokenClaims: false,
    findAccount: (context, id) => (PEOPLE[id] ? { accountId: id, claims: () => claimsOf(id) } : undefined),
    extraTokenClaims: (context, token) => apiClaimsOf(token.accountId),
    pkce: { required: () => true },
    clientBasedCORS: (context, origin) => mayComeFrom(origin),
    issueRefreshToken: async (context, client, code) => {
      // The package drops offline_access unless a consent page was shown, and MSAL then fails at every renewal
      // with "refresh token missing requested scope".
      if (!code.scopes.has("offline_access")) code.scope += " offline_access";
      return true;
    },
    // With rotation, two tabs that renew at once would revoke each other's grant.
    rotateRefreshToken: false,
    expiresWithSession: async () => false,
    loadExistingGrant: grantEverything,
    ttl: {
      AccessToken: () => settings.accessTokenSeconds,
      IdToken: 3600,
      RefreshToken: 86_400,
      AuthorizationCode: 60,
      Interaction: 3600,
      Session: 86_400,
      Grant: 86_400,
    },
    cookies: { keys: ["loopback only"] },
    interactions: { policy, url: (context, interaction) => `/interaction/${interaction.uid}` },
    renderError: pages.renderError,
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: (context, client, oneOf) => oneOf ?? AUDIENCE,
        // Otherwise the openid scope would lead to an opaque token for the userinfo endpoint.
        useGrantedResource: async () => true,
        getResourceServerInfo: () => ({
          scope: SCOPE,
          audience: AUDIENCE,
          accessTokenFormat: "jwt",
          accessTokenTTL: settings.accessTokenSeconds,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.logoutSource },
    },
  });
  // Pages of other origins, as long as the settings name them; the list above is read once.
  for (const name of ["redirectUriAllowed", "postLogoutRedirectUriAllowed"]) {
    const asListed = provider.Client.prototype[name];
    provider.Client.prototype[name] = function allowed(uri) {
      return asListed.call(this, uri) || settings.moreOrigins.some((origin) => uri === `${origin}/redirect.html`);
    };
  }
  return provider;
}

/** New at every start: no private key lies on disk, and its own id tells it from the one before. */
async function newSigningKey() {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: "sig", alg: "RS256" };
}

/** In place of a consent page, so that one click signs in and a hidden frame can renew. */
async function grantEverything(context) {
  const { client, session, provider } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid profile email offline_access");
  grant.addResourceScope(AUDIENCE, SCOPE);
  await grant.save();
  return grant;
}

function claimsOf(id) {
  const { name, oid } = PEOPLE[id];
  const address = `${id}@contoso.example`;
  return { sub: id, oid, tid: TENANT_ID, name, preferred_username: address, email: address };
}

/** What Entra ID puts into a token for an API, as far as anybody here looks at it. */
function apiClaimsOf(id) {
  const { oid } = PEOPLE[id];
  return { oid, tid: TENANT_ID, upn: `${id}@contoso.example`, appid: CLIENT_ID, scp: "user_impersonation" };
}
