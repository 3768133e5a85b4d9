//! The same rules by other means: a tree of every value, made by `serde_json`. Too slow to ship; tests
//! and the fuzz target compare what is shipped with it.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::rules::list::batch::is_revealing;
use crate::rules::list::cab_address::CabAddress;
use crate::rules::list::envelope::{NextLink, NoList, Page};
use crate::rules::list::method::List;
use crate::rules::list::row::{Fields, Kind};
use crate::rules::list::{batch, details, hits};

/// Whether two decodings of one body say the same. An exponent may be spelt in two ways.
#[must_use]
pub fn agree(one: &Page, other: &Page) -> bool {
    let rows = |page: &Page| {
        let mut rows = serde_json::from_slice(page.rows.text().as_bytes()).unwrap_or_default();
        respell(&mut rows);
        rows
    };
    // An id may be a number with an exponent, too.
    let addresses = |page: &Page| {
        let each = page.addresses.iter();
        each.map(|(id, address)| (respelt(id), address.clone()))
            .collect::<Vec<_>>()
    };
    one.count == other.count
        && one.total == other.total
        && one.next == other.next
        && addresses(one) == addresses(other)
        && rows(one) == rows(other)
}

/// A number with an exponent in one way of writing it.
fn respelt(text: &str) -> String {
    text.replace('E', "e").replace("e+", "e")
}

fn respell(value: &mut Value) {
    match value {
        Value::String(text) => *text = respelt(text),
        Value::Array(items) => items.iter_mut().for_each(respell),
        Value::Object(fields) => fields.values_mut().for_each(respell),
        _ => {}
    }
}

/// What [`super::envelope::decode`] gives, by a tree of all values.
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
                        List::Batch => take_address(&mut row),
                        _ => None,
                    };
                    let row = tidied(row, fields);
                    if let (Some(address), Some(id)) = (address, id_of(&row)) {
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
        rows: serde_json::to_vec(&rows).map_err(|_| NoList::Other)?.into(),
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
    let number = match value {
        Value::Number(number) => number,
        Value::String(text) => serde_json::from_str(text.trim_ascii()).ok()?,
        _ => return None,
    };
    let total = digits(&number).parse().ok();
    total.filter(|total| *total < 1 << 53)
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

/// The row as it is handed on.
///
/// A known field that is neither text, number, truth value nor null is left out, since its type
/// promises otherwise; so is a count that is no number. Unknown fields stay as they came.
fn tidied(row: Map<String, Value>, fields: &Fields) -> Map<String, Value> {
    row.into_iter()
        .filter_map(|(name, value)| {
            let kind = fields.iter().find(|(known, _)| *known == name);
            let value = match kind {
                _ if value.is_null() => Some(value),
                Some((_, Kind::Text)) => text(value),
                Some((_, Kind::Count)) => count(value),
                None => Some(safe(value)),
            };
            Some((name, value?))
        })
        .collect()
}

fn text(value: Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(value),
        Value::Number(number) => Some(Value::String(digits(&number))),
        Value::Bool(truth) => Some(Value::String(truth.to_string())),
        _ => None,
    }
}

fn count(value: Value) -> Option<Value> {
    let number = match value {
        Value::Number(number) => number,
        Value::String(text) => serde_json::from_str::<Number>(text.trim_ascii()).ok()?,
        _ => return None,
    };
    is_finite(&number).then_some(Value::Number(number))
}

/// The value with every number that JavaScript cannot hold as a text.
fn safe(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            if is_finite(&number) && is_below(&number) {
                Value::Number(number)
            } else {
                Value::String(digits(&number))
            }
        }
        Value::Array(items) => Value::Array(items.into_iter().map(safe).collect()),
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| (name, safe(value)))
                .collect(),
        ),
        other => other,
    }
}

/// The number as it was written, without the `.0` of a whole one.
fn digits(number: &Number) -> String {
    let text = number.to_string();
    match text.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|b| b == b'0') => whole.to_owned(),
        _ => text,
    }
}

