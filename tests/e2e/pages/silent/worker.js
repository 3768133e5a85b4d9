// Says hello as our worker does, and then never asks: navigations go past it to the server.
addEventListener("install", () => skipWaiting());
addEventListener("message", ({ data, ports }) => ports[0]?.postMessage({ cablink: data.cablink }));
