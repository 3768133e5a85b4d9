/* tslint:disable */
/* eslint-disable */
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


/** The families of methods: Windows 7 and 8.x drivers, Windows 10 drivers, OEM hardware. */
export type Method = "ihvdriver" | "driver" | "hardware";

/** Which fields each clause of each list takes, as the API documents them. */
export interface ListFields {
    ihvdriver: {
        hits: {
            filter:
            | "date" | "failureName" | "failureHash" | "symbol" | "osVersion" | "eventType" | "market"
            | "deviceType" | "driverName" | "driverVersion" | "oemName" | "oemModel" | "flightRing"
            | "architecture";
            orderby:
            | "date" | "failureName" | "failureHash" | "symbol" | "osVersion" | "osName" | "eventType"
            | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName" | "oemModel"
            | "flightRing" | "architecture";
            groupby:
            | "failureName" | "failureHash" | "symbol" | "osVersion" | "eventType" | "market" | "deviceType"
            | "driverName" | "driverVersion" | "oemName" | "oemModel" | "flightRing" | "architecture";
        };
        details: {
            filter:
            | "date" | "failureName" | "failureHash" | "symbol" | "osVersion" | "osName" | "eventType"
            | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName" | "oemModel"
            | "flightRing" | "architecture" | "cabType" | "cabExpirationTime";
            orderby:
            | "date" | "failureName" | "failureHash" | "symbol" | "osVersion" | "osName" | "eventType"
            | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName" | "oemModel"
            | "flightRing" | "architecture" | "cabType" | "cabExpirationTime";
        };
    };
    driver: {
        hits: {
            filter:
            | "date" | "submissionId" | "failureName" | "failureHash" | "symbol" | "osVersion" | "osName"
            | "eventType" | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName"
            | "oemModel" | "flightRing" | "architecture";
            orderby:
            | "date" | "submissionId" | "failureName" | "failureHash" | "symbol" | "osVersion" | "osName"
            | "eventType" | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName"
            | "oemModel" | "flightRing" | "architecture";
            groupby:
            | "submissionId" | "failureName" | "failureHash" | "symbol" | "osVersion" | "eventType"
            | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName" | "oemModel"
            | "flightRing" | "architecture";
        };
        details: {
            filter:
            | "date" | "submissionId" | "failureName" | "failureHash" | "symbol" | "osVersion" | "osName"
            | "eventType" | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName"
            | "oemModel" | "architecture" | "cabIdHash" | "clientDeviceId" | "cabType" | "cabExpirationTime";
            orderby:
            | "date" | "submissionId" | "failureName" | "failureHash" | "symbol" | "osVersion" | "osName"
            | "eventType" | "market" | "deviceType" | "driverName" | "driverVersion" | "oemName"
            | "oemModel" | "flightRing" | "architecture" | "cabType" | "cabExpirationTime";
        };
    };
    hardware: {
        hits: {
            filter:
            | "failureName" | "failureHash" | "symbol" | "osVersion" | "eventType" | "market" | "deviceType"
            | "moduleName" | "moduleVersion" | "mode" | "architecture" | "model" | "baseboard"
            | "modelFamily" | "flightRing";
            orderby:
            | "date" | "failureName" | "failureHash" | "symbol" | "osVersion" | "eventType" | "market"
            | "deviceType" | "moduleName" | "moduleVersion" | "mode" | "architecture" | "model"
            | "baseboard" | "modelFamily" | "flightRing";
            groupby:
            | "failureName" | "failureHash" | "symbol" | "osVersion" | "eventType" | "market" | "deviceType"
            | "moduleName" | "moduleVersion" | "mode" | "architecture" | "model" | "baseboard"
            | "modelFamily" | "flightRing";
        };
        details: {
            filter:
            | "failureName" | "failureHash" | "symbol" | "osVersion" | "market" | "deviceType"
            | "moduleName" | "moduleVersion" | "mode" | "architecture" | "model" | "baseboard"
            | "modelFamily" | "flightRing" | "cabIdHash" | "cabType" | "cabExpirationTime";
            orderby:
            | "date" | "market" | "cabIdHash" | "cabExpirationTime" | "cabType" | "deviceType"
            | "moduleName" | "moduleVersion" | "osVersion" | "packageVersion" | "osBuild" | "mode"
            | "architecture" | "model" | "baseboard" | "modelFamily";
        };
    };
}