/// Whether a finite number is below 2^53 in size: what stands before its point is written out.
fn is_below(number: &Number) -> bool {
    let text = number.to_string();
    let text = text.trim_start_matches('-');
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: isize = exponent.parse().expect("an exponent");
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let written = if exponent < 0 {
        whole[..whole.len().saturating_sub(exponent.unsigned_abs())].to_owned()
    } else {
        let shift = exponent.unsigned_abs();
        let part = format!("{part:0<shift$}");
        [whole, &part[..shift]].concat()
    };
    // Longer than the longest number is beyond it.
    let written = written.trim_start_matches('0');
    written.is_empty() || written.parse::<u64>().is_ok_and(|whole| whole < 1 << 53)
}

/// Whether JavaScript would read a number, and not an infinity. Told by length and exponent: to
/// compute it weighs more than this file.
fn is_finite(number: &Number) -> bool {
    let text = number.to_string();
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.trim_start_matches(['+', '-', '0'])),
        None => (text.as_str(), ""),
    };
    digits.len() <= 100 && exponent.len() <= 2
}

/// Takes the address out of a row, and whatever else might hold one: a field of another name, as a
/// later service may send it, goes as well.
fn take_address(row: &mut Map<String, Value>) -> Option<CabAddress> {
    let address = match row.remove("cabUrl") {
        Some(Value::String(url)) => CabAddress::new(url),
        _ => None,
    };
    row.retain(|name, value| !is_revealing(name) && !reveals(value));
    address
}

fn reveals(value: &Value) -> bool {
    match value {
        Value::String(text) => is_revealing(text),
        Value::Array(items) => items.iter().any(reveals),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| is_revealing(name) || reveals(value)),
        _ => false,
    }
}

