// A page in TypeScript, as the package's README has it.
import { PublicClientApplication } from "@azure/msal-browser";
import init, { CabLink, msalToken, type CabLinkError, type CabLinkOptions, type FailureDetail } from "cablink";
import { doctor, prepare, type DoctorReport } from "cablink/doctor.js";

const pca = new PublicClientApplication({ auth: { clientId: "id", redirectUri: "/redirect.html" } });
await Promise.all([pca.initialize(), init(), prepare()]);
const options: CabLinkOptions = { getToken: msalToken(pca), endpoint: "/devcenter/", enhance: document.body };
const cabs = await CabLink.start(options);

const slice = await cabs.failureDetails("f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f", { orderby: ["date desc"], top: 100 });
const rows: FailureDetail[] = slice.rows;
export const links = rows.flatMap(({ cabIdHash }) => (cabIdHash ? [cabs.href(cabIdHash)] : []));
// @ts-expect-error a row may have no CAB
cabs.href(rows[0].cabIdHash);
// @ts-expect-error the clause does not take this field
await cabs.failureDetails("f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f", { orderby: ["sellerId"] });
// @ts-expect-error of Windows 10 drivers the product has to be named
await cabs.failureHits({ method: "driver" });

try {
  await cabs.download("c1a51104-d682-4230-be14-7278b18e3555");
} catch (problem) {
  const { code, message, nextStep } = problem as CabLinkError;
  document.title = code === "aborted" ? "" : `${message} ${nextStep}`;
}
document.addEventListener("cablink:state", ({ detail }) => console.log(detail.state, detail.error?.nextStep));

export const report: DoctorReport = await doctor(options);
// @ts-expect-error no such check
report.checks.filter(({ name }) => name === "weather");
