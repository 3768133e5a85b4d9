// A host's own worker for the whole site: it answers every request by asking the server itself.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.respondWith(fetch(event.request)));
addEventListener("message", ({ ports }) => ports[0]?.postMessage("a host's own"));
