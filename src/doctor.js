// The doctor's public face: loads its wasm, and says what is wrong where even that cannot be loaded. Everything else is
// decided in Rust (src/rules/doctor) and seen by the crate in doctor/.

/** The smallest module there is: a policy that forbids WebAssembly forbids it, too. */
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

/** What it means when the policy refuses a part of the doctor itself: the check, and the line to change. */
const REFUSED = [
  [/^connect-src|^default-src/, "connect_src", "Content-Security-Policy: connect-src 'self'"],
  [/^script-src/, "script_src", "Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'"],
];

/** @param {unknown} options what CabLink.start would take */
export async function doctor(options, { signal } = {}) {
  if (!runsWasm()) {
    return report([
      {
        name: "wasm",
        ok: false,
        found: "The page's policy forbids WebAssembly, so nothing else could be looked at.",
        change: "Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'",
      },
    ]);
  }
  const refused = [];
  // What is only reported is not refused.
  const hear = ({ disposition, effectiveDirective }) => disposition === "enforce" && refused.push(effectiveDirective);
  document.addEventListener("securitypolicyviolation", hear);
  let module;
  try {
    // At once where it is loaded: a sign-in window needs the click that led here.
    module = loaded ?? (await inTime(load(), signal));
  } catch (error) {
    if (error === ABORTED) throw abortError();
    // The event comes in a task of its own.
    await new Promise((resolve) => setTimeout(resolve));
    return report([notLoaded(refused)]);
  } finally {
    document.removeEventListener("securitypolicyviolation", hear);
  }
  return report(await module.examine(options, signal, loadParts));
}

/** Loads the doctor's own wasm beforehand, so that `doctor` in a click asks for the token at once. */
export async function prepare() {
  if (runsWasm()) await (loaded ?? load()).catch(() => {});
}

/** The module, once it is there. */
let loaded;

async function load() {
  const module = await import("./cablink_doctor.js");
  await module.default();
  loaded = module;
  return module;
}

/** What a page loads: whether the policy and the server let it. Importing them starts nothing. */
const loadParts = () => Promise.all([import("./cablink.js"), import("./cablink_lists.js")]);

/** How long the doctor's own files may take, in milliseconds. */
const LOAD_MS = 30_000;

/** What ends a load by the host's signal. */
const ABORTED = Symbol("aborted");

/** A load may hang: it ends with the time, or with the signal, where that is one. */
async function inTime(load, signal) {
  const over = new AbortController();
  let timer;
  const ended = new Promise((_, reject) => {
    timer = setTimeout(reject, LOAD_MS);
    // What is no signal is named by the module.
    if (typeof signal?.addEventListener !== "function") return;
    if (signal.aborted) reject(ABORTED);
    signal.addEventListener("abort", () => reject(ABORTED), over);
  });
  try {
    return await Promise.race([load, ended]);
  } finally {
    over.abort();
    clearTimeout(timer);
  }
}

/** As the module says it, which is not there. */
function abortError() {
  return Object.assign(new Error("The examination was ended before it was complete."), {
    name: "CabLinkError",
    code: "aborted",
    nextStep: "Run the doctor again.",
    retryable: true,
  });
}

function runsWasm() {
  try {
    // WebKit lets it be compiled and refuses to run it.
    return Boolean(new WebAssembly.Instance(new WebAssembly.Module(EMPTY_MODULE)));
  } catch {
    return false;
  }
}

function notLoaded(refused) {
  const found = REFUSED.find(([pattern]) => refused.some((directive) => pattern.test(directive)));
  const [, name, change] = found ?? [, "package", "Serve all files of the package at one place, .wasm as application/wasm."];
  const what = found ? "The page's policy forbids a part of the doctor" : "A part of the doctor does not load";
  return { name, ok: false, found: `${what}, so nothing else could be looked at.`, change };
}

function report(checks) {
  const ok = checks.every((check) => check.ok !== false);
  const text = () => [headline(checks), ...checks.map(line)].join("\n");
  const result = { ok, checks };
  // Out of sight of JSON and of loops.
  for (const [name, value] of Object.entries({ text, toString: text })) Object.defineProperty(result, name, { value });
  return result;
}

function headline(checks) {
  const count = (ok) => checks.filter((check) => check.ok === ok).length;
  return `cablink doctor: ${count(true)} good, ${count(false)} to change, ${count(null)} not told`;
}

function line({ name, ok, found, change }) {
  const mark = ok === null ? "?" : ok ? "+" : "-";
  return `${mark} ${name}: ${found}${change ? `\n    change: ${change}` : ""}`;
}
