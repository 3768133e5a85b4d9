//! A row of `cabdownloadbatch`: a CAB of one failure, and where it is.
//!
//! There is no documented table of fields, only one example. Its `cabUrl` is a SAS address, and so
//! a credential: it leaves the row before anybody sees that.

use std::iter;

use crate::rules::list::cab_address::CabAddress;
use crate::rules::list::json::{Part, Scanner, Value};
use crate::rules::list::row::{self, Field, Fields, Kind};

/// The fields of the example that stay in the row.
#[rustfmt::skip]
pub const FIELDS: &Fields = &[
    ("applicationId", Kind::Text),
    ("submissionId", Kind::Text),
    ("failureHash", Kind::Text),
    ("cabIdHash", Kind::Text),
    ("date", Kind::Text),
    ("cabExpirationTime", Kind::Text),
];

/// The field that holds the address.
const ADDRESS: &str = "cabUrl";

/// Writes a row without its address, and without whatever else might hold one: a field of another
/// name, as a later service may send it, goes as well. Gives the address with the id of its CAB.
pub fn write(row: &[u8], out: &mut Vec<u8>) -> Option<(String, CabAddress)> {
    let fields = row::fields(row);
    row::write(&fields, FIELDS, |field| !reveals(field), out);
    let last = |name: &str| fields.iter().rfind(|field| field.name == name);
    let address = match last(ADDRESS)?.value {
        Value::Text(url) => CabAddress::new(url.decoded().into_owned())?,
        _ => return None,
    };
    let id = last("cabIdHash").filter(|id| !reveals(id))?;
    Some((row::said(&id.value)?, address))
}

fn reveals(field: &Field<'_>) -> bool {
    is_revealing(&field.name)
        || match field.value {
            Value::Text(text) => is_revealing(&text.decoded()),
            Value::Nested { raw, .. } => {
                let mut scanner = Scanner::new(raw);
                iter::from_fn(|| scanner.part()).any(|part| match part {
                    Part::Text(text) => is_revealing(&text.decoded()),
                    _ => false,
                })
            }
            _ => false,
        }
}

/// Whether a text may be an address, or hold a signature, in whatever spelling.
#[must_use]
pub fn is_revealing(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["://", ":\\", "%3a", "sig=", "sig%", "signature", "caburl"]
        .iter()
        .any(|mark| text.contains(mark))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::list::envelope::decode;
    use crate::rules::list::method::List;
    use proptest::prelude::*;
    use serde_json::Value;

    const URL: &str = "https://a.blob.core.windows.net/kernel-20170407/x.ext.zip?sv=2015-07-08&sr=b&sig=abcDEF123&se=2017-04-28T02%3A37%3A28Z&sp=r";

    fn decoded(row: &Value) -> (Value, Vec<(String, CabAddress)>) {
        let body = serde_json::json!({ "Value": [row] }).to_string();
        let page = decode(body.into(), List::Batch).unwrap();
        let rows: Value = serde_json::from_str(&page.rows.text()).unwrap();
        (rows[0].clone(), page.addresses)
    }

    #[test]
    fn the_address_is_beside_the_rows_and_not_in_them() {
        let row = serde_json::json!({
            "applicationId": 13_984_104_677_400_476_u64,
            "cabIdHash": "fb57b37b",
            "cabUrl": URL,
            "date": "2017-04-07 13:53:43",
            "more": [1, "x"],
        });
        let (kept, addresses) = decoded(&row);
        let expected = serde_json::json!({
            "applicationId": "13984104677400476",
            "cabIdHash": "fb57b37b",
            "date": "2017-04-07 13:53:43",
            "more": [1, "x"],
        });
        assert_eq!(kept, expected);
        let [(id, address)] = addresses.as_slice() else {
            panic!("{addresses:?}");
        };
        assert_eq!((id.as_str(), address.expose()), ("fb57b37b", URL));
    }

    #[test]
    fn other_fields_that_hold_an_address_go_too() {
        for value in [
            serde_json::json!(URL),
            serde_json::json!([URL]),
            serde_json::json!({ "a": { "b": [null, URL] } }),
            serde_json::json!({ URL: 1 }),
            serde_json::json!("sv=1&SIG=abcDEF123"),
            serde_json::json!("https%3A%2F%2Fa.example%2F%3Fsig%3DabcDEF123"),
        ] {
            for name in ["url", "CabUrl", "cabUrl2", "downloadUri"] {
                let (kept, _) = decoded(&serde_json::json!({ "cabIdHash": "a", name: value }));
                assert_eq!(
                    kept,
                    serde_json::json!({ "cabIdHash": "a" }),
                    "{name} {value}"
                );
            }
        }
    }

    #[test]
    fn a_row_without_an_address_or_an_id_is_a_row_all_the_same() {
        for (row, count) in [
            (serde_json::json!({ "cabIdHash": "a" }), 0),
            (serde_json::json!({ "cabIdHash": "a", "cabUrl": null }), 0),
            (serde_json::json!({ "cabIdHash": "a", "cabUrl": "" }), 0),
            (serde_json::json!({ "cabIdHash": "a", "cabUrl": [URL] }), 0),
            (serde_json::json!({ "cabIdHash": null, "cabUrl": URL }), 0),
            (serde_json::json!({ "cabUrl": URL }), 0),
            (serde_json::json!({ "cabIdHash": 7, "cabUrl": URL }), 1),
        ] {
            assert_eq!(decoded(&row).1.len(), count, "{row}");
        }
    }

    proptest! {
        #[test]
        fn no_signature_stays_in_a_row(name in ".{0,12}", nested in any::<bool>(), sig in "[A-Za-z0-9]{12}") {
            let url = format!("https://a.blob.core.windows.net/x?sv=1&sig={sig}&sp=r");
            let value = if nested { serde_json::json!([{ "x": url }]) } else { serde_json::json!(url) };
            let row = serde_json::json!({ "cabIdHash": "a", "cabUrl": url, name: value });
            let (kept, addresses) = decoded(&row);
            prop_assert!(!kept.to_string().contains(&sig));
            let shown = format!("{addresses:?}");
            prop_assert!(!shown.contains(&sig));
        }
    }
}
