//! `doctor`: what a deployment needs, judged from what was seen, and the one line to change.
//!
//! The facts are gathered by the crate `cablink-doctor`, a wasm module of its own; nothing here is in the page's.
//! A check says `true`, `false`, or nothing where it could not be told. What only fails because of another check
//! says nothing, so that one fault is one line.

pub mod endpoint;
pub mod page;
pub mod policy;
pub mod token;
pub mod worker;

use crate::rules::flow::Config;
use crate::rules::options::Handoff;
use crate::rules::problem::Failure;

/// One thing that a deployment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Stable, `snake_case`.
    pub name: &'static str,
    /// Whether it is as it should be; nothing where that could not be told.
    pub ok: Option<bool>,
    /// What was seen, as a sentence. Never a token, nor anything that stands in one.
    pub found: String,
    /// The one line to change.
    pub change: Option<String>,
}

impl Check {
    pub(crate) fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self::new(name, Some(true), found.into(), None)
    }

    pub(crate) fn bad(
        name: &'static str,
        found: impl Into<String>,
        change: impl Into<String>,
    ) -> Self {
        Self::new(name, Some(false), found.into(), Some(change.into()))
    }

    pub(crate) fn unknown(name: &'static str, found: impl Into<String>) -> Self {
        Self::new(name, None, found.into(), None)
    }

    /// What could not be told, and what to do so that it can.
    pub(crate) fn open(
        name: &'static str,
        found: impl Into<String>,
        change: impl Into<String>,
    ) -> Self {
        Self::new(name, None, found.into(), Some(change.into()))
    }

    /// It depends on another check, which comes first.
    pub(crate) fn after(name: &'static str, first: &str) -> Self {
        Self::unknown(name, format!("Not looked at: {first} comes first."))
    }

    fn new(name: &'static str, ok: Option<bool>, found: String, change: Option<String>) -> Self {
        Self {
            name,
            ok,
            found,
            change,
        }
    }
}

/// Every check there is, in the order of the report.
pub const NAMES: [&str; 29] = [
    "options",
    "secure_context",
    "sandbox",
    "wasm",
    "script_src",
    "package",
    "service_worker",
    "worker_file",
    "worker_type",
    "worker_scope",
    "worker_policy",
    "worker_src",
    "trusted_types",
    "registration",
    "worker_version",
    "frame_src",
    "coep",
    "frame",
    "frame_style",
    "recovery_page",
    "connect_src",
    "endpoint",
    "cors",
    "clock",
    "token",
    "token_audience",
    "token_scope",
    "token_expiry",
    "access",
];

/// What was given to `doctor`, as `CabLink.start` would take it.
#[derive(Clone, Debug)]
pub struct Given {
    /// The options, checked.
    pub config: Config,
    /// The option `scopes`.
    pub scopes: Vec<String>,
    /// The page's own origin.
    pub page_origin: String,
}

impl Given {
    /// An address of this site as a path.
    pub(crate) fn below_origin<'a>(&self, address: &'a str) -> &'a str {
        address.strip_prefix(&self.page_origin).unwrap_or(address)
    }

    /// The endpoint as it is spoken of: a relay by its path.
    pub(crate) fn endpoint_name(&self) -> &str {
        self.below_origin(self.config.endpoint.base())
    }

    /// What a policy has to name so that the endpoint may be asked.
    pub(crate) fn endpoint_source(&self) -> &str {
        if self.config.endpoint.same_origin() {
            "'self'"
        } else {
            self.config.endpoint.origin()
        }
    }

    /// What the page's own policy has to name: the package's wasm lies on its own origin.
    pub(crate) fn page_sources(&self) -> String {
        let source = self.endpoint_source();
        if source == "'self'" {
            source.to_owned()
        } else {
            format!("'self' {source}")
        }
    }
}

/// Everything that was seen; what was not looked at is `None`.
#[derive(Clone, Default)]
pub struct Facts {
    /// About the page itself.
    pub page: page::Facts,
    /// About the worker.
    pub worker: worker::Facts,
    /// About the endpoint.
    pub endpoint: endpoint::Facts,
    /// About the token.
    pub token: token::Facts,
}

/// All checks, each once, in the order of [`NAMES`].
#[must_use]
pub fn checks(given: &Result<Given, Failure>, facts: &Facts) -> Vec<Check> {
    let mut checks = vec![options(given)];
    let clock = facts.token.clock;
    page::checks(&facts.page, &mut checks);
    match given {
        Ok(given) => {
            let worker_is_wanted = given.config.handoff != Handoff::Follow;
            worker::checks(given, &facts.worker, worker_is_wanted, &mut checks);
            page::frame_checks(given, facts, worker_is_wanted, &mut checks);
            endpoint::checks(given, &facts.endpoint, &mut checks);
            token::checks(given, &facts.token, &facts.endpoint, &mut checks);
        }
        Err(_) => {
            let clock = token::clock(clock, None);
            for name in &NAMES[checks.len()..] {
                checks.push(if *name == "clock" {
                    clock.clone()
                } else {
                    Check::after(name, "options")
                });
            }
        }
    }
    checks
}

fn options(given: &Result<Given, Failure>) -> Check {
    match given {
        Ok(_) => Check::good("options", "The options are valid."),
        Err(failure) => {
            let field = failure.field.as_deref().unwrap_or("options");
            let change = format!("Correct the option {field} of CabLink.start.");
            Check::bad("options", failure.message(), change)
        }
    }
}

/// Whether nothing is known to be wrong.
#[must_use]
pub fn all_is_well(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.ok != Some(false))
}

#[cfg(all(test, not(target_family = "wasm")))]
pub(crate) mod tests;
