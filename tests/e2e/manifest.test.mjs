// custom-elements.json, made from the comments above the classes, says what the elements really have.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { openElements, PAGE } from "./elements-page.mjs";
import { tellStory } from "./story.mjs";
import { until } from "./until.mjs";

const story = tellStory(({ portal }) => portal.ready(PAGE));
const manifest = JSON.parse(await readFile(new URL("../../pkg/custom-elements.json", import.meta.url), "utf8"));

const names = (list = []) => list.map(({ name }) => name).sort();
const declared = manifest.modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName);

test("it describes both elements, by the file of the package that defines them", () => {
  assert.deepEqual(manifest.modules.map(({ path }) => path), ["elements.js"]);
  assert.deepEqual(names(declared), ["CabLinkElement", "CabListElement"]);
  const defines = manifest.modules[0].exports.filter(({ kind }) => kind === "custom-element-definition");
  assert.deepEqual(names(defines), ["cab-link", "cab-list"]);
});

test("attributes, properties, methods, parts, slots and colours are those that the elements have", async () => {
  const { browser } = story;
  await openElements(story);
  await browser.run(() => {
    window.elements.put({ tag: "cab-link", attributes: { "cab-id-hash": "a" } }, { tag: "cab-list" });
    window.elements.give(5);
  });
  await until("the rows", () => browser.run(() => window.elements.list().rows.length === 5));
  for (const { tagName, attributes, members, cssParts, slots, cssProperties, superclass } of declared) {
    const real = await browser.run((tag) => {
      const element = document.querySelector(tag);
      const root = element.shadowRoot;
      const own = [];
      for (let at = element; at.constructor !== HTMLElement; at = Object.getPrototypeOf(at)) {
        if (at === element) continue;
        own.push(...Object.entries(Object.getOwnPropertyDescriptors(at)));
      }
      const sheets = root.adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules]).map(({ cssText }) => cssText).join("\n");
      const parts = [...root.querySelectorAll("[part]")].flatMap(({ part }) => [...part]);
      const exported = [...root.querySelectorAll("[exportparts]")].flatMap((each) => each.getAttribute("exportparts").split(/, */));
      return {
        observed: element.constructor.observedAttributes,
        accessors: own.filter(([, { get }]) => get).map(([name]) => name),
        methods: own.filter(([name, { value }]) => typeof value === "function" && name !== "constructor").map(([name]) => name),
        parts: [...new Set([...parts, ...exported])],
        slots: [...root.querySelectorAll("slot")].map(({ name }) => name),
        colours: [...new Set(sheets.match(/--cablink-[a-z-]+/g))],
      };
    }, tagName);
    assert.equal(superclass.name, "Drawn");
    assert.deepEqual(names(attributes), real.observed.toSorted(), `attributes of ${tagName}`);
    const isPublic = ({ privacy, static: isStatic, name }) => privacy !== "private" && !isStatic && !name.startsWith("#");
    const fields = members.filter((member) => isPublic(member) && member.kind === "field");
    assert.deepEqual(names(fields), [...new Set(real.accessors)].sort(), `properties of ${tagName}`);
    const ignored = ["attributeChangedCallback", "changed", "ask", "connectedCallback", "connectedMoveCallback", "disconnectedCallback", "draw", "handleEvent", "texts"];
    const methods = members.filter((member) => isPublic(member) && member.kind === "method");
    assert.deepEqual(names(methods), real.methods.filter((name) => !ignored.includes(name)).sort(), `methods of ${tagName}`);
    // A state's name is a part, too, as the description of `state` says.
    assert.deepEqual(names(cssParts), real.parts.filter((part) => part !== "idle").sort(), `parts of ${tagName}`);
    assert.deepEqual(names(slots), real.slots.sort(), `slots of ${tagName}`);
    const shared = names(declared.flatMap(({ cssProperties: all }) => all));
    assert.deepEqual(names(cssProperties).filter((name) => !real.colours.includes(name)), [], `colours of ${tagName}`);
    assert.deepEqual(real.colours.filter((name) => !shared.includes(name)), [], `colours of ${tagName}`);
  }
});

test("every event is declared, and no other", async () => {
  const source = await readFile(new URL("../../src/elements.d.ts", import.meta.url), "utf8");
  const own = [...source.matchAll(/"(cablink:[a-z]+)": CustomEvent/g)].map(([, name]) => name);
  const events = Object.fromEntries(declared.map(({ tagName, events: all }) => [tagName, names(all)]));
  assert.deepEqual(events, { "cab-link": ["cablink:state"], "cab-list": [...own, "cablink:state"].sort() });
});

test("the documentation names all of them", async () => {
  const text = await readFile(new URL("../../docs/ELEMENTS.md", import.meta.url), "utf8");
  const named = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name.replace(/\(\)$/, "")));
  for (const { tagName, attributes, members, cssParts, slots, cssProperties, events } of declared) {
    const shown = members.filter(({ privacy, static: isStatic }) => privacy !== "private" && !isStatic);
    const all = [attributes, shown, cssParts, slots?.filter(({ name }) => name), cssProperties, events].flatMap((list) => names(list));
    assert.deepEqual(all.filter((name) => !named.has(name)), [], tagName);
  }
});
