/** The custom elements `<cab-link>` and `<cab-list>`: importing this module defines them. */

import type { CabLink, DownloadResult } from "./cablink.js";
import type { CabState, FailureDetail } from "./cablink.js";

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

declare global {
  interface HTMLElementTagNameMap {
    "cab-link": CabLinkElement;
  }
}
