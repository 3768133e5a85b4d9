/**
 * Columns that line up; the first to the left, the others to the right.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function plainTable(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join("  ");
  return all.map((row) => line(row).trimEnd()).join("\n");
}

/** The same for Markdown. */
export function markdownTable(head, rows) {
  const line = (row) => `| ${row.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map((_, column) => (column === 0 ? "---" : "---:")).join("|")}|`, ...rows.map(line)].join("\n");
}

const MIB = 2 ** 20;

/** `1.23 (1.10-1.40)`; a dash where nothing is known. */
export function spread(summary, digits = 1, divide = 1) {
  if (!summary) return "-";
  const text = (value) => (value / divide).toFixed(digits);
  const between = summary.min < 0 ? " to " : "-";
  return `${text(summary.median)} (${text(summary.min)}${between}${text(summary.max)})`;
}

export const one = (summary, digits = 1, divide = 1) => (summary ? (summary.median / divide).toFixed(digits) : "-");

export const mib = (summary, digits = 1) => spread(summary, digits, MIB);

/** `1.02 [0.98, 1.05]` */
export function interval(ratio) {
  if (!ratio) return "-";
  return `${ratio.median.toFixed(2)} [${ratio.low.toFixed(2)}, ${ratio.high.toFixed(2)}]`;
}
