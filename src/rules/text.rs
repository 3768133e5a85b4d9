//! Takes texts apart at bytes of ASCII.
//!
//! `str` does the same for any `char`, by a searcher that weighs more in the wasm than what is
//! searched for here.

/// What stands before and after the first such byte.
pub fn split_once(text: &str, at: u8) -> Option<(&str, &str)> {
    debug_assert!(at.is_ascii(), "other bytes are parts of characters");
    let position = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..position)?, text.get(position + 1..)?))
}

/// The pieces between such bytes, as `str::split` gives them.
pub fn pieces(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let now = rest.take()?;
        let Some((piece, after)) = split_once(now, at) else {
            return Some(now);
        };
        rest = Some(after);
        Some(piece)
    })
}

/// The media type of a `Content-Type`, without its parameters, in lower case.
#[must_use]
pub fn media_type(content_type: &str) -> String {
    let essence = pieces(content_type, b';').next().unwrap_or_default();
    essence.trim_ascii().to_ascii_lowercase()
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_media_type_is_what_comes_first() {
        assert_eq!(
            media_type(" Text/HTML ; charset=utf-8;x"),
            "text/html".to_owned()
        );
        assert_eq!(media_type(""), "");
    }

    proptest! {
        #[test]
        fn they_do_what_str_does(text in "[a.é🦀 ]{0,12}", at in prop::sample::select(b". a".to_vec())) {
            let character = char::from(at);
            prop_assert_eq!(split_once(&text, at), text.split_once(character));
            let all: Vec<&str> = pieces(&text, at).collect();
            prop_assert_eq!(all, text.split(character).collect::<Vec<_>>());
        }
    }
}
