/**
 * CORS headers by the setting of this moment. Nothing public says that the real service sends any; that is the default.
 *
 * @returns {Record<string, string>} empty when this request gets none
 */
export function corsHeaders({ cors, corsExpose }, request) {
  const { origin } = request.headers;
  const allowed = cors === "*" ? "*" : Array.isArray(cors) && cors.includes(origin) ? origin : undefined;
  if (allowed === undefined) return {};
  return {
    "access-control-allow-origin": allowed,
    ...(allowed === "*" ? {} : { vary: "origin" }),
    ...(request.method === "OPTIONS"
      ? { "access-control-allow-methods": "GET", "access-control-allow-headers": "authorization, accept" }
      : corsExpose
        ? { "access-control-expose-headers": "Retry-After, WWW-Authenticate" }
        : {}),
  };
}
