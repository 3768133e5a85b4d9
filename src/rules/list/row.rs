//! One row of a list, made fit for JavaScript without losing anything.
//!
//! A row stays an object with the API's own field names. What changes is how values stand in it:
//! counts become numbers and everything else that is known becomes a text, whichever of the two the
//! service sent; and a whole number that JavaScript cannot hold becomes a text of its digits. That
//! is decided here, because `JSON.parse` would already have rounded it.

use serde_json::{Map, Number, Value};

/// How a known field is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text: names, ids, dates.
    Text,
    /// A number of events or devices.
    Count,
}

/// The known fields of a row.
pub type Fields = [(&'static str, Kind)];

/// The row as it is handed on.
///
/// A known field that is neither text, number, truth value nor null is left out, since its type
/// promises otherwise; so is a count that is no number. Unknown fields stay as they came.
#[must_use]
pub fn tidied(row: Map<String, Value>, fields: &Fields) -> Map<String, Value> {
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
            let digits = digits(&number);
            if is_safe(&digits) && is_finite(&number) {
                Value::Number(number)
            } else {
                Value::String(digits)
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

/// Whether a whole number is one that JavaScript holds exactly; others only lose what is behind
/// their point.
fn is_safe(digits: &str) -> bool {
    match digits.parse::<i64>() {
        Ok(number) => number.unsigned_abs() < (1 << 53),
        Err(_) => !digits.bytes().all(|b| b.is_ascii_digit() || b == b'-'),
    }
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

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIELDS: &Fields = &[("sellerId", Kind::Text), ("eventCount", Kind::Count)];

    fn tidy(json: &str) -> String {
        let Value::Object(row) = serde_json::from_str(json).unwrap() else {
            panic!("no object");
        };
        Value::Object(tidied(row, FIELDS)).to_string()
    }

    #[test]
    fn known_fields_have_one_type_each() {
        for (sent, kept) in [
            (r#"{"sellerId":"14313740"}"#, r#"{"sellerId":"14313740"}"#),
            (r#"{"sellerId":14313740}"#, r#"{"sellerId":"14313740"}"#),
            (
                r#"{"sellerId":18430592857500421}"#,
                r#"{"sellerId":"18430592857500421"}"#,
            ),
            (
                r#"{"sellerId":18430592857500421.0}"#,
                r#"{"sellerId":"18430592857500421"}"#,
            ),
            (
                r#"{"sellerId":123456789012345678901234567890}"#,
                r#"{"sellerId":"123456789012345678901234567890"}"#,
            ),
            (r#"{"sellerId":""}"#, r#"{"sellerId":""}"#),
            (r#"{"sellerId":null}"#, r#"{"sellerId":null}"#),
            (r#"{"sellerId":true}"#, r#"{"sellerId":"true"}"#),
            (r#"{"sellerId":[1]}"#, "{}"),
            (r#"{"sellerId":{"a":1}}"#, "{}"),
            (r#"{"eventCount":1}"#, r#"{"eventCount":1}"#),
            (r#"{"eventCount":1.0}"#, r#"{"eventCount":1.0}"#),
            (r#"{"eventCount":"1"}"#, r#"{"eventCount":1}"#),
            (r#"{"eventCount":" 2.0 "}"#, r#"{"eventCount":2.0}"#),
            (r#"{"eventCount":1e3}"#, r#"{"eventCount":1e+3}"#),
            (r#"{"eventCount":null}"#, r#"{"eventCount":null}"#),
            (r#"{"eventCount":"many"}"#, "{}"),
            (r#"{"eventCount":""}"#, "{}"),
            (r#"{"eventCount":"1,2"}"#, "{}"),
            (r#"{"eventCount":"NaN"}"#, "{}"),
            (r#"{"eventCount":"Infinity"}"#, "{}"),
            (r#"{"eventCount":1e999}"#, "{}"),
            (r#"{"eventCount":true}"#, "{}"),
            (r#"{"eventCount":[]}"#, "{}"),
        ] {
            assert_eq!(tidy(sent), kept, "{sent}");
        }
    }

    #[test]
    fn unknown_fields_stay_as_they_came() {
        for row in [
            r#"{"a":1,"b":1.5,"c":"x","d":null,"e":true,"f":[1,{"g":2}],"h":-9007199254740991}"#,
            r#"{"__proto__":{"x":1},"constructor":"y"}"#,
            r#"{"SellerId":1}"#,
            r#"{"a":0.1234567890123456789}"#,
        ] {
            assert_eq!(tidy(row), row);
        }
        for (sent, kept) in [
            (r#"{"a":9007199254740992}"#, r#"{"a":"9007199254740992"}"#),
            (r#"{"a":-9007199254740992}"#, r#"{"a":"-9007199254740992"}"#),
            (
                r#"{"a":[18446744073709551615]}"#,
                r#"{"a":["18446744073709551615"]}"#,
            ),
            (
                r#"{"a":{"b":9223372036854775808.00}}"#,
                r#"{"a":{"b":"9223372036854775808"}}"#,
            ),
            (r#"{"a":1e999}"#, r#"{"a":"1e+999"}"#),
        ] {
            assert_eq!(tidy(sent), kept);
        }
    }

    proptest! {
        #[test]
        fn no_whole_number_loses_a_digit(number in any::<i128>()) {
            let json = format!(r#"{{"sellerId":{number},"other":{number}}}"#);
            let kept: Value = serde_json::from_str(&tidy(&json)).unwrap();
            prop_assert_eq!(kept["sellerId"].as_str().unwrap(), number.to_string());
            let plain = kept["other"].to_string();
            prop_assert_eq!(plain.trim_matches('"'), number.to_string());
            prop_assert_eq!(kept["other"].is_number(), number.unsigned_abs() < 1 << 53);
        }
    }
}
