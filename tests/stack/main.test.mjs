import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import { test } from "node:test";

import { PORTS, PortTakenError, openPort } from "./ports.mjs";

const MAIN = fileURLToPath(new URL("main.mjs", import.meta.url));

function start(flags) {
  const program = spawn(process.execPath, [MAIN, ...flags], { stdio: "pipe" });
  const output = { errors: "" };
  program.stderr.setEncoding("utf8").on("data", (text) => (output.errors += text));
  const exit = once(program, "exit").then(([code]) => code);
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  return { program, output, exit, nextLine: async () => (await lines.next()).value };
}

async function refuses(url) {
  await assert.rejects(fetch(url));
}

test("it says where it is, answers, and ends with the program that started it", async () => {
  const { program, exit, nextLine, output } = start(["--any-ports", "--until-stdin-closes"]);
  try {
    const control = /^control (http:\S+)$/.exec(await nextLine())?.[1];
    const portal = /^ready (http:\S+)$/.exec(await nextLine())?.[1];
    assert.equal((await fetch(control)).status, 200);
    assert.equal((await fetch(`${portal}config.json`)).status, 200);
    program.stdin.end();
    assert.equal(await exit, 0);
    await refuses(control);
    await refuses(portal);
    assert.equal(output.errors, "");
  } finally {
    program.kill("SIGKILL");
  }
});

test("--page: a page of another origin may sign in, and is told what it needs", async () => {
  // As Vite prints it, with a slash behind.
  const { program, exit, nextLine } = start(["--any-ports", "--until-stdin-closes", "--page", "http://localhost:5173/", "--page", "http://localhost:4173"]);
  try {
    const control = /^control (http:\S+)$/.exec(await nextLine())?.[1];
    const said = [];
    while (!said.at(-1)?.startsWith("ready ")) said.push(await nextLine());
    const portal = said.at(-1).slice("ready ".length, -1);
    const { settings } = await (await fetch(control)).json();
    assert.deepEqual(settings.moreOrigins, ["http://localhost:5173", "http://localhost:4173"]);
    for (const words of ["http://localhost:4173 may sign in", `${portal}/page.json`, `/devcenter/ of your page to ${portal}`]) {
      assert.ok(said.some((line) => line.includes(words)), words);
    }
    const reset = await fetch(control, { method: "POST", headers: { "content-type": "application/json" }, body: '{"reset":true}' });
    assert.deepEqual((await reset.json()).settings, settings, "a reset is the state after the start");
    // What examples/ read, and MSAL takes.
    const { auth, options } = await (await fetch(`${portal}/page.json`)).json();
    assert.equal(auth.redirectUri, "/redirect.html");
    assert.match(JSON.parse(auth.authorityMetadata).token_endpoint, /^http:\/\/localhost:\d+\/token$/);
    assert.deepEqual(Object.keys(options).sort(), ["endpoint", "scopes", "storage"]);
    program.stdin.end();
    assert.equal(await exit, 0);
  } finally {
    program.kill("SIGKILL");
  }
});

for (const wrong of [["--page"], ["--page", "localhost:5173"], ["--page", "http://localhost:5173/a"], ["--page", "https://portal.example"], ["--page", "--any-ports"]]) {
  test(`${wrong.join(" ")} names no origin, and is refused with the usage`, async () => {
    const { exit, output, program } = start(wrong);
    program.stdin.end();
    assert.equal(await exit, 2);
    assert.match(output.errors, /^usage: [^]*--page <origin>/);
  });
}

test("--verbose prints one line per request, without secrets", async () => {
  const { program, exit, nextLine, output } = start(["--any-ports", "--until-stdin-closes", "--verbose"]);
  try {
    await nextLine();
    const portal = /^ready (http:\S+)$/.exec(await nextLine())?.[1];
    await (await fetch(`${portal}config.json?sig=hidden&a=b`)).arrayBuffer();
    program.stdin.end();
    assert.equal(await exit, 0);
    assert.match(output.errors, /^portal GET \/config\.json\?a=b -> 200, \d+ bytes\n$/);
  } finally {
    program.kill("SIGKILL");
  }
});

test("a taken port ends the start with one sentence and code 1", async () => {
  // Either this test holds the port, or a stack that runs beside it does.
  const holder = await openPort("portal", PORTS.portal).catch((error) => {
    if (error instanceof PortTakenError) return undefined;
    throw error;
  });
  try {
    const { exit, output, program } = start([]);
    program.stdin.end();
    assert.equal(await exit, 1);
    assert.match(output.errors, /^Port 4400 \(portal\) is taken by another program; [^\n]+\.\n$/);
  } finally {
    await holder?.close();
  }
});

test("an unknown flag is refused with the usage", async () => {
  const { exit, output, program } = start(["--loud"]);
  program.stdin.end();
  assert.equal(await exit, 2);
  assert.match(output.errors, /^usage: /);
});
