//! The clause `filter`: built from plain values with correct quoting, or taken as a text and read
//! far enough to know which fields it names.
//!
//! Documented are `field eq 'x'` and `field ne 'x'`, joined by `and` and `or`. Inferred is that a
//! quote inside a value is doubled, as OData does, and that brackets group: they are shown for a
//! sibling method only. Which of `and` and `or` binds tighter is documented nowhere, so what is
//! built here never leaves it open: wherever both meet, there are brackets.

use crate::rules::list::given::Given;
use crate::rules::list::query::named;

/// Deeper than anybody writes by hand; it bounds the recursion.
const MAX_DEPTH: usize = 16;

/// A condition on rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// One comparison.
    Compare {
        /// The field's name.
        field: String,
        /// `eq`, else `ne`.
        equal: bool,
        /// The value, without quotes.
        value: String,
    },
    /// All of at least two: `and`.
    All(Vec<Filter>),
    /// Any of at least two: `or`.
    Any(Vec<Filter>),
}

/// Why something is no filter: the end of the sentence "The filter …".
pub type Wrong = String;

/// The clause's text for what a caller gave, which may compare these fields; `list` names the list
/// in the reason.
///
/// # Errors
/// The end of the sentence "The filter …".
pub fn clause(given: &Given, fields: &[&str], list: &str) -> Result<String, Wrong> {
    let (filter, text) = match given {
        // A text is sent as it is: whoever writes one may know more of the service than this crate.
        Given::Text(text) => {
            let text = text.trim_ascii();
            (Filter::parse(text)?, text.to_owned())
        }
        _ => {
            let filter = Filter::build(given, 0)?;
            let text = filter.to_text();
            (filter, text)
        }
    };
    match filter.first_field_outside(fields) {
        Some(field) => Err([
            "names ",
            &named(field),
            ", which ",
            list,
            " cannot filter by",
        ]
        .concat()),
        None => Ok(text),
    }
}

impl Filter {
    /// Builds it from `{field, eq}`, `{field, ne}`, `{and: […]}` and `{or: […]}`.
    fn build(given: &Given, depth: usize) -> Result<Self, Wrong> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        let Given::Object(properties) = given else {
            return Err(
                "must be a text, or an object like { field: \"market\", eq: \"US\" }".into(),
            );
        };
        let present: Vec<_> = properties
            .iter()
            .filter(|(_, value)| *value != Given::Missing)
            .collect();
        let list = |items: &Given| match items {
            Given::List(items) if !items.is_empty() => items
                .iter()
                .map(|item| Self::build(item, depth + 1))
                .collect::<Result<Vec<_>, _>>(),
            _ => Err("needs a list of at least one condition after and, or".to_owned()),
        };
        match present.as_slice() {
            [(key, items)] if key == "and" => Ok(Self::joined(Self::All, list(items)?)),
            [(key, items)] if key == "or" => Ok(Self::joined(Self::Any, list(items)?)),
            [_, _] => {
                let field = given.get("field").text().map(ToOwned::to_owned);
                let (equal, value) = match (given.get("eq"), given.get("ne")) {
                    (Given::Text(value), Given::Missing) => (true, value.clone()),
                    (Given::Missing, Given::Text(value)) => (false, value.clone()),
                    _ => return Err(needs_comparison()),
                };
                let field = field.ok_or_else(needs_comparison)?;
                Ok(Self::Compare {
                    field,
                    equal,
                    value,
                })
            }
            _ => Err(needs_comparison()),
        }
    }

    fn joined(join: fn(Vec<Self>) -> Self, mut parts: Vec<Self>) -> Self {
        match parts.len() {
            1 => parts.remove(0),
            _ => join(parts),
        }
    }

    /// Reads a clause's text.
    ///
    /// # Errors
    /// The end of the sentence "The filter …".
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut input = Input {
            tokens: tokens(text)?,
            at: 0,
        };
        let filter = input.any(0)?;
        if input.at < input.tokens.len() {
            return Err("has something after its end".into());
        }
        Ok(filter)
    }

    /// The clause's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, text: &mut String) {
        let (parts, word) = match self {
            Self::Compare {
                field,
                equal,
                value,
            } => {
                text.push_str(field);
                text.push_str(if *equal { " eq '" } else { " ne '" });
                text.push_str(&value.replace('\'', "''"));
                text.push('\'');
                return;
            }
            Self::All(parts) => (parts, " and "),
            Self::Any(parts) => (parts, " or "),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                text.push_str(word);
            }
            if matches!(part, Self::Compare { .. }) {
                part.write(text);
            } else {
                text.push('(');
                part.write(text);
                text.push(')');
            }
        }
    }

    /// The first field that is none of these.
    fn first_field_outside(&self, fields: &[&str]) -> Option<&str> {
        match self {
            Self::Compare { field, .. } => (!fields.contains(&field.as_str())).then_some(field),
            Self::All(parts) | Self::Any(parts) => parts
                .iter()
                .find_map(|part| part.first_field_outside(fields)),
        }
    }
}