/** A condition on rows. Values are compared as texts; quotes in them need no care. */
export type Condition<Field extends string> =
| { field: Field; eq: string }
| { field: Field; ne: string }
| { and: Condition<Field>[] }
| { or: Condition<Field>[] };

interface ListQuery<M extends Method, List extends "hits" | "details"> {
    /** Default: `ihvdriver`. */
    method?: M;
    /** First and last day, `YYYY-MM-DD`, or a `Date`, whose day in UTC counts. The service's own defaults: hits of today,
     * details of the last 30 days. */
    startDate?: string | Date;
    endDate?: string | Date;
    /** Rows per slice, 1 to 10000. Default: 10000. */
    top?: number;
    /** Rows to leave out first. Default: 0. */
    skip?: number;
    /** A condition, or the clause as a text: `market eq 'US' and deviceType ne 'PC'`. */
    filter?: string | Condition<ListFields[M][List]["filter"]>;
    /** Fields, each with `asc` or `desc` where wanted; or the clause as a text. */
    orderby?: string | (ListFields[M][List]["orderby"] | `${ListFields[M][List]["orderby"]} ${"asc" | "desc"}`)[];
    /** Ends this list and everything that its `next()` asks for. May stand in the options instead. */
    signal?: AbortSignal;
}

/** Of Windows 10 drivers the product has to be named; of the others it cannot be. */
type OfProduct<M extends Method> = "driver" extends M
    ? { method: "driver"; /** A text: the API's ids exceed 2^53. */ applicationId: string }
    : { applicationId?: undefined };

export type FailureHitsQuery<M extends Method = "ihvdriver"> = ListQuery<M, "hits"> & OfProduct<M> & {
    /** Rows then hold these fields, the date and the count. */
    groupby?: string | ListFields[M]["hits"]["groupby"][];
    /** The span that one row stands for. Default: `day`. */
    aggregationLevel?: "day" | "week" | "month";
};

export type FailureDetailsQuery<M extends Method = "ihvdriver"> = ListQuery<M, "details"> & OfProduct<M>;

export interface ListOptions {
    signal?: AbortSignal;
}

/** What the service sends besides stays in the row, too. */
interface UnknownFields {
    [field: string]: unknown;
}

type Text = string | null;

/** The fields that rows of every kind may have. Each may be missing or null. Ids are texts, whatever the service sends. */
interface RowOfAny extends UnknownFields {
    failureName?: Text;
    failureHash?: Text;
    symbol?: Text;
    /** Four parts, such as `10.0.14393.693`. */
    osVersion?: Text;
    /** Such as `System crash`. */
    eventType?: Text;
    /** An ISO 3166 code, such as `US`. */
    market?: Text;
    deviceType?: Text;
    architecture?: Text;
    flightRing?: Text;
}

interface RowOfDriver extends RowOfAny {
    osName?: Text;
    driverName?: Text;
    driverVersion?: Text;
    oemName?: Text;
    oemModel?: Text;
}

interface RowOfIhvDriver extends RowOfDriver {
    sellerId?: Text;
}

interface RowOfWindows10Driver extends RowOfDriver {
    applicationId?: Text;
    submissionId?: Text;
}

interface RowOfHardware extends RowOfAny {
    sellerId?: Text;
    moduleName?: Text;
    moduleVersion?: Text;
    /** `Kernel`, in whichever case. */
    mode?: Text;
    model?: Text;
    baseboard?: Text;
    modelFamily?: Text;
}

interface Hit {
    /** The first day of the span, `YYYY-MM-DD`. */
    date?: Text;
    eventCount?: number | null;
    /** In the documented examples, though in no documented table. */
    deviceCount?: number | null;
}

interface Detail {
    /** `YYYY-MM-DD hh:mm:ss`, in UTC (inferred: no zone is documented). */
    date?: Text;
    /** Names the CAB: for `download`, `href` and links. */
    cabIdHash?: Text;
    /** Such as `MINI`. */
    cabType?: Text;
    /** When the CAB goes, written as `date` is. */
    cabExpirationTime?: Text;
    clientDeviceId?: Text;
}

