/** A CAB: its `cabIdHash`, or that together with the family of methods it belongs to. */
export type Cab = string | {
  cabIdHash: string;
  /** Windows 7 and 8.x drivers by default; `driver` is Windows 10, `hardware` is OEM. */
  method?: "ihvdriver" | "driver" | "hardware";
  /** Required by `driver`. A text: the API's ids exceed 2^53. */
  applicationId?: string;
};

/** What is asked of the host's token function. */
export interface TokenWant {
  /** Go past every cache: the service has just refused the token before. */
  forceRefresh: boolean;
  /** A claims challenge from the service, as JSON text. */
  claims?: string;
  scopes: string[];
}

export type GetToken = (want: TokenWant) => Promise<string>;

export interface CabLinkOptions {
  /** The page's sign-in: `msalToken(pca)`, or a function of the host's. */
  getToken: GetToken | ((want: TokenWant) => string);
  /** The API's base, or a relay on this site. Default: the documented API. */
  endpoint?: string;
  /** Where `worker.js` is served; its folder is the scope. Default: `/cablink/worker.js`. */
  worker?: string;
  /** Origins that a redirect may lead to. Default: `["https://*.blob.core.windows.net"]`. */
  storage?: string[];
  /** Default: `["https://manage.devcenter.microsoft.com/.default"]`. */
  scopes?: string[];
  /** For one download, retries included, in milliseconds. Default: 60000. */
  deadlineMs?: number;
  /** Default: `auto`, the worker where there is one. */
  handoff?: "auto" | "worker" | "follow";
  /** The page's own Cross-Origin-Embedder-Policy, if it has one. */
  coep?: "require-corp" | "credentialless" | "unsafe-none";
  /** Links below it are enhanced at once; clicks wait for the worker. */
  enhance?: Node;
}

export interface DownloadOptions {
  signal?: AbortSignal;
  /** Gets the events `cablink:state` of this download. Default: `document`. */
  link?: Element;
}

export interface DownloadResult {
  cabIdHash: string;
  via: "worker" | "follow" | "direct";
  /** Tries: the first, and each one again. Via `direct` a try need not ask the endpoint. */
  attempts: number;
}

/** The methods of MSAL 4's and 5's `PublicClientApplication` that are used. */
export interface MsalClient {
  acquireTokenSilent(request: any): Promise<{ accessToken: string }>;
  acquireTokenPopup?(request: any): Promise<{ accessToken: string }>;
  /** Tells of the popup's window, so that a click can open a new one where a person closed it. */
  addEventCallback?(callback: (message: any) => void): unknown;
  getActiveAccount?(): unknown;
  getAllAccounts?(): unknown[];
}

export interface MsalTokenOptions {
  /** Default: the active account, else the first. */
  account?: object;
  /** Default: `popup`. */
  interactive?: "popup" | "none";
}

export type CabLinkErrorCode =
  | "invalid_options" | "invalid_cab_id" | "invalid_query" | "insecure_context"
  | "worker_unavailable" | "worker_silent" | "token_unavailable" | "interaction_required"
  | "popup_blocked" | "bad_request" | "unauthorized" | "forbidden" | "not_found" | "throttled"
  | "service_error" | "unexpected_response" | "network_error" | "timeout" | "aborted"
  | "storage_refused" | "storage_blocked" | "frame_blocked" | "download_blocked";

/** What every promise of this package rejects with. Switch on `code`; the texts may change. */
export interface CabLinkError extends Error {
  name: "CabLinkError";
  code: CabLinkErrorCode;
  /** What the person can do. */
  nextStep: string;
  /** Whether the same action may work when simply done again. */
  retryable: boolean;
  status?: number;
  retryAfterMs?: number;
  /** The option, id or query part that is wrong. */
  field?: string;
  /** MSAL's own code, on errors of `msalToken`. */
  errorCode?: string;
  serviceCode?: string;
  serviceMessage?: string;
}

export type CabState =
  | "authorizing" | "requesting" | "retrying" | "handed-off" | "downloading" | "failed";

/** `detail` of the event `cablink:state`, on the link, or on `document` for `download()`. */
export interface CabStateDetail {
  cabIdHash: string;
  state: CabState;
  attempt: number;
  error?: CabLinkError;
}

declare global {
  interface GlobalEventHandlersEventMap {
    "cablink:state": CustomEvent<CabStateDetail>;
  }
}
