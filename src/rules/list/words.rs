//! What a person reads where the problem's own words speak of a CAB or a download.

use crate::rules::list::envelope::NoList;
use crate::rules::problem::{Failure, Problem};

/// Sentence and next step when the deadline is over.
pub const LATE: (&str, &str) = ("The list did not come in time.", "Try again.");

/// Sentence and next step after `stop()` or an `AbortSignal`.
pub const CANCELLED: (&str, &str) = (
    "The list was cancelled before it came.",
    "Load it again if you still need it.",
);

/// Why an answer is no slice of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A redirect. Lists never redirect, and the token must not follow one.
    Redirect,
    /// A web page.
    Page,
    /// Neither a list nor a page.
    Nonsense,
    /// A body beyond every size that a list can have.
    TooLong,
    /// The link to the next slice leads elsewhere.
    LinkElsewhere,
    /// Slices repeat.
    Circle,
}

impl Said {
    /// All of them, for tests and tables.
    pub const ALL: [Self; 6] = [
        Self::Redirect,
        Self::Page,
        Self::Nonsense,
        Self::TooLong,
        Self::LinkElsewhere,
        Self::Circle,
    ];

    const fn sentence(self) -> &'static str {
        match self {
            Self::Redirect => "The service answered with a redirect instead of data.",
            Self::Page => "The service answered with a web page instead of data.",
            Self::Nonsense => "The service answered with something that is not a list.",
            Self::TooLong => "The service's answer is longer than any list should be.",
            Self::LinkElsewhere => {
                "The service's link to further rows leads elsewhere, so it was not followed."
            }
            Self::Circle => "The service's links to further rows lead in a circle.",
        }
    }

    const fn next_step(self) -> &'static str {
        match self {
            Self::Redirect | Self::Page => {
                "Reload the page and sign in again; if that does not help, tell whoever runs this page."
            }
            Self::TooLong => "Ask for fewer rows at once.",
            _ => "Load the list again; if that does not help, tell whoever runs this page.",
        }
    }
}

impl From<NoList> for Said {
    fn from(why: NoList) -> Self {
        match why {
            NoList::Markup => Self::Page,
            NoList::Other => Self::Nonsense,
        }
    }
}

/// `unexpected_response`, with what exactly came.
#[must_use]
pub fn unexpected(said: Said) -> Failure {
    Failure::explained(
        Problem::UnexpectedResponse,
        said.sentence(),
        Some(said.next_step()),
    )
}

/// The failure with words that fit a list, unless it has words of its own.
#[must_use]
pub fn worded(mut failure: Failure) -> Failure {
    let (sentence, next_step) = match failure.problem {
        Problem::TokenUnavailable => (
            "Your sign-in gave no permission to read the list.",
            "Sign in again, then try once more.",
        ),
        Problem::InteractionRequired => (
            "You have to sign in again before the list can be read.",
            "Try once more by a click; a sign-in window opens.",
        ),
        Problem::BadRequest => (
            "The service did not understand the request for this list.",
            "Change the query; if it stays so, tell whoever runs this page.",
        ),
        Problem::Forbidden => (
            "Your account may not read this data.",
            "Ask an administrator whether the account is in the Hardware Dev Center program and has the Manager role.",
        ),
        Problem::NotFound => (
            "The service has no such list, or knows nothing of this failure.",
            "Load the failures again; if that does not help, tell whoever runs this page: its endpoint may lead to the wrong place.",
        ),
        Problem::ServiceError => ("The service has a problem of its own.", "Try again later."),
        Problem::UnexpectedResponse => (Said::Nonsense.sentence(), Said::Nonsense.next_step()),
        Problem::Timeout => LATE,
        Problem::Aborted => CANCELLED,
        _ => return failure,
    };
    if failure.sentence.is_none() {
        failure.sentence = Some(sentence.to_owned());
    }
    if failure.next_step.is_none() {
        failure.next_step = Some(next_step);
    }
    failure
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn no_problem_of_a_list_speaks_of_a_cab() {
        for problem in [
            Problem::TokenUnavailable,
            Problem::InteractionRequired,
            Problem::PopupBlocked,
            Problem::BadRequest,
            Problem::Unauthorized,
            Problem::Forbidden,
            Problem::NotFound,
            Problem::Throttled,
            Problem::ServiceError,
            Problem::UnexpectedResponse,
            Problem::NetworkError,
            Problem::Timeout,
            Problem::Aborted,
        ] {
            let failure = worded(problem.into());
            for text in [failure.message(), failure.next_step()] {
                assert!(
                    text.ends_with('.') && text.starts_with(char::is_uppercase),
                    "{text}"
                );
                assert!(
                    !text.contains("CAB") && !text.contains("download"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn words_of_its_own_stay() {
        let own = Failure::explained(Problem::Timeout, "It took long.", Some("Wait."));
        assert_eq!(worded(own.clone()), own);
        for said in Said::ALL {
            let failure = unexpected(said);
            assert_eq!(worded(failure.clone()), failure);
            assert!(failure.message().ends_with('.') && failure.next_step().ends_with('.'));
        }
    }
}
