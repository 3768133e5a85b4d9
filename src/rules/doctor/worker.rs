//! The worker: its file, how it is served, whether it registers and answers.

use crate::rules::doctor::page::{self, NOT_IN_TIME, NOT_NEEDED};
use crate::rules::doctor::{Check, Given, policy};
use crate::rules::endpoint::Address;
use crate::rules::protocol::PROTOCOL;
use crate::rules::registration::is_script;

/// What was seen of the worker.
#[derive(Clone, Default)]
pub struct Facts {
    /// Whether the browser offers service workers here.
    pub offered: Option<bool>,
    /// How the server sends the script.
    pub file: Option<File>,
    /// The Trusted Types policy, which the registration needs.
    pub types: Option<page::Types>,
    /// How the registration went.
    pub registered: Option<Registered>,
    /// Which protocol the active worker speaks; nothing in it where it did not answer.
    pub version: Option<Option<f64>>,
    /// The endpoint, taken apart.
    pub endpoint: Option<Address>,
    /// The page, taken apart.
    pub page: Option<Address>,
}

/// How the server sends the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// An answer.
    Served(Served),
    /// A redirect, which browsers refuse for workers.
    Redirected,
    /// No answer, or one that the page may not read.
    Unreachable,
    /// The page's `connect-src` forbids to look.
    Forbidden,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Service-Worker-Allowed`.
    pub allowed: Option<String>,
    /// `Content-Security-Policy`; several are joined by commas.
    pub policy: Option<String>,
}

/// How the registration went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Registered {
    /// It is active.
    Active,
    /// It did not become active in time, or failed to install.
    Inactive,
    /// The browser refused: the error's name, and the directive that was violated meanwhile, or empty.
    Refused {
        /// The name of the error.
        error: String,
        /// The directive of the page's policy.
        directive: String,
    },
}

impl Facts {
    /// Whether it is active and speaks our protocol, so that a hidden frame can be tried.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.version == Some(Some(f64::from(PROTOCOL)))
    }
}

pub(super) fn checks(given: &Given, facts: &Facts, is_wanted: bool, checks: &mut Vec<Check>) {
    const OF_THE_FILE: [&str; 4] = [
        "worker_file",
        "worker_type",
        "worker_scope",
        "worker_policy",
    ];
    if !is_wanted {
        checks.push(Check::unknown("service_worker", NOT_NEEDED));
        for name in OF_THE_FILE {
            checks.push(Check::unknown(name, NOT_NEEDED));
        }
        for name in [
            "worker_src",
            "trusted_types",
            "registration",
            "worker_version",
        ] {
            checks.push(Check::unknown(name, NOT_NEEDED));
        }
        return;
    }
    checks.push(match facts.offered {
        None => Check::unknown("service_worker", NOT_IN_TIME),
        Some(true) => Check::good("service_worker", "The browser offers service workers here."),
        Some(false) => Check::open(
            "service_worker",
            "The browser offers no service worker here.",
            "Open the page over https, in a normal window, with site data allowed.",
        ),
    });
    let served = file(given, facts, checks);
    match served {
        Some(served) => {
            checks.push(media_type(given, served));
            checks.push(scope(given, served));
            checks.push(own_policy(given, facts, served));
        }
        None => {
            for name in &OF_THE_FILE[1..] {
                checks.push(Check::after(name, "worker_file"));
            }
        }
    }
    let file_is_wrong = checks.iter().any(|check| {
        check.ok == Some(false)
            && matches!(check.name, "worker_file" | "worker_type" | "worker_scope")
    });
    checks.push(worker_src(facts));
    checks.push(page::types(facts.types));
    checks.push(registration(facts, file_is_wrong));
    checks.push(version(facts));
}

/// The file itself; gives how it is served, where that is worth a closer look.
fn file<'a>(given: &Given, facts: &'a Facts, checks: &mut Vec<Check>) -> Option<&'a Served> {
    const NAME: &str = "worker_file";
    let path = given.below_origin(given.config.scope.script());
    let (check, served) = match &facts.file {
        None => (Check::unknown(NAME, NOT_IN_TIME), None),
        Some(File::Forbidden) => (Check::after(NAME, "connect_src"), None),
        Some(File::Unreachable) => (
            Check::bad(
                NAME,
                format!("The server gives no answer for {path}."),
                format!("Serve worker.js of the package as {path}."),
            ),
            None,
        ),
        Some(File::Redirected) => (
            Check::bad(
                NAME,
                format!("The server redirects {path}, which browsers refuse for a worker."),
                format!("Serve {path} itself, without a redirect, also to who is not signed in."),
            ),
            None,
        ),
        Some(File::Served(served)) if !(200..300).contains(&served.status) => (
            Check::bad(
                NAME,
                format!("The server does not have {path} (HTTP {}).", served.status),
                format!("Serve worker.js of the package as {path}."),
            ),
            None,
        ),
        Some(File::Served(served)) => (
            Check::good(NAME, format!("The server has {path}.")),
            Some(served),
        ),
    };
    checks.push(check);
    served
}

fn media_type(given: &Given, served: &Served) -> Check {
    const NAME: &str = "worker_type";
    if is_script(&served.content_type) {
        return Check::good(NAME, "The worker comes as JavaScript.");
    }
    let path = given.below_origin(given.config.scope.script());
    Check::bad(
        NAME,
        "The worker does not come as JavaScript; perhaps it is a page that the server sends for every address.",
        format!("Send {path} with Content-Type: text/javascript."),
    )
}

/// The scope is the script's folder, which needs no header; one that names less forbids it.
fn scope(given: &Given, served: &Served) -> Check {
    const NAME: &str = "worker_scope";
    let scope = given.below_origin(given.config.scope.base());
    match &served.allowed {
        None => Check::good(
            NAME,
            "No Service-Worker-Allowed is sent, and none is needed.",
        ),
        Some(allowed) if scope.starts_with(allowed.trim()) && allowed.trim().starts_with('/') => {
            Check::good(NAME, "Service-Worker-Allowed covers the scope.")
        }
        // A full or a relative address: resolving it is the browser's business.
        Some(allowed) if !allowed.trim().starts_with('/') => Check::unknown(
            NAME,
            "Service-Worker-Allowed is no path, so whether the registration works decides.",
        ),
        Some(_) => Check::bad(
            NAME,
            format!("Service-Worker-Allowed forbids the scope {scope}."),
            format!("Leave Service-Worker-Allowed out, or send Service-Worker-Allowed: {scope}."),
        ),
    }
}

/// A policy sent with the script rules what the worker may fetch: the page's own does not.
fn own_policy(given: &Given, facts: &Facts, served: &Served) -> Check {
    const NAME: &str = "worker_policy";
    let Some(policy) = served.policy.as_deref().filter(|policy| !policy.is_empty()) else {
        return Check::good(NAME, "The worker comes without a policy of its own.");
    };
    let (Some(endpoint), Some(page)) = (&facts.endpoint, &facts.page) else {
        return Check::unknown(NAME, NOT_IN_TIME);
    };
    if policy::connects(policy, endpoint, page) {
        return Check::good(
            NAME,
            "The policy sent with the worker lets it ask the endpoint.",
        );
    }
    let path = given.below_origin(given.config.scope.script());
    Check::bad(
        NAME,
        "The policy sent with the worker forbids it to ask the endpoint.",
        format!(
            "Content-Security-Policy of {path}: connect-src {}",
            given.endpoint_source()
        ),
    )
}

fn is_about_types(directive: &str) -> bool {
    matches!(directive, "trusted-types" | "require-trusted-types-for")
}

fn worker_src(facts: &Facts) -> Check {
    const NAME: &str = "worker_src";
    match &facts.registered {
        None => Check::after(NAME, "service_worker"),
        Some(Registered::Refused { directive, .. })
            if !directive.is_empty() && !is_about_types(directive) =>
        {
            Check::bad(
                NAME,
                "The page's policy forbids the worker.",
                "Content-Security-Policy: worker-src 'self'",
            )
        }
        Some(_) => Check::good(NAME, "The page's policy allows the worker."),
    }
}

fn registration(facts: &Facts, file_is_wrong: bool) -> Check {
    const NAME: &str = "registration";
    match &facts.registered {
        None => Check::after(NAME, "service_worker"),
        Some(Registered::Active) => Check::good(NAME, "The worker is registered and active."),
        Some(_) if file_is_wrong => Check::after(NAME, "the worker's file"),
        Some(Registered::Inactive) => Check::bad(
            NAME,
            "The worker was registered but did not become active.",
            "Serve worker.js of the package unchanged, then reload the page.",
        ),
        Some(Registered::Refused { directive, .. }) if is_about_types(directive) => {
            Check::after(NAME, "trusted_types")
        }
        Some(Registered::Refused { directive, .. }) if !directive.is_empty() => {
            Check::after(NAME, "worker_src")
        }
        // The file is right and the policy allows it: a script that throws, or a browser that refuses.
        Some(Registered::Refused { error, .. }) if error == "TypeError" => Check::bad(
            NAME,
            "The worker's script does not run.",
            "Serve worker.js of the package unchanged.",
        ),
        Some(Registered::Refused { .. }) => Check::bad(
            NAME,
            "The browser refused the worker.",
            "Open the page in a normal window and allow site data.",
        ),
    }
}

fn version(facts: &Facts) -> Check {
    const NAME: &str = "worker_version";
    match facts.version {
        None => Check::after(NAME, "registration"),
        Some(_) if facts.is_right() => {
            Check::good(NAME, "Page and worker speak the same protocol.")
        }
        Some(Some(_)) => Check::bad(
            NAME,
            "Page and worker are of different versions.",
            "Serve worker.js of the same build as cablink.js, with Cache-Control: no-cache.",
        ),
        Some(None) => Check::bad(
            NAME,
            "The worker does not answer.",
            "Serve worker.js of the package unchanged, then reload the page.",
        ),
    }
}
