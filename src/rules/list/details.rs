//! A row of `failuredetails`: one occurrence of a failure, with the id of its CAB.

use crate::rules::list::row::{Fields, Kind};

/// Every field that a row may have, of whichever family of methods. Any may be missing or null:
/// `symbol`, `eventType` and `flightRing` are missing from documented examples, and
/// `clientDeviceId` is null in them.
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
    ("clientDeviceId", Kind::Text),
    ("cabIdHash", Kind::Text),
    ("cabType", Kind::Text),
    ("cabExpirationTime", Kind::Text),
];
