//! Makes a text from outside safe to show: short, plain, and free of anything like a secret.
//!
//! Over-eager on purpose. A service's message that loses a harmless word is still of use; one that
//! shows a token is not.

use crate::rules::text;

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
    let known = essence(secret);
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
        let word = if is_secret(word, secret, &known) {
            GAP
        } else {
            word
        };
        if word == GAP && out.ends_with(GAP) {
            continue;
        }
        let size = text::length(word) + usize::from(!out.is_empty());
        if length + size > max {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        length += size;
    }
    // Broken into short words, a secret passes each of the checks above.
    let whole = known.len() >= RUN && tells(&out, &known);
    (!out.is_empty() && out != GAP && !whole).then_some(out)
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
fn is_secret(word: &str, secret: &str, known: &[u8]) -> bool {
    tells(word, known)
        || (!secret.is_empty() && has_ignoring_case(word, secret))
        || ["sig=", "://", "eyj", "token=", "%3d", "sig%"]
            .iter()
            .any(|mark| has_ignoring_case(word, mark))
        || longest_run(word) > 40
}

/// Bytes, since the library's text search weighs 5 KB of wasm.
fn has_ignoring_case(word: &str, mark: &str) -> bool {
    let mut parts = word.as_bytes().windows(mark.len());
    parts.any(|part| part.eq_ignore_ascii_case(mark.as_bytes()))
}

/// So many letters and digits of a secret in a row say something about it.
const RUN: usize = 10;

/// Whether a text shows a good part of a secret, given by its [`essence`], or all of a short one.
fn tells(text: &str, known: &[u8]) -> bool {
    let run = known.len().min(RUN);
    if run == 0 {
        return false;
    }
    essence(text)
        .windows(run)
        .any(|part| known.windows(run).any(|other| other == part))
}

/// What a text comes down to: its letters and digits, in lower case, with escapes undone.
///
/// A gateway may wrap, quote or escape what it echoes, more than once, or change its case.
fn essence(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    loop {
        let mut plain = Vec::with_capacity(bytes.len());
        let mut rest = bytes.as_slice();
        while let Some(first) = rest.first() {
            let (byte, used) = unescape(rest).unwrap_or((*first, 1));
            plain.push(byte.to_ascii_lowercase());
            rest = rest.get(used..).unwrap_or_default();
        }
        if plain.len() == bytes.len() {
            plain.retain(u8::is_ascii_alphanumeric);
            return plain;
        }
        bytes = plain;
    }
}

/// What an escape of URLs, JSON, JavaScript or HTML at the beginning stands for, and its length.
///
/// Of decimal ones only those with two digits: the signs that are written so have no more.
fn unescape(text: &[u8]) -> Option<(u8, usize)> {
    let (mark, radix) = match text {
        [b'%', ..] => (1, 16),
        [b'\\', b'x', ..] => (2, 16),
        [b'\\', b'u', b'0', b'0', ..] => (4, 16),
        [b'&', b'#', b'x', ..] => (3, 16),
        [b'&', b'#', ..] => (2, 10),
        _ => return None,
    };
    let digit = |at: usize| (*text.get(at)? as char).to_digit(radix);
    let value = digit(mark)? * radix + digit(mark + 1)?;
    // Secrets are ASCII; what stands for anything else may be a part of one as it is.
    let byte = u8::try_from(value).ok().filter(u8::is_ascii)?;
    Some((byte, mark + 2))
}

