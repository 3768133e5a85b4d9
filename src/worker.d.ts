/**
 * The service worker is a plain script that exports nothing. It is served, at `/cablink/worker.js` unless the option
 * `worker` says otherwise, and never imported.
 */
export {};
