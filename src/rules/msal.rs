//! MSAL's errors, by their `errorCode`. Its messages are links since version 5, so never those.

use crate::rules::problem::{Failure, Problem};
use crate::rules::text;

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
const CODES: &[(Meaning, &str)] = &[
    (
        Meaning::SignIn,
        // InteractionRequiredAuthError, made by MSAL or passed on from the server; the last is a ServerError:
        // with some cache policies a refused refresh token arrives under this name.
        "interaction_required login_required consent_required no_tokens_found \
        refresh_token_expired bad_token native_account_unavailable ux_not_allowed \
        interrupted_user invalid_grant",
    ),
    (
        Meaning::Problem(Problem::InteractionRequired),
        "interaction_in_progress interaction_in_progress_cancelled",
    ),
    // BrowserAuthError of the popup itself.
    (
        Meaning::Problem(Problem::PopupBlocked),
        "popup_window_error empty_window_error",
    ),
    (
        Meaning::Problem(Problem::TokenUnavailable),
        "user_cancelled access_denied no_account_error",
    ),
    // MSAL 5 does not notice a closed popup; it times out on the bridge page.
    (
        Meaning::Problem(Problem::Timeout),
        "timed_out redirect_bridge_timeout monitor_popup_timeout monitor_window_timeout",
    ),
    // The network.
    (
        Meaning::Problem(Problem::NetworkError),
        "no_network_connectivity post_request_failed get_request_failed network_error \
        endpoints_resolution_error openid_config_error",
    ),
    (
        Meaning::Problem(Problem::InsecureContext),
        "crypto_nonexistent crypto_subtle_undefined",
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
    look_up(error_code).map_or(Meaning::Problem(Problem::TokenUnavailable), |(found, _)| {
        found
    })
}

/// The code itself, where it is a known one: any other could hold anything.
#[must_use]
pub fn known(error_code: &str) -> Option<&'static str> {
    look_up(error_code).map(|(_, code)| code)
}

fn look_up(error_code: &str) -> Option<(Meaning, &'static str)> {
    CODES
        .iter()
        .find_map(|(meaning, codes)| Some((*meaning, text::word(codes, error_code)?)))
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
    use std::collections::HashSet;

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
        let mut seen = HashSet::new();
        for (meaning, codes) in CODES {
            let expected = match meaning {
                Meaning::SignIn => Problem::InteractionRequired,
                Meaning::Problem(problem) => *problem,
            };
            for code in codes.split(' ') {
                assert!(seen.insert(code), "{code}");
                assert_eq!(failure(code).problem, expected, "{code}");
                assert_eq!(known(code), Some(code));
            }
        }
        assert_eq!(seen.len(), 29);
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