/// The id of the row's CAB.
fn id_of(row: &Map<String, Value>) -> Option<String> {
    row.get("cabIdHash")?.as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::list::envelope;
    use proptest::prelude::*;
    use proptest::sample::select;

    const LISTS: [List; 3] = [List::Hits, List::Details, List::Batch];

    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "date", "eventCount", r"event\u0043ount", "sellerId", r"\u0073ellerId", "cabIdHash", "cabUrl", r"\u0063abUrl", "CABURL", "x", "y", "",
        r"\ud83d", "__proto__", "deviceCount", r"s\u0069g=",
    ];

    #[rustfmt::skip]
    const VALUES: &[&str] = &[
        "null", "true", "false", "0", "-0", "1", "1.0", "-1.50", "1e3", "1E+5", "1e999", "-1e-999", "1.0e1",
        "9007199254740991", "-9007199254740991.0", "9007199254740992", "-9007199254740992", "18430592857500421.0", "184305928575004210000",
        "1.8430592857500421e16", "-18430592857500421E+0", "900719925474099.2e+1", "90071992547409910e-1", "0.0e20", "18430592857500421.5",
        r#""""#, r#""x""#, r#""1""#, r#"" 2.0 ""#, r#""+2""#, r#""2.""#, r#""1e3""#, r#""\u0031""#, r#""01""#, r#""many""#, r#""18430592857500421""#, r#""a\"b\\""#,
        r#""\ud83d""#, r#""\ude00\ud83d\ude00""#, r#""\uD83D\ud83dx\\ud83d""#, "\"\u{e9}\u{1f600}\"",
        "[]", "{}", "[1]", r#"[9007199254740992,"\ud83d",{"a":[1e999]}]"#, r#"{"a":1,"\ud83d":{"b":-0.5}}"#,
        r#""https://a.example/?sig=x""#, r#""https:\/\/a.example\/?\u0073ig=x""#, r#"["\u0053ig=x"]"#, r#"{"a":{"\u0063abUrl":1}}"#,
        // What is no JSON.
        "01", ".5", "1.", "+1", "1e", "-", "nul", "NaN", r#""\x""#, r#""\u12g4""#, "\"\u{1}\"", "[1,]", "{,}", r#"{"a"}"#, "'x'", "",
    ];

    /// A list of rows, of which one in ten has something in it that is no JSON.
    fn rows() -> impl Strategy<Value = String> {
        let good = VALUES.len() - 16;
        let value = prop_oneof![150 => select(&VALUES[..good]), 1 => select(&VALUES[good..])];
        let blank = select(&["", "", "", " ", "\r\n\t"][..]);
        let field = (select(NAMES), value, blank.clone()).prop_map(|(name, value, blank)| {
            format!("{blank}\"{name}\"{blank}:{blank}{value}{blank}")
        });
        let row =
            prop::collection::vec(field, 0..5).prop_map(|row| format!("{{{}}}", row.join(",")));
        let item = prop_oneof![9 => row, 1 => select(&VALUES[..good]).prop_map(str::to_owned)];
        (prop::collection::vec(item, 0..4), blank)
            .prop_map(|(items, blank)| format!("[{}{blank}]", items.join(",")))
    }

    fn body() -> impl Strategy<Value = String> {
        let member = prop_oneof![
            4 => rows().prop_map(|rows| format!("\"Value\":{rows}")),
            1 => rows().prop_map(|rows| format!(r#""V\u0061lue" : {rows}"#)),
            1 => (select(&["Value", "TotalCount", "@nextLink", "other"][..]), select(VALUES))
                .prop_map(|(name, value)| format!("\"{name}\":{value}")),
        ];
        prop::collection::vec(member, 1..3).prop_map(|members| format!("{{{}}}", members.join(",")))
    }

    /// Both say the same, and of a batch nothing that may be an address.
    fn compared(body: &[u8]) {
        for list in LISTS {
            let shown = String::from_utf8_lossy(body);
            match (envelope::decode(body.to_vec(), list), decode(body, list)) {
                (Ok(one), Ok(other)) => assert!(agree(&one, &other), "{shown}\n{one:?}\n{other:?}"),
                (one, other) => assert_eq!(one, other, "{shown}"),
            }
        }
    }

    #[test]
    fn values_may_lie_as_deep_in_one_another_as_there() {
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
            for depth in 60..130 {
                let value = [&open.repeat(depth), "1", &close.repeat(depth)].concat();
                compared(format!(r#"{{"Value":[{{"x":{value}}}]}}"#).as_bytes());
                compared(format!(r#"{{"Value":[{value}],"x":{value}}}"#).as_bytes());
                compared(format!(r#"{{"Value":{value}}}"#).as_bytes());
            }
        }
    }

    #[test]
    fn every_value_of_every_field_is_the_same() {
        for name in NAMES {
            for value in VALUES {
                let row = format!(r#"{{"a":1,"{name}":{value},"z":2}}"#);
                compared(format!(r#"{{"Value":[{row}]}}"#).as_bytes());
                compared(format!(r#"{{"Value":[{{}},{row},{row}],"{name}":{value}}}"#).as_bytes());
                for other in VALUES {
                    let twice = format!(r#"{{"{name}":{value},"b":"","{name}":{other}}}"#);
                    compared(format!(r#"{{"Value":[{twice}]}}"#).as_bytes());
                }
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_the_same(body in body()) {
            compared(body.as_bytes());
        }

        #[test]
        fn so_it_is_with_a_byte_that_is_wrong(body in body(), at in any::<prop::sample::Index>(), byte in any::<u8>(), kind in 0..3) {
            let mut body = body.into_bytes();
            let at = at.index(body.len());
            match kind {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => body.truncate(at),
            }
            compared(&body);
        }

        #[test]
        fn and_with_any_bytes_of_the_grammar(text in r#"(\{"Value":\[)?([\[\]{},:" \\\u{c}1-9.eE+\-é]|null|"a"|"Value":|\{"a":|\\u|d83d|dE00){0,24}(\]\})?"#) {
            compared(text.as_bytes());
        }
    }
}
