//! The endpoint: whether it is the API or a relay, and what a page of this origin may do there.
//!
//! It is asked for `ihvdriver/cabdownload` without an id, so that no answer can be a CAB.

use crate::rules::doctor::page::NOT_IN_TIME;
use crate::rules::doctor::{Check, Given};

/// The method that is asked for, without the id that it needs.
pub const METHOD: &str = "ihvdriver/cabdownload";

/// What a page has to be allowed to read of an endpoint on another origin.
const EXPOSED: &str = "Access-Control-Expose-Headers: Retry-After, WWW-Authenticate";

/// What was seen of the endpoint.
#[derive(Clone, Default)]
pub struct Facts {
    /// Asked without a token.
    pub plain: Option<Answer>,
    /// On another origin, asked with a header that forces a preflight, and no token in it.
    pub preflighted: Option<Answer>,
    /// On another origin that answered no CORS: whether anything is there at all.
    pub reachable: Option<bool>,
    /// Asked with the page's own token.
    pub with_token: Option<Answer>,
}

impl Facts {
    /// Whether the page's token may be shown to it: only where each answer without one is an API's that misses the token
    /// or the id. A web page, a redirect or a proxy's error is not the endpoint.
    #[must_use]
    pub fn takes_tokens(&self) -> bool {
        let asks =
            |answer: &Answer| matches!(answer, Answer::Answered(answered) if answered.asks());
        self.plain.as_ref().is_some_and(asks) && self.preflighted.as_ref().is_none_or(asks)
    }
}

/// How it answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// With this.
    Answered(Answered),
    /// With a redirect, which nobody followed.
    Redirected,
    /// Not at all, or with something that the page may not read.
    Unreachable,
    /// The page's `connect-src` forbids to ask.
    Forbidden,
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// Without parameters, in lower case.
    pub media_type: String,
    /// Whether `WWW-Authenticate` can be read.
    pub challenge: bool,
}

impl Answered {
    fn asks(&self) -> bool {
        matches!(self.status, 400 | 401 | 403 | 422) && self.media_type != "text/html"
    }
}

pub(super) fn checks(given: &Given, facts: &Facts, checks: &mut Vec<Check>) {
    checks.push(match &facts.plain {
        None => Check::unknown("connect_src", NOT_IN_TIME),
        Some(Answer::Forbidden) => Check::bad(
            "connect_src",
            "The page's policy forbids it to ask the endpoint.",
            format!(
                "Content-Security-Policy: connect-src {}",
                given.page_sources()
            ),
        ),
        Some(_) => Check::good("connect_src", "The page's policy lets it ask the endpoint."),
    });
    let elsewhere = !given.config.endpoint.same_origin();
    let without_cors =
        elsewhere && facts.plain == Some(Answer::Unreachable) && facts.reachable == Some(true);
    checks.push(match &facts.plain {
        None => Check::unknown("endpoint", NOT_IN_TIME),
        Some(_) if without_cors => Check::after("endpoint", "cors"),
        Some(answer) => endpoint(given, answer),
    });
    checks.push(if elsewhere {
        cors(given, facts, without_cors)
    } else {
        Check::good(
            "cors",
            "The endpoint is a relay on the page's own origin and needs no CORS.",
        )
    });
}

