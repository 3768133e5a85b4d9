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

/// Finds a word in a list of them, separated by blanks.
///
/// One text, since a list of texts is as many addresses and lengths, which hardly compress.
#[must_use]
#[inline(never)]
pub fn word(list: &'static str, wanted: &str) -> Option<&'static str> {
    pieces(list, b' ').find(|word| *word == wanted)
}

/// A number in decimal digits. The library's formatting of numbers weighs a kilobyte.
#[must_use]
pub fn decimal(number: u32) -> String {
    let mut digits = String::new();
    if number > 9 {
        digits = decimal(number / 10);
    }
    digits.push(char::from(b'0' + (number % 10) as u8));
    digits
}

/// How many characters a text has: bytes that begin one. The library's way is made for speed.
#[must_use]
pub fn length(text: &str) -> usize {
    text.bytes().filter(|byte| byte & 0xc0 != 0x80).count()
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

    #[test]
    fn only_whole_words_are_found() {
        for known in ["one", "two", "three"] {
            assert_eq!(word("one two three", known), Some(known));
        }
        for other in ["", "on", "ne", "One", " ", "one two", "one ", " two"] {
            assert_eq!(word("one two three", other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_written_as_the_library_writes_it(number: u32) {
            prop_assert_eq!(decimal(number), number.to_string());
            prop_assert_eq!(decimal(number % 11), (number % 11).to_string());
        }

        #[test]
        fn a_length_counts_characters(text: String) {
            prop_assert_eq!(length(&text), text.chars().count());
        }

        #[test]
        fn they_do_what_str_does(text in "[a.é🦀 ]{0,12}", at in prop::sample::select(b". a".to_vec())) {
            let character = char::from(at);
            prop_assert_eq!(split_once(&text, at), text.split_once(character));
            let all: Vec<&str> = pieces(&text, at).collect();
            prop_assert_eq!(all, text.split(character).collect::<Vec<_>>());
        }
    }
}
