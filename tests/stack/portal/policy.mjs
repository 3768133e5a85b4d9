/**
 * The Content-Security-Policy of every portal page: nothing inline, nothing from elsewhere, and frames only of our
 * own and, for the silent sign-in, of the identity provider. Storage is not in it: the frame that meets storage is
 * served by the worker with a policy of its own.
 */
export function portalPolicy({ identity, devcenter }) {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${identity} ${devcenter}`,
    `frame-src 'self' ${identity}`,
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types cablink",
  ].join("; ");
}
