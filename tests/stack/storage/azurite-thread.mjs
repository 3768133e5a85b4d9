import { createRequire } from "node:module";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";

// Azurite has no documented way to be embedded; these two classes are what its own command uses. Without the
// command's start-up code there is no telemetry either.
const require = createRequire(import.meta.url);
const { default: BlobServer } = require("azurite/dist/src/blob/BlobServer.js");
const { default: BlobConfiguration } = require("azurite/dist/src/blob/BlobConfiguration.js");

const { folder, port } = workerData;
const WRITES_AT_ONCE = 50;
const KEEP_ALIVE_SECONDS = 5;
const configuration = new BlobConfiguration(
  "127.0.0.1",
  port,
  KEEP_ALIVE_SECONDS,
  join(folder, "blobs.json"),
  join(folder, "extents.json"),
  [{ locationId: "Default", locationPath: join(folder, "extents"), maxConcurrency: WRITES_AT_ONCE }],
  false, // no access log
  undefined,
  false, // no debug log
  undefined,
  false, // refuse what Azurite does not know
  true, // the client library may be newer than the API version that Azurite lists
);
const server = new BlobServer(configuration);

parentPort.on("message", async (message) => {
  if (message !== "close") return;
  await server.close();
  parentPort.postMessage({ closed: true });
  parentPort.close();
});

try {
  await server.start();
  parentPort.postMessage({ origin: server.getHttpServerAddress() });
} catch (error) {
  parentPort.postMessage({ problem: { message: error.message, code: error.code } });
}
