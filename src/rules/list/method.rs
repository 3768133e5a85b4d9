//! What each list of each family of methods allows: the one table of their differences.
//!
//! The fields per clause are documented, list by list, and differ in ways that no rule predicts.
//! A test compares this table with the description of the API in `tests/stack/openapi.yaml`.

use crate::rules::id::Method;

/// Which of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// How often each failure was seen: `failurehits`.
    Hits,
    /// The occurrences of one failure, each with its CAB: `failuredetails`.
    Details,
    /// The addresses of the CABs of one failure: `cabdownloadbatch`. For Windows 10 drivers only.
    Batch,
}

impl List {
    /// Those that every family has, for tests and tables.
    pub const ALL: [Self; 2] = [Self::Hits, Self::Details];

    /// The path segment.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hits => "failurehits",
            Self::Details => "failuredetails",
            Self::Batch => "cabdownloadbatch",
        }
    }
}

/// The most rows that one slice of hits or details may have; also the service's default.
pub const MAX_TOP: u32 = 10_000;

/// The same for batches.
pub const MAX_BATCH: u32 = 100;

/// How long the span is that one row of hits stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// `day`, the service's default.
    Day,
    /// `week`
    Week,
    /// `month`
    Month,
}

impl Aggregation {
    /// All of them, for tests and tables.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The parameter's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.as_str() == text)
    }
}

/// The fields that one list takes in each clause, and what it must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Fields that `filter` may compare.
    pub filter: &'static [&'static str],
    /// Fields that `orderby` may sort by.
    pub orderby: &'static [&'static str],
    /// Fields that `groupby` may group by; only hits are grouped, so `None` for details.
    pub groupby: Option<&'static [&'static str]>,
    /// Whether an `applicationId` is required; where it is not, it is not taken.
    pub application: bool,
    /// The most rows of one slice.
    pub top: u32,
}

/// Whether the family has such a list.
#[must_use]
pub const fn exists(method: Method, list: List) -> bool {
    !matches!(list, List::Batch) || matches!(method, Method::Driver)
}

/// The rules of one list, where it [exists].
#[must_use]
pub const fn rules(method: Method, list: List) -> &'static Rules {
    match (method, list) {
        (Method::IhvDriver, List::Hits) => &IHV_HITS,
        (Method::IhvDriver, List::Details) => &IHV_DETAILS,
        (Method::Driver, List::Hits) => &DRIVER_HITS,
        (Method::Driver, List::Details) => &DRIVER_DETAILS,
        (Method::Hardware, List::Hits) => &HARDWARE_HITS,
        (Method::Hardware, List::Details) => &HARDWARE_DETAILS,
        (_, List::Batch) => &DRIVER_BATCH,
    }
}

#[rustfmt::skip]
static IHV_HITS: Rules = Rules {
    // osName can be sorted by, but neither compared nor grouped.
    filter: &[
        "date", "failureName", "failureHash", "symbol", "osVersion", "eventType", "market",
        "deviceType", "driverName", "driverVersion", "oemName", "oemModel", "flightRing",
        "architecture",
    ],
    orderby: &[
        "date", "failureName", "failureHash", "symbol", "osVersion", "osName", "eventType",
        "market", "deviceType", "driverName", "driverVersion", "oemName", "oemModel",
        "flightRing", "architecture",
    ],
    groupby: Some(&[
        "failureName", "failureHash", "symbol", "osVersion", "eventType", "market", "deviceType",
        "driverName", "driverVersion", "oemName", "oemModel", "flightRing", "architecture",
    ]),
    application: false,
    top: MAX_TOP,
};

#[rustfmt::skip]
static IHV_DETAILS: Rules = Rules {
    filter: &[
        "date", "failureName", "failureHash", "symbol", "osVersion", "osName", "eventType",
        "market", "deviceType", "driverName", "driverVersion", "oemName", "oemModel",
        "flightRing", "architecture", "cabType", "cabExpirationTime",
    ],
    // date is missing from the documented list, but the documentation's own example sorts by it.
    orderby: &[
        "date", "failureName", "failureHash", "symbol", "osVersion", "osName", "eventType",
        "market", "deviceType", "driverName", "driverVersion", "oemName", "oemModel",
        "flightRing", "architecture", "cabType", "cabExpirationTime",
    ],
    groupby: None,
    application: false,
    top: MAX_TOP,
};