fn endpoint(given: &Given, answer: &Answer) -> Check {
    const NAME: &str = "endpoint";
    let same_origin = given.config.endpoint.same_origin();
    let place = given.endpoint_name();
    let what = if same_origin { "the relay" } else { "the API" };
    let route = if same_origin {
        format!("Route {place} to the relay, before any rule that serves or redirects to pages.")
    } else {
        "Give the option endpoint the API's base: https://manage.devcenter.microsoft.com/v1.0/my/analytics/".to_owned()
    };
    let answered = match answer {
        Answer::Forbidden => return Check::after(NAME, "connect_src"),
        Answer::Unreachable => {
            return Check::bad(
                NAME,
                format!("Nothing answers at {place}."),
                format!("Run {what} at {place}, or correct the option endpoint."),
            );
        }
        Answer::Redirected => {
            return Check::bad(
                NAME,
                format!(
                    "{place} redirects a request without a CAB, as to a sign-in page of the portal's own."
                ),
                route,
            );
        }
        Answer::Answered(answered) => answered,
    };
    let status = answered.status;
    if answered.media_type == "text/html" && status < 500 {
        return Check::bad(
            NAME,
            format!("A web page, not {what}, answers at {place} (HTTP {status})."),
            route,
        );
    }
    match status {
        401 | 403 => Check::good(
            NAME,
            format!("Something that asks for a token answers at {place} (HTTP {status})."),
        ),
        400 | 422 => Check::good(
            NAME,
            format!("Something that asks for a CAB's id answers at {place} (HTTP {status})."),
        ),
        404 | 410 => Check::bad(
            NAME,
            format!("There is no {METHOD} below {place} (HTTP {status})."),
            route,
        ),
        405 | 501 => Check::bad(
            NAME,
            format!("{place} refuses GET (HTTP {status})."),
            format!("Allow GET at {place}{METHOD}."),
        ),
        429 => Check::unknown(
            NAME,
            "The service asks for fewer requests at the moment (HTTP 429).",
        ),
        502..=504 if same_origin => Check::bad(
            NAME,
            format!("The relay cannot reach the API (HTTP {status})."),
            "Point the relay at https://manage.devcenter.microsoft.com/v1.0/my/analytics/ and let it out there.",
        ),
        500.. => Check::unknown(
            NAME,
            format!("{what} failed (HTTP {status}).").replacen('t', "T", 1),
        ),
        _ => Check::unknown(
            NAME,
            format!(
                "{place} answers HTTP {status} to a request without token and CAB, which says little."
            ),
        ),
    }
}

fn cors(given: &Given, facts: &Facts, without_cors: bool) -> Check {
    const NAME: &str = "cors";
    let origin = &given.page_origin;
    if without_cors {
        return Check::bad(
            NAME,
            "The endpoint answers, but not for this page's origin.",
            format!(
                "Put a relay on this site and give its path as endpoint; or have the endpoint send \
                 Access-Control-Allow-Origin: {origin}, Access-Control-Allow-Headers: authorization and {EXPOSED}"
            ),
        );
    }
    let Some(Answer::Answered(plain)) = &facts.plain else {
        return Check::after(NAME, "endpoint");
    };
    match &facts.preflighted {
        None => Check::unknown(NAME, NOT_IN_TIME),
        Some(Answer::Unreachable) => Check::bad(
            NAME,
            "The endpoint refuses the preflight for the header Authorization.",
            "Answer OPTIONS with a 2xx, Access-Control-Allow-Methods: GET and Access-Control-Allow-Headers: authorization",
        ),
        // Every 401 has to carry it (RFC 9110, section 15.5.2); what cannot be read is not exposed.
        Some(Answer::Answered(answered))
            if (answered.status == 401 && !answered.challenge)
                || (plain.status == 401 && !plain.challenge) =>
        {
            Check::bad(
                NAME,
                "The endpoint answers CORS, but its WWW-Authenticate cannot be read.",
                EXPOSED,
            )
        }
        Some(_) => Check::good(
            NAME,
            format!(
                "The endpoint answers CORS for {origin}. It must also expose Retry-After, which no 401 shows."
            ),
        ),
    }
}

/// With a token, and still without an id: what the account may do.
pub(super) fn access(facts: &Facts) -> Check {
    const NAME: &str = "access";
    let answered = match &facts.with_token {
        None => return Check::after(NAME, "token or endpoint"),
        Some(Answer::Answered(answered)) => answered,
        Some(_) => return Check::after(NAME, "endpoint"),
    };
    match answered.status {
        401 => Check::bad(
            NAME,
            "The service does not take the token, or does not get it (HTTP 401).",
            "Have the relay pass Authorization on unchanged; if it does, ask for access to the analytics API.",
        ),
        403 => Check::bad(
            NAME,
            "The account may not use the API (HTTP 403).",
            "Add the account to the Windows Hardware Dev Center program, with the Manager role in Partner Center.",
        ),
        // Inferred: the documentation names no status for a missing parameter.
        400 | 404 | 422 => Check::good(
            NAME,
            format!(
                "The service takes the token and misses the CAB's id (HTTP {}).",
                answered.status
            ),
        ),
        status => Check::unknown(
            NAME,
            format!("HTTP {status} to a request with a token and without a CAB says little."),
        ),
    }
}
