//! A row of `failurehits`: how often one failure was seen in one span of time.

use crate::rules::list::row::{Fields, Kind};

/// Every field that a row may have, of whichever family of methods; `deviceCount` stands in the
/// documented examples only. Any may be missing or null: under `groupby` most are.
#[rustfmt::skip]
pub const FIELDS: &Fields = &[
    ("date", Kind::Text),
    ("sellerId", Kind::Text),
    ("applicationId", Kind::Text),
    ("submissionId", Kind::Text),
    ("failureName", Kind::Text),
    ("failureHash", Kind::Text),
    ("symbol", Kind::Text),
    ("osVersion", Kind::Text),
    ("osName", Kind::Text),
    ("eventType", Kind::Text),
    ("market", Kind::Text),
    ("deviceType", Kind::Text),
    ("driverName", Kind::Text),
    ("driverVersion", Kind::Text),
    ("moduleName", Kind::Text),
    ("moduleVersion", Kind::Text),
    ("mode", Kind::Text),
    ("architecture", Kind::Text),
    ("oemName", Kind::Text),
    ("oemModel", Kind::Text),
    ("model", Kind::Text),
    ("baseboard", Kind::Text),
    ("modelFamily", Kind::Text),
    ("flightRing", Kind::Text),
    ("eventCount", Kind::Count),
    ("deviceCount", Kind::Count),
];
