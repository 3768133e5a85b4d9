/**
 * Reads `field [asc|desc],…`.
 *
 * @param {string} text
 * @param {string[]} fields those that may be used
 * @returns {{compare: (one: object, other: object) => number} | {problem: string}}
 */
export function parseOrder(text, fields) {
  const keys = [];
  for (const part of text.split(",")) {
    const [field, direction = "asc", ...rest] = part.trim().split(/\s+/);
    if (!fields.includes(field)) return { problem: `orderby parameter cannot use the field ${field || "(none)"}` };
    const sign = { asc: 1, desc: -1 }[direction.toLowerCase()];
    if (!sign || rest.length > 0) return { problem: "orderby parameter takes asc or desc after a field" };
    keys.push({ field, sign });
  }
  return {
    compare(one, other) {
      for (const { field, sign } of keys) {
        const [a, b] = [one[field] ?? "", other[field] ?? ""];
        if (a !== b) return a < b ? -sign : sign;
      }
      return 0;
    },
  };
}