#[rustfmt::skip]
static DRIVER_HITS: Rules = Rules {
    filter: &[
        "date", "submissionId", "failureName", "failureHash", "symbol", "osVersion", "osName",
        "eventType", "market", "deviceType", "driverName", "driverVersion", "oemName", "oemModel",
        "flightRing", "architecture",
    ],
    orderby: &[
        "date", "submissionId", "failureName", "failureHash", "symbol", "osVersion", "osName",
        "eventType", "market", "deviceType", "driverName", "driverVersion", "oemName", "oemModel",
        "flightRing", "architecture",
    ],
    groupby: Some(&[
        "submissionId", "failureName", "failureHash", "symbol", "osVersion", "eventType", "market",
        "deviceType", "driverName", "driverVersion", "oemName", "oemModel", "flightRing",
        "architecture",
    ]),
    application: true,
    top: MAX_TOP,
};

#[rustfmt::skip]
static DRIVER_DETAILS: Rules = Rules {
    // flightRing can be sorted by, but not compared.
    filter: &[
        "date", "submissionId", "failureName", "failureHash", "symbol", "osVersion", "osName",
        "eventType", "market", "deviceType", "driverName", "driverVersion", "oemName", "oemModel",
        "architecture", "cabIdHash", "clientDeviceId", "cabType", "cabExpirationTime",
    ],
    orderby: &[
        "date", "submissionId", "failureName", "failureHash", "symbol", "osVersion", "osName",
        "eventType", "market", "deviceType", "driverName", "driverVersion", "oemName", "oemModel",
        "flightRing", "architecture", "cabType", "cabExpirationTime",
    ],
    groupby: None,
    application: true,
    top: MAX_TOP,
};

static DRIVER_BATCH: Rules = Rules {
    filter: &[],
    orderby: &[],
    groupby: None,
    application: true,
    top: MAX_BATCH,
};

#[rustfmt::skip]
static HARDWARE_HITS: Rules = Rules {
    filter: &[
        "failureName", "failureHash", "symbol", "osVersion", "eventType", "market", "deviceType",
        "moduleName", "moduleVersion", "mode", "architecture", "model", "baseboard", "modelFamily",
        "flightRing",
    ],
    orderby: &[
        "date", "failureName", "failureHash", "symbol", "osVersion", "eventType", "market",
        "deviceType", "moduleName", "moduleVersion", "mode", "architecture", "model", "baseboard",
        "modelFamily", "flightRing",
    ],
    groupby: Some(&[
        "failureName", "failureHash", "symbol", "osVersion", "eventType", "market", "deviceType",
        "moduleName", "moduleVersion", "mode", "architecture", "model", "baseboard", "modelFamily",
        "flightRing",
    ]),
    application: false,
    top: MAX_TOP,
};

#[rustfmt::skip]
static HARDWARE_DETAILS: Rules = Rules {
    filter: &[
        "failureName", "failureHash", "symbol", "osVersion", "market", "deviceType", "moduleName",
        "moduleVersion", "mode", "architecture", "model", "baseboard", "modelFamily", "flightRing",
        "cabIdHash", "cabType", "cabExpirationTime",
    ],
    // packageVersion and osBuild are offered, though no row has them.
    orderby: &[
        "date", "market", "cabIdHash", "cabExpirationTime", "cabType", "deviceType", "moduleName",
        "moduleVersion", "osVersion", "packageVersion", "osBuild", "mode", "architecture", "model",
        "baseboard", "modelFamily",
    ],
    groupby: None,
    application: false,
    top: MAX_TOP,
};

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_product_is_asked_for_exactly_where_its_cabs_need_one() {
        for method in Method::ALL {
            for list in List::ALL {
                let rules = rules(method, list);
                assert_eq!(rules.application, method.needs_application());
                assert_eq!(rules.groupby.is_some(), list == List::Hits);
            }
        }
    }

    #[test]
    fn no_clause_names_a_field_twice() {
        for method in Method::ALL {
            for list in List::ALL {
                let Rules {
                    filter,
                    orderby,
                    groupby,
                    ..
                } = rules(method, list);
                for fields in [filter, orderby, &groupby.unwrap_or_default()] {
                    let unique: HashSet<_> = fields.iter().collect();
                    assert_eq!(unique.len(), fields.len(), "{method:?} {list:?}");
                }
            }
        }
    }

    #[test]
    fn only_drivers_have_batches() {
        for method in Method::ALL {
            assert_eq!(exists(method, List::Batch), method == Method::Driver);
            assert!(List::ALL.into_iter().all(|list| exists(method, list)));
        }
        assert!(rules(Method::Driver, List::Batch).application);
    }

    #[test]
    fn spans_are_words() {
        for each in Aggregation::ALL {
            assert_eq!(Aggregation::parse(each.as_str()), Some(each));
        }
        assert_eq!(Aggregation::parse("Day"), None);
    }
}
