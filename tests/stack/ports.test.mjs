import assert from "node:assert/strict";
import { test } from "node:test";

import { PortTakenError, openPort } from "./ports.mjs";

test("a taken port is one sentence that names port and part", async () => {
  const first = await openPort("portal", 0);
  try {
    await assert.rejects(openPort("portal", first.port), (error) => {
      assert.ok(error instanceof PortTakenError);
      assert.match(error.message, new RegExp(`^Port ${first.port} \\(portal\\) is taken`));
      return true;
    });
  } finally {
    await first.close();
  }
});

test("a port answers by name and says that it is starting until it has a handler", async () => {
  const open = await openPort("portal", 0);
  try {
    const early = await fetch(open.origin);
    assert.equal(early.status, 503);
    assert.equal(await early.text(), "portal is starting.\n");
    open.use((request, response) => response.end("there"));
    assert.equal(await (await fetch(open.origin)).text(), "there");
    assert.equal(await (await fetch(`http://127.0.0.1:${open.port}`)).text(), "there");
  } finally {
    await open.close();
  }
});

test("closing frees the port and cuts what is open", async () => {
  const open = await openPort("portal", 0);
  const arrived = new Promise((resolve) => open.use(resolve));
  const cut = assert.rejects(fetch(open.origin));
  await arrived;
  await open.close();
  await cut;
  const again = await openPort("portal", open.port);
  await again.close();
});
