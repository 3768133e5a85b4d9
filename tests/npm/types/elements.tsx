// The elements in a framework that writes them as JSX, and in a page.
import type { CabLinkProps, CabListProps } from "cablink/elements.js";
import "cablink/elements.js";

declare global {
  namespace JSX {
    interface IntrinsicElements {
      "cab-link": CabLinkProps & { children?: string };
      "cab-list": CabListProps;
    }
  }
}

export const link = <cab-link cab-id-hash="c1a51104-d682-4230-be14-7278b18e3555" method="driver" application-id="7" compact>The dump</cab-link>;
export const row = <cab-link row={{ cabIdHash: null, cabType: "MINI" }} />;
export const list = <cab-list failure-hash="f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f" start-date="2026-01-31" rows={[{ cabIdHash: "a" }]} />;
// @ts-expect-error no such family
export const family = <cab-list failure-hash="f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f" method="xbox" />;
// @ts-expect-error the attribute is failure-hash
export const name = <cab-list failureHash="f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f" />;

document.querySelector("cab-list")?.addEventListener("cablink:batch", ({ detail }) => console.log(detail.handedOver));
document.querySelector("cab-list")?.reload();
