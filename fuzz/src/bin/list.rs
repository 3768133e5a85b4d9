//! What a list's body and its next link say: the first line is a link, the rest is a body.
#![no_main]

use cablink::rules::endpoint::DEFAULT;
use cablink::rules::id::{FailureHash, Method};
use cablink::rules::list::batch::is_revealing;
use cablink::rules::list::envelope::decode;
use cablink::rules::list::method::List;
use cablink::rules::list::next_link::path_and_query;
use cablink::rules::list::query::Asked;
use cablink::rules::list::tree;
use cablink_fuzz::has_private_name;
use libfuzzer_sys::fuzz_target;
use url::Url;

const RELAY: &str = "https://portal.example/devcenter/";
const HASH: &str = "012e33e3-dbc9-b12f-c124-9d9810f05d8b";

fuzz_target!(|data: &[u8]| {
    let end = data.iter().position(|&byte| byte == b'\n');
    let (link, body) = data.split_at(end.unwrap_or(data.len()));
    let link = String::from_utf8_lossy(link);
    for list in [List::Hits, List::Details, List::Batch] {
        decoded(body, list);
        for base in [DEFAULT, RELAY] {
            led(&link, base, list);
        }
    }
});

/// A tree of all values says the same. Rows are as many objects as were counted, and read once more they
/// are the same. No address of a batch stays in them.
fn decoded(body: &[u8], list: List) {
    let found = decode(body.to_vec(), list);
    // Of a batch less is kept: what is overwritten may hold an address, too.
    let is_comparable = !has_private_name(body);
    if list != List::Batch && is_comparable {
        match (&found, &tree::decode(body, list)) {
            (Ok(one), Ok(other)) => assert!(tree::agree(one, other), "{one:?} {other:?}"),
            (one, other) => assert_eq!(one, other),
        }
    }
    let Ok(page) = found else { return };
    let text = page.rows.text();
    let again = decode(format!("{{\"Value\":{text}}}").into(), list);
    assert_eq!(again.expect("its own rows").rows.text(), text);
    if !is_comparable {
        return;
    }
    let rows: serde_json::Value = serde_json::from_str(&text).expect("JSON comes out");
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), page.count);
    assert!(rows.iter().all(serde_json::Value::is_object));
    if list == List::Batch {
        rows.iter().for_each(reveals_nothing);
    }
}

fn reveals_nothing(value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => assert!(!is_revealing(text)),
        serde_json::Value::Array(items) => items.iter().for_each(reveals_nothing),
        serde_json::Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            assert!(!is_revealing(name));
            reveals_nothing(value);
        }),
        _ => {}
    }
}

/// Whatever the link is, what is asked for is a query to the same list below the base.
fn led(link: &str, base: &str, list: List) {
    let asked = Asked {
        method: Method::IhvDriver,
        list,
        application: None,
        failure_hash: (list != List::Hits).then(|| FailureHash::parse(HASH).expect("an id")),
    };
    let Some(path) = path_and_query(link, base, &asked) else {
        return;
    };
    let url = Url::parse(&[base, &path].concat()).expect("an address");
    let expected = Url::parse(&[base, &asked.path()].concat()).expect("an address");
    assert_eq!(url.origin(), expected.origin());
    assert_eq!(url.path(), expected.path());
    assert_eq!(
        (url.fragment(), url.username(), url.password()),
        (None, "", None)
    );
    // Once written anew, it stays as it is: slices go on from it. Escapes may make it longer than a
    // link that is read.
    if path.len() <= 16_384 {
        assert_eq!(path_and_query(&path, base, &asked), Some(path));
    }
}
