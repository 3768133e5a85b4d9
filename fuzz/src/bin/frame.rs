//! The hidden frame's document and policy: whatever options and CAB were accepted, nothing of them
//! leaves its place.
#![no_main]

use cablink::rules::endpoint::DEFAULT;
use cablink::rules::id::Cab;
use cablink::rules::options::Coep;
use cablink::rules::pages::{FRAME_TITLE, file_headers, frame_document};
use cablink::rules::scope::DEFAULT_WORKER;
use cablink::rules::storage::{DEFAULT_SOURCE, Storage};
use cablink::rules::ticket::Ticket;
use cablink_fuzz::{address, is_header_value, lines, policy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [
        page,
        endpoint,
        worker,
        coep,
        id,
        method,
        application,
        sources,
    ] = lines(data);
    // An empty line is the default, so that one wild option meets tame ones.
    let or = |text: String, default: &str| {
        if text.is_empty() {
            default.to_owned()
        } else {
            text
        }
    };
    let Some(page) = address::page(&page) else {
        return;
    };
    let Some(endpoint) = address::endpoint(&or(endpoint, DEFAULT), &page) else {
        return;
    };
    let Some(scope) = address::scope(&or(worker, DEFAULT_WORKER), &page) else {
        return;
    };
    let sources = or(sources, DEFAULT_SOURCE);
    let Some(storage) = Storage::parse(&sources.lines().collect::<Vec<_>>()) else {
        return;
    };
    let method = or(method, "ihvdriver");
    let Ok(cab) = Cab::from_parts(&or(id, "c1a5"), Some(&method), Some(&application), true) else {
        return;
    };
    let coep = Coep::parse(&coep).flatten();
    let ticket = Ticket::from_bits([7; 16]);
    let address = scope.cab_address(&cab, Some(&ticket));

    let document = frame_document(&endpoint, &storage, coep);
    let header = |name: &str| {
        let mut values = document.headers.iter().filter(|(n, _)| *n == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice");
        value
    };
    for (name, value) in &document.headers {
        assert!(is_header_value(value), "{name}: {value}");
    }
    assert_eq!(
        header("cross-origin-embedder-policy"),
        coep.map(Coep::as_str)
    );
    assert_eq!(header("referrer-policy"), Some("no-referrer"));

    let value = header("content-security-policy").expect("a policy");
    let directives = policy::directives(value);
    let allowed = storage.to_csp();
    let mut targets = vec!["'self'"];
    if !endpoint.same_origin() {
        assert!(policy::is_origin(endpoint.origin(), false), "{value}");
        targets.push(endpoint.origin());
    }
    targets.extend(allowed.split(' '));
    for source in allowed.split(' ') {
        assert!(policy::is_origin(source, true), "{value}");
    }
    let expected = [
        ("default-src", vec!["'none'"]),
        ("frame-src", targets),
        ("base-uri", vec!["'none'"]),
        ("form-action", vec!["'none'"]),
    ];
    assert_eq!(directives, expected);

    let body = ["<!doctype html><title>", FRAME_TITLE, "</title>"].concat();
    assert_eq!(document.body, body);
    // Its origin is ours: the worker answers it, and nobody else is told the ticket.
    address::assert_below(&address, scope.base());
    assert!(
        scope
            .base()
            .starts_with(&page.origin().ascii_serialization())
    );

    for (name, value) in file_headers(cab.id.as_str(), &sources) {
        assert!(is_header_value(&value), "{name}: {value}");
    }
});
