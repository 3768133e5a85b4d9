// A worker that loads but refuses to be installed.
self.addEventListener("install", (event) => event.waitUntil(Promise.reject(new Error("on purpose"))));
