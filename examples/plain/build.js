// The worker answers for the folder it lies in: /cablink/.
import { cpSync } from "node:fs";

cpSync("node_modules/cablink/worker.js", "cablink/worker.js");
