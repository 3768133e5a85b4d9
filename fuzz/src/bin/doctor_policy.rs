//! The Content-Security-Policy that a server sends with the worker's script, judged by its text alone.
#![no_main]

use cablink::rules::doctor::policy::connects;
use cablink::rules::endpoint::Address;
use cablink_fuzz::{doctor, lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [endpoint, one, other] = lines(data);
    let (Some((url, target)), Some((_, page))) = (doctor::target(&endpoint), doctor::target(""))
    else {
        return;
    };
    let to = |policy: &str| connects(policy, &target, &page);

    // The header joins policies by commas, and each has to allow it.
    assert_eq!(to(&[&one, ",", &other].concat()), to(&one) && to(&other));
    assert_eq!(to(&[&one, ",", &one].concat()), to(&one));
    // The first directive of a name counts, and only connect-src, or else default-src.
    assert!(to(&first("connect-src *", &one)));
    assert!(!to(&["connect-src 'none';", &one].concat()));
    assert!(!to(&["connect-src;", &one].concat()));
    let is_own = url.origin().ascii_serialization() == page.origin;
    assert_eq!(to(&first("CONNECT-SRC 'Self'", &one)), is_own);
    if !one.to_ascii_lowercase().contains("-src") {
        assert!(to(&one), "{one}");
    }

    // The rest of the line as sources, one by one.
    let sources: Vec<&str> = other
        .split(|c: char| c.is_ascii_whitespace() || matches!(c, ',' | ';'))
        .filter(|source| !source.is_empty())
        .collect();
    let alone = |source: &str| to(&["connect-src ", source].concat());
    let together = to(&["default-src\t", &sources.join(" \t")].concat());
    assert_eq!(together, sources.iter().any(|source| alone(source)));
    for source in sources {
        if alone(source) {
            names(source, &target, &page);
        }
    }
});

/// A policy that begins with a directive of its own; what comes after a comma is another.
fn first(directive: &str, rest: &str) -> String {
    [directive, ";", &rest.replace(',', " ")].concat()
}

/// A source that allows a target names it: by its scheme, its origin, or a part of its host.
fn names(source: &str, target: &Address, page: &Address) {
    let plain = source.to_ascii_lowercase();
    match plain.as_str() {
        "*" | "https:" | "http:" => return,
        "'self'" => return assert_eq!(target.origin, page.origin),
        _ => assert!(!source.starts_with('\''), "{source}"),
    }
    let (scheme, rest) = source.split_once("://").unwrap_or(("https", source));
    let from = [&scheme.to_ascii_lowercase(), ":"].concat();
    assert!(from == target.protocol || from == "http:", "{source}");
    let end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host.to_ascii_lowercase();
    let host = host.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, ':' | '*'));
    let host = host.strip_prefix('*').unwrap_or(host);
    assert!(
        target.hostname.contains(host),
        "{source} for {}",
        target.hostname
    );
    assert!(target.path.starts_with(path), "{source}");
}
