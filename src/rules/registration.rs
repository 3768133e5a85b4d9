//! Why a browser refused the download worker: the one thing that is missing.
//!
//! The error of `register` says little: browsers share two names for a dozen reasons, and each
//! has texts of its own. So the page looks at what else can be seen.

use crate::rules::problem::{Failure, Problem};
use crate::rules::text;

/// What can be seen of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the error.
    pub error: String,
    /// The directive of the page's own policy that was violated meanwhile, or empty.
    pub directive: String,
    /// What the server answers for the script, where it answers the page at all.
    pub script: Option<Script>,
}

/// How the worker's script is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The HTTP status.
    pub status: u16,
    /// Whether a redirect led to it; browsers take no worker from there.
    pub redirected: bool,
    /// `Content-Type`.
    pub content_type: String,
}

/// The media types that browsers take a script under.
const SCRIPT_TYPES: &str =
    "text/javascript application/javascript application/x-javascript text/ecmascript";

/// Whether a violation of the page's policy is about the worker at this address, and not about
/// something else of the page's at the same moment.
#[must_use]
pub fn is_about(script: &str, blocked: &str, sample: &str) -> bool {
    match blocked {
        "trusted-types-policy" => sample == "cablink",
        "trusted-types-sink" => sample.starts_with("ServiceWorkerContainer"),
        // Browsers may shorten the address to its origin, or leave out the query.
        _ => !blocked.is_empty() && script.starts_with(blocked),
    }
}

/// Whether browsers take a script under this `Content-Type`.
#[must_use]
pub fn is_script(content_type: &str) -> bool {
    text::word(SCRIPT_TYPES, &text::media_type(content_type)).is_some()
}

impl Refusal {
    /// The failure that names what is missing.
    #[must_use]
    pub fn failure(&self) -> Failure {
        let text = match self.directive.as_str() {
            "trusted-types" | "require-trusted-types-for" => (
                "The security policy of this page forbids the address of its download worker.",
                "Tell whoever runs this page; its Content-Security-Policy needs the name cablink in trusted-types.",
            ),
            "worker-src" | "child-src" | "script-src" | "default-src" => (
                "The security policy of this page forbids its download worker.",
                "Tell whoever runs this page; its Content-Security-Policy needs worker-src 'self'.",
            ),
            _ => return self.without_policy(),
        };
        unavailable(text.0, text.1)
    }

    fn without_policy(&self) -> Failure {
        match &self.script {
            Some(script) if script.redirected => unavailable(
                "The server redirects the download worker of this page, which browsers refuse.",
                "Sign in again and reload; otherwise whoever runs this page must serve worker.js at its own address.",
            ),
            Some(script) if !(200..300).contains(&script.status) => {
                let status = text::decimal(script.status.into());
                unavailable(
                    &[
                        "The server does not have the download worker of this page (HTTP ",
                        &status,
                        ").",
                    ]
                    .concat(),
                    "Tell whoever runs this page; worker.js has to lie where the option worker says.",
                )
            }
            Some(script) if !is_script(&script.content_type) => unavailable(
                "The server does not send the download worker of this page as JavaScript.",
                "Tell whoever runs this page; worker.js has to come as text/javascript.",
            ),
            None if self.error == "TypeError" => unavailable(
                "The download worker of this page could not be loaded.",
                "Check the connection and reload the page.",
            ),
            Some(_) if self.error == "TypeError" => unavailable(
                "The download worker of this page is no script that runs.",
                "Tell whoever runs this page; worker.js has to be the one of cablink, unchanged.",
            ),
            _ => unavailable(
                "The browser refused the download worker of this page.",
                "Open the page in a normal window and allow site data, then try again.",
            ),
        }
    }
}

/// `worker_unavailable` with the reason.
#[must_use]
#[inline(never)]
pub fn unavailable(sentence: &str, next_step: &'static str) -> Failure {
    Failure::explained(Problem::WorkerUnavailable, sentence, Some(next_step))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn a_violation_is_ours_by_what_was_blocked() {
        const SCRIPT: &str = "https://portal.example/cablink/worker.js?v=1";
        for (blocked, sample, ours) in [
            (SCRIPT, "", true),
            ("https://portal.example/cablink/worker.js", "", true),
            ("https://portal.example", "", true),
            ("https://portal.example/other/worker.js", "", false),
            ("https://elsewhere.example/worker.js", "", false),
            ("trusted-types-policy", "cablink", true),
            ("trusted-types-policy", "another", false),
            (
                "trusted-types-sink",
                "ServiceWorkerContainer register|https://portal.example/cablink/w",
                true,
            ),
            ("trusted-types-sink", "Element innerHTML|<p>", false),
            ("inline", "", false),
            ("eval", "", false),
            ("", "", false),
        ] {
            assert_eq!(
                is_about(SCRIPT, blocked, sample),
                ours,
                "{blocked} {sample}"
            );
        }
    }

    fn script(status: u16, content_type: &str) -> Option<Script> {
        Some(Script {
            status,
            redirected: false,
            content_type: content_type.into(),
        })
    }

    fn said(error: &str, directive: &str, script: Option<Script>) -> String {
        let failure = Refusal {
            error: error.into(),
            directive: directive.into(),
            script,
        }
        .failure();
        assert_eq!(failure.problem, Problem::WorkerUnavailable);
        [failure.message(), failure.next_step()].join(" ")
    }

    #[test]
    fn the_policy_is_named_first() {
        for error in ["TypeError", "SecurityError", ""] {
            for (directive, named) in [
                ("worker-src", "worker-src 'self'"),
                ("script-src", "worker-src 'self'"),
                ("default-src", "worker-src 'self'"),
                ("trusted-types", "cablink in trusted-types"),
                ("require-trusted-types-for", "cablink in trusted-types"),
            ] {
                let text = said(error, directive, script(404, "text/html"));
                assert!(text.contains(named), "{text}");
            }
        }
    }

    #[test]
    fn then_what_the_server_says() {
        for status in [301, 403, 404, 500] {
            let text = said("TypeError", "", script(status, "text/javascript"));
            assert!(text.contains(&format!("(HTTP {status})")), "{text}");
        }
        for wrong in ["", "text/plain", "text/html; charset=utf-8"] {
            let text = said("SecurityError", "connect-src", script(200, wrong));
            assert!(text.contains("text/javascript"), "{text}");
        }
        let redirected = script(200, "text/javascript").map(|script| Script {
            redirected: true,
            ..script
        });
        assert!(said("SecurityError", "", redirected).contains("redirects"));
    }

    #[test]
    fn what_is_served_well_was_refused_by_the_browser() {
        for good in [
            "text/javascript",
            "Text/JavaScript; charset=utf-8",
            "application/javascript",
        ] {
            for error in ["SecurityError", "NotSupportedError", "InvalidStateError"] {
                let text = said(error, "", script(200, good));
                assert!(text.contains("allow site data"), "{text}");
            }
            let text = said("TypeError", "", script(200, good));
            assert!(text.contains("no script that runs"), "{text}");
        }
        assert!(said("SecurityError", "", None).contains("allow site data"));
        assert!(said("TypeError", "", None).contains("Check the connection"));
    }
}
