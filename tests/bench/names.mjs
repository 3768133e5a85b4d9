import { readFile } from "node:fs/promises";

const CODE = 10;
const DATA = 11;
const IMPORT = 2;

/**
 * The largest functions of a wasm module that still has its names, by the bytes of their code: the compiler's output,
 * before wasm-opt has made it smaller and left the names out. Read by hand, as it is one section of numbers and texts.
 *
 * @param {string} path
 * @param {number} count
 * @returns {Promise<{code: number, data: number, items: {name: string, bytes: number}[]} | null>} null where there is
 *   no such file
 */
export async function largestItems(path, count) {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return null;
  const sections = readSections(bytes);
  const imported = sections.filter(({ id }) => id === IMPORT).reduce((sum, { content }) => sum + importedFunctions(content), 0);
  const names = namesOf(sections.find(({ name }) => name === "name")?.content);
  const code = sections.find(({ id }) => id === CODE);
  const items = [];
  const input = new Reader(code.content);
  const number = input.number();
  for (let index = 0; index < number; index += 1) {
    const size = input.number();
    input.take(size);
    items.push({ name: names.get(imported + index) ?? `function ${imported + index}`, bytes: size });
  }
  items.sort((one, other) => other.bytes - one.bytes);
  const data = sections.find(({ id }) => id === DATA)?.content.length ?? 0;
  return { code: code.content.length, data, items: items.slice(0, count) };
}

class Reader {
  at = 0;

  constructor(bytes) {
    this.bytes = bytes;
  }

  get done() {
    return this.at >= this.bytes.length;
  }

  take(length) {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const [byte] = this.take(1);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text() {
    return this.take(this.number()).toString("utf8");
  }
}

function readSections(bytes) {
  const input = new Reader(bytes);
  // Magic number and version.
  input.take(8);
  const sections = [];
  while (!input.done) {
    const [id] = input.take(1);
    const content = input.take(input.number());
    const custom = id === 0 ? new Reader(content) : undefined;
    const name = custom?.text();
    sections.push({ id, name, content: custom ? content.subarray(custom.at) : content });
  }
  return sections;
}

function importedFunctions(content) {
  const input = new Reader(content);
  let functions = 0;
  for (let left = input.number(); left > 0; left -= 1) {
    input.text();
    input.text();
    const [kind] = input.take(1);
    if (kind === 0) functions += 1;
    // Only functions and the memory are imported by what wasm-bindgen makes.
    if (kind === 2) input.take(1);
    input.number();
  }
  return functions;
}

/** Names of functions by their number. */
function namesOf(content) {
  const names = new Map();
  if (!content) return names;
  const input = new Reader(content);
  while (!input.done) {
    const [kind] = input.take(1);
    const part = new Reader(input.take(input.number()));
    // 1 is the list of functions.
    if (kind !== 1) continue;
    for (let left = part.number(); left > 0; left -= 1) names.set(part.number(), readable(part.text()));
  }
  return names;
}

/** Mangled by rustc: `_ZN7cablink5rules4flow4Flow2on17h0123456789abcdefE` is `cablink::rules::flow::Flow::on`. */
function readable(name) {
  if (!name.startsWith("_ZN")) return name;
  const parts = [];
  let rest = name.slice(3);
  for (let length = /^\d+/.exec(rest); length; length = /^\d+/.exec(rest)) {
    const from = length[0].length;
    parts.push(rest.slice(from, from + Number(length[0])));
    rest = rest.slice(from + Number(length[0]));
  }
  return parts
    .filter((part) => !/^h[0-9a-f]{16}$/.test(part))
    .join("::")
    .replaceAll("$LT$", "<")
    .replaceAll("$GT$", ">")
    .replaceAll("$u20$", " ")
    .replaceAll("$C$", ",")
    .replaceAll("..", "::");
}
