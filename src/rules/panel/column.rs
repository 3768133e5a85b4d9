//! The columns of a `<cab-list>`, for each family of methods.

use std::cmp::Ordering;

use crate::rules::id::Method;

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The link, by the type and the id of the CAB.
    Cab,
    /// When it happened.
    Date,
    /// How long the CAB stays.
    Expires,
    /// The country.
    Market,
    /// Windows, with its build.
    System,
    /// Who made the machine, and which it is.
    Machine,
    /// The version of the driver or module.
    Version,
}

impl Column {
    /// All of them, in their order.
    pub const ALL: [Self; 7] = [
        Self::Cab,
        Self::Date,
        Self::Expires,
        Self::Market,
        Self::System,
        Self::Machine,
        Self::Version,
    ];

    /// The column's heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Cab => "CAB",
            Self::Date => "Date",
            Self::Expires => "Expires",
            Self::Market => "Market",
            Self::System => "System",
            Self::Machine => "Machine",
            Self::Version => "Version",
        }
    }

    /// A name for styles and parts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cab => "cab",
            Self::Date => "date",
            Self::Expires => "expires",
            Self::Market => "market",
            Self::System => "system",
            Self::Machine => "machine",
            Self::Version => "version",
        }
    }

    /// The column of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == text)
    }

    /// The fields of a row whose values stand in the column, one after the other.
    #[must_use]
    pub const fn fields(self, method: Method) -> &'static [&'static str] {
        let hardware = matches!(method, Method::Hardware);
        match self {
            Self::Cab => &["cabType", "cabIdHash"],
            Self::Date => &["date"],
            Self::Expires => &["cabExpirationTime"],
            Self::Market => &["market"],
            Self::System if hardware => &["osVersion"],
            Self::System => &["osName", "osVersion"],
            Self::Machine if hardware => &["modelFamily", "model"],
            Self::Machine => &["oemName", "oemModel"],
            Self::Version if hardware => &["moduleVersion"],
            Self::Version => &["driverVersion"],
        }
    }

    /// Which column the service has sorted by, and whether downwards, where `orderby` names one first.
    #[must_use]
    pub fn sorted_by(orderby: &str, method: Method) -> Option<(Self, bool)> {
        let first = orderby.split(',').next()?;
        let mut words = first.split_ascii_whitespace();
        let field = words.next()?;
        let down = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("desc"));
        let column = Self::ALL
            .into_iter()
            .find(|column| column.fields(method).first() == Some(&field))?;
        Some((column, down))
    }
}

/// The values of several fields as one text. A value that says nothing, or the same as the one
/// before, is left out; the service writes what it does not know as `Unknown`.
#[must_use]
pub fn joined(values: &[Option<String>]) -> String {
    let mut text = String::new();
    let mut last = "";
    for value in values.iter().flatten().map(|value| value.trim_ascii()) {
        if value.is_empty() || value.eq_ignore_ascii_case("unknown") || value == last {
            continue;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(value);
        last = value;
    }
    text
}

/// Compares as a person would: `6.3.9600` before `6.3.17415`, whatever the case of letters.
#[must_use]
pub fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let (Some(a), Some(b)) = (one.first(), other.first()) {
        if a.is_ascii_digit() && b.is_ascii_digit() {
            let (number, rest) = leading_number(one);
            let (number_of_other, rest_of_other) = leading_number(other);
            // Without leading zeros, the longer one is the larger.
            let order = number.len().cmp(&number_of_other.len());
            let order = order.then_with(|| number.cmp(number_of_other));
            if order.is_ne() {
                return order;
            }
            (one, other) = (rest, rest_of_other);
        } else {
            let order = a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
            if order.is_ne() {
                return order;
            }
            (one, other) = (&one[1..], &other[1..]);
        }
    }
    one.len().cmp(&other.len())
}

/// The digits at the beginning, without leading zeros, and what follows them.
fn leading_number(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| !b.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    let zeros = digits.iter().position(|b| *b != b'0');
    (&digits[zeros.unwrap_or(digits.len())..], rest)
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::list::details;
    use proptest::prelude::*;

    #[test]
    fn every_column_has_a_name_and_fields_that_rows_have() {
        for column in Column::ALL {
            assert_eq!(Column::parse(column.as_str()), Some(column));
            assert!(!column.heading().is_empty());
            for method in Method::ALL {
                let fields = column.fields(method);
                assert!(!fields.is_empty());
                for field in fields {
                    let known = details::FIELDS.iter().any(|(name, _)| name == field);
                    assert!(known, "{field}");
                }
            }
        }
        assert_eq!(Column::parse("x"), None);
    }

    #[test]
    fn what_the_service_has_sorted_by() {
        let by = |text| Column::sorted_by(text, Method::IhvDriver);
        assert_eq!(by("date desc"), Some((Column::Date, true)));
        assert_eq!(by(" date  DESC , market"), Some((Column::Date, true)));
        assert_eq!(by("market,date desc"), Some((Column::Market, false)));
        assert_eq!(by("cabExpirationTime asc"), Some((Column::Expires, false)));
        assert_eq!(by("deviceType"), None);
        assert_eq!(by(""), None);
        let hardware = Column::sorted_by("moduleVersion", Method::Hardware);
        assert_eq!(hardware, Some((Column::Version, false)));
    }

    #[test]
    fn what_says_nothing_is_left_out() {
        let joined = |values: &[&str]| {
            let values: Vec<_> = values
                .iter()
                .map(|value| Some((*value).to_owned()))
                .collect();
            joined(&values)
        };
        assert_eq!(joined(&["Contoso", "C-122"]), "Contoso C-122");
        assert_eq!(joined(&["Unknown", "unknown"]), "");
        assert_eq!(joined(&["Contoso", "Unknown"]), "Contoso");
        assert_eq!(joined(&["", " x "]), "x");
        assert_eq!(joined(&["ContosoPad", "ContosoPad"]), "ContosoPad");
        assert_eq!(super::joined(&[None, None]), "");
    }

    #[test]
    fn numbers_in_texts_count_as_numbers() {
        let sorted = [
            "2.1",
            "2.1.1.0",
            "2.1.9",
            "2.1.10",
            "6.3.9600.9600",
            "6.3.9600.17415",
            "a2",
            "A10",
            "b",
        ];
        for pair in sorted.windows(2) {
            assert_eq!(natural(pair[0], pair[1]), Ordering::Less, "{pair:?}");
        }
        assert_eq!(natural("007", "7"), Ordering::Equal);
        assert_eq!(natural("", ""), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn the_order_is_one(a in "[a-bA.0-3é]{0,8}", b in "[a-bA.0-3é]{0,8}", c in "[a-bA.0-3é]{0,8}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
            if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
                prop_assert!(natural(&a, &c).is_le());
            }
        }
    }
}
