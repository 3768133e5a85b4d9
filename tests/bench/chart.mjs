// One chart: what each method costs, beside the plain link, which is the limit.

import { METHOD_NAMES } from "./report.mjs";

const MIB = 2 ** 20;
const WIDTH = 880;
const LABELS = 230;
const GAP = 30;
const ROW = 26;
const BAR = 14;
const TOP = 54;

/** What is shown of each method, side by side. */
const PANELS = [
  { title: "time, s", of: ({ complete }) => complete, divide: 1_000, digits: 2 },
  { title: "CPU time of the browser, s", of: ({ cpu }) => cpu, divide: 1, digits: 2 },
  { title: "memory above idle, MiB", of: ({ memory }) => memory, divide: MIB, digits: 0 },
];

/**
 * @param {object} methods of one size, as `downloads` gives them
 * @param {string} size for the title
 * @returns {string} an SVG that follows the reader's light or dark theme
 */
export function chart(methods, size) {
  const width = (WIDTH - LABELS - GAP * PANELS.length) / PANELS.length;
  const height = TOP + methods.length * ROW + 12;
  const parts = methods.map(({ method }, row) => text(LABELS - 12, middle(row), METHOD_NAMES[method].replace(" (the limit)", ""), `class="${method === "hand-off" ? "own" : ""}" text-anchor="end"`));
  PANELS.forEach(({ title, of, divide, digits }, panel) => {
    const left = LABELS + panel * (width + GAP);
    parts.push(text(left, TOP - 14, title, 'class="title"'));
    const values = methods.map((each) => of(each));
    const most = Math.max(...values.map((value) => value?.max ?? 0));
    values.forEach((value, row) => {
      if (!value) return parts.push(text(left, middle(row), "not measured here"));
      const scale = (amount) => (Math.max(0, amount) / most) * (width - 46);
      const long = scale(value.median);
      const kind = methods[row].method === "hand-off" ? "bar mine" : "bar";
      parts.push(`<rect class="${kind}" x="${left}" y="${TOP + row * ROW + (ROW - BAR) / 2}" width="${Math.max(1, long).toFixed(1)}" height="${BAR}" rx="2"/>`);
      const [low, high] = [left + scale(value.min), left + scale(value.max)];
      parts.push(`<path class="range" d="M${low.toFixed(1)} ${middle(row) - 4}H${high.toFixed(1)}"/>`);
      return parts.push(text(left + Math.max(long, scale(value.max)) + 6, middle(row), (value.median / divide).toFixed(digits)));
    });
  });
  const label = `${size} by each method: time, CPU time and memory of the browser.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${label}">
<title>${label}</title>
<style>
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title, .heading, .own { font-weight: 600 }
  .bar { fill: #8c959f }
  .mine { fill: #0969da }
  .range { stroke: #1f2328; stroke-width: 1.5 }
  .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #6e7681 }
    .mine { fill: #4493f8 }
    .range { stroke: #e6edf3 }
    .ground { fill: #0d1117 }
  }
</style>
<rect class="ground" width="100%" height="100%" rx="6"/>
${text(12, 22, `${size}, from the click to the file on disk; medians, lines from least to most`, 'class="heading"')}
${parts.join("\n")}
</svg>
`;

  function middle(row) {
    return TOP + row * ROW + ROW / 2 + 4;
  }
}

function text(x, y, content, attributes = "") {
  return `<text x="${x.toFixed(1)}" y="${y}" ${attributes.trim()}>${content.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</text>`;
}