/// The longest run of letters, digits and the signs of base64 and of the escapes it may come in.
/// A UUID has 36; a SAS signature has 44 or more.
fn longest_run(word: &str) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for byte in word.bytes() {
        run = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => run + 1,
            b'+' | b'/' | b'=' | b'-' | b'_' | b'%' | b'\\' | b'&' | b'#' | b';' => run + 1,
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

    /// Found by the fuzz target `scrub`: these and their like once passed through.
    #[test]
    fn an_escaped_or_broken_secret_is_taken_out_as_well() {
        const OPAQUE: &str = "0.AXQAbc+def/ghi=jklmno";
        let as_word = |secret: &str, text: &str| {
            let kept = message(&["you sent ", text, " here"].concat(), secret);
            assert_eq!(kept.as_deref(), Some("you sent [removed] here"), "{text}");
        };
        as_word(TOKEN, &TOKEN[3..].to_ascii_uppercase());
        as_word(TOKEN, "x-GCIoIjSuZi1n");
        as_word(TOKEN, "I1NiJ9.e-Y-j-h");
        for text in [
            "0.AXQAbc%2Bdef%2fghi%3Ajklmno",
            "0.AXQAbc%252Bdef%25252Fghi=jklmno",
            r"0.AXQAbc\u002bdef\/ghi\u003Djklmno",
            r"0.AXQAbc\x2bdef\x2Fghi\x3djklmno",
            "0.AXQAbc&#x2B;def&#47;ghi=jklmno",
            "x%def/ghi=jklmno",
        ] {
            as_word(OPAQUE, text);
        }
        for text in [
            "0.AXQA bc+def /ghi= jklm no",
            "0.AXQA\u{ad}bc+def\u{200b}/ghi=\njklmno",
        ] {
            assert_eq!(message(text, OPAQUE), None, "{text}");
        }
        for sas in [
            r"sig\u003dZm9v\u002bmFy\/nF1eDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI\u003d",
            "sig&#x3D;Zm9v&#x2B;mFy/nF1eDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI&#x3D;",
        ] {
            assert_eq!(
                message(&["at ", sas, " now"].concat(), ""),
                Some("at [removed] now".into())
            );
        }
    }

    #[test]
    fn a_short_secret_is_taken_out_whole_and_harms_no_other_word() {
        let kept = message("say s3c-R3T% or secret", "s3c+r3t");
        assert_eq!(kept.as_deref(), Some("say [removed] or secret"));
        assert_eq!(message("a +/+ b", "+/+").as_deref(), Some("a [removed] b"));
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

        #[test]
        fn no_part_of_a_secret_is_shown(
            secret in "[A-Za-z0-9]{36,80}", from in 0usize..12, length in RUN..24,
            ways in prop::collection::vec(0u8..7, 1..8),
        ) {
            let mut text = String::from("refused ");
            for (c, way) in secret[from..from + length].chars().zip(ways.iter().cycle()) {
                let n = u32::from(c);
                match way {
                    0 => text.push_str(&format!("%{n:02X}")),
                    1 => text.push_str(&format!("%25{n:02x}")),
                    2 => text.push_str(&format!("\\u{n:04x}")),
                    3 => text.push_str(&format!("&#x{n:X};")),
                    4 => text.push(c.to_ascii_uppercase()),
                    5 => text.push(c.to_ascii_lowercase()),
                    _ => text.push(c),
                }
            }
            text.push_str(" sorry");
            let kept = message(&text, &secret);
            prop_assert_eq!(kept.as_deref(), Some("refused [removed] sorry"));
        }

        #[test]
        fn a_signature_is_taken_out_without_being_known(
            signature in "[A-Za-z0-9+/]{43}", escape in prop::sample::select(vec!["+", "%2B", "\\u002b", "&#43;"]),
        ) {
            let text = ["at ", &signature.replace('+', escape), "= now"].concat();
            let kept = message(&text, "");
            prop_assert_eq!(kept.as_deref(), Some("at [removed] now"));
        }

        #[test]
        fn words_that_share_nothing_with_the_secret_stay(
            text in "[a-z]{1,9}( [a-z]{1,9}){0,8}", secret in "[A-Z0-9]{40,80}",
        ) {
            prop_assume!(!text.contains("eyj") && !tells(&text, &essence(&secret)));
            prop_assert_eq!(message(&text, &secret), Some(text));
        }
    }
}
