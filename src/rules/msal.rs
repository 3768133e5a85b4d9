//! MSAL's errors, by their `errorCode`. Its messages are links since version 5, so never those.

use crate::rules::problem::{Failure, Problem};

/// The type of MSAL's event that brings the popup's window, in versions 4 and 5.
pub const POPUP_OPENED: &str = "msal:popupOpened";

/// Whether a click gives up the sign-in window that is open, for a new one.
///
/// MSAL 5 does not notice that a person closes its popup; for a minute or two every click would
/// wait for nothing. Without the click's activation a new window would only be blocked.
#[must_use]
pub const fn gives_up_window(closed: bool, activation: bool) -> bool {
    closed && activation
}

/// What a rejected token request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A person has to sign in: a popup can help.
    SignIn,
    /// A problem of this kind.
    Problem(Problem),
}

/// Codes of MSAL 4 and 5 (`@azure/msal-browser`) and of the OAuth server behind it.
///
/// A table instead of MSAL's classes: the host brings MSAL, minified, in a version of its own.
const CODES: &[(&str, Meaning)] = &[
    // InteractionRequiredAuthError, made by MSAL or passed on from the server.
    ("interaction_required", Meaning::SignIn),
    ("login_required", Meaning::SignIn),
    ("consent_required", Meaning::SignIn),
    ("no_tokens_found", Meaning::SignIn),
    ("refresh_token_expired", Meaning::SignIn),
    ("bad_token", Meaning::SignIn),
    ("native_account_unavailable", Meaning::SignIn),
    ("ux_not_allowed", Meaning::SignIn),
    ("interrupted_user", Meaning::SignIn),
    // ServerError: with some cache policies a refused refresh token arrives under this name.
    ("invalid_grant", Meaning::SignIn),
    (
        "interaction_in_progress",
        Meaning::Problem(Problem::InteractionRequired),
    ),
    (
        "interaction_in_progress_cancelled",
        Meaning::Problem(Problem::InteractionRequired),
    ),
    // BrowserAuthError of the popup itself.
    (
        "popup_window_error",
        Meaning::Problem(Problem::PopupBlocked),
    ),
    (
        "empty_window_error",
        Meaning::Problem(Problem::PopupBlocked),
    ),
    (
        "user_cancelled",
        Meaning::Problem(Problem::TokenUnavailable),
    ),
    ("access_denied", Meaning::Problem(Problem::TokenUnavailable)),
    (
        "no_account_error",
        Meaning::Problem(Problem::TokenUnavailable),
    ),
    // MSAL 5 does not notice a closed popup; it times out on the bridge page.
    ("timed_out", Meaning::Problem(Problem::Timeout)),
    (
        "redirect_bridge_timeout",
        Meaning::Problem(Problem::Timeout),
    ),
    ("monitor_popup_timeout", Meaning::Problem(Problem::Timeout)),
    ("monitor_window_timeout", Meaning::Problem(Problem::Timeout)),
    // The network.
    (
        "no_network_connectivity",
        Meaning::Problem(Problem::NetworkError),
    ),
    (
        "post_request_failed",
        Meaning::Problem(Problem::NetworkError),
    ),
    (
        "get_request_failed",
        Meaning::Problem(Problem::NetworkError),
    ),
    ("network_error", Meaning::Problem(Problem::NetworkError)),
    (
        "endpoints_resolution_error",
        Meaning::Problem(Problem::NetworkError),
    ),
    (
        "openid_config_error",
        Meaning::Problem(Problem::NetworkError),
    ),
    (
        "crypto_nonexistent",
        Meaning::Problem(Problem::InsecureContext),
    ),
    (
        "crypto_subtle_undefined",
        Meaning::Problem(Problem::InsecureContext),
    ),
];

/// How often a token is looked after unasked, in milliseconds. MSAL renews what has less than five minutes.
const LOOK_MS: f64 = 60_000.0;

