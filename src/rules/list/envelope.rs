//! The body of a list: `Value`, `@nextLink` and `TotalCount`.
//!
//! Documented are the three names. That each may be missing or null is inferred from examples, which
//! print `Value` alone, and from sibling methods; counts come as `1.0`.

use crate::rules::list::cab_address::CabAddress;
use crate::rules::list::json::{Scanner, Value};
use crate::rules::list::method::List;
use crate::rules::list::number;
use crate::rules::list::rows::{self, Found, Rows, Text};

/// The longest body read, in bytes. 10,000 rows of the documented size make about 7 MB.
pub const MAX_BODY: usize = 64 * 1024 * 1024;

/// What some services put before a text, against its standard.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One slice, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rows, as the JSON text of a list of objects.
    pub rows: Rows,
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
pub fn decode(body: Vec<u8>, list: List) -> Result<Page, NoList> {
    let blank = |byte: &&u8| byte.is_ascii_whitespace();
    let marks = body.chunks(3).take_while(|three| *three == BYTE_ORDER_MARK);
    let marks = 3 * marks.count();
    let start = marks + body[marks..].iter().take_while(blank).count();
    let text = body[start..].trim_ascii_end();
    if text.starts_with(b"<") {
        return Err(NoList::Markup);
    }
    let envelope = Envelope::read(text, list).ok_or(NoList::Other)?;
    let found = envelope.rows.ok_or(NoList::Other)?;
    Ok(Page {
        count: found.count,
        addresses: found.addresses,
        rows: match found.text {
            Text::AsSent(rows) => Rows::within(body, start + rows.start..start + rows.end),
            Text::Anew(rows) => rows.into(),
        },
        total: envelope.total,
        next: envelope.next,
    })
}

/// What stands in a body; of several members of one name the last counts.
#[derive(Debug)]
struct Envelope {
    /// Nothing where there is something else in their place.
    rows: Option<Found>,
    total: Option<u64>,
    next: Option<NextLink>,
}

impl Envelope {
    /// Nothing where it is no JSON, or none of the documented names stands in it.
    fn read(text: &[u8], list: List) -> Option<Self> {
        let mut found = Self {
            rows: Some(Found::none()),
            total: None,
            next: None,
        };
        let mut is_list = false;
        let mut scanner = Scanner::new(text);
        scanner.object(|scanner, name| {
            let name = name.decoded();
            if name == "Value" && scanner.peek()? == b'[' {
                is_list = true;
                found.rows = Some(rows::read(scanner, text, list)?);
                return Some(());
            }
            let value = scanner.value(1)?;
            match &*name {
                "Value" => found.rows = (value == Value::Null).then(Found::none),
                "TotalCount" => found.total = total(&value),
                "@nextLink" => found.next = next_link(&value),
                _ => return Some(()),
            }
            is_list = true;
            Some(())
        })?;
        (is_list && scanner.at() == text.len()).then_some(found)
    }
}

fn next_link(value: &Value<'_>) -> Option<NextLink> {
    let Value::Text(link) = value else {
        return (*value != Value::Null).then_some(NextLink::Unreadable);
    };
    let link = link.decoded();
    (!link.trim_ascii().is_empty()).then(|| NextLink::Text(link.into_owned()))
}

fn total(value: &Value<'_>) -> Option<u64> {
    let text = match value {
        Value::Number(number) => String::from_utf8_lossy(number),
        Value::Text(text) => text.decoded(),
        _ => return None,
    };
    // By JSON's grammar in a text, too: Rust's own would take a sign and more.
    let digits = number::digits(number::parse(text.trim_ascii().as_bytes())?);
    let total = std::str::from_utf8(digits).ok()?.parse().ok();
    total.filter(|total| *total < 1 << 53)
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn page(body: &str) -> Page {
        decode(body.into(), List::Hits).unwrap_or_else(|why| panic!("{body}: {why:?}"))
    }

    #[test]
    fn each_part_may_be_missing_or_null() {
        let empty = Page {
            rows: b"[]".to_vec().into(),
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
            ("\" 21.0 \"", Some(21)),
            ("0", Some(0)),
            ("9007199254740991", Some(9_007_199_254_740_991)),
            ("9007199254740992", None),
            ("1e3", None),
            ("21.5", None),
            ("-21", None),
            ("\"\"", None),
            ("\"+21\"", None),
            ("\"-21\"", None),
            ("\"-0\"", None),
            ("\"021\"", None),
            ("\"21.\"", None),
            ("\".0\"", None),
            ("\"2 1\"", None),
            ("\"21 rows\"", None),
            ("\"\u{ff12}\u{ff11}\"", None),
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
        assert_eq!(
            page.rows.text(),
            r#"[{"date":"2017-02-26","eventCount":2.0},{}]"#
        );
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
            assert_eq!(decode(body.into(), List::Details), Err(why), "{body}");
        }
        assert_eq!(decode(vec![0xff, 0xfe, 0], List::Hits), Err(NoList::Other));
        let deep = ["{\"Value\":", &"[".repeat(100_000)].concat();
        assert_eq!(decode(deep.into(), List::Hits), Err(NoList::Other));
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
            let rows: Value = serde_json::from_str(&page(&body).rows.text()).unwrap();
            assert_eq!(rows[0]["failureName"], kept, "{sent}");
        }
    }

    /// A library that reads JSON may mark numbers by a name of its own; here it is one like others.
    #[test]
    fn no_name_is_private() {
        for inside in [r#""1""#, r#""x""#, "1", "{}", r#""1","b":2"#] {
            let rows = [r#"[{"a":{"$serde_json::private::Number":"#, inside, "}}]"].concat();
            let body = [r#"{"Value":"#, &rows, "}"].concat();
            assert_eq!(page(&body).rows.text(), rows);
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
                    if let Ok(page) = decode(body.clone().into(), list) {
                        let rows: Value = serde_json::from_str(&page.rows.text()).unwrap();
                        prop_assert_eq!(rows.as_array().unwrap().len(), page.count);
                        prop_assert!(rows.as_array().unwrap().iter().all(Value::is_object));
                    }
                }
            }
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(bytes, List::Details);
        }

        #[test]
        fn no_escape_panics(text in "(\\\\|\\\\u|d83d|\\\\ude00|[a-f0-9]|é|\"){0,24}") {
            let body = ["{\"Value\":[{\"a\":\"", &text, "\"}]}"].concat();
            let _ = decode(body.into(), List::Hits);
        }
    }
}
