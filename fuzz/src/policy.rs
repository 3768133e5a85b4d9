//! A Content-Security-Policy as a browser reads it.

/// The directives of a header's value, each with its sources.
///
/// # Panics
/// When the value is not exactly one policy without repetitions: that is the finding.
#[must_use]
pub fn directives(value: &str) -> Vec<(&str, Vec<&str>)> {
    assert!(crate::is_header_value(value), "{value}");
    // A comma ends a policy and begins another one.
    assert!(!value.contains(','), "{value}");
    let directives: Vec<_> = value
        .split(';')
        .map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            let name = words.next().expect("no directive is empty");
            (name, words.collect::<Vec<_>>())
        })
        .collect();
    for (at, (name, _)) in directives.iter().enumerate() {
        let again = directives[..at].iter().any(|(other, _)| other == name);
        assert!(!again, "{name} twice: {value}");
    }
    directives
}

/// Whether a source is exactly an origin, `*.` in front of its host allowed or not.
#[must_use]
pub fn is_origin(source: &str, wildcard: bool) -> bool {
    let Some((scheme, rest)) = source.split_once("://") else {
        return false;
    };
    let rest = match rest.strip_prefix("*.") {
        Some(rest) if wildcard => rest,
        _ => rest,
    };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (rest, "1"),
    };
    let in_brackets = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let good_host = match in_brackets {
        Some(host) => host.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'),
        None => host.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_')
        }),
    };
    matches!(scheme, "https" | "http")
        && !host.is_empty()
        && good_host
        && port.parse::<u16>().is_ok()
}
