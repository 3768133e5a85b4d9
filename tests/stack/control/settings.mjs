import { PEOPLE } from "../known.mjs";

/**
 * Every setting with its default and what it accepts. The README's table explains them.
 * A check returns what the value should have been, or nothing when it is good.
 */
const SETTINGS = {
  accessTokenSeconds: { value: 3600, check: wholeNumber(1, 86_400) },
  cors: { value: false, check: corsOrigins },
  corsExpose: { value: true, check: trueOrFalse },
  sasSeconds: { value: 3600, check: wholeNumber(-86_400, 86_400) },
  sasWrongSignature: { value: false, check: trueOrFalse },
  autoLogin: { value: null, check: nullOr(oneOf(Object.keys(PEOPLE))) },
  storageCors: { value: false, check: corsOrigins },
  storageDisposition: { value: null, check: nullOr(headerValue) },
  storageBytesPerSecond: { value: null, check: nullOr(wholeNumber(1, 1e12)) },
  moreOrigins: { value: [], check: origins },
  refuseRefresh: { value: false, check: trueOrFalse },
  portalCsp: { value: null, check: nullOr(headerValue) },
  portalCoep: { value: null, check: nullOr(headerValue) },
  portalConfig: { value: null, check: nullOr(plainObject) },
  latencyMs: { value: { devcenter: 0, storage: 0 }, check: latency },
};

export function defaultSettings() {
  return Object.fromEntries(Object.entries(SETTINGS).map(([name, { value }]) => [name, structuredClone(value)]));
}

/**
 * @param {unknown} wanted part of the settings
 * @returns {string | undefined} a sentence about the first thing that is wrong
 */
export function problemWithSettings(wanted) {
  if (plainObject(wanted)) return "settings must be an object.";
  for (const [name, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(SETTINGS, name)) {
      return `There is no setting "${name}"; there are ${Object.keys(SETTINGS).join(", ")}.`;
    }
    const expected = SETTINGS[name].check(value);
    if (expected) return `The setting ${name} must be ${expected}.`;
  }
  return undefined;
}

/** Changes `settings` in place. Parts of `latencyMs` that are not named keep their value. */
export function applySettings(settings, wanted) {
  for (const [name, value] of Object.entries(wanted)) {
    settings[name] = name === "latencyMs" ? { ...settings.latencyMs, ...value } : structuredClone(value);
  }
}

export function trueOrFalse(value) {
  return typeof value === "boolean" ? undefined : "true or false";
}

export function wholeNumber(least, most) {
  return (value) =>
    Number.isInteger(value) && value >= least && value <= most ? undefined : `a whole number from ${least} to ${most}`;
}

export function oneOf(allowed) {
  return (value) => (allowed.includes(value) ? undefined : `one of ${allowed.join(", ")}`);
}

export function nullOr(check) {
  return (value) => {
    const expected = value === null ? undefined : check(value);
    return expected && `null or ${expected}`;
  };
}

export function plainObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "an object";
}

export function text(value) {
  return typeof value === "string" ? undefined : "a text";
}

/** Node would throw on a line feed only when the header is sent, long after the request that set it. */
export function headerValue(value) {
  return typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? undefined : "a text without line breaks";
}

function corsOrigins(value) {
  const good = value === false || value === "*" || (Array.isArray(value) && value.every((origin) => isOrigin(origin)));
  return good ? undefined : 'false, "*" or a list of origins';
}

function origins(value) {
  return Array.isArray(value) && value.every((origin) => isOrigin(origin)) ? undefined : "a list of origins";
}

export function isOrigin(value) {
  return typeof value === "string" && URL.canParse(value) && new URL(value).origin === value;
}

function latency(value) {
  const good =
    !plainObject(value) &&
    Object.entries(value).every(
      ([part, wait]) => ["devcenter", "storage"].includes(part) && !wholeNumber(0, 600_000)(wait),
    );
  return good ? undefined : "an object with whole milliseconds for devcenter or storage";
}
