//! `@nextLink`: where the service says the next slice is, and where it is asked for.
//!
//! Sibling methods print it relative to the API's base, not percent-encoded, with dates as
//! `yyyy/MM/dd`; nothing is documented for these lists. So it is never handed to a URL parser as it
//! is: only a query to the list that was asked is taken from it, piece by piece, written anew and
//! put below the configured endpoint. Whatever else it may be, it cannot lead elsewhere.

use crate::rules::endpoint::DEFAULT;
use crate::rules::id::{ApplicationId, FailureHash};
use crate::rules::list::query::{Asked, push_escape};

/// The longest link, in bytes: that of a longest query, with room for what a service may add.
const MAX_LEN: usize = 16_384;

/// The longest name of a parameter.
const MAX_NAME: usize = 64;

/// The path and query below the endpoint that a link asks for; `base` is the configured endpoint's.
///
/// `None` where it is no link to a slice of the same list.
#[must_use]
pub fn path_and_query(link: &str, base: &str, asked: &Asked) -> Option<String> {
    let link = link.trim_ascii();
    if link.len() > MAX_LEN || link.chars().any(char::is_control) {
        return None;
    }
    let path = asked.path();
    let query = below(link, base)
        .strip_prefix(path.as_str())?
        .strip_prefix('?')?;
    let mut text = path;
    let mut mark = '?';
    for (name, value) in pairs(query)? {
        let own_id = match name {
            "failureHash" => asked.failure_hash.as_ref().map(FailureHash::as_str),
            "applicationId" => asked.application.as_ref().map(ApplicationId::as_str),
            _ => None,
        };
        // Rows of another failure or product are not the rest of this list.
        if own_id.is_some_and(|id| id != value) {
            return None;
        }
        text.push(mark);
        text.push_str(name);
        text.push('=');
        encode_anew(value, &mut text);
        mark = '&';
    }
    Some(text)
}

/// The rest of a link below one of the bases that it may be given by; itself, where there is none.
fn below<'a>(link: &'a str, base: &str) -> &'a str {
    for base in [DEFAULT, base] {
        // The path of a base is a base, too.
        let path = base
            .split_once("://")
            .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        for base in [Some(base), path].into_iter().flatten() {
            if let Some(rest) = link.strip_prefix(base) {
                return rest;
            }
        }
    }
    link
}

/// The names and values of a query, which may hold raw blanks and quotes: inside of quotes neither
/// `&` nor `#` ends a value.
fn pairs(query: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    let mut rest = query;
    while !rest.is_empty() {
        let mut quoted = false;
        let end = rest.bytes().position(|byte| {
            quoted ^= byte == b'\'';
            byte == b'&' && !quoted
        });
        let (pair, after) = match end {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, ""),
        };
        rest = after;
        let (name, value) = pair.split_once('=')?;
        let good =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'$' | b'@');
        if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(good) {
            return None;
        }
        // A fragment, unless it stands in a quoted value.
        let outside = value.split('\'').step_by(2);
        if outside.into_iter().any(|part| part.contains('#')) {
            return None;
        }
        found.push((name, value));
    }
    (!found.is_empty()).then_some(found)
}

