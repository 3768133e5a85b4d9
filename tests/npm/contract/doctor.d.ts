import type { CabLinkOptions } from "./cablink.js";

/** What was looked at. New ones may come; those that are there keep their names. */
export type DoctorCheckName =
  | "options" | "secure_context" | "sandbox" | "wasm" | "script_src" | "package" | "service_worker"
  | "worker_file" | "worker_type" | "worker_scope" | "worker_policy" | "worker_src" | "trusted_types"
  | "registration" | "worker_version" | "frame_src" | "coep" | "frame" | "frame_style" | "recovery_page"
  | "connect_src" | "endpoint" | "cors" | "clock" | "token" | "token_audience" | "token_scope"
  | "token_expiry" | "access";

export interface DoctorCheck {
  name: DoctorCheckName;
  /** Whether it is as it should be; null where that could not be told. */
  ok: boolean | null;
  /** What was seen, as a sentence. Never a token, nor anything that stands in one. */
  found: string;
  /** The one line to change; with `ok: null` a hint. */
  change?: string;
}

export interface DoctorReport {
  /** Whether nothing is known to be wrong. */
  ok: boolean;
  /** In an order in which they can be set right. A part of them only where the page's policy forbids the doctor itself. */
  checks: DoctorCheck[];
  /** The report as lines of text; `String(report)` gives the same, `JSON.stringify(report)` the rest. */
  text(): string;
  toString(): string;
}

/**
 * Looks at what downloads on this page need, and says the one line to change for whatever is missing. It registers the
 * worker and asks for a token as `CabLink.start` and a click would, asks the endpoint for a CAB without naming one, and
 * downloads nothing. It resolves within two minutes; a token has
 * `deadlineMs`, a sign-in included.
 *
 * @example
 * const report = await doctor({ getToken: msalToken(pca), endpoint: "/devcenter/" });
 * if (!report.ok) console.warn(String(report));
 *
 * @throws {CabLinkError} `aborted` by the signal; `invalid_options` where that is none. Wrong options are a check.
 */
export function doctor(options: CabLinkOptions, more?: { signal?: AbortSignal }): Promise<DoctorReport>;

/** Loads the doctor beforehand, so that `doctor` in a click can open a sign-in window at once. Never rejects. */
export function prepare(): Promise<void>;
