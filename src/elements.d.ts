/** The custom elements `<cab-link>` and `<cab-list>`: importing this module defines them. */

import type { CabLink, DownloadResult } from "./cablink.js";
import type { CabState, FailureDetail, Method } from "./cablink.js";

/** Where a `<cab-link>` is: a state of `cablink:state`, or one of its own. */
export type CabLinkElementState = CabState | "idle" | "unready" | "no-cab" | "invalid" | "expired" | "cancelled";

/** What of a row a `<cab-link>` reads. */
export type CabRow = Partial<Pick<FailureDetail, "cabIdHash" | "cabType" | "cabExpirationTime">> & {
  applicationId?: string | null;
};

/** `<cab-link cab-id-hash method application-id compact>label</cab-link>` */
export class CabLinkElement extends HTMLElement {
  /** The `CabLink` to use. By default it is the page's last started one that is not stopped. */
  get cabs(): CabLink | undefined;
  set cabs(cabs: CabLink | undefined);
  /** A row of `failureDetails`: names the CAB, its type and when it expires. */
  get row(): CabRow | undefined;
  set row(row: CabRow | undefined);
  readonly state: CabLinkElementState;
  /** Downloads, as a click does. */
  download(): Promise<DownloadResult>;
  /** Ends the download, where an element has begun it and the browser has not got the file yet. */
  cancel(): void;
}

/** What a framework sets on a `<cab-link>`: attributes, and its properties. For the types of JSX; docs/ELEMENTS.md has the lines. */
export interface CabLinkProps extends Partial<Pick<CabLinkElement, "cabs" | "row">> {
  "cab-id-hash"?: string;
  method?: Method;
  "application-id"?: string;
  /** One line, for tables. */
  compact?: boolean;
}

/** `detail` of the event `cablink:batch`. Handed over is all that a page can know. */
export interface CabBatchDetail {
  state: "running" | "paused" | "ended" | "cancelled";
  total: number;
  handedOver: number;
  failed: number;
}

/** `<cab-list failure-hash method application-id start-date end-date filter orderby>` */
export class CabListElement extends HTMLElement {
  /** The `CabLink` to use. By default it is the page's last started one that is not stopped. */
  get cabs(): CabLink | undefined;
  set cabs(cabs: CabLink | undefined);
  /** Rows of a host's own, shaped like those of `failureDetails`, in place of the service's. */
  get rows(): readonly object[] | undefined;
  set rows(rows: readonly object[] | undefined);
  /** The selected rows, in the order in which they are seen. */
  readonly selectedRows: object[];
  /** Asks for the rows anew. */
  reload(): void;
  /** Downloads the selected rows, as the button does. */
  downloadSelected(): void;
  /** Ends what several downloads have not handed over yet. */
  cancel(): void;
}

/** What a framework sets on a `<cab-list>`: attributes, and its properties. */
export interface CabListProps extends Partial<Pick<CabListElement, "cabs" | "rows">> {
  "failure-hash"?: string;
  method?: Method;
  "application-id"?: string;
  /** Days, `YYYY-MM-DD`. */
  "start-date"?: string;
  "end-date"?: string;
  /** The API's own clauses. */
  filter?: string;
  orderby?: string;
}

declare global {
  interface HTMLElementTagNameMap {
    "cab-link": CabLinkElement;
    "cab-list": CabListElement;
  }
  interface GlobalEventHandlersEventMap {
    "cablink:rows": CustomEvent<{ loaded: number; total?: number }>;
    "cablink:selected": CustomEvent<{ count: number }>;
    "cablink:batch": CustomEvent<CabBatchDetail>;
  }
}
