import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { pathInside, typeOf } from "./files.mjs";

const FOLDER = join("a", "www");

const inside = [
  ["index.html", join(FOLDER, "index.html")],
  ["sub/x.js", join(FOLDER, "sub", "x.js")],
  ["a%20b.css", join(FOLDER, "a b.css")],
  ["%2e%2e/x", undefined],
  ["../x", undefined],
  ["sub/../../x", undefined],
  ["..%2fx", undefined],
  ["..%5cx", undefined],
  ["c:%5cx", undefined],
  [".git/config", undefined],
  ["%", undefined],
  ["x%00.html", undefined],
  ["", undefined],
];
for (const [address, path] of inside) {
  test(`address ${address || "(empty)"}`, () => assert.equal(pathInside(FOLDER, address), path));
}

test("types by name, JavaScript and wasm as browsers insist", () => {
  assert.equal(typeOf("a/worker.js"), "text/javascript; charset=utf-8");
  assert.equal(typeOf("a/x_bg.wasm"), "application/wasm");
  assert.equal(typeOf("a/key.pem"), undefined);
});
