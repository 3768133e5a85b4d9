//! The page itself: where it is, what its policy allows, and the hidden frame.

use crate::rules::doctor::{self, Check, Given};
use crate::rules::frame::forbids_downloads;
use crate::rules::protocol::Document;

/// What was seen of the page.
#[derive(Clone, Default)]
pub struct Facts {
    /// `isSecureContext`.
    pub secure: Option<bool>,
    /// The frames that the page sits in.
    pub embedding: Option<Embedding>,
    /// How the other scripts of the package load.
    pub parts: Option<Parts>,
    /// What became of a hidden frame that the worker answers.
    pub frame: Option<Framed>,
    /// Whether a hidden frame is out of sight.
    pub frame_is_hidden: Option<bool>,
    /// `Cross-Origin-Embedder-Policy` of the page, where it could be asked for; empty for none.
    pub coep: Option<String>,
    /// How the server answers at an address of the scope.
    pub recovery: Option<Recovery>,
}

/// The frames around the page, from the inside out, as far as they can be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Embedding {
    /// The attribute `sandbox` of each frame that has one.
    pub sandboxes: Vec<String>,
    /// Whether there is a frame around these that belongs to another origin.
    pub by_another_origin: bool,
}

/// How the scripts beside `doctor.js` load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// They do.
    Loaded,
    /// The page's policy forbids one.
    Forbidden,
    /// One is missing, or is no script.
    Missing,
}

/// Whether the Trusted Types policy `cablink` can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Types {
    /// The browser knows no Trusted Types.
    Unknown,
    /// It can.
    Allowed,
    /// The page's policy does not have the name.
    Refused,
}

/// What became of the hidden frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framed {
    /// It shows what we answered.
    Shown,
    /// The page's policy forbids it.
    Forbidden,
    /// The browser shows an error in its place.
    Refused,
    /// It shows something else: the server's answer.
    Bypassed,
    /// Nothing came in time.
    Silent,
}

/// How the server answers at an address of the scope that is no file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The HTTP status.
    pub status: u16,
    /// Without parameters, in lower case.
    pub media_type: String,
}

/// What the hidden frame's document is called.
pub const TITLE: &str = "cablink doctor";

/// What the worker is told to answer the hidden frame with: as the real one, without an inner frame.
#[must_use]
pub fn document(given: &Given) -> Document {
    let mut headers = vec![
        ("content-type", "text/html; charset=utf-8".to_owned()),
        (
            "content-security-policy",
            "default-src 'none'; base-uri 'none'; form-action 'none'".to_owned(),
        ),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
    ];
    if let Some(coep) = given.config.coep {
        headers.push(("cross-origin-embedder-policy", coep.as_str().to_owned()));
    }
    let body = format!("<!doctype html><meta charset=\"utf-8\"><title>{TITLE}</title>");
    Document { headers, body }
}

pub(super) fn checks(facts: &Facts, checks: &mut Vec<Check>) {
    checks.push(match facts.secure {
        None => Check::unknown("secure_context", "Not looked at."),
        Some(true) => Check::good("secure_context", "The page is a secure context."),
        Some(false) => Check::bad(
            "secure_context",
            "The page was opened over plain http.",
            "Serve the page over https.",
        ),
    });
    checks.push(sandbox(facts.embedding.as_ref()));
    checks.push(Check::good(
        "wasm",
        "The page's policy lets WebAssembly run.",
    ));
    let (script_src, package) = match facts.parts {
        None => (
            Check::unknown("script_src", NOT_IN_TIME),
            Check::unknown("package", NOT_IN_TIME),
        ),
        Some(Parts::Loaded) => (
            Check::good(
                "script_src",
                "The page's policy lets the package's scripts run.",
            ),
            Check::good("package", "The package's scripts load from one place."),
        ),
        Some(Parts::Forbidden) => (
            Check::bad(
                "script_src",
                "The page's policy forbids a script of the package.",
                "Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'",
            ),
            Check::after("package", "script_src"),
        ),
        Some(Parts::Missing) => (
            Check::good(
                "script_src",
                "The page's policy forbids no script of the package.",
            ),
            Check::bad(
                "package",
                "cablink.js or cablink_lists.js does not load from where doctor.js lies.",
                "Serve all files of the package at one place, from one build.",
            ),
        ),
    };
    checks.push(script_src);
    checks.push(package);
}

/// Where the time was over, or something before did not end.
pub(super) const NOT_IN_TIME: &str = "Not looked at: the time was over.";

fn sandbox(embedding: Option<&Embedding>) -> Check {
    const NAME: &str = "sandbox";
    let Some(embedding) = embedding else {
        return Check::unknown(NAME, "Not looked at.");
    };
    let lacks = |flag: &str| {
        embedding.sandboxes.iter().any(|sandbox| {
            !sandbox
                .split_ascii_whitespace()
                .any(|token| token.eq_ignore_ascii_case(flag))
        })
    };
    if embedding
        .sandboxes
        .iter()
        .any(|sandbox| forbids_downloads(sandbox))
    {
        return Check::bad(
            NAME,
            "A frame around the page has a sandbox without allow-downloads: files would be lost.",
            "Add allow-downloads to the sandbox attribute of that frame.",
        );
    }
    if lacks("allow-popups") {
        return Check::open(
            NAME,
            "A frame around the page has a sandbox without allow-popups: no sign-in window can open.",
            "Add allow-popups allow-popups-to-escape-sandbox to the sandbox attribute, unless people sign in elsewhere.",
        );
    }
    if embedding.by_another_origin {
        return Check::open(
            NAME,
            "A page of another origin holds this one, and its sandbox cannot be seen from here.",
            "If its frame has a sandbox attribute, that needs allow-downloads.",
        );
    }
    Check::good(
        NAME,
        if embedding.sandboxes.is_empty() {
            "No sandbox is around the page."
        } else {
            "The sandbox around the page allows downloads."
        },
    )
}