/// Whether to look after a token when a click may come: so long after the last time, and with a person's sign-in needed
/// or under way, without which silence is of no use.
#[must_use]
pub fn looks_after(since_ms: f64, sign_in: bool) -> bool {
    since_ms >= LOOK_MS && !sign_in
}

/// What an `errorCode` means. Unknown ones, the empty one of MSAL's own throttling among them,
/// are `token_unavailable`.
#[must_use]
pub fn meaning(error_code: &str) -> Meaning {
    look_up(error_code).map_or(
        Meaning::Problem(Problem::TokenUnavailable),
        |(_, meaning)| *meaning,
    )
}

/// The code itself, where it is a known one: any other could hold anything.
#[must_use]
pub fn known(error_code: &str) -> Option<&'static str> {
    look_up(error_code).map(|(code, _)| *code)
}

fn look_up(error_code: &str) -> Option<&'static (&'static str, Meaning)> {
    CODES.iter().find(|(code, _)| *code == error_code)
}

/// What is said where nobody is signed in.
pub const NOBODY: &str = "Nobody is signed in on this page.";

/// The failure behind an `errorCode`, where nothing more can be done about it.
#[must_use]
pub fn failure(error_code: &str) -> Failure {
    match (error_code, meaning(error_code)) {
        (_, Meaning::SignIn) => Problem::InteractionRequired.into(),
        ("interaction_in_progress", _) => Failure::explained(
            Problem::InteractionRequired,
            "A sign-in window is already open.",
            Some("Finish or close that window, then click again."),
        ),
        ("user_cancelled" | "access_denied", _) => Failure::explained(
            Problem::TokenUnavailable,
            "The sign-in was cancelled.",
            Some("Click again and finish the sign-in."),
        ),
        ("no_account_error", _) => Failure::explained(
            Problem::TokenUnavailable,
            NOBODY,
            Some("Sign in, then click again."),
        ),
        (_, Meaning::Problem(Problem::Timeout)) => Failure::explained(
            Problem::Timeout,
            "The sign-in did not finish in time.",
            Some("Click again and finish the sign-in."),
        ),
        (_, Meaning::Problem(Problem::NetworkError)) => Failure::explained(
            Problem::NetworkError,
            "The sign-in service could not be reached.",
            Some("Check the connection, then click again."),
        ),
        (_, Meaning::Problem(problem)) => problem.into(),
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_looked_after_once_a_minute_and_not_while_somebody_signs_in() {
        for (since, signing_in, looks) in [
            (f64::INFINITY, false, true),
            (60_000.0, false, true),
            (59_999.0, false, false),
            (0.0, false, false),
            (f64::NAN, false, false),
            (f64::INFINITY, true, false),
        ] {
            assert_eq!(looks_after(since, signing_in), looks, "{since}");
        }
    }

    #[test]
    fn each_code_stands_once_and_has_a_problem() {
        for (index, (code, meaning)) in CODES.iter().enumerate() {
            assert!(
                CODES[..index].iter().all(|(other, _)| other != code),
                "{code}"
            );
            let expected = match meaning {
                Meaning::SignIn => Problem::InteractionRequired,
                Meaning::Problem(problem) => *problem,
            };
            assert_eq!(failure(code).problem, expected, "{code}");
            assert_eq!(known(code), Some(*code));
        }
    }

    #[test]
    fn only_a_click_gives_up_a_window_and_only_a_closed_one() {
        assert!(gives_up_window(true, true));
        for (closed, activation) in [(true, false), (false, true), (false, false)] {
            assert!(!gives_up_window(closed, activation));
        }
    }

    #[test]
    fn the_unknown_is_token_unavailable() {
        for code in ["", "something_new", "Interaction_Required", "🦀"] {
            assert_eq!(failure(code).problem, Problem::TokenUnavailable, "{code}");
            assert_eq!(known(code), None);
        }
    }
}
