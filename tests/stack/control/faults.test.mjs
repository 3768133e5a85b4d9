import assert from "node:assert/strict";
import { test } from "node:test";

import { Faults } from "./faults.mjs";

test("a fault is taken as often as asked for, then gone", () => {
  const faults = new Faults();
  faults.add({ at: "relay", status: 503, times: 2 });
  assert.equal(faults.take("relay").status, 503);
  assert.equal(faults.take("storage"), undefined);
  assert.equal(faults.list()[0].times, 1);
  assert.equal(faults.take("relay").status, 503);
  assert.equal(faults.take("relay"), undefined);
});

test("a fault without times stays until it is cleared", () => {
  const faults = new Faults();
  faults.add({ at: "worker", status: 404 });
  for (let time = 0; time < 5; time += 1) assert.ok(faults.take("worker"));
  assert.equal(faults.list()[0].hits, 5);
  faults.clear();
  assert.equal(faults.take("worker"), undefined);
});

test("a fault for one CAB leaves the others alone", () => {
  const faults = new Faults();
  faults.add({ at: "storage", drop: true, cabIdHash: "a" });
  assert.equal(faults.take("storage", "b"), undefined);
  assert.equal(faults.take("storage", undefined), undefined);
  assert.ok(faults.take("storage", "a"));
});

test("each fault has its own id, and the first one that fits is taken first", () => {
  const faults = new Faults();
  const first = faults.add({ at: "token", status: 500, times: 1 });
  const second = faults.add({ at: "token", status: 503, times: 1 });
  assert.notEqual(first.id, second.id);
  assert.deepEqual([faults.take("token").status, faults.take("token").status], [500, 503]);
});

const refused = [
  [null, /^fault must be an object/],
  [{ status: 500 }, /needs at/],
  [{ at: "nowhere" }, /at must be one of/],
  [{ at: "relay", speed: 1 }, /no key "speed"/],
  [{ at: "relay", status: 100 }, /status must be a whole number from 200 to 599/],
  [{ at: "relay", status: "500" }, /status must be/],
  [{ at: "relay", times: 0 }, /times must be null or a whole number/],
  [{ at: "relay", headers: { "a b": "c" } }, /headers must be/],
  [{ at: "relay", headers: { a: "c\nd" } }, /headers must be/],
  [{ at: "relay", redirect: "a\nb" }, /redirect must be/],
  [{ at: "relay", delayMs: -1 }, /delayMs must be/],
  [{ at: "relay", hold: "yes" }, /hold must be true or false/],
  [{ at: "relay", hold: true, delayMs: 1 }, /either holds or waits/],
  [{ at: "relay", drop: "yes" }, /drop must be true or false/],
  [{ at: "token", cabIdHash: "a" }, /cannot be for one CAB/],
  [{ at: "storage", serveFile: true }, /serveFile works at/],
  [{ at: "relay", drop: true, redirect: "http://localhost/" }, /cannot do drop and redirect at once/],
];
for (const [fault, sentence] of refused) {
  test(`refused: ${JSON.stringify(fault)}`, () => assert.match(Faults.problemWith(fault), sentence));
}

test("accepted: every key that goes together", () => {
  const fault = {
    at: "cabdownload", times: null, status: 429, headers: { "Retry-After": "1" }, body: "", contentType: "text/html",
    delayMs: 5, cabIdHash: "a",
  };
  assert.equal(Faults.problemWith(fault), undefined);
});
