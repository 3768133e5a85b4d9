import { cpSync } from "node:fs";
import react from "@vitejs/plugin-react";

// The worker answers for the folder it lies in: /cablink/. Vite serves and copies public/ as it is.
cpSync("node_modules/cablink/worker.js", "public/cablink/worker.js");

export default {
  plugins: [react()],
  // While developing, Vite moves packages together into files of its own; cablink would not find its wasm from there.
  optimizeDeps: { exclude: ["cablink"] },
  build: { rollupOptions: { input: ["index.html", "redirect.html"] } },
};
