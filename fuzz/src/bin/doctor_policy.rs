//! The Content-Security-Policy that a server sends with the worker's script, judged by its text alone.
#![no_main]

use cablink::rules::doctor::policy::connects;
use cablink_fuzz::{connect, doctor, lines};
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
    // What the standard says, of each source and of the lines as they are, for a portal and for a page of this machine.
    for own in ["https://portal.example/", "http://localhost:4402/"] {
        let (own_url, own) = doctor::target(own).expect("an address");
        let expected = |policy: &str| connect::connects(policy, &url, &own_url);
        for source in &sources {
            let policy = ["connect-src ", source].concat();
            let found = connects(&policy, &target, &own);
            assert_eq!(
                found,
                expected(&policy),
                "{source} for {url} from {own_url}"
            );
        }
        for policy in [&one, &other] {
            let found = connects(policy, &target, &own);
            assert_eq!(found, expected(policy), "{policy} for {url} from {own_url}");
        }
    }
});

/// A policy that begins with a directive of its own; what comes after a comma is another.
fn first(directive: &str, rest: &str) -> String {
    [directive, ";", &rest.replace(',', " ")].concat()
}
