import http from "node:http";

/** Where each part listens unless told otherwise. */
export const PORTS = Object.freeze({
  portal: 4400,
  identity: 4401,
  devcenter: 4402,
  storage: 4403,
  azurite: 4404,
  control: 4405,
});

/** Every part on a port that the system chooses, so that tests can run beside a running stack. */
export const ANY_PORTS = Object.freeze(Object.fromEntries(Object.keys(PORTS).map((part) => [part, 0])));

/** Longer than browsers keep an idle connection: otherwise a request can meet one that is just being closed. */
const KEEP_ALIVE_MS = 65_000;

/** Its message is one sentence for the person who started the stack. */
export class PortTakenError extends Error {
  constructor(part, port) {
    super(`Port ${port} (${part}) is taken by another program; end that program, or the stack that is already running.`);
    this.name = "PortTakenError";
  }
}

/**
 * Listens on 127.0.0.1 and, where the machine has it, on ::1, because browsers and Node differ in which of the
 * two `localhost` means. Answers 503 until `use` is called.
 *
 * @param {string} part name for messages
 * @param {number} port 0 for any
 * @returns {Promise<{port: number, origin: string, use: (handler: http.RequestListener) => void, close: () => Promise<void>}>}
 */
export async function openPort(part, port) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await openBoth(part, port);
    } catch (error) {
      // An ephemeral port that is free on one address family can be taken on the other.
      if (!(error instanceof PortTakenError) || port !== 0 || attempt === 10) throw error;
    }
  }
}

async function openBoth(part, port) {
  let handler = (request, response) => {
    response.writeHead(503, { "content-type": "text/plain; charset=utf-8" }).end(`${part} is starting.\n`);
  };
  const serverWithHandler = () =>
    http.createServer({ maxHeaderSize: 64 * 1024, keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => handler(request, response));

  const four = serverWithHandler();
  await listen(four, "127.0.0.1", port, part);
  const chosen = four.address().port;
  const servers = [four];
  const six = serverWithHandler();
  try {
    await listen(six, "::1", chosen, part);
    servers.push(six);
  } catch (error) {
    if (!["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"].includes(error.code)) {
      await close(servers);
      throw error;
    }
  }

  return {
    port: chosen,
    origin: `http://localhost:${chosen}`,
    use(next) {
      handler = next;
    },
    close: () => close(servers),
  };
}

function listen(server, host, port, part) {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(error.code === "EADDRINUSE" ? new PortTakenError(part, port) : error));
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

async function close(servers) {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise((resolve) => {
          server.close(resolve);
          server.closeAllConnections();
        }),
    ),
  );
}
