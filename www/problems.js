// What can go wrong on this page apart from lists and downloads: code, sentence and next step in one table.
// Problems of those come from cablink as errors that already have all three.

/** @type {Record<string, [sentence: string, nextStep: string]>} */
const TEXTS = {
  // The page's own parts
  config_unreachable: ["The page’s settings could not be loaded.", "Check the connection, then try again."],
  config_missing: [
    "The page’s settings (config.json) are missing on the server.",
    "Tell whoever runs this page: config.json belongs beside index.html.",
  ],
  config_unreadable: [
    "The page’s settings (config.json) cannot be read.",
    "Tell whoever runs this page: the file has to be a JSON object.",
  ],
  config_invalid: [
    "One of the page’s settings in config.json is missing or not valid.",
    "Tell whoever runs this page; the setting’s name stands below.",
  ],
  config_sample: [
    "This portal is not set up yet: config.json still holds the sample’s values.",
    "Tell whoever runs this page; the README explains each setting.",
  ],
  sign_in_script: [
    "The sign-in part of this page could not be loaded.",
    "Check the connection and reload; if that does not help, tell whoever runs this page: msal/msal-browser.min.js is missing.",
  ],
  download_script: [
    "The download part of this page could not be loaded.",
    "Check the connection and reload; if that does not help, tell whoever runs this page: the files below pkg/ are missing, or a policy forbids WebAssembly.",
  ],
  insecure_page: [
    "Signing in needs a secure page, and this one was opened over plain http.",
    "Open the same page with https:// in front.",
  ],

  // Signing in and out
  popup_blocked: [
    "The browser blocked the sign-in window.",
    "Allow pop-ups for this page and sign in again, or sign in without a pop-up.",
  ],
  sign_in_cancelled: ["The sign-in was cancelled.", "Sign in again when you are ready."],
  sign_in_timeout: ["The sign-in window gave no answer in time; perhaps it was closed.", "Sign in again."],
  sign_in_open: ["Another sign-in window is still open.", "Finish there, or sign in again to start over."],
  sign_in_refused: [
    "The sign-in was cancelled or refused.",
    "Sign in again; if your account is refused each time, ask your administrator to allow it for this page.",
  ],
  sign_in_consent: [
    "Your organisation has not allowed this page to read the driver data yet.",
    "Ask your administrator to grant consent to this page’s application.",
  ],
  sign_in_unreachable: ["The sign-in service could not be reached.", "Check the connection, then sign in again."],
  sign_in_set_up: [
    "The sign-in service does not know this page.",
    "Tell whoever runs this page: client id, authority and redirect address have to match the app registration.",
  ],
  sign_in_embedded: [
    "This page is shown inside a page of another site, where browsers do not let it sign in.",
    "Open it in a tab of its own; the view stays as it is.",
  ],
  sign_in_failed: [
    "The sign-in did not work.",
    "Sign in again; if that does not help, pass the code below to whoever runs this page.",
  ],
  sign_out_incomplete: [
    "You are signed out here, but the sign-in service may still remember you.",
    "Close the browser, or sign out there too, if others use this computer.",
  ],
  sign_in_again: ["You have to sign in again to see the list.", "Try again; a sign-in window opens."],

  // The dashboard's charts
  chart_script: [
    "The charts could not be drawn; the numbers are all there.",
    "Check the connection and reload; if that does not help, tell whoever runs this page: chart/chart.umd.min.js is missing.",
  ],

  unknown: ["Something went wrong on this page.", "Reload it; if that does not help, tell whoever runs it."],
};

/** A problem a person reads: `message` is the sentence, `nextStep` what to do, `fine` the small print. */
export class PortalProblem extends Error {
  /**
   * @param {string} code a key of the table above
   * @param {{status?: number, field?: string, detail?: string}} [facts]
   */
  constructor(code, facts = {}) {
    const [sentence, nextStep] = TEXTS[code] ?? TEXTS.unknown;
    super(sentence);
    this.name = "PortalProblem";
    this.code = code;
    this.status = facts.status;
    this.nextStep = nextStep;
    this.field = facts.field;
    this.detail = facts.detail;
  }
}

/** The small print under a problem, for whoever is asked for help. Works for cablink's errors as well. */
export function smallPrint(problem) {
  const parts = [`Code: ${problem.code ?? "unknown"}`];
  if (problem.detail) parts.push(problem.detail);
  if (problem.field) parts.push(`setting: ${problem.field}`);
  if (problem.status) parts.push(`HTTP ${problem.status}`);
  if (problem.serviceCode) parts.push(problem.serviceCode);
  if (problem.serviceMessage) parts.push(`the service says: ${problem.serviceMessage}`);
  return parts.join(" · ");
}

const BY_MSAL_CODE = {
  popup_window_error: "popup_blocked",
  empty_window_error: "popup_blocked",
  user_cancelled: "sign_in_cancelled",
  timed_out: "sign_in_timeout",
  monitor_window_timeout: "sign_in_timeout",
  redirect_bridge_timeout: "sign_in_timeout",
  redirect_bridge_empty_response: "sign_in_timeout",
  interaction_in_progress: "sign_in_open",
  interaction_in_progress_cancelled: "sign_in_cancelled",
  access_denied: "sign_in_refused",
  consent_required: "sign_in_consent",
  interaction_required: "sign_in_again",
  login_required: "sign_in_again",
  no_account_error: "sign_in_again",
  no_network_connectivity: "sign_in_unreachable",
  post_request_failed: "sign_in_unreachable",
  get_request_failed: "sign_in_unreachable",
  endpoints_resolution_error: "sign_in_unreachable",
  openid_config_error: "sign_in_unreachable",
  authority_uri_insecure: "sign_in_set_up",
  untrusted_authority: "sign_in_set_up",
  invalid_client: "sign_in_set_up",
  unauthorized_client: "sign_in_set_up",
  invalid_redirect_uri: "sign_in_set_up",
  crypto_nonexistent: "insecure_page",
  crypto_subtle_undefined: "insecure_page",
};

/**
 * Any error on its way to the page: cablink's and this page's own stay as they are, MSAL's are told apart by their
 * code. MSAL's message is never shown: it is a link, and may repeat what the sign-in service sent.
 * @param {any} error
 * @param {string} [otherwise] the code for what nobody knows
 */
export function asProblem(error, otherwise = "unknown") {
  if (error instanceof PortalProblem || error?.name === "CabLinkError") return error;
  const code = typeof error?.errorCode === "string" ? error.errorCode : "";
  // Entra's own number says more than MSAL's code does.
  const number = /AADSTS\d+/.exec(String(error?.errorMessage ?? ""))?.[0];
  if (number === "AADSTS65001" || number === "AADSTS90094") return new PortalProblem("sign_in_consent", { detail: number });
  const detail = [code, number].filter(Boolean).join(" ").slice(0, 80) || undefined;
  return new PortalProblem(BY_MSAL_CODE[code] ?? otherwise, { detail });
}
