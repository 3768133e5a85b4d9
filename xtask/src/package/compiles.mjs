// One line for each file that is no module of wasm, with what is wrong in the engine's words.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

for (const path of process.argv.slice(1)) {
  try {
    new WebAssembly.Module(readFileSync(path));
  } catch (error) {
    console.log(`${basename(path)}: ${error.message}`);
  }
}
