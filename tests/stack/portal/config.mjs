import { APPLICATION_ID, CLIENT_ID, OTHER_APPLICATION_ID, SCOPE, TENANT_ID } from "../known.mjs";

/**
 * What the portal reads from `/config.json`. Only `authorityMetadata` is peculiar to a provider on this machine: MSAL
 * takes the endpoints from it and never contacts the authority, whose name stays that of Entra ID.
 *
 * @param {{identity: string, storage: string}} urls
 * @param {object | null} changes from the control endpoint
 */
export function portalConfig({ identity, storage }, changes) {
  return {
    clientId: CLIENT_ID,
    authority: `https://login.microsoftonline.com/${TENANT_ID}`,
    endpoint: "/devcenter/",
    storage: [storage],
    scopes: [SCOPE],
    authorityMetadata: {
      issuer: identity,
      authorization_endpoint: `${identity}/auth`,
      token_endpoint: `${identity}/token`,
      end_session_endpoint: `${identity}/session/end`,
      jwks_uri: `${identity}/jwks`,
    },
    knownAuthorities: [],
    products: [
      { id: APPLICATION_ID, name: "Contoso drivers" },
      { id: OTHER_APPLICATION_ID, name: "Contoso drivers, next generation" },
    ],
    ...changes,
  };
}

/**
 * The same for a page that somebody develops against the stack, in the form that the examples read: MSAL's `auth`, and the
 * options of `CabLink.start`.
 *
 * @param {{identity: string, storage: string}} urls
 */
export function pageConfig(urls) {
  const { clientId, authority, authorityMetadata, endpoint, storage, scopes } = portalConfig(urls, null);
  const auth = { clientId, authority, redirectUri: "/redirect.html", authorityMetadata: JSON.stringify(authorityMetadata) };
  return { auth, options: { endpoint, storage, scopes } };
}