interface Rows {
    ihvdriver: RowOfIhvDriver;
    driver: RowOfWindows10Driver;
    hardware: RowOfHardware;
}

/** How often a failure was seen in one span of time. */
export type FailureHit<M extends Method = "ihvdriver"> = Hit & Rows[M];

/** One occurrence of a failure. */
export type FailureDetail<M extends Method = "ihvdriver"> = Detail & Rows[M];

/** A part of a list. Going through it by `for await` gives its rows and those of all slices after it. */
export interface Slice<Row> extends AsyncIterable<Row> {
    rows: Row[];
    /** Rows of the whole list, where the service says so. */
    totalCount: number | undefined;
    /** The next slice, nothing after the last. Asked for again, it is the same promise; after a problem, a new try. */
    next(): Promise<Slice<Row> | undefined>;
}

/** Of `driver` only, and 100 rows per slice at most. */
export interface FailureCabsQuery {
    method?: "driver";
    /** The product. A text: the API's ids exceed 2^53. */
    applicationId: string;
    /** First and last day, `YYYY-MM-DD`, or a `Date`, whose day in UTC counts. Default: the last 30 days. */
    startDate?: string | Date;
    endDate?: string | Date;
    /** Rows per slice, 1 to 100. Default: 100. */
    top?: number;
    /** Rows to leave out first. Default: 0. */
    skip?: number;
    /** Ends this list, everything that its `next()` asks for, and the downloads of its slices. */
    signal?: AbortSignal;
}

/** A CAB of a failure. Its storage address is not among the fields: it stays where no script sees it. */
export interface FailureCab extends UnknownFields {
    applicationId?: Text;
    submissionId?: Text;
    failureHash?: Text;
    /** For the slice's `download`. */
    cabIdHash?: Text;
    /** `YYYY-MM-DD hh:mm:ss`, in UTC (inferred: no zone is documented). */
    date?: Text;
    /** When the CAB goes, written as `date` is. */
    cabExpirationTime?: Text;
}

/** A part of the list of a failure's CABs, with a way to each. */
export interface CabSlice extends Slice<FailureCab> {
    next(): Promise<CabSlice | undefined>;
    /**
     * Downloads a CAB of this slice, straight from storage. Resolves once storage has answered with a file that the browser
     * took; rejects as `CabLink.download` does, and with `invalid_cab_id` for a CAB that this slice does not have. A second
     * call for a CAB under way gives the same promise.
     */
    download(cabIdHash: string, options?: ListOptions): Promise<DownloadResult>;
}

export interface CabLink {
    /**
     * How often each failure was seen: one slice of the list. Rejects with `invalid_query` and its `field` before
     * anything is sent where the query is not one that the list takes.
     */
    failureHits<M extends Method = "ihvdriver">(
    query?: FailureHitsQuery<M>,
    options?: ListOptions,
    ): Promise<Slice<FailureHit<M>>>;
    /** The occurrences of one failure, each with the id of its CAB. */
    failureDetails<M extends Method = "ihvdriver">(
    failureHash: string,
    query?: FailureDetailsQuery<M>,
    options?: ListOptions,
    ): Promise<Slice<FailureDetail<M>>>;
    /** The CABs of one failure of a Windows 10 driver, each with a way to download it without a request of its own. */
    failureCabs(failureHash: string, query: FailureCabsQuery, options?: ListOptions): Promise<CabSlice>;
}



/**
 * Download links for CABs on one page.
 *
 * ```js
 * const cabs = await CabLink.start({ getToken: msalToken(pca), endpoint: "/devcenter/" });
 * cabs.enhance(document.body);
 * ```
 */
