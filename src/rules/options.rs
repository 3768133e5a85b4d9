//! The options of `start`, checked.

use crate::rules::problem::{Failure, Problem};

/// How a redirect reaches the browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Handoff {
    /// By the worker; where there is none, by following.
    #[default]
    Auto,
    /// By the worker or not at all.
    Worker,
    /// By following the redirect in the page; needs CORS at storage.
    Follow,
}

impl Handoff {
    /// Reads the option `handoff`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "worker" => Some(Self::Worker),
            "follow" => Some(Self::Follow),
            _ => None,
        }
    }
}

/// The portal's `Cross-Origin-Embedder-Policy`, which the hidden frame has to share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coep {
    /// `require-corp`
    RequireCorp,
    /// `credentialless`
    Credentialless,
}

impl Coep {
    /// Reads the option `coep`; `unsafe-none` is the same as none at all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Option<Self>> {
        match text {
            "require-corp" => Some(Some(Self::RequireCorp)),
            "credentialless" => Some(Some(Self::Credentialless)),
            "unsafe-none" => Some(None),
            _ => None,
        }
    }

    /// The header's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequireCorp => "require-corp",
            Self::Credentialless => "credentialless",
        }
    }
}

/// The default of `deadlineMs`.
pub const DEADLINE_MS: u32 = 60_000;

/// The scope that the API's resource has under Entra ID's v2 endpoint. Observed in Microsoft's own
/// `msstore` tool; the API's documentation only names the resource.
pub const DEFAULT_SCOPE: &str = "https://manage.devcenter.microsoft.com/.default";

/// Reads the option `deadlineMs`: whole milliseconds, at most a day.
#[must_use]
pub fn deadline_ms(value: f64) -> Option<u32> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range"
    )]
    (1.0..=86_400_000.0)
        .contains(&value)
        .then_some(value as u32)
}

/// Whether the option `scopes` is a list of scopes: none is empty or holds a blank.
#[must_use]
pub fn are_scopes(scopes: &[String]) -> bool {
    let good = |scope: &String| !scope.is_empty() && scope.bytes().all(|b| b.is_ascii_graphic());
    !scopes.is_empty() && scopes.len() <= 32 && scopes.iter().all(good)
}

/// `invalid_options`, naming the option; `rest` ends the sentence "The option … …".
#[must_use]
#[inline(never)]
pub fn invalid(option: &'static str, rest: &str) -> Failure {
    Failure::of_field(
        Problem::InvalidOptions,
        option,
        ["The option ", option, " ", rest, "."].concat(),
    )
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn words_are_taken_exactly() {
        assert_eq!(Handoff::parse("auto"), Some(Handoff::Auto));
        assert_eq!(Handoff::parse("worker"), Some(Handoff::Worker));
        assert_eq!(Handoff::parse("follow"), Some(Handoff::Follow));
        assert_eq!(Coep::parse("require-corp"), Some(Some(Coep::RequireCorp)));
        assert_eq!(
            Coep::parse("credentialless"),
            Some(Some(Coep::Credentialless))
        );
        assert_eq!(Coep::parse("unsafe-none"), Some(None));
        for text in ["", "Auto", "require-corp; report-to=\"x\"", "x\r\nY: z"] {
            assert_eq!((Handoff::parse(text), Coep::parse(text)), (None, None));
        }
    }

    #[test]
    fn a_deadline_is_a_time() {
        for bad in [f64::NAN, f64::INFINITY, -1.0, 0.0, 0.5, 86_400_001.0] {
            assert_eq!(deadline_ms(bad), None, "{bad}");
        }
        assert_eq!(deadline_ms(60_000.0), Some(60_000));
        assert_eq!(deadline_ms(1.9), Some(1));
    }

    #[test]
    fn scopes_are_words() {
        assert!(are_scopes(&[DEFAULT_SCOPE.to_owned()]));
        assert!(!are_scopes(&[]));
        assert!(!are_scopes(&["a b".to_owned()]));
        assert!(!are_scopes(&["a".to_owned(), String::new()]));
    }

    #[test]
    fn the_option_is_named() {
        let failure = invalid("storage", "must be a list");
        assert_eq!(failure.field.as_deref(), Some("storage"));
        assert_eq!(failure.message(), "The option storage must be a list.");
    }
}
