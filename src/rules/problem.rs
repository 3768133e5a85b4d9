//! What can go wrong, with its code, its sentence and its next step in one place.

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};

use crate::rules::{scrub, text};

/// Everything that can go wrong. In the API's words a "failure" is a row of data, so this is a
/// problem. The codes are part of the public contract; the texts are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// An option of `start` is missing or wrong; `field` names it.
    InvalidOptions,
    /// The CAB's id cannot be one; no request was made.
    InvalidCabId,
    /// A query names a field or value that the method does not take; `field` names it.
    InvalidQuery,
    /// The page is not on https (nor on localhost), so the browser offers no service worker.
    InsecureContext,
    /// The service worker could not be registered, or never became active.
    WorkerUnavailable,
    /// The service worker is there but did not answer in time, twice.
    WorkerSilent,
    /// `getToken` gave no usable token.
    TokenUnavailable,
    /// A person has to sign in, and the browser allows no popup at this moment.
    InteractionRequired,
    /// The browser blocked the sign-in popup.
    PopupBlocked,
    /// The service refused the request as malformed (400).
    BadRequest,
    /// The service refused the token, also a renewed one (401).
    Unauthorized,
    /// The account may not do this (403).
    Forbidden,
    /// The service does not know this CAB, or no longer (404, 410).
    NotFound,
    /// The service asked to slow down (429), for longer than the deadline allows.
    Throttled,
    /// The service failed (5xx), also after trying again.
    ServiceError,
    /// The answer is neither a redirect to storage nor a documented error.
    UnexpectedResponse,
    /// No answer came: offline, refused, or forbidden by CORS.
    NetworkError,
    /// The deadline passed.
    Timeout,
    /// The host page ended it: `stop()` or an `AbortSignal`.
    Aborted,
    /// Storage answered, but not with a file (an expired address, a deleted CAB).
    StorageRefused,
    /// The redirect leads outside the allowed storage; it was not followed.
    StorageBlocked,
    /// The host page's own policy forbids the frame that starts the download.
    FrameBlocked,
    /// The page sits in a sandboxed frame that forbids downloads.
    DownloadBlocked,
}

/// The fixed part of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Stable, `snake_case`; what programs switch on.
    pub code: &'static str,
    /// What happened, as one sentence for a person.
    pub sentence: &'static str,
    /// What the person can do about it.
    pub next_step: &'static str,
    /// Whether the same action may work when simply done again.
    pub retryable: bool,
}

impl Problem {
    /// All problems, for tests, tables and looking a code up.
    pub const ALL: [Self; 23] = [
        Self::InvalidOptions,
        Self::InvalidCabId,
        Self::InvalidQuery,
        Self::InsecureContext,
        Self::WorkerUnavailable,
        Self::WorkerSilent,
        Self::TokenUnavailable,
        Self::InteractionRequired,
        Self::PopupBlocked,
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::Throttled,
        Self::ServiceError,
        Self::UnexpectedResponse,
        Self::NetworkError,
        Self::Timeout,
        Self::Aborted,
        Self::StorageRefused,
        Self::StorageBlocked,
        Self::FrameBlocked,
        Self::DownloadBlocked,
    ];

    /// Code, sentence, next step and whether to try again.
    #[must_use]
    pub fn facts(self) -> Facts {
        Facts {
            code: self.said(0),
            sentence: self.said(1),
            next_step: self.said(2),
            retryable: matches!(
                self,
                Self::WorkerSilent
                    | Self::TokenUnavailable
                    | Self::InteractionRequired
                    | Self::PopupBlocked
                    | Self::Throttled
                    | Self::ServiceError
                    | Self::NetworkError
                    | Self::Timeout
                    | Self::Aborted
                    | Self::StorageRefused
            ),
        }
    }

    /// A line of what is said of it.
    #[inline(never)]
    fn said(self, line: usize) -> &'static str {
        let mut lines = text::pieces(SAID, b'\n');
        lines.nth(self as usize * 3 + line).unwrap_or_default()
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.said(0)
    }

    /// The problem with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.code() == code)
    }
}

