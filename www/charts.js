// Charts drawn by Chart.js, on canvas: it puts no style into the page, so a strict policy stays as it is. Nothing here can
// be pressed or heard alone; whoever calls has the same numbers beside it.

import { asNumber } from "./dates.js";
import { PortalProblem } from "./problems.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const looks = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));

let loading;
const drawn = new Set();

/** @returns {Promise<void>} rejects with a PortalProblem */
export function loadCharts() {
  loading ??= import(new URL("chart/chart.umd.min.js", import.meta.url).href).then(
    () => {
      for (const look of looks) look.addEventListener("change", () => drawn.forEach((chart) => chart.redraw()));
    },
    () => {
      loading = undefined;
      throw new PortalProblem("chart_script");
    },
  );
  return loading;
}

class Bars {
  #canvas;
  #chart;
  #shown;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    drawn.add(this);
  }

  /** @param {object} shown what the kind of chart below shows */
  show(shown) {
    this.#shown = shown;
    this.redraw();
  }

  /** With today's colours, of the scheme and of the person's own, and letters as large as the page's. */
  redraw() {
    if (!globalThis.Chart || !this.#shown) return;
    const { fontFamily: family, fontSize } = getComputedStyle(this.#canvas);
    const font = { family, size: Math.round(0.75 * Number.parseFloat(fontSize)) };
    const { data, options } = this.describe(this.#shown, coloursOf(this.#canvas), font);
    options.animation = still.matches || !this.#chart ? false : { duration: 200 };
    options.maintainAspectRatio = false;
    if (!this.#chart) {
      this.#chart = new globalThis.Chart(this.#canvas, { type: "bar", data, options });
      return;
    }
    this.#chart.data = data;
    this.#chart.options = options;
    // The library looks at the size only after a frame or, in WebKit, many: until then bars lay across other rows.
    this.#chart.stop().resize();
    this.#chart.update(still.matches ? "none" : undefined);
  }
}

/** Upright bars over time, with axes; a bar can be pressed. */
export class TimeBars extends Bars {
  /**
   * @param {{ticks: string[], names: string[], values: number[], chosen: number, press: (at: number) => void}} shown
   *   chosen: -1 for none
   */
  describe({ ticks, names, values, chosen, press }, colours, font) {
    const axis = { border: { color: colours.line }, ticks: { color: colours.quiet, font } };
    const pointed = (event, elements, chart) => {
      const found = elements[0] ?? chart.getElementsAtEventForMode(event, "index", { intersect: false }, false)[0];
      return found && values[found.index] > 0 ? found.index : -1;
    };
    return {
      data: { labels: ticks, datasets: [{ data: values.map(orNone), ...barColours(values, chosen, colours, 2), maxBarThickness: 48, borderRadius: 2, minBarLength: 2 }] },
      options: {
        interaction: { mode: "index", intersect: false },
        onClick: (event, elements, chart) => pointed(event, elements, chart) >= 0 && press(pointed(event, elements, chart)),
        onHover: (event, elements, chart) => {
          chart.canvas.classList.toggle("pressable", pointed(event, elements, chart) >= 0);
        },
        scales: {
          x: { ...axis, grid: { display: false }, ticks: { ...axis.ticks, maxRotation: 0, autoSkipPadding: 16 } },
          y: { ...axis, border: { display: false }, grid: { color: colours.line }, beginAtZero: true,
            ticks: { ...axis.ticks, precision: 0, maxTicksLimit: 5, callback: asNumber } },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            displayColors: false, backgroundColor: colours.text, titleColor: colours.card, bodyColor: colours.card,
            titleFont: font, bodyFont: font,
            callbacks: { title: ([{ dataIndex }]) => names[dataIndex], label: ({ raw }) => `${asNumber(raw)} event${raw === 1 ? "" : "s"}` },
          },
        },
      },
    };
  }
}

/** Lying bars, one for each row of a list that they are drawn behind. */
export class RowBars extends Bars {
  /** @param {{values: number[], chosen: number}} shown */
  describe({ values, chosen }, colours) {
    const axis = { display: false, grid: { display: false } };
    return {
      data: {
        labels: values.map(() => ""),
        datasets: [{ data: values.map(orNone), ...barColours(values, chosen, colours, 1), barThickness: 8, borderRadius: 2, minBarLength: 2 }],
      },
      options: {
        indexAxis: "y",
        // The rows themselves are what is pressed.
        events: [],
        layout: { padding: 0 },
        scales: { x: { ...axis, min: 0, max: Math.max(1, ...values) }, y: axis },
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
      },
    };
  }
}

/** Few are seen as some; none as none. */
const orNone = (value) => value || null;

/** The chosen bar is filled, the others are then little more than outlines. */
function barColours(values, chosen, { bar, hover, pale }, outline) {
  const isPale = (at) => chosen >= 0 && at !== chosen;
  return {
    backgroundColor: values.map((_, at) => (isPale(at) ? pale : bar)),
    hoverBackgroundColor: values.map((_, at) => (isPale(at) ? pale : hover)),
    borderColor: bar,
    hoverBorderColor: hover,
    borderWidth: values.map((_, at) => (isPale(at) ? outline : 0)),
  };
}

/** Colours as the style sheet has them now; a canvas takes them as plain values only. */
function coloursOf(canvas) {
  const probe = document.createElement("span");
  probe.hidden = true;
  canvas.parentElement.append(probe);
  const names = ["bar", "hover", "pale", "line", "quiet", "text", "card"];
  const colours = Object.fromEntries(names.map((name) => {
    probe.className = `colour-${name}`;
    return [name, getComputedStyle(probe).color];
  }));
  probe.remove();
  return colours;
}
