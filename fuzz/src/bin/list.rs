//! What a list's body and its next link say: the first line is a link, the rest is a body.
#![no_main]

use cablink::rules::endpoint::DEFAULT;
use cablink::rules::id::{FailureHash, Method};
use cablink::rules::list::envelope::decode;
use cablink::rules::list::method::List;
use cablink::rules::list::next_link::path_and_query;
use cablink::rules::list::query::Asked;
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

/// Rows are as many objects as were counted, and read once more they are the same. No address of a
/// batch stays in them.
fn decoded(body: &[u8], list: List) {
    let Ok(page) = decode(body, list) else { return };
    let rows: serde_json::Value = serde_json::from_str(&page.rows).expect("JSON comes out");
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), page.count);
    assert!(rows.iter().all(serde_json::Value::is_object));
    for (_, address) in &page.addresses {
        let address = address.expose();
        assert!(!address.contains("://") || !page.rows.contains(address));
    }
    let again = decode(format!("{{\"Value\":{}}}", page.rows).as_bytes(), list);
    assert_eq!(again.expect("its own rows").rows, page.rows);
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
