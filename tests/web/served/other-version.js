// A worker of some other version of the portal.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("message", ({ ports }) => ports[0].postMessage({ cablink: 99 }));
