//! An access token: checked on the way in, never shown.

use std::fmt;

/// The longest token taken, in bytes. Entra ID's stay below 8 KiB; servers refuse headers beyond 16.
pub const MAX_LEN: usize = 16 * 1024;

/// A text that may stand behind `Bearer ` in a header. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes visible ASCII only, without blanks: what RFC 6750 allows and a bit more.
    ///
    /// A second line would forge a header, and a blank end would silently be another token; both
    /// are signs of a host that passes on something else than a token.
    #[must_use]
    pub fn parse(text: String) -> Option<Self> {
        let good = !text.is_empty()
            && text.len() <= MAX_LEN
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        good.then_some(Self(text))
    }

    /// The raw token, for the one header it is for and for scrubbing it from texts.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn only_what_fits_a_header_is_a_token() {
        for text in ["", " ", "a b", "a\n", "a\r\nX: y", "\u{e4}", "a\0", " a"] {
            assert_eq!(Token::parse(text.to_owned()), None, "{text:?}");
        }
        assert!(Token::parse("a".repeat(MAX_LEN)).is_some());
        assert!(Token::parse("a".repeat(MAX_LEN + 1)).is_none());
        assert_eq!(
            Token::parse("eyJ.x-_~+/=".into()).unwrap().expose(),
            "eyJ.x-_~+/="
        );
    }

    #[test]
    fn debug_shows_nothing() {
        let token = Token::parse("secret".into()).unwrap();
        assert!(!format!("{token:?}").contains("secret"));
    }
}
