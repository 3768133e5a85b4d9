//! Makes a text from outside safe to show: short, plain, and free of anything like a secret.
//!
//! Over-eager on purpose. A service's message that loses a harmless word is still of use; one that
//! shows a token is not.

/// The longest service message kept, in characters; documented ones stay below 100.
pub const MAX_MESSAGE: usize = 300;

/// The longest service code kept, in characters.
pub const MAX_CODE: usize = 60;

/// What stands for what was taken out.
const GAP: &str = "[removed]";

/// A message of the service's, or nothing where nothing readable is left.
#[must_use]
pub fn message(text: &str, secret: &str) -> Option<String> {
    clean(text, secret, MAX_MESSAGE)
}

/// A code of the service's: like a message, but one word of letters, digits, dot, dash, underscore.
#[must_use]
pub fn code(text: &str, secret: &str) -> Option<String> {
    let text = text.trim_ascii();
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !text.chars().all(good) {
        return None;
    }
    let kept = clean(text, secret, MAX_CODE)?;
    (kept != GAP).then_some(kept)
}

fn clean(text: &str, secret: &str, max: usize) -> Option<String> {
    // Bodies can be megabytes; nothing beyond this can reach the result's `max` characters unless
    // the text is mostly blanks. Cutting at a character boundary never splits a word in two that
    // the checks below would have caught whole: what is cut off is at the end, and the last,
    // possibly cut, word is dropped.
    let (head, cut) = match text.char_indices().nth(max * 8) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), true),
        None => (text, false),
    };
    let mut out = String::new();
    let mut length = 0;
    let mut words = head
        .split(is_hidden)
        .filter(|word| !word.is_empty())
        .peekable();
    while let Some(word) = words.next() {
        if cut && words.peek().is_none() {
            break;
        }
        let word = if is_secret(word, secret) { GAP } else { word };
        if word == GAP && out.ends_with(GAP) {
            continue;
        }
        let size = word.chars().count() + usize::from(!out.is_empty());
        if length + size > max {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        length += size;
    }
    (!out.is_empty() && out != GAP).then_some(out)
}

/// Blanks, control characters, and those that reorder or hide text. Listed here, since the
/// library's tables for them weigh more than this module.
const fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..=' ' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{3000}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}')
}

/// Whether a word may be or hold a secret: the known one or a good part of it, a JWT, a query
/// string, an address, or simply a long run of what secrets are written in.
fn is_secret(word: &str, secret: &str) -> bool {
    if !secret.is_empty() && shares_run(word, secret) {
        return true;
    }
    ["sig=", "://", "eyj", "token=", "%3d", "sig%"]
        .iter()
        .any(|mark| has_ignoring_case(word, mark))
        || longest_run(word) > 40
}

/// Bytes, since the library's text search weighs 5 KB of wasm.
fn has_ignoring_case(word: &str, mark: &str) -> bool {
    let mut parts = word.as_bytes().windows(mark.len());
    parts.any(|part| part.eq_ignore_ascii_case(mark.as_bytes()))
}

/// Whether the word holds 12 consecutive characters of the secret. Shorter parts say nothing.
fn shares_run(word: &str, secret: &str) -> bool {
    const RUN: usize = 12;
    let (word, secret) = (word.as_bytes(), secret.as_bytes());
    if secret.len() < RUN {
        return word.windows(secret.len()).any(|part| part == secret);
    }
    word.windows(RUN)
        .any(|part| secret.windows(RUN).any(|other| other == part))
}

/// The longest run of letters, digits and the signs of base64 and percent-encoding. A UUID has
/// 36; a SAS signature has 44 or more.
fn longest_run(word: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for byte in word.bytes() {
        run = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'/' | b'=' | b'%' | b'-' | b'_' => {
                run + 1
            }
            _ => 0,
        };
        longest = longest.max(run);
    }
    longest
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL21hbmFnZSJ9.c2lnbmF0dXJlLXBhcnQ";

    #[test]
    fn documented_messages_pass_whole() {
        for text in [
            "The calling client sent a bad request to the service.",
            "top parameter cannot be more than 10000",
            "One or More Query Parameters has invalid values.",
            "User UnauthorizedException EC5",
            "Rate limit is exceeded. Try again in 14 seconds.",
            "No CAB with the id c1a51104-d682-4230-be14-7278b18e3555",
        ] {
            assert_eq!(message(text, TOKEN).as_deref(), Some(text));
        }
        assert_eq!(
            code("InvalidQueryParameters", TOKEN).as_deref(),
            Some("InvalidQueryParameters")
        );
        assert_eq!(code("429", "").as_deref(), Some("429"));
    }

    #[test]
    fn echoed_secrets_are_taken_out() {
        let sas = "https://x.blob.core.windows.net/c/a.cab?sv=1&sig=abc%3D&se=2";
        for text in [
            TOKEN.to_owned(),
            [r#"bad token ""#, TOKEN, r#"""#].concat(),
            ["Bearer ", TOKEN].concat(),
            ["at ", sas, " now"].concat(),
            ["part ", &TOKEN[20..40]].concat(),
            "sig=AAAAAAA".to_owned(),
        ] {
            let kept = message(&text, TOKEN).unwrap_or_default();
            assert!(!kept.contains("eyJ") && !kept.contains("sig="), "{kept}");
            assert!(!kept.contains(&TOKEN[20..40]), "{kept}");
        }
        assert_eq!(
            message(&["at ", sas, " now"].concat(), "").as_deref(),
            Some("at [removed] now")
        );
        assert_eq!(code(TOKEN, TOKEN), None);
    }

    #[test]
    fn nothing_readable_gives_nothing() {
        for text in ["", " ", "\n\t", "\u{200b}", "\0\0"] {
            assert_eq!(message(text, ""), None, "{text:?}");
        }
        for text in ["", "two words", "<b>", "a\nb"] {
            assert_eq!(code(text, ""), None, "{text:?}");
        }
    }

    #[test]
    fn megabytes_are_capped() {
        let long = "word ".repeat(1_000_000);
        assert!(message(&long, "").unwrap().chars().count() <= MAX_MESSAGE);
        let one_word = "a".repeat(1_000_000);
        assert_eq!(message(&one_word, ""), None);
    }

    proptest! {
        #[test]
        fn a_result_is_short_plain_and_without_the_secret(
            before in ".{0,80}", after in ".{0,400}", secret in "[A-Za-z0-9_-]{12,60}",
        ) {
            let text = [before.as_str(), &secret, &after].concat();
            if let Some(kept) = message(&text, &secret) {
                prop_assert!(kept.chars().count() <= MAX_MESSAGE);
                prop_assert!(!kept.contains(&secret));
                prop_assert!(!kept.chars().any(|c| c != ' ' && is_hidden(c)));
            }
        }
    }
}
