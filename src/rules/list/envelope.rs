//! The body of a list: `Value`, `@nextLink` and `TotalCount`.
//!
//! Documented are the three names. That each may be missing or null is inferred from examples, which
//! print `Value` alone, and from sibling methods; counts come as `1.0`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::rules::list::cab_address::CabAddress;
use crate::rules::list::method::List;
use crate::rules::list::row::tidied;
use crate::rules::list::{batch, details, hits};

/// The longest body read, in bytes. 10,000 rows of the documented size make about 7 MB.
pub const MAX_BODY: usize = 64 * 1024 * 1024;

/// One slice, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rows, as the JSON text of a list of objects.
    pub rows: String,
    /// How many there are.
    pub count: usize,
    /// How many rows the whole list has, where the service says so.
    pub total: Option<u64>,
    /// Where the service says that the next slice is.
    pub next: Option<NextLink>,
    /// Where the CABs of a batch are, by their ids; not in the rows, since they are credentials.
    pub addresses: Vec<(String, CabAddress)>,
}

/// What stands under `@nextLink`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextLink {
    /// A link, not looked at yet.
    Text(String),
    /// Something that is no text.
    Unreadable,
}

/// What a body is that is no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoList {
    /// Markup: a page, such as a login.
    Markup,
    /// Anything else.
    Other,
}

/// Decodes a body.
///
/// # Errors
/// It is no list.
pub fn decode(body: &[u8], list: List) -> Result<Page, NoList> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim_ascii();
    if text.starts_with('<') {
        return Err(NoList::Markup);
    }
    let Ok(Value::Object(mut body)) = serde_json::from_str(&mended(text)) else {
        return Err(NoList::Other);
    };
    if !["Value", "@nextLink", "TotalCount"]
        .iter()
        .any(|name| body.contains_key(*name))
    {
        return Err(NoList::Other);
    }
    let fields = match list {
        List::Hits => hits::FIELDS,
        List::Details => details::FIELDS,
        List::Batch => batch::FIELDS,
    };
    let mut addresses = Vec::new();
    let rows: Vec<Map<String, Value>> = match body.remove("Value") {
        None | Some(Value::Null) => Vec::new(),
        // What is no object is no row.
        Some(Value::Array(items)) => items
            .into_iter()
            .filter_map(|item| match item {
                Value::Object(mut row) => {
                    let address = match list {
                        List::Batch => batch::take_address(&mut row),
                        _ => None,
                    };
                    let row = tidied(row, fields);
                    if let (Some(address), Some(id)) = (address, batch::id_of(&row)) {
                        addresses.push((id, address));
                    }
                    Some(row)
                }
                _ => None,
            })
            .collect(),
        Some(_) => return Err(NoList::Other),
    };
    Ok(Page {
        addresses,
        count: rows.len(),
        rows: serde_json::to_string(&rows).map_err(|_| NoList::Other)?,
        total: body.remove("TotalCount").and_then(total),
        next: match body.remove("@nextLink") {
            None | Some(Value::Null) => None,
            Some(Value::String(link)) if link.trim_ascii().is_empty() => None,
            Some(Value::String(link)) => Some(NextLink::Text(link)),
            Some(_) => Some(NextLink::Unreadable),
        },
    })
}

fn total(value: Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text,
        _ => return None,
    };
    let whole = match text.trim_ascii().split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => text.trim_ascii(),
    };
    whole.parse().ok().filter(|total| *total < 1 << 53)
}

