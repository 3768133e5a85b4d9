//! One row of a list, made fit for JavaScript without losing anything.
//!
//! A row stays an object with the API's own field names. What changes is how values stand in it:
//! counts become numbers and everything else that is known becomes a text, whichever of the two the
//! service sent; and a number of 2^53 or more, of which JavaScript would lose a whole digit, becomes
//! a text of its digits, or of how it was written where that is with an exponent. That is decided here, because `JSON.parse` would already have rounded it. Few rows need any of it: one
//! that does not is never written anew.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::rules::list::json::{Part, Scanner, Text, Value};
use crate::rules::list::number;

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

/// A row lies in the list, and that in the body.
const DEPTH: u32 = 3;

/// Passes a row. Tells whether it may stay as it is; nothing where it is no JSON.
#[inline(always)]
pub fn is_fit<'a>(scanner: &mut Scanner<'a>, fields: &Fields, counts: &Fields) -> Option<bool> {
    let mut fit = true;
    scanner.object(|scanner, name| {
        // Whatever it may say.
        fit &= stays(name.raw, scanner.value(DEPTH)?, fields, counts) && !name.escaped;
        Some(())
    })?;
    Some(fit)
}

/// Whether `JSON.parse` may have a value as it is; `counts` are those of the fields.
#[inline(always)]
fn stays(name: &[u8], value: Value<'_>, fields: &Fields, counts: &Fields) -> bool {
    match value {
        Value::Null => true,
        // Nearly all values; it only must not be one of two names.
        Value::Text(text) => !text.broken && kind(name, counts).is_none(),
        Value::Number(number) => match kind(name, fields) {
            Some(Kind::Count) => number::is_finite(number),
            Some(Kind::Text) => false,
            None => number::is_safe(number),
        },
        Value::Truth(_) => kind(name, fields).is_none(),
        Value::Nested { is_safe, .. } => is_safe && kind(name, fields).is_none(),
    }
}

fn kind(name: &[u8], fields: &Fields) -> Option<Kind> {
    let known = |(known, _): &&(&str, Kind)| known.as_bytes() == name;
    fields.iter().find(known).map(|(_, kind)| *kind)
}

/// Writes a row in which values change and nothing is left out. Nothing where it is not as simple as that; then some of it
/// may have been written.
pub fn write_changed(
    row: &[u8],
    fields: &Fields,
    counts: &Fields,
    out: &mut Vec<u8>,
) -> Option<()> {
    let mut scanner = Scanner::new(row);
    let mut copied = 0;
    scanner.object(|scanner, name| {
        scanner.peek()?;
        let from = scanner.at();
        let value = scanner.value(DEPTH)?;
        if name.escaped {
            return None;
        }
        if !stays(name.raw, value, fields, counts) {
            let fit = tidied(kind(name.raw, fields), value)?;
            out.extend_from_slice(row.get(copied..from)?);
            fit.write(out);
            copied = scanner.at();
        }
        Some(())
    })?;
    out.extend_from_slice(row.get(copied..)?);
    Some(())
}

/// A field of a row.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    written: Text<'a>,
    /// What that says.
    pub name: Cow<'a, str>,
    /// As the service sent it.
    pub value: Value<'a>,
}

/// The fields of a row, which is known to be one.
#[must_use]
pub fn fields<'a>(row: &'a [u8]) -> Vec<Field<'a>> {
    let mut all = Vec::new();
    let _ = Scanner::new(row).object(|scanner, written| {
        let (name, value) = (written.decoded(), scanner.value(DEPTH)?);
        all.push(Field {
            written,
            name,
            value,
        });
        Some(())
    });
    all
}

/// What the value of a field that is a text says, in the row that is written.
#[must_use]
pub fn said(value: &Value<'_>) -> Option<String> {
    let bytes = match *value {
        Value::Text(text) => return Some(text.decoded().into_owned()),
        Value::Number(number) => number::digits(number),
        Value::Truth(truth) => word(truth),
        Value::Null | Value::Nested { .. } => return None,
    };
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// Writes a row as it is handed on.
///
/// A known field that is neither text, number, truth value nor null is left out, since its type
/// promises otherwise; so is a count that is no number, and what is not `wanted`. Unknown fields
/// stay as they came. Of several fields of one name the last counts: with it all are left out.
pub fn write(
    row: &[Field<'_>],
    known: &Fields,
    wanted: impl Fn(&Field<'_>) -> bool,
    out: &mut Vec<u8>,
) {
    let kept: Vec<_> = row
        .iter()
        .map(|field| {
            tidied(kind(field.name.as_bytes(), known), field.value).filter(|_| wanted(field))
        })
        .collect();
    let mut last = BTreeMap::new();
    for (field, kept) in row.iter().zip(&kept) {
        last.insert(&*field.name, kept.is_some());
    }
    out.push(b'{');
    let empty = out.len();
    for (field, kept) in row.iter().zip(kept) {
        let Some(kept) = kept.filter(|_| last[&*field.name]) else {
            continue;
        };
        if out.len() > empty {
            out.push(b',');
        }
        quote(&field.written.mended(), out);
        out.push(b':');
        kept.write(out);
    }
    out.push(b'}');
}

/// A value as JSON that JavaScript reads well.
enum Fit<'a> {
    /// A text, without its quotes.
    Text(Cow<'a, [u8]>),
    /// Anything else, whole.
    Other(Cow<'a, [u8]>),
}

impl Fit<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text) => quote(text, out),
            Self::Other(value) => out.extend_from_slice(value),
        }
    }
}