fn needs_comparison() -> Wrong {
    "needs a field, eq or ne, and a text to compare it with".into()
}

fn too_deep() -> Wrong {
    "is nested too deeply".into()
}

#[derive(Debug, PartialEq)]
enum Token<'a> {
    Open,
    Close,
    /// What stands between quotes, as it stands there.
    Quoted(&'a str),
    Word(&'a str),
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, Wrong> {
    let mut found = Vec::new();
    let mut rest = text.trim_ascii_start();
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'(' => {
                found.push(Token::Open);
                1
            }
            b')' => {
                found.push(Token::Close);
                1
            }
            b'\'' => {
                let inside = quoted_length(&rest[1..])
                    .ok_or_else(|| "has a quote that is not closed".to_owned())?;
                found.push(Token::Quoted(&rest[1..=inside]));
                inside + 2
            }
            _ => {
                let ends = |b: u8| b.is_ascii_whitespace() || matches!(b, b'(' | b')' | b'\'');
                let length = rest.bytes().position(ends).unwrap_or(rest.len());
                found.push(Token::Word(&rest[..length]));
                length
            }
        };
        rest = rest[length..].trim_ascii_start();
    }
    Ok(found)
}

/// How many bytes stand before the closing quote; a doubled one does not close.
fn quoted_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().position(|&b| b == b'\'')?;
        if bytes.get(at + 1) != Some(&b'\'') {
            return Some(at);
        }
        at += 2;
    }
}

