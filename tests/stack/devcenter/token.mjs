import { createRemoteJWKSet, jwtVerify } from "jose";

import { AUDIENCE } from "../known.mjs";

/**
 * @param {string} issuer origin of the identity provider
 * @returns {(authorization: string | undefined) => Promise<string | undefined>} a sentence when the header is refused
 */
export function tokenVerifier(issuer) {
  const keys = createRemoteJWKSet(new URL("/jwks", issuer));
  return async (authorization) => {
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) return "The request carries no bearer token.";
    try {
      await jwtVerify(token, keys, { issuer, audience: AUDIENCE, algorithms: ["RS256"], typ: "at+jwt" });
      return undefined;
    } catch (error) {
      // The code names the reason; the message could quote the token's content.
      return `The token was refused (${error.code ?? "unreadable"}).`;
    }
  };
}
