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
