//! The option `storage`, and the origins of redirects that are held against it.
#![no_main]

use cablink::rules::storage::{Source, Storage, is_loopback};
use cablink_fuzz::{lines, policy};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fuzz_target!(|data: &[u8]| {
    let [target, sources] = lines(data);
    let sources: Vec<&str> = sources.lines().collect();
    for text in &sources {
        let Some(source) = Source::parse(text) else {
            continue;
        };
        let csp = source.to_csp();
        assert!(policy::is_origin(&csp, true), "{csp}");
        assert_eq!(Source::parse(&csp), Some(source.clone()), "one spelling");
        // It is the origin that its text says, read by any URL parser.
        let plain = csp.replacen("://*.", "://", 1);
        if let Ok(url) = Url::parse(&plain) {
            assert_eq!(url.origin().ascii_serialization(), plain);
        }
        let wildcard = plain != csp;
        assert_eq!(source.allows(&csp), !wildcard, "{csp}");
        assert!(wildcard || source.allows(&plain));
    }
    let storage = Storage::parse(&sources);
    let every = sources.iter().all(|text| Source::parse(text).is_some());
    assert_eq!(
        storage.is_some(),
        every && (1..=32).contains(&sources.len())
    );
    let Some(storage) = storage else {
        return;
    };
    assert_eq!(storage.to_csp().split(' ').count(), sources.len());

    assert!(!storage.allows("null"));
    let Ok(url) = Url::parse(&target) else {
        return;
    };
    let origin = url.origin().ascii_serialization();
    if !storage.allows(&origin) {
        return;
    }
    // What is allowed is encrypted or stays on this machine, and is at or below a named host.
    let host = url.host_str().unwrap_or_default();
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => is_loopback(host),
    };
    assert!(url.scheme() == "https" || loopback, "{origin}");
    let policy = storage.to_csp();
    let named = policy
        .split(' ')
        .any(|source| match source.split_once("://*.") {
            Some((scheme, rest)) => {
                let host_and_port = origin.strip_prefix(&[scheme, "://"].concat());
                host_and_port.is_some_and(|o| o.ends_with(&[".", rest].concat()))
            }
            None => source == origin,
        });
    assert!(named, "{origin} by {policy}");
});
