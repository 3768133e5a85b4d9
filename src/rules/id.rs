//! The ids that name a CAB: parsed once, so that everything after it takes a type.

use std::fmt;

/// The longest id, in characters. Documented ids have 34 to 36; the cap is ours.
pub const MAX_LEN: usize = 128;

/// Why a text is not an id. Each reason is the end of the sentence "The CAB id …".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdReason {
    /// Nothing was given, or only blanks.
    Empty,
    /// Longer than [`MAX_LEN`] characters.
    TooLong,
    /// The first character is neither a letter nor a digit.
    BadStart,
    /// A character other than a letter, a digit, `.`, `_` or `-`.
    BadCharacter,
    /// Not a text at all.
    NotText,
}

impl IdReason {
    /// All reasons, for tests and tables.
    pub const ALL: [Self; 5] = [
        Self::Empty,
        Self::TooLong,
        Self::BadStart,
        Self::BadCharacter,
        Self::NotText,
    ];

    /// The reason as the end of a sentence.
    ///
    /// The offending text is never quoted: it may be markup, or megabytes.
    #[must_use]
    pub const fn sentence_end(self) -> &'static str {
        match self {
            Self::Empty => "is empty",
            Self::TooLong => "has more than 128 characters",
            Self::BadStart => "does not begin with a letter or a digit",
            Self::BadCharacter => {
                "contains a character other than letters, digits, dot, underscore and hyphen"
            }
            Self::NotText => "is not a text",
        }
    }
}

fn check(text: &str) -> Result<(), IdReason> {
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else {
        return Err(IdReason::Empty);
    };
    // A blank id is an empty one to the person who left the field empty.
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(IdReason::Empty);
    }
    if bytes.len() > MAX_LEN {
        return Err(IdReason::TooLong);
    }
    if !first.is_ascii_alphanumeric() {
        return Err(IdReason::BadStart);
    }
    let good = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    if bytes.iter().all(good) {
        Ok(())
    } else {
        Err(IdReason::BadCharacter)
    }
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is: blanks around it are an error.
            ///
            /// # Errors
            /// The [`IdReason`] for which the text is not an id.
            pub fn parse(text: &str) -> Result<Self, IdReason> {
                check(text).map(|()| Self(text.to_owned()))
            }

            /// Takes the text of an attribute: blanks around it are dropped.
            ///
            /// # Errors
            /// The [`IdReason`] for which the rest is not an id.
            pub fn parse_attribute(text: &str) -> Result<Self, IdReason> {
                Self::parse(text.trim_ascii())
            }

            /// The id's text; it needs no escaping in a URL or an attribute.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type! {
    /// Names one CAB: the API's `cabIdHash`.
    ///
    /// Opaque text. Most look like UUIDs, yet the API's documentation also shows
    /// `012345-5dbc9-b12f-c124-9d9810f05d8b`, which is not one.
    CabIdHash
}

id_type! {
    /// Names one failure: the API's `failureHash`. Opaque text, as a CAB's id is.
    FailureHash
}

id_type! {
    /// Names one driver product: the API's `applicationId`, which the `driver` methods require.
    ///
    /// Text, because documented ids exceed 2^53 and would lose digits as a JavaScript number.
    ApplicationId
}

/// The family of API methods a CAB belongs to; the first segment of the path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Windows 7 and 8.x drivers.
    #[default]
    IhvDriver,
    /// Windows 10 drivers; needs an `applicationId`.
    Driver,
    /// OEM hardware.
    Hardware,
}

impl Method {
    /// All methods, for tests and tables.
    pub const ALL: [Self; 3] = [Self::IhvDriver, Self::Driver, Self::Hardware];

    /// The path segment.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IhvDriver => "ihvdriver",
            Self::Driver => "driver",
            Self::Hardware => "hardware",
        }
    }

    /// The method with this path segment.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }

    /// Whether the API requires an `applicationId` beside the CAB's id.
    #[must_use]
    pub const fn needs_application(self) -> bool {
        matches!(self, Self::Driver)
    }
}

/// Which part of a CAB's name was wrong, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCab {
    /// `cabIdHash`, `method` or `applicationId`.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: IdReason,
}

/// One CAB: everything that is needed to ask for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cab {
    /// The CAB's own id.
    pub id: CabIdHash,
    /// The family it belongs to.
    pub method: Method,
    /// The product, present exactly when the method needs one.
    pub application: Option<ApplicationId>,
}

impl Cab {
    /// A CAB of the default method, `ihvdriver`.
    #[must_use]
    pub const fn ihv(id: CabIdHash) -> Self {
        Self {
            id,
            method: Method::IhvDriver,
            application: None,
        }
    }