pub(super) fn types(types: Option<Types>) -> Check {
    const NAME: &str = "trusted_types";
    match types {
        None => Check::unknown(NAME, NOT_IN_TIME),
        Some(Types::Unknown) => Check::unknown(NAME, "This browser knows no Trusted Types."),
        Some(Types::Allowed) => Check::good(NAME, "The policy named cablink is allowed."),
        Some(Types::Refused) => Check::bad(
            NAME,
            "The page's policy does not allow a Trusted Types policy named cablink.",
            "Content-Security-Policy: trusted-types cablink",
        ),
    }
}

pub(super) fn frame_checks(
    given: &Given,
    facts: &doctor::Facts,
    worker_is_wanted: bool,
    checks: &mut Vec<Check>,
) {
    let page = &facts.page;
    if !worker_is_wanted {
        for name in ["frame_src", "coep", "frame", "frame_style", "recovery_page"] {
            checks.push(Check::unknown(name, NOT_NEEDED));
        }
        return;
    }
    let coep = coep(given, page);
    let coep_is_wrong = coep.ok == Some(false);
    let after = |name| match page.frame {
        None if facts.worker.is_right() => Check::unknown(name, NOT_IN_TIME),
        _ => Check::after(name, "the worker"),
    };
    checks.push(match page.frame {
        None => after("frame_src"),
        Some(Framed::Forbidden) => Check::bad(
            "frame_src",
            "The page's policy forbids the hidden frame.",
            "Content-Security-Policy: frame-src 'self'",
        ),
        Some(_) => Check::good("frame_src", "The page's policy allows the hidden frame."),
    });
    checks.push(coep);
    checks.push(match page.frame {
        None => after("frame"),
        Some(Framed::Shown) => Check::good("frame", "The worker answers the hidden frame."),
        Some(Framed::Forbidden) => Check::after("frame", "frame_src"),
        // Chromium shows an error then, and Firefox nothing at all.
        Some(_) if coep_is_wrong => Check::after("frame", "coep"),
        Some(Framed::Refused) => Check::bad(
            "frame",
            "The browser refuses what the worker answers to the hidden frame.",
            "Give CabLink.start the option coep with the page's own Cross-Origin-Embedder-Policy.",
        ),
        Some(Framed::Bypassed) => Check::bad(
            "frame",
            "The server, not the worker, answered the hidden frame.",
            "Reload the page in the usual way: after a reload past the cache browsers leave the worker out.",
        ),
        Some(Framed::Silent) => Check::bad(
            "frame",
            "The worker gave the hidden frame no answer in time.",
            "Serve worker.js of the package unchanged, then reload the page.",
        ),
    });
    checks.push(match page.frame_is_hidden {
        None => after("frame_style"),
        Some(true) => Check::good("frame_style", "The hidden frame is out of sight."),
        Some(false) => Check::bad(
            "frame_style",
            "A style sheet of the page shows the hidden frame.",
            "In your style sheet: iframe:not([hidden]) in place of iframe, where display is !important.",
        ),
    });
    checks.push(recovery(given, page.recovery.as_ref()));
}

/// What only the worker needs.
pub(super) const NOT_NEEDED: &str = "Not needed with the option handoff: \"follow\".";

/// Script cannot see the policy that is in force; the same page asked for once more carries it.
fn coep(given: &Given, page: &Facts) -> Check {
    const NAME: &str = "coep";
    let option = given.config.coep.map(|coep| coep.as_str());
    let header = page.coep.as_deref().map(|text| {
        let value = text.split([';', ',']).next().unwrap_or_default().trim();
        value.to_ascii_lowercase()
    });
    match (header.as_deref(), option) {
        (Some("require-corp" | "credentialless"), option) if header.as_deref() == option => {
            Check::good(
                NAME,
                "The option coep is the page's own Cross-Origin-Embedder-Policy. Only Chromium saves files under it.",
            )
        }
        (Some(isolated @ ("require-corp" | "credentialless")), _) => Check::bad(
            NAME,
            format!(
                "The page has Cross-Origin-Embedder-Policy: {isolated}, and the option coep does not say so."
            ),
            format!("CabLink.start({{ …, coep: \"{isolated}\" }})"),
        ),
        (Some(_), None) => Check::good(NAME, "The page has no embedder policy."),
        (Some(_), Some(_)) => Check::open(
            NAME,
            "The option coep is given, but the page has no embedder policy.",
            "Leave the option coep out.",
        ),
        (None, _) => Check::unknown(NAME, "The page could not be asked for once more."),
    }
}

fn recovery(given: &Given, recovery: Option<&Recovery>) -> Check {
    const NAME: &str = "recovery_page";
    let scope = given.below_origin(given.config.scope.base());
    match recovery {
        None => Check::unknown(NAME, "The server could not be asked."),
        Some(Recovery { media_type, .. }) if media_type == "text/html" => Check::good(
            NAME,
            format!("The server has a page for addresses below {scope}."),
        ),
        Some(Recovery { status, .. }) => Check::bad(
            NAME,
            format!("The server has no page for addresses below {scope} (HTTP {status})."),
            format!(
                "Serve cablink.html, or a page of yours, for every other address below {scope}."
            ),
        ),
    }
}