/// Half a surrogate pair, as a service that cuts texts by their length sends it, would make the
/// whole body unreadable; it becomes the sign for a lost character.
fn mended(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    // A backslash stands in texts only, and whatever it escapes is ASCII.
    while let Some(found) = text[at..].find('\\') {
        let escape = at + found;
        at = (escape + 2).min(text.len());
        let lost = match surrogate(text, escape) {
            Some(0xd800..=0xdbff) => {
                let pair = matches!(surrogate(text, escape + 6), Some(0xdc00..=0xdfff));
                at = escape + if pair { 12 } else { 6 };
                !pair
            }
            Some(_) => true,
            None => false,
        };
        if lost {
            at = escape + 6;
            out.push_str(&text[copied..escape]);
            out.push_str("\\ufffd");
            copied = at;
        }
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// The surrogate that is escaped here.
fn surrogate(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    let value = digits.bytes().try_fold(0_u16, |value, byte| {
        Some(value << 4 | char::from(byte).to_digit(16)? as u16)
    })?;
    (0xd800..=0xdfff).contains(&value).then_some(value)
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(body: &str) -> Page {
        decode(body.as_bytes(), List::Hits).unwrap_or_else(|why| panic!("{body}: {why:?}"))
    }

    #[test]
    fn each_part_may_be_missing_or_null() {
        let empty = Page {
            rows: "[]".into(),
            count: 0,
            total: None,
            next: None,
            addresses: Vec::new(),
        };
        for body in [
            r#"{"Value":[]}"#,
            r#"{"Value":null}"#,
            r#"{"Value":[],"@nextLink":null,"TotalCount":null}"#,
            r#"{"Value":[],"@nextLink":" ","TotalCount":"many"}"#,
            r#"{"TotalCount":-1}"#,
            r#"{"@nextLink":null}"#,
            "\u{feff} {\"Value\":[]}\n",
        ] {
            assert_eq!(page(body), empty, "{body}");
        }
    }

    #[test]
    fn totals_are_whole_numbers_however_written() {
        for (total, expected) in [
            ("21", Some(21)),
            ("21.0", Some(21)),
            ("21.00", Some(21)),
            ("\"21\"", Some(21)),
            ("0", Some(0)),
            ("9007199254740991", Some(9_007_199_254_740_991)),
            ("9007199254740992", None),
            ("1e3", None),
            ("21.5", None),
            ("-21", None),
            ("\"\"", None),
            ("[21]", None),
            ("true", None),
        ] {
            let body = ["{\"TotalCount\":", total, "}"].concat();
            assert_eq!(page(&body).total, expected, "{total}");
        }
    }

    #[test]
    fn links_are_texts() {
        let next = |link: &str| page(&["{\"@nextLink\":", link, "}"].concat()).next;
        assert_eq!(next("\"a?b\""), Some(NextLink::Text("a?b".into())));
        for link in ["1", "true", "[]", "{}"] {
            assert_eq!(next(link), Some(NextLink::Unreadable));
        }
    }

    #[test]
    fn only_objects_are_rows() {
        let page = page(r#"{"Value":[null,1,"x",[],{"date":"2017-02-26","eventCount":"2.0"},{}]}"#);
        assert_eq!(page.rows, r#"[{"date":"2017-02-26","eventCount":2.0},{}]"#);
        assert_eq!(page.count, 2);
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for (body, why) in [
            ("", NoList::Other),
            ("[]", NoList::Other),
            ("{}", NoList::Other),
            ("null", NoList::Other),
            ("\"Value\"", NoList::Other),
            (r#"{"Value":{}}"#, NoList::Other),
            (r#"{"Value":"x"}"#, NoList::Other),
            (r#"{"Value":[{}"#, NoList::Other),
            (r#"{"Value":[]} x"#, NoList::Other),
            (r#"{"Value":[NaN]}"#, NoList::Other),
            (r#"{"value":[]}"#, NoList::Other),
            (
                r#"{"error":"Object reference not set to an instance of an object."}"#,
                NoList::Other,
            ),
            (" <!doctype html><p>Sign in", NoList::Markup),
            ("\u{feff}<?xml version=\"1.0\"?>", NoList::Markup),
        ] {
            assert_eq!(decode(body.as_bytes(), List::Details), Err(why), "{body}");
        }
        assert_eq!(decode(&[0xff, 0xfe, 0], List::Hits), Err(NoList::Other));
        let deep = ["{\"Value\":", &"[".repeat(100_000)].concat();
        assert_eq!(decode(deep.as_bytes(), List::Hits), Err(NoList::Other));
    }

    #[test]
    fn half_a_surrogate_pair_costs_one_character() {
        for (sent, kept) in [
            (r"a\ud83d", "a\u{fffd}"),
            (r"\ude00b", "\u{fffd}b"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
            (r"\ud83d\n\ude00", "\u{fffd}\n\u{fffd}"),
            (r"\uD83D\uDE00é\\ud83d", "\u{1f600}é\\ud83d"),
            (r"\\\ud83dé", "\\\u{fffd}é"),
        ] {
            let body = [r#"{"Value":[{"failureName":""#, sent, r#""}]}"#].concat();
            let rows: Value = serde_json::from_str(&page(&body).rows).unwrap();
            assert_eq!(rows[0]["failureName"], kept, "{sent}");
        }
    }

    /// serde_json marks numbers inside by a name of its own; a service that sends it gains nothing.
    #[test]
    fn the_private_name_of_a_number_is_harmless() {
        for inside in [r#""1""#, r#""x""#, "1", "{}", r#""1","b":2"#] {
            let body = [
                r#"{"Value":[{"a":{"$serde_json::private::Number":"#,
                inside,
                "}}]}",
            ]
            .concat();
            if let Ok(page) = decode(body.as_bytes(), List::Hits) {
                assert!(serde_json::from_str::<Value>(&page.rows).is_ok());
            }
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            let key = "date|eventCount|sellerId|Value|@nextLink|TotalCount|.{0,6}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
                prop::collection::vec((key, inner), 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_json_panics_and_rows_are_always_json(value in json(), inside in json(), next in json()) {
            let all = serde_json::json!({"Value": [inside], "@nextLink": next, "TotalCount": 1});
            for body in [value.to_string(), all.to_string()] {
                for list in [List::Hits, List::Details, List::Batch] {
                    if let Ok(page) = decode(body.as_bytes(), list) {
                        let rows: Value = serde_json::from_str(&page.rows).unwrap();
                        prop_assert_eq!(rows.as_array().unwrap().len(), page.count);
                        prop_assert!(rows.as_array().unwrap().iter().all(Value::is_object));
                    }
                }
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes, List::Details);
        }

        #[test]
        fn no_escape_panics(text in "(\\\\|\\\\u|d83d|\\\\ude00|[a-f0-9]|é|\"){0,24}") {
            let _ = mended(&text);
            let body = ["{\"Value\":[{\"a\":\"", &text, "\"}]}"].concat();
            let _ = decode(body.as_bytes(), List::Hits);
        }
    }
}