struct Input<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Input<'a> {
    fn next(&mut self) -> Option<&Token<'a>> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    /// Goes past this word, where it comes next, in any case.
    fn skips(&mut self, word: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.at),
            Some(Token::Word(next)) if next.eq_ignore_ascii_case(word));
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self, depth: usize) -> Result<Filter, Wrong> {
        let mut parts = vec![self.all(depth)?];
        while self.skips("or") {
            parts.push(self.all(depth)?);
        }
        Ok(Filter::joined(Filter::Any, parts))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, Wrong> {
        let mut parts = vec![self.one(depth)?];
        while self.skips("and") {
            parts.push(self.one(depth)?);
        }
        Ok(Filter::joined(Filter::All, parts))
    }

    fn one(&mut self, depth: usize) -> Result<Filter, Wrong> {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        let field = match self.next() {
            Some(Token::Open) => {
                let inside = self.any(depth + 1)?;
                return match self.next() {
                    Some(Token::Close) => Ok(inside),
                    _ => Err("has a bracket that is not closed".into()),
                };
            }
            Some(Token::Word(field)) => (*field).to_owned(),
            _ => return Err(needs_comparison()),
        };
        let equal = self.skips("eq");
        if !equal && !self.skips("ne") {
            return Err(needs_comparison());
        }
        let value = match self.next() {
            Some(Token::Quoted(value)) => value.replace("''", "'"),
            Some(Token::Word(value)) => (*value).to_owned(),
            _ => return Err(needs_comparison()),
        };
        Ok(Filter::Compare {
            field,
            equal,
            value,
        })
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::list::given::tests::{anything, object, text};
    use proptest::prelude::*;

    const FIELDS: &[&str] = &["market", "deviceType", "oemName"];

    fn of(given: &Given) -> Result<String, Wrong> {
        clause(given, FIELDS, "ihvdriver/failurehits")
    }

    fn eq(field: &str, value: &str) -> Given {
        object(&[("field", text(field)), ("eq", text(value))])
    }

    #[test]
    fn conditions_become_texts() {
        let ne = object(&[("field", text("market")), ("ne", text("DE"))]);
        let list = |items: &[Given]| Given::List(items.to_vec());
        let both = object(&[("and", list(&[eq("market", "US"), eq("deviceType", "PC")]))]);
        let either = object(&[("or", list(&[both.clone(), ne.clone()]))]);
        let alone = object(&[("and", list(std::slice::from_ref(&ne)))]);
        for (given, expected) in [
            (eq("market", "US"), "market eq 'US'"),
            (ne, "market ne 'DE'"),
            (
                eq("oemName", "O'Neill & 'Sons'"),
                "oemName eq 'O''Neill & ''Sons'''",
            ),
            (eq("oemName", ""), "oemName eq ''"),
            (both, "market eq 'US' and deviceType eq 'PC'"),
            (
                either,
                "(market eq 'US' and deviceType eq 'PC') or market ne 'DE'",
            ),
            (alone, "market ne 'DE'"),
        ] {
            assert_eq!(of(&given).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_text_is_sent_as_it_is() {
        for raw in [
            "market eq 'US'",
            "market eq 'US' and deviceType ne 'PC' or oemName eq 'a''b'",
            "(market EQ 'US' OR market eq DE) AND deviceType eq ''",
            "market eq 'and or ( ) eq'",
            "((market eq 'US'))",
            "market  eq\t'US'",
        ] {
            assert_eq!(of(&text(&[" ", raw, " "].concat())).as_deref(), Ok(raw));
        }
    }

    #[test]
    fn the_field_that_does_not_fit_is_named() {
        for given in [
            eq("osName", "x"),
            text("osName eq 'x'"),
            text("market eq 'US' and (deviceType eq 'PC' or osName ne 'x')"),
        ] {
            assert_eq!(
                of(&given).unwrap_err(),
                "names osName, which ihvdriver/failurehits cannot filter by"
            );
        }
        // What a caller gave is repeated only where it is a plain word.
        for odd in ["<b>", "a b", "é", &"x".repeat(50), ""] {
            let reason = of(&eq(odd, "x")).unwrap_err();
            assert!(
                reason.starts_with("names a field that is no word, which"),
                "{reason}"
            );
        }
        assert!(of(&text("Market eq 'US'")).is_err(), "case counts");
    }

    #[test]
    fn what_is_no_filter_says_why() {
        for (raw, reason) in [
            ("", "needs a field"),
            ("market", "needs a field"),
            ("market eq", "needs a field"),
            ("market gt 'US'", "needs a field"),
            ("'market' eq 'US'", "needs a field"),
            ("market eq 'US' and", "needs a field"),
            (
                "market eq 'US' deviceType eq 'PC'",
                "something after its end",
            ),
            ("market eq 'US')", "something after its end"),
            ("market eq 'US", "a quote that is not closed"),
            ("market eq 'US''", "a quote that is not closed"),
            ("(market eq 'US'", "a bracket that is not closed"),
        ] {
            let said = of(&text(raw)).unwrap_err();
            assert!(said.contains(reason), "{raw}: {said}");
        }
        let deep = [
            "(".repeat(100_000),
            "market eq 'US'".into(),
            ")".repeat(100_000),
        ]
        .concat();
        assert_eq!(of(&text(&deep)), Err(too_deep()));
        let mut nested = eq("market", "US");
        for _ in 0..=MAX_DEPTH {
            nested = object(&[("and", Given::List(vec![nested]))]);
        }
        assert_eq!(of(&nested), Err(too_deep()));
        for given in [
            Given::Number(1.0),
            Given::List(vec![]),
            object(&[]),
            object(&[("and", Given::List(vec![]))]),
            object(&[("and", eq("market", "US"))]),
            object(&[("field", text("market"))]),
            object(&[("field", text("market")), ("eq", Given::Number(1.0))]),
            object(&[("field", text("market")), ("gt", text("US"))]),
            object(&[
                ("field", text("market")),
                ("eq", text("a")),
                ("ne", text("b")),
            ]),
            object(&[
                ("and", Given::List(vec![eq("market", "a")])),
                ("or", Given::List(vec![])),
            ]),
        ] {
            assert!(of(&given).is_err(), "{given:?}");
        }
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let leaf =
            ("[A-Za-z]{1,12}", any::<bool>(), ".{0,20}").prop_map(|(field, equal, value)| {
                Filter::Compare {
                    field,
                    equal,
                    value,
                }
            });
        leaf.prop_recursive(4, 20, 4, |inner| {
            let parts = || prop::collection::vec(inner.clone(), 2..4);
            prop_oneof![parts().prop_map(Filter::All), parts().prop_map(Filter::Any)]
        })
    }

    proptest! {
        #[test]
        fn what_is_built_reads_back_as_the_same(filter in filters()) {
            prop_assert_eq!(Filter::parse(&filter.to_text()), Ok(filter));
        }

        #[test]
        fn no_value_leaves_its_quotes(value in "['a-z() ]{0,30}") {
            let sent = of(&eq("market", &value)).unwrap();
            let expected = Filter::Compare { field: "market".into(), equal: true, value };
            prop_assert_eq!(Filter::parse(&sent), Ok(expected));
        }

        #[test]
        fn nothing_given_panics(given in anything()) {
            let _ = of(&given);
        }

        #[test]
        fn no_text_panics(raw in "[()' a-z]{0,40}|.{0,40}") {
            let _ = of(&text(&raw));
        }
    }
}