/// What is said of each problem, in the order of [`Problem::ALL`]: code, sentence and next step on a line each.
///
/// One text, since a table of texts is as many addresses and lengths, which hardly compress.
static SAID: &str = "\
invalid_options
An option given to CabLink is not valid.
Tell whoever runs this page; its set-up has to be corrected.
invalid_cab_id
This is not a CAB id.
Open the list of failures again and use a link from there.
invalid_query
The query asks for something this list does not offer.
Correct the named part of the query.
insecure_context
Downloads need a secure page, and this one was opened over plain http.
Open the same page with https:// in front.
worker_unavailable
The browser could not start the download worker of this page.
Leave private browsing or allow site data, then reload; otherwise tell whoever runs this page.
worker_silent
The download worker of this page did not answer.
Reload the page and try again.
token_unavailable
Your sign-in gave no permission to download.
Sign in again, then try once more.
interaction_required
You have to sign in again before this can be downloaded.
Click once more; a sign-in window opens.
popup_blocked
The browser blocked the sign-in window.
Allow pop-ups for this page, then click again.
bad_request
The service did not understand the request for this CAB.
Check the CAB id; if it comes from the list, tell whoever runs this page.
unauthorized
The service did not accept your sign-in, even after renewing it.
Sign out and in again; if that does not help, ask for access to the analytics API.
forbidden
Your account may not download this CAB.
Ask an administrator whether the account is in the Hardware Dev Center program and has the Manager role.
not_found
The service has no CAB with this id, or no longer.
Pick a newer occurrence of the same failure.
throttled
The service asks for fewer requests at the moment.
Wait a minute, then try again.
service_error
The service failed while looking for this CAB.
Try again later.
unexpected_response
The service answered with something that is neither a CAB nor a known error.
Reload the page and sign in again; if that does not help, tell whoever runs this page.
network_error
The service could not be reached.
Check the connection; if other sites work, whoever runs this page must check the relay or the service's CORS answer.
timeout
The download did not begin in time.
Try again.
aborted
The download was cancelled before it began.
Start it again if you still need it.
storage_refused
The storage behind the service did not hand out this CAB.
Try again; if it stays so, the CAB has been removed: pick a newer occurrence.
storage_blocked
The service pointed to a storage address that this page does not trust, so it was not opened.
Tell whoever runs this page; its `storage` option lists the trusted addresses.
frame_blocked
The security policy of this page forbids the hidden frame that starts a download.
Tell whoever runs this page; its Content-Security-Policy needs frame-src 'self'.
download_blocked
This page is embedded in a frame that does not allow downloads.
Open the page in a tab of its own; whoever embeds it can add allow-downloads to the frame's sandbox.";

/// A problem as it happened: what becomes a `CabLinkError`.
///
/// Boxed, because it stands in every result: moving it around costs one pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<Details>);

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

/// What is known about a [`Failure`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// Which problem.
    pub problem: Problem,
    /// A more exact sentence than the problem's own, where there is one.
    pub sentence: Option<String>,
    /// A more exact next step than the problem's own, where there is one.
    pub next_step: Option<&'static str>,
    /// The HTTP status, where the service answered.
    pub status: Option<u16>,
    /// How long the service asked to wait, in milliseconds.
    pub retry_after_ms: Option<u32>,
    /// The option, id or query part that is wrong.
    pub field: Option<Cow<'static, str>>,
    /// The service's own code, scrubbed and capped.
    pub service_code: Option<String>,
    /// The service's own message, scrubbed and capped.
    pub service_message: Option<String>,
}

impl From<Problem> for Failure {
    // Not inlined: it stands wherever something can go wrong.
    #[inline(never)]
    fn from(problem: Problem) -> Self {
        Self(Box::new(Details {
            problem,
            sentence: None,
            next_step: None,
            status: None,
            retry_after_ms: None,
            field: None,
            service_code: None,
            service_message: None,
        }))
    }
}

