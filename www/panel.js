// A problem as a person sees it: what happened, what to do, buttons for doing it, and the small print.

import { smallPrint } from "./problems.js";

/**
 * @param {any} problem a PortalProblem or a CabLinkError
 * @param {{actions?: [label: string, run: () => void][], help?: string | null, alert?: boolean}} [options]
 *   help: address of a page that says how to get access; alert: announce it at once
 * @returns {HTMLElement}
 */
export function problemPanel(problem, { actions = [], help = null, alert = false } = {}) {
  const panel = document.createElement("div");
  panel.className = "problem";
  if (alert) panel.setAttribute("role", "alert");
  panel.append(paragraph("problem-what", problem.message));
  if (problem.nextStep) panel.append(paragraph("problem-next", problem.nextStep));
  if (help && problem.code === "forbidden") panel.append(helpLink(help));
  if (actions.length > 0) panel.append(buttons(actions));
  panel.append(paragraph("problem-code", smallPrint(problem)));
  return panel;
}

function paragraph(name, text) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}

function helpLink(address) {
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.href = address;
  link.textContent = "How to get access";
  line.append(link);
  return line;
}

function buttons(actions) {
  const row = document.createElement("p");
  row.className = "problem-actions";
  for (const [label, run] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", run);
    row.append(button);
  }
  return row;
}