export class CabLink {
    private constructor();
    free(): void;
    /**
     * Downloads one CAB. Resolves once storage has answered with a file that the browser took.
     *
     * ```js
     * const { attempts } = await cabs.download("c1a51104-d682-4230-be14-7278b18e3555", { signal });
     * ```
     *
     * A second call for a CAB that is under way gives the same promise, unless it goes to a tab of
     * its own. At most four run at once. The events go to the option `link`, an element, where there
     * is one, else to `document`.
     *
     * # Errors
     * Rejects with a `CabLinkError`; every code but `invalid_query`, and `invalid_options` only for
     * a `signal` or a `link` that is none.
     */
    download(cab: Cab, options?: DownloadOptions): Promise<DownloadResult>;
    /**
     * Makes plain clicks on CAB links below `root` download, now and for links added later.
     *
     * ```js
     * cabs.enhance(document.body);
     * ```
     *
     * Ours are links to `…/cabdownload?cabIdHash=…` below the API's address, the configured
     * endpoint or the scope, and `a[data-cab-id-hash]`. Every other link is left alone.
     *
     * # Errors
     * Throws `invalid_options` where `root` is no node.
     */
    enhance(root: Node): void;
    /**
     * The CAB's address inside the worker's scope, for links.
     *
     * ```js
     * link.href = cabs.href("c1a51104-d682-4230-be14-7278b18e3555");
     * ```
     *
     * By itself the address only explains what it is. A click downloads where `enhance` covers
     * the link.
     *
     * With `press`, a person's own press or click that a listener on the link hears, the address
     * downloads once within two minutes, in whichever tab it is opened: for a link that `enhance`
     * does not cover, as in a shadow tree. A `pointerdown` also makes ready what `download` of that CAB will need.
     *
     * # Errors
     * Throws `invalid_cab_id`.
     */
    href(cab: Cab, press?: Event): string;
    /**
     * Checks the options, registers the worker and waits until it is active.
     *
     * ```js
     * const cabs = await CabLink.start({ getToken: msalToken(pca), endpoint: "/devcenter/" });
     * ```
     *
     * # Errors
     * `invalid_options` with its `field`; `insecure_context`; and, with `handoff: "worker"`,
     * `worker_unavailable` or `worker_silent`.
     */
    static start(options: CabLinkOptions): Promise<CabLink>;
    /**
     * The last `CabLink` of this page that was started and is not stopped. Each call gives an object of
     * its own, so they are not to be compared by `===`.
     *
     * ```js
     * CabLink.started()?.download("c1a51104-d682-4230-be14-7278b18e3555");
     * ```
     */
    static started(): CabLink | undefined;
    /**
     * Ends what runs with `aborted` and puts every enhanced link back as it was.
     *
     * ```js
     * cabs.stop();
     * ```
     *
     * The worker stays registered: other tabs may use it.
     */
    stop(): void;
}

/**
 * A `getToken` for [`CabLink::start`] on top of the page's own MSAL.
 *
 * ```js
 * const getToken = msalToken(pca, { interactive: "popup" });
 * ```
 *
 * The page signs people in, by `loginPopup` or otherwise; as long as nobody is,
 * `token_unavailable` says so. Then silent first. Where a person has to sign in again, one popup
 * for all waiting clicks, and only while the click's activation lasts; else `interaction_required`, and the next click opens it at once.
 * When the pointer or the focus comes to an enhanced link, MSAL is asked silently at once, at most every minute, so that it
 * gets or renews a token before the click; a `getToken` around this one does without.
 * While a sign-in window of the page's own is open, `interaction_required` as well; the next click
 * tries silently, and where that does not help, its popup takes that window's place (MSAL 5).
 *
 * # Errors
 * Throws `invalid_options` where `pca` is not MSAL's. The function's promise rejects with a
 * `CabLinkError`: `interaction_required`, `popup_blocked`, `token_unavailable`, `timeout`,
 * `network_error`.
 */
export function msalToken(pca: MsalClient, options?: MsalTokenOptions): GetToken;

/** Where the wasm comes from: an address, an answer of `fetch`, its bytes, or the compiled module. */
export type InitInput = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** The wasm's memory, for those who measure it. */
export interface InitOutput {
  readonly memory: WebAssembly.Memory;
}

/**
 * Loads the wasm. Everything else waits for it: before, `CabLink` and `msalToken` throw an error that says so.
 *
 * ```js
 * await init();
 * ```
 *
 * By itself it takes `cablink_bg.wasm` from beside this file, which bundlers find. Calls while it loads and afterwards give
 * the same promise, whatever they name. After a load that failed the next call tries again.
 *
 * @param from Where else to take the wasm from, or a promise of that.
 */
export default function init(
  from?: InitInput | Promise<InitInput> | { module_or_path: InitInput | Promise<InitInput> },
): Promise<InitOutput>;
