import { cpSync } from "node:fs";
import react from "@vitejs/plugin-react";

// The worker answers for the folder it lies in: /cablink/. Vite serves and copies public/ as it is.
cpSync("node_modules/cablink/worker.js", "public/cablink/worker.js");

// The relay while developing, for `vite` and `vite preview`. A site needs one of its own.
const proxy = {
  "/devcenter/": {
    target: "https://manage.devcenter.microsoft.com",
    changeOrigin: true,
    headers: { cookie: "" },
    rewrite: (path) => path.replace("/devcenter/", "/v1.0/my/analytics/"),
  },
};

export default {
  plugins: [react()],
  server: { proxy },
  preview: { proxy },
  // Vite 7 and older, while developing, move packages into files of their own; cablink would not find its wasm from there.
  optimizeDeps: { exclude: ["cablink"] },
  build: { rollupOptions: { input: ["index.html", "redirect.html"] } },
};
