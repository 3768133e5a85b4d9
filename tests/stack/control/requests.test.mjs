import assert from "node:assert/strict";
import { test } from "node:test";

import { headersWithoutSecrets, withoutSecrets } from "./requests.mjs";

const cases = [
  ["/a", "/a", false],
  ["/a?b=1&c=%20", "/a?b=1&c=%20", false],
  ["/c/x.cab?sv=1&sig=abc%2F&se=2", "/c/x.cab?sv=1&se=2", true],
  ["/session/end?id_token_hint=x.y.z&state=1", "/session/end?id_token_hint=<redacted>&state=1", false],
  ["/redirect.html?code=abc", "/redirect.html?code=<redacted>", false],
  ["/a?b=1?sig=2", "/a?b=1?sig=2", false],
];
for (const [url, path, hasSas] of cases) {
  test(`log of ${url}`, () => assert.deepEqual(withoutSecrets(url), { path, hasSas }));
}

const AUTHORIZATIONS = [
  ["Bearer x.y.z", "Bearer <redacted>"],
  ["bearer  x.y.z", "bearer <redacted>"],
  ["x.y.z", "<redacted>"],
  ["eyJhbGciOiJSUzI1NiJ9", "<redacted>"],
  ["x.y.z w", "<redacted>"],
  ["", "<redacted>"],
];
for (const [authorization, shown] of AUTHORIZATIONS) {
  test(`log of "Authorization: ${authorization}"`, () => {
    const headers = { authorization, cookie: "a=b", accept: "*/*", referer: "/x?sig=y&z" };
    const expected = { authorization: shown, cookie: "<redacted>", accept: "*/*", referer: "/x?z" };
    assert.deepEqual(headersWithoutSecrets(headers), expected);
  });
}