fn quote(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

fn tidied(kind: Option<Kind>, value: Value<'_>) -> Option<Fit<'_>> {
    let value = match (kind, value) {
        (_, Value::Null) => b"null",
        (Some(Kind::Count), value) => {
            let number = match value {
                Value::Number(number) => Cow::Borrowed(number),
                Value::Text(text) => {
                    let text = text.decoded();
                    Cow::Owned(number::parse(text.trim_ascii().as_bytes())?.to_vec())
                }
                _ => return None,
            };
            return number::is_finite(&number).then_some(Fit::Other(number));
        }
        (_, Value::Text(text)) => return Some(Fit::Text(text.mended())),
        (Some(_), Value::Nested { .. }) => return None,
        (Some(_), Value::Number(number)) => {
            return Some(Fit::Text(number::digits(number).into()));
        }
        (Some(_), Value::Truth(truth)) => return Some(Fit::Text(word(truth).into())),
        (None, Value::Number(raw))
        | (
            None,
            Value::Nested {
                raw,
                is_safe: false,
            },
        ) => {
            return Some(Fit::Other(safe(raw).into()));
        }
        (None, Value::Nested { raw, .. }) => raw,
        (None, Value::Truth(truth)) => word(truth),
    };
    Some(Fit::Other(value.into()))
}

fn word(truth: bool) -> &'static [u8] {
    if truth { b"true" } else { b"false" }
}

/// A value with every number that JavaScript cannot hold as a text, and every broken text mended.
fn safe(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 2);
    let mut scanner = Scanner::new(value);
    while let Some(part) = scanner.part() {
        match part {
            Part::Text(text) => quote(&text.mended(), &mut out),
            Part::Number(number) if number::is_safe(number) => out.extend_from_slice(number),
            Part::Number(number) => quote(number::digits(number), &mut out),
            Part::Other(byte) => out.push(byte),
        }
    }
    out
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    const FIELDS: &Fields = &[("sellerId", Kind::Text), ("eventCount", Kind::Count)];

    fn tidy(json: &str) -> String {
        let counts: Vec<_> = FIELDS
            .iter()
            .filter(|(_, kind)| *kind == Kind::Count)
            .copied()
            .collect();
        let fit = is_fit(&mut Scanner::new(json.as_bytes()), FIELDS, &counts).unwrap();
        let mut out = Vec::new();
        write(&fields(json.as_bytes()), FIELDS, |_| true, &mut out);
        let kept = String::from_utf8(out).unwrap();
        // Both ways to write it are one.
        let mut out = Vec::new();
        if write_changed(json.as_bytes(), FIELDS, &counts, &mut out).is_some() {
            assert_eq!(String::from_utf8(out).unwrap(), kept, "{json}");
        }
        // What is written anew needs no second time, and what is fit comes out as it was.
        assert!(!fit || kept == json, "{json}");
        kept
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
            (r#"{"eventCount":1e3}"#, r#"{"eventCount":1e3}"#),
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
            r#"{"a":1e3,"b":-1.5E+2,"c":0e20,"d":0.0e99,"e":1e-99,"f":9.007199254740991e15}"#,
            r#"{"a":90071992547409910e-1,"b":9007199254740991.5,"c":184305928575004210000e-20}"#,
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
            (r#"{"a":1e999}"#, r#"{"a":"1e999"}"#),
            (
                r#"{"a":1.8430592857500421e16}"#,
                r#"{"a":"1.8430592857500421e16"}"#,
            ),
            (
                r#"{"a":[-18430592857500421E+0]}"#,
                r#"{"a":["-18430592857500421E+0"]}"#,
            ),
            (
                r#"{"a":900719925474099200e-2}"#,
                r#"{"a":"900719925474099200e-2"}"#,
            ),
            (
                r#"{"a":0.00009007199254740992e20}"#,
                r#"{"a":"0.00009007199254740992e20"}"#,
            ),
            (r#"{"a":1e16}"#, r#"{"a":"1e16"}"#),
            (
                r#"{"a":18430592857500421.5}"#,
                r#"{"a":"18430592857500421.5"}"#,
            ),
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

        #[test]
        fn nor_does_one_with_an_exponent(number in -(1_i64 << 54)..1 << 54, zeros in 0_usize..4, point in 0_usize..20, big in any::<bool>()) {
            let sign = if number < 0 { "-" } else { "" };
            let digits = number.unsigned_abs().to_string();
            let padded = format!("{digits:0>point$}");
            let (whole, part) = padded.split_at(padded.len() - point);
            let whole = if whole.is_empty() { "0" } else { whole };
            let (part, e) = (format!("{part}{:0<zeros$}", ""), if big { "E+" } else { "e" });
            let dot = if part.is_empty() { "" } else { "." };
            let written = format!("{sign}{whole}{dot}{part}{e}{point}");
            let kept: Value = serde_json::from_str(&tidy(&format!(r#"{{"other":{written}}}"#))).unwrap();
            if number.unsigned_abs() < 1 << 53 {
                prop_assert!(kept["other"].is_number(), "{}", written);
                let read: f64 = written.parse().unwrap();
                prop_assert_eq!(read, number as f64);
            } else {
                prop_assert_eq!(kept["other"].as_str().unwrap(), &written);
            }
        }
    }
}
