import CopyPlugin from "copy-webpack-plugin";

export default {
  mode: "production",
  entry: { main: "./src/main.js", redirect: "./src/redirect.js" },
  // For a policy with Trusted Types: webpack loads the module of the lists by a script element. Add its name, "webpack".
  output: { clean: true, trustedTypes: "webpack" },
  // The worker answers for the folder it lies in: /cablink/.
  plugins: [new CopyPlugin({ patterns: ["public", { from: "node_modules/cablink/worker.js", to: "cablink/" }] })],
};
