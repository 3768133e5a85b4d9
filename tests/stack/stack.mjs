import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { controlHandler } from "./control/control.mjs";
import { Faults } from "./control/faults.mjs";
import { RequestLog } from "./control/requests.mjs";
import { Secrets } from "./control/secrets.mjs";
import { defaultSettings } from "./control/settings.mjs";
import { Waits } from "./control/waits.mjs";
import { Catalog } from "./devcenter/catalog.mjs";
import { devcenterHandler } from "./devcenter/devcenter.mjs";
import { createIdentity } from "./identity/identity.mjs";
import { portalHandler } from "./portal/portal.mjs";
import { PORTS, openPort } from "./ports.mjs";
import { startAzurite } from "./storage/azurite.mjs";
import { Blobs } from "./storage/blobs.mjs";
import { readCabFiles } from "./storage/cab-files.mjs";
import { storageHandler } from "./storage/proxy.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Starts every server.
 *
 * @param {object} [options]
 * @param {Partial<typeof PORTS>} [options.ports] 0 for any
 * @param {string} [options.cabFolder] what `tests/stack/cabs` wrote
 * @param {string} [options.dataFolder] where Azurite keeps its data; no two stacks may share one
 * @param {boolean} [options.uploadFirst] false: a CAB file is uploaded when it is first asked for
 * @param {{seed?: number, occurrences?: number, now?: () => Date}} [options.catalog] how the lists are made
 * @param {string[]} [options.pages] origins that may sign in besides the portal: the setting `moreOrigins`
 * @param {(record: object) => void} [options.onRequest] called after each answer
 * @returns {Promise<{urls: Record<"portal" | "identity" | "devcenter" | "storage" | "control", string>, close: () => Promise<void>}>}
 */
export async function startStack(options = {}) {
  const {
    ports = {},
    cabFolder = join(ROOT, "target", "stack", "cabs"),
    dataFolder = join(ROOT, "target", "stack", "azurite"),
    uploadFirst = true,
    catalog = {},
    pages = [],
    onRequest,
    www = join(ROOT, "www"),
    pkg = join(ROOT, "pkg"),
  } = options;

  const closers = [];
  let closing;
  const close = () => {
    // In the reverse order of the start; several callers wait for the same end.
    closing ??= (async () => {
      for (const closer of closers.reverse()) await closer();
    })();
    return closing;
  };

  try {
    const files = await readCabFiles(cabFolder);
    // All ports before anything slow, so that a taken one is told at once.
    const open = {};
    for (const part of ["portal", "identity", "devcenter", "storage", "control"]) {
      open[part] = await openPort(part, ports[part] ?? PORTS[part]);
      closers.push(open[part].close);
    }
    const stack = {
      urls: Object.fromEntries(Object.entries(open).map(([part, { origin }]) => [part, origin])),
      pages,
      settings: { ...defaultSettings(), moreOrigins: [...pages] },
      faults: new Faults(),
      requests: new RequestLog(onRequest),
      secrets: new Secrets(),
      waits: new Waits(),
      catalog: new Catalog({ ...catalog, cabFiles: files }),
      complain(part, error) {
        console.error(`${part}: ${error?.stack ?? error}`);
      },
    };
    closers.push(async () => stack.waits.cancelAll());

    const azurite = startAzurite({ folder: dataFolder, port: ports.azurite ?? PORTS.azurite }).then((started) => {
      closers.push(started.close);
      return started;
    });
    const [{ origin: azuriteOrigin }, identity] = await settleAll([azurite, createIdentity(stack)]);
    stack.identity = identity;
    const { secrets, settings } = stack;
    stack.blobs = new Blobs({ azuriteOrigin, publicOrigin: stack.urls.storage, settings, secrets, catalog: stack.catalog, files });
    await stack.blobs.createContainers();
    if (uploadFirst) await stack.blobs.uploadAll();

    open.identity.use(identity.handler);
    open.devcenter.use(devcenterHandler(stack));
    open.storage.use(storageHandler(stack, azuriteOrigin));
    open.portal.use(portalHandler(stack, { www, pkg, nodeModules: join(ROOT, "node_modules") }));
    open.control.use(controlHandler(stack));
    return { urls: stack.urls, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Like `Promise.all`, but does not go on while one of them is still starting something that has to be closed. */
async function settleAll(promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return results.map(({ value }) => value);
}