    /// Puts a CAB together from texts; `trim` for those that come from attributes.
    ///
    /// An `applicationId` that the method does not take is ignored: links carry it harmlessly.
    ///
    /// # Errors
    /// The field that is wrong or missing.
    pub fn from_parts(
        id: &str,
        method: Option<&str>,
        application: Option<&str>,
        trim: bool,
    ) -> Result<Self, BadCab> {
        let cut = |text| if trim { str::trim_ascii(text) } else { text };
        let bad = |field| move |reason| BadCab { field, reason };
        let id = CabIdHash::parse(cut(id)).map_err(bad("cabIdHash"))?;
        let method = match method.map(cut) {
            None => Method::default(),
            Some(text) => Method::parse(text).ok_or(BadCab {
                field: "method",
                reason: IdReason::BadCharacter,
            })?,
        };
        let application = if method.needs_application() {
            let text = application.map(cut).unwrap_or_default();
            Some(ApplicationId::parse(text).map_err(bad("applicationId"))?)
        } else {
            None
        };
        Ok(Self {
            id,
            method,
            application,
        })
    }

    /// The path and query below an API base: `ihvdriver/cabdownload?cabIdHash=…`.
    ///
    /// The same text is used below the worker's scope. Ids need no escaping.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let mut path = [
            self.method.as_str(),
            "/cabdownload?cabIdHash=",
            self.id.as_str(),
        ]
        .concat();
        if let Some(application) = &self.application {
            path.push_str("&applicationId=");
            path.push_str(application.as_str());
        }
        path
    }

    /// Reads a CAB back from a path below a base and its query pairs, as a URL parser gave them.
    ///
    /// `None` where the path is not one of the `cabdownload` methods; other parameters are ignored.
    ///
    /// # Errors
    /// It is such a path, but an id in it is wrong, missing or given twice.
    pub fn from_path<'a>(
        path: &str,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Option<Result<Self, BadCab>> {
        let method = path.strip_suffix("/cabdownload")?;
        Method::parse(method)?;
        let (mut id, mut application) = (None, None);
        for (name, value) in pairs {
            let slot = match name {
                "cabIdHash" => &mut id,
                "applicationId" => &mut application,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                // Two values for one name: servers disagree on which counts.
                return Some(Err(BadCab {
                    field: if name == "cabIdHash" {
                        "cabIdHash"
                    } else {
                        "applicationId"
                    },
                    reason: IdReason::BadCharacter,
                }));
            }
        }
        Some(Self::from_parts(
            id.unwrap_or_default(),
            Some(method),
            application,
            false,
        ))
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The one table of good ids; the last but one is the documented oddity.
    const GOOD: &[&str] = &[
        "c1a51104-d682-4230-be14-7278b18e3555",
        "a",
        "0",
        "A.b_c-d",
        "18430592857500421",
        "29989500_13736592797500435_1152921504626321174",
        "012345-5dbc9-b12f-c124-9d9810f05d8b",
        "54FFB83A-E159-41D2-8158-F36F306CC01E",
    ];

    /// The one table of bad ids and why.
    const BAD: &[(&str, IdReason)] = &[
        ("", IdReason::Empty),
        (" ", IdReason::Empty),
        ("\t\n ", IdReason::Empty),
        (" a", IdReason::BadStart),
        ("a ", IdReason::BadCharacter),
        ("-a", IdReason::BadStart),
        (".", IdReason::BadStart),
        ("..", IdReason::BadStart),
        ("../x", IdReason::BadStart),
        ("a/../b", IdReason::BadCharacter),
        ("a&b=c", IdReason::BadCharacter),
        ("a?b", IdReason::BadCharacter),
        ("a#b", IdReason::BadCharacter),
        ("a%20b", IdReason::BadCharacter),
        ("a\nb", IdReason::BadCharacter),
        ("a\r\nX: y", IdReason::BadCharacter),
        ("a\0", IdReason::BadCharacter),
        ("ä", IdReason::BadStart),
        ("aä", IdReason::BadCharacter),
        ("a\u{fffd}", IdReason::BadCharacter),
        ("a\u{200b}", IdReason::BadCharacter),
        ("<b>", IdReason::BadStart),
        ("a'b", IdReason::BadCharacter),
        ("a\"b", IdReason::BadCharacter),
        ("a\\b", IdReason::BadCharacter),
        ("a+b", IdReason::BadCharacter),
        ("a:b", IdReason::BadCharacter),
    ];

    #[test]
    fn good_ids_are_taken_as_they_are() {
        for text in GOOD {
            assert_eq!(CabIdHash::parse(text).unwrap().as_str(), *text);
        }
    }

    #[test]
    fn bad_ids_are_refused_with_their_reason() {
        for (text, reason) in BAD {
            assert_eq!(CabIdHash::parse(text), Err(*reason), "{text:?}");
        }
        let long = "a".repeat(MAX_LEN);
        assert!(CabIdHash::parse(&long).is_ok());
        assert_eq!(
            CabIdHash::parse(&(long + "a")),
            Err(IdReason::TooLong),
            "one more"
        );
        assert_eq!(CabIdHash::parse(&"a".repeat(5000)), Err(IdReason::TooLong));
    }

    #[test]
    fn only_attributes_are_trimmed() {
        assert!(CabIdHash::parse(" a").is_err());
        assert_eq!(CabIdHash::parse_attribute(" \ta\n").unwrap().as_str(), "a");
    }

    #[test]
    fn every_reason_ends_a_sentence() {
        for reason in IdReason::ALL {
            assert!(!reason.sentence_end().is_empty());
        }
    }

    #[test]
    fn the_driver_method_needs_its_application() {
        let missing = Cab::from_parts("a", Some("driver"), None, false).unwrap_err();
        assert_eq!(missing.field, "applicationId");
        let cab = Cab::from_parts("a", Some("driver"), Some("18430592857500421"), false).unwrap();
        assert_eq!(
            cab.path_and_query(),
            "driver/cabdownload?cabIdHash=a&applicationId=18430592857500421"
        );
        let unknown = Cab::from_parts("a", Some("IhvDriver"), None, false).unwrap_err();
        assert_eq!(unknown.field, "method");
        let ignored = Cab::from_parts("a", None, Some("../"), false).unwrap();
        assert_eq!(ignored, Cab::ihv(CabIdHash::parse("a").unwrap()));
    }

    #[test]
    fn a_path_is_read_strictly() {
        let read = |path: &str, pairs: &[(&'static str, &'static str)]| {
            Cab::from_path(path, pairs.iter().copied())
        };
        assert_eq!(read("ihvdriver/failuredetails", &[]), None);
        assert_eq!(read("xbox/cabdownload", &[("cabIdHash", "a")]), None);
        assert_eq!(read("cabdownload", &[("cabIdHash", "a")]), None);
        assert!(read("ihvdriver/cabdownload", &[]).unwrap().is_err());
        let twice = [("cabIdHash", "a"), ("cabIdHash", "b")];
        assert!(read("ihvdriver/cabdownload", &twice).unwrap().is_err());
        let extra = [("utm", "x"), ("cabIdHash", "a")];
        assert!(read("hardware/cabdownload", &extra).unwrap().is_ok());
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_agrees_with_the_contract(
            // Any text, and texts that are nearly ids: of their length, with one odd character.
            text in prop_oneof![
                ".{0,200}",
                "[A-Za-z0-9][A-Za-z0-9._-]{124,130}",
                "[A-Za-z0-9._-]{0,8}[ -~]?[A-Za-z0-9._-]{0,8}",
            ],
        ) {
            let contract = {
                let mut chars = text.chars();
                chars.next().is_some_and(|c| c.is_ascii_alphanumeric())
                    && chars.all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
                    && text.len() <= MAX_LEN
            };
            prop_assert_eq!(CabIdHash::parse(&text).is_ok(), contract);
            if let Ok(id) = ApplicationId::parse(&text) {
                prop_assert_eq!(id.as_str(), text);
            }
        }

        #[test]
        fn blanks_around_an_id_are_dropped_from_attributes_alone(
            before in "[ \t\r\n]{0,3}", id in "[A-Za-z0-9][A-Za-z0-9._-]{0,20}", after in "[ \t\r\n]{1,3}",
        ) {
            let text = [before.as_str(), &id, &after].concat();
            prop_assert!(CabIdHash::parse(&text).is_err());
            let trimmed = CabIdHash::parse_attribute(&text);
            prop_assert_eq!(trimmed.as_ref().map(CabIdHash::as_str), Ok(id.as_str()));
            let cab = Cab::from_parts(&text, Some(&[" ", "driver", &after].concat()), Some(&text), true);
            let application = cab.unwrap().application.unwrap();
            prop_assert_eq!(application.as_str(), id.as_str());
            prop_assert!(Cab::from_parts(&id, Some("driver"), Some(&text), false).is_err());
        }

        #[test]
        fn other_parameters_of_a_path_do_not_count_and_a_second_id_spoils_it(
            id in "[A-Za-z0-9][A-Za-z0-9._-]{0,20}", others in prop::collection::vec("[a-z]{1,8}", 0..5),
            at in any::<prop::sample::Index>(), again in any::<bool>(),
        ) {
            let mut pairs: Vec<(&str, &str)> = others.iter().map(|n| (n.as_str(), "../x")).collect();
            pairs.insert(at.index(pairs.len() + 1), ("cabIdHash", &id));
            if again {
                pairs.insert(at.index(pairs.len() + 1), ("cabIdHash", &id));
            }
            let read = Cab::from_path("hardware/cabdownload", pairs).unwrap();
            prop_assert_eq!(read.is_err(), again);
            if let Ok(cab) = read {
                prop_assert_eq!((cab.id.as_str(), cab.method), (id.as_str(), Method::Hardware));
            }
        }

        #[test]
        fn a_cab_survives_its_own_address(
            id in "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
            application in "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
            method in 0usize..3,
        ) {
            let method = Method::ALL[method];
            let cab = Cab::from_parts(&id, Some(method.as_str()), Some(&application), false).unwrap();
            let text = cab.path_and_query();
            let (path, query) = text.split_once('?').unwrap();
            let pairs: Vec<_> = query.split('&').map(|p| p.split_once('=').unwrap()).collect();
            prop_assert_eq!(Cab::from_path(path, pairs).unwrap().unwrap(), cab);
        }
    }
}
