//! A value as a caller gave it: plain data, before anybody has looked at what it means.

/// What JavaScript can give, as far as a query may be interested in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Nothing: `undefined`, `null`, or not there at all.
    Missing,
    /// A text.
    Text(String),
    /// A number, which may be infinite or none.
    Number(f64),
    /// A date, in milliseconds since 1970 in UTC; not a number where the date is invalid.
    Date(f64),
    /// A list.
    List(Vec<Given>),
    /// An object's own properties, in their order.
    Object(Vec<(String, Given)>),
    /// Anything else: a function, a truth value, something nested too deeply.
    Other,
}

impl Given {
    /// The value of a property; nothing where there is none.
    #[must_use]
    pub fn get(&self, key: &str) -> &Self {
        match self {
            Self::Object(properties) => properties
                .iter()
                .find(|(name, _)| name == key)
                .map_or(&Self::Missing, |(_, value)| value),
            _ => &Self::Missing,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn text(text: &str) -> Given {
        Given::Text(text.to_owned())
    }

    pub(crate) fn texts(list: &[&str]) -> Given {
        Given::List(list.iter().map(|item| text(item)).collect())
    }

    pub(crate) fn object(properties: &[(&str, Given)]) -> Given {
        let own = |(key, value): &(&str, Given)| ((*key).to_owned(), value.clone());
        Given::Object(properties.iter().map(own).collect())
    }

    /// Anything at all that a caller may come up with.
    pub(crate) fn anything() -> impl Strategy<Value = Given> {
        let leaf = prop_oneof![
            Just(Given::Missing),
            Just(Given::Other),
            ".{0,20}".prop_map(Given::Text),
            "(market|date|osName|') ?(eq|ne|asc|desc|,)? ?'?[a-z']{0,5}'?".prop_map(Given::Text),
            any::<f64>().prop_map(Given::Number),
            any::<f64>().prop_map(Given::Date),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let key = prop_oneof!["and|or|field|eq|ne", ".{0,8}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Given::List),
                prop::collection::vec((key, inner), 0..4).prop_map(Given::Object),
            ]
        })
    }

    #[test]
    fn only_objects_have_properties() {
        let given = object(&[("a", Given::Number(1.0))]);
        assert_eq!(given.get("a"), &Given::Number(1.0));
        assert_eq!(given.get("b"), &Given::Missing);
        assert_eq!(Given::List(vec![given]).get("a"), &Given::Missing);
    }
}