impl Failure {
    /// A problem with one field of what the caller gave.
    ///
    /// `sentence` is ours; of what the caller gave only plain, short words may be part of it.
    #[must_use]
    #[inline(never)]
    pub fn of_field(problem: Problem, field: &'static str, sentence: String) -> Self {
        let mut failure = Self::from(problem);
        failure.field = Some(Cow::Borrowed(field));
        failure.sentence = Some(sentence);
        failure
    }

    /// A problem with a more exact sentence and next step of ours.
    #[must_use]
    #[inline(never)]
    pub fn explained(problem: Problem, sentence: &str, next_step: Option<&'static str>) -> Self {
        let mut failure = Self::from(problem);
        failure.sentence = Some(sentence.to_owned());
        failure.next_step = next_step;
        failure
    }

    /// Adds what the service itself said, made safe to show. `secret` is what must not be echoed.
    #[must_use]
    pub fn with_service_text(
        mut self,
        code: Option<&str>,
        message: Option<&str>,
        secret: &str,
    ) -> Self {
        self.service_code = code.and_then(|text| scrub::code(text, secret));
        self.service_message = message.and_then(|text| scrub::message(text, secret));
        self
    }

    /// The sentence for the person.
    #[must_use]
    pub fn message(&self) -> &str {
        self.sentence
            .as_deref()
            .unwrap_or_else(|| self.problem.said(1))
    }

    /// What the person can do.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        self.next_step.unwrap_or_else(|| self.problem.said(2))
    }
}

impl From<crate::rules::id::BadCab> for Failure {
    fn from(bad: crate::rules::id::BadCab) -> Self {
        let (name, reason) = match bad.field {
            "method" => ("The method", "is not ihvdriver, driver or hardware"),
            "applicationId" => ("The application id", bad.reason.sentence_end()),
            _ => ("The CAB id", bad.reason.sentence_end()),
        };
        Self::of_field(
            Problem::InvalidCabId,
            bad.field,
            [name, " ", reason, "."].concat(),
        )
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::id::{BadCab, IdReason};
    use std::collections::HashSet;

    #[test]
    fn every_problem_has_its_own_code_a_sentence_and_a_next_step() {
        let mut codes = HashSet::new();
        for problem in Problem::ALL {
            let facts = problem.facts();
            assert!(codes.insert(facts.code), "{} twice", facts.code);
            assert!(
                facts
                    .code
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_')
            );
            for text in [facts.sentence, facts.next_step] {
                assert!(text.ends_with('.'), "{text}");
                assert!(text.starts_with(char::is_uppercase), "{text}");
                assert!(!text.contains(". "), "one sentence: {text}");
            }
            assert_eq!(Problem::from_code(facts.code), Some(problem));
        }
        assert_eq!(codes.len(), Problem::ALL.len());
        assert_eq!(Problem::from_code(""), None);
        assert_eq!(Problem::from_code("Timeout"), None);
    }

    #[test]
    fn all_lists_each_problem_once_and_in_order() {
        for (index, problem) in Problem::ALL.into_iter().enumerate() {
            assert_eq!(problem as usize, index);
            // The table of facts is in the same order: each code is its variant's name.
            let name = format!("{problem:?}").to_lowercase();
            assert_eq!(problem.code().replace('_', ""), name);
        }
    }

    #[test]
    fn a_bad_id_names_the_field_and_quotes_nothing() {
        for field in ["cabIdHash", "applicationId", "method"] {
            for reason in IdReason::ALL {
                let failure = Failure::from(BadCab { field, reason });
                assert_eq!(failure.problem, Problem::InvalidCabId);
                assert_eq!(failure.field.as_deref(), Some(field));
                assert!(failure.message().ends_with('.'));
            }
        }
    }

    #[test]
    fn the_more_exact_text_wins() {
        let plain = Failure::from(Problem::Timeout);
        assert_eq!(plain.message(), Problem::Timeout.facts().sentence);
        let exact = Failure::explained(Problem::Timeout, "It took long.", Some("Wait."));
        assert_eq!(
            (exact.message(), exact.next_step()),
            ("It took long.", "Wait.")
        );
    }
}