/// Percent-encodes what is not encoded yet.
fn encode_anew(value: &str, out: &mut String) {
    // Where blanks or quotes stand as they are, nothing has been encoded, and a plus is a plus.
    let raw = value.contains([' ', '\'']);
    let bytes = value.as_bytes();
    for (at, &byte) in bytes.iter().enumerate() {
        let keep = match byte {
            b'%' => bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            b'+' => !raw,
            _ => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'),
        };
        if keep {
            out.push(char::from(byte));
        } else {
            push_escape(byte, out);
        }
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::id::Method;
    use crate::rules::list::method::List;
    use proptest::prelude::*;

    const RELAY: &str = "https://portal.example/devcenter/";

    fn asked(method: Method, list: List) -> Asked {
        let details = list == List::Details;
        Asked {
            method,
            list,
            application: (method == Method::Driver).then(|| ApplicationId::parse("184").unwrap()),
            failure_hash: details.then(|| FailureHash::parse("f060").unwrap()),
        }
    }

    fn hits(link: &str) -> Option<String> {
        path_and_query(link, RELAY, &asked(Method::IhvDriver, List::Hits))
    }

    #[test]
    fn links_are_put_below_the_endpoint_however_they_are_given() {
        let expected =
            "ihvdriver/failurehits?aggregationLevel=day&startDate=2017%2F02%2F26&top=1&skip=1";
        let rest = "ihvdriver/failurehits?aggregationLevel=day&startDate=2017/02/26&top=1&skip=1";
        for base in ["", DEFAULT, RELAY, "/v1.0/my/analytics/", "/devcenter/"] {
            assert_eq!(
                hits(&[base, rest].concat()).as_deref(),
                Some(expected),
                "{base}"
            );
        }
        assert_eq!(
            hits(&[" ", expected, " "].concat()).as_deref(),
            Some(expected),
            "encoded"
        );
    }

    #[test]
    fn what_is_not_encoded_is_encoded() {
        for (value, expected) in [
            ("market eq 'US'", "market%20eq%20%27US%27"),
            ("market%20eq%20%27US%27", "market%20eq%20%27US%27"),
            ("market+eq+%27US%27", "market+eq+%27US%27"),
            ("a eq 'b+c'", "a%20eq%20%27b%2Bc%27"),
            ("a eq 'AT&T'", "a%20eq%20%27AT%26T%27"),
            ("a eq 'C#'", "a%20eq%20%27C%23%27"),
            ("a eq '100%'", "a%20eq%20%27100%25%27"),
            ("a eq 'é<b>'", "a%20eq%20%27%C3%A9%3Cb%3E%27"),
            ("a eq 'b''c' and d", "a%20eq%20%27b%27%27c%27%20and%20d"),
            ("", ""),
        ] {
            let link = ["ihvdriver/failurehits?filter=", value, "&skip=1"].concat();
            let expected = ["ihvdriver/failurehits?filter=", expected, "&skip=1"].concat();
            assert_eq!(hits(&link), Some(expected), "{value}");
        }
    }

    #[test]
    fn no_link_leads_elsewhere() {
        for link in [
            "",
            "?skip=1",
            "failurehits?skip=1",
            "ihvdriver/failurehits",
            "ihvdriver/failurehits?",
            "ihvdriver/failurehits?skip",
            "ihvdriver/failurehits?=1",
            "ihvdriver/failurehits?a b=1",
            "ihvdriver/failurehits?skip=1#x",
            "ihvdriver/failurehits#?skip=1",
            "ihvdriver/failurehits/../../x?skip=1",
            "ihvdriver/failurehits/?skip=1",
            "ihvdriver/failurehitsx?skip=1",
            "ihvdriver\\failurehits?skip=1",
            "ihvdriver%2Ffailurehits?skip=1",
            "IhvDriver/failurehits?skip=1",
            "./ihvdriver/failurehits?skip=1",
            "../analytics/ihvdriver/failurehits?skip=1",
            "/ihvdriver/failurehits?skip=1",
            "//ihvdriver/failurehits?skip=1",
            "//evil.example/ihvdriver/failurehits?skip=1",
            "\\\\evil.example\\ihvdriver/failurehits?skip=1",
            "ihvdriver/failuredetails?failureHash=a&skip=1",
            "ihvdriver/cabdownload?cabIdHash=a",
            "driver/failurehits?skip=1",
            "hardware/failurehits?skip=1",
            "javascript:alert(1)//ihvdriver/failurehits?skip=1",
            "data:text/html,ihvdriver/failurehits?skip=1",
            "https://evil.example/v1.0/my/analytics/ihvdriver/failurehits?skip=1",
            "https://portal.example.evil.example/devcenter/ihvdriver/failurehits?skip=1",
            "https://portal.example@evil.example/devcenter/ihvdriver/failurehits?skip=1",
            "https://user:word@portal.example/devcenter/ihvdriver/failurehits?skip=1",
            "https://portal.example/other/ihvdriver/failurehits?skip=1",
            "http://manage.devcenter.microsoft.com/v1.0/my/analytics/ihvdriver/failurehits?skip=1",
            "https://manage.devcenter.microsoft.com/v1.0/my/analytics//ihvdriver/failurehits?skip=1",
            "ihvdriver/failurehits?skip=1\r\nX-Header: y",
            "ihvdriver/failure\thits?skip=1",
        ] {
            assert_eq!(hits(link), None, "{link}");
        }
        let long = ["ihvdriver/failurehits?filter=", &"x".repeat(MAX_LEN)].concat();
        assert_eq!(hits(&long), None);
    }

    #[test]
    fn the_failure_and_the_product_stay_the_same() {
        let asked = asked(Method::Driver, List::Details);
        let of = |query: &str| {
            path_and_query(&["driver/failuredetails?", query].concat(), RELAY, &asked)
        };
        assert!(of("failureHash=f060&applicationId=184&skip=1").is_some());
        assert!(of("skip=1").is_some());
        assert_eq!(of("failureHash=other&applicationId=184&skip=1"), None);
        assert_eq!(of("failureHash=f060&applicationId=185&skip=1"), None);
    }

    proptest! {
        #[test]
        fn whatever_comes_the_result_is_a_query_to_the_same_list(
            link in "(ihvdriver/failurehits\\?)?(a=)?.{0,60}",
        ) {
            if let Some(text) = hits(&link) {
                let query = text.strip_prefix("ihvdriver/failurehits?").unwrap();
                let good = |b: u8| b.is_ascii_alphanumeric() || b"-._~%+=&$@".contains(&b);
                prop_assert!(query.bytes().all(good), "{}", query);
            }
        }

        #[test]
        fn raw_values_arrive_as_the_service_wrote_them(value in "[a-zA-Z &#+/é-]{0,20}") {
            let raw = ["market eq '", &value, "'"].concat();
            let mut expected = String::new();
            crate::rules::list::query::encode(&raw, &mut expected);
            let link = ["ihvdriver/failurehits?filter=", &raw, "&skip=1"].concat();
            let sent = hits(&link).unwrap();
            prop_assert_eq!(sent, ["ihvdriver/failurehits?filter=", &expected, "&skip=1"].concat());
        }
    }
}
