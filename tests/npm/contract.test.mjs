// What hosts rely on, as files in contract/: a change fails here until it is accepted, and then shows in review.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { assertAsAgreed, CONTRACT } from "./snapshot.mjs";
import { PKG } from "./tarball.mjs";
import { startWorker } from "./worker-wire.mjs";

/** Beside the types. */
const OTHERS = ["custom-elements.json"];
/** Made here, from more than a file of the package. */
const MADE = ["package.json", "protocol.rs", "worker-messages.txt"];

const isTypes = (name) => name.endsWith(".d.ts");

test("the types, and what describes the elements to editors", async () => {
  const files = (await readdir(PKG)).filter((name) => isTypes(name) || OTHERS.includes(name));
  assert.ok(files.includes("cablink.d.ts"));
  for (const file of files) await assertAsAgreed(file, await readFile(join(PKG, file), "utf8"));
});

test("what may be imported, and what a bundler is told", async () => {
  const { version, description, keywords, ...rest } = JSON.parse(await readFile(join(PKG, "package.json"), "utf8"));
  assert.ok(version && description && keywords.length > 0);
  await assertAsAgreed("package.json", `${JSON.stringify(rest, null, 2)}\n`);
});

test("what page and worker can say to each other", async () => {
  const source = await readFile(new URL("../../src/rules/protocol.rs", import.meta.url), "utf8");
  const [declarations] = source.replaceAll("\r\n", "\n").split("\n#[cfg(all(test");
  assert.match(declarations, /\npub const PROTOCOL: u32 = \d+;\n/);
  await assertAsAgreed("protocol.rs", `${declarations.trimEnd()}\n`);
});

test("what the worker says, and what it makes of the answers", async () => {
  const ends = {
    redirected: async () => ({ type: "opaqueredirect" }),
    refused: async () => new Response('{"code":"Forbidden"}', { status: 403, headers: { "content-type": "application/json", "retry-after": "7" } }),
    file: async () => new Response("MSCF", { headers: { "content-type": "application/octet-stream", "content-length": "4" } }),
    unreachable: async () => {
      throw new TypeError("Failed to fetch");
    },
  };
  const sent = [];
  let end;
  const worker = await startWorker((request) => {
    const { signal, ...rest } = request;
    assert.ok(signal);
    sent.push(rest);
    return ends[end]();
  });
  await worker.hello(1);
  const cablink = 1;
  const request = { url: "/devcenter/ihvdriver/cabdownload?cabIdHash=a", headers: [["Authorization", "Bearer <token>"]], credentials: "same-origin" };
  const navigate = (name, answers, destination = "iframe", path = "ihvdriver/cabdownload?cabIdHash=a&ticket=t") => {
    worker.said.push("", `# ${name}`);
    end = name;
    return worker.navigate(path, destination, answers);
  };
  await navigate("a document", [[{ cablink, document: { headers: [["content-type", "text/html"]], body: "<!doctype html>" } }]], "iframe", "frame?ticket=t");
  await navigate("redirected", [[{ cablink, wait: true }, { cablink, request }], []]);
  await navigate("refused", [[{ cablink, request }], [{ cablink, stop: {} }]]);
  await navigate("file", [[{ cablink, request }], [{ cablink, pass: [["content-type", "application/octet-stream"]] }]]);
  await navigate("unreachable", [[{ cablink, request }], [{ cablink, stop: { page: { title: "Title", text: ["Text."] } } }]], "document");
  await navigate("not its own", [], "document", "elsewhere");
  worker.said.push("", "# requests", ...sent.map((each) => JSON.stringify(each)));
  await assertAsAgreed("worker-messages.txt", `${worker.said.join("\n")}\n`);
});

test("nothing that was agreed is gone", async () => {
  const files = (await readdir(PKG)).filter((name) => isTypes(name) || OTHERS.includes(name));
  assert.deepEqual((await readdir(CONTRACT)).sort(), [...files, ...MADE].sort());
});
