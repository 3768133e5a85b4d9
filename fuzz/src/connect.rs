//! Whether policies let an address be fetched, by the letter of CSP level 3 (6.7.2, "Does url match source list") and on the
//! `url` crate's own view of addresses.
//!
//! In three points it follows browsers rather than the letter: sources for `ws` and `wss` allow no `https`; a source for
//! `http` that names port 80 allows the default port of `https`; and a host may have underscores and be an IPv4 address.

use std::collections::HashMap;

use url::Url;

/// Whether all policies of a header let it.
#[must_use]
pub fn connects(header: &str, url: &Url, own: &Url) -> bool {
    header.split(',').all(|policy| {
        let directives = directives(policy);
        let list = directives
            .get("connect-src")
            .or_else(|| directives.get("default-src"));
        list.is_none_or(|list| list.iter().any(|source| matches(source, url, own)))
    })
}

fn directives(policy: &str) -> HashMap<String, Vec<&str>> {
    let mut all = HashMap::new();
    for directive in policy.split(';') {
        let mut words = directive.split_ascii_whitespace();
        let Some(name) = words.next() else { continue };
        // Of one name the first counts.
        all.entry(name.to_ascii_lowercase())
            .or_insert_with(|| words.collect());
    }
    all
}

/// One source expression.
fn matches(source: &str, url: &Url, own: &Url) -> bool {
    if source == "*" {
        return true; // All that is asked about is http or https.
    }
    if source.eq_ignore_ascii_case("'self'") {
        return is_self(url, own);
    }
    let Some(source) = Source::read(source) else {
        return false;
    };
    let scheme = source.scheme.as_deref();
    if !raises(scheme.unwrap_or(own.scheme()), url.scheme()) {
        return false;
    }
    let Some(host) = &source.host else {
        return true;
    };
    let raised = scheme.unwrap_or(own.scheme()) == "http" && url.scheme() == "https";
    host_matches(host, url.host_str().unwrap_or_default())
        && port_matches(source.port.as_deref(), url, raised)
        && path_matches(&source.path, url.path())
}

fn is_self(url: &Url, own: &Url) -> bool {
    let is_default = |url: &Url| url.port().is_none();
    url.origin() == own.origin()
        || url.host() == own.host()
            && (url.port_or_known_default() == own.port_or_known_default()
                || (is_default(url) && is_default(own)))
            && url.scheme() == "https"
}

/// Whether one scheme allows another.
fn raises(scheme: &str, wanted: &str) -> bool {
    matches!(
        (scheme, wanted),
        ("http", "http" | "https") | ("https", "https")
    )
}

/// A source by its grammar: `scheme:`, or `[scheme://]host[:port][path]`.
#[derive(Debug, Default)]
struct Source {
    scheme: Option<String>,
    host: Option<String>,
    port: Option<String>,
    path: String,
}

impl Source {
    fn read(text: &str) -> Option<Self> {
        let mut source = Self::default();
        let mut rest = text;
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
        if let Some(end) = end
            && text.as_bytes()[0].is_ascii_alphabetic()
        {
            let scheme = Some(text[..end].to_ascii_lowercase());
            if &text[end..] == ":" {
                source.scheme = scheme;
                return Some(source);
            }
            if let Some(after) = text[end..].strip_prefix("://") {
                source.scheme = scheme;
                rest = after;
            }
        }
        let end = rest.find(|c| c == ':' || c == '/').unwrap_or(rest.len());
        let host = rest[..end].to_ascii_lowercase();
        is_host(&host).then_some(())?;
        source.host = Some(host);
        rest = &rest[end..];
        if let Some(after) = rest.strip_prefix(':') {
            let end = after.find('/').unwrap_or(after.len());
            let port = &after[..end];
            let is_number = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
            (is_number || port == "*").then_some(())?;
            source.port = Some(port.to_owned());
            rest = &after[end..];
        }
        source.path = rest.to_owned();
        Some(source)
    }
}

fn is_host(host: &str) -> bool {
    let name = host.strip_prefix("*.").unwrap_or(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    host == "*" || name.split('.').all(is_label)
}

fn host_matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some("") => true,
        // With its dot.
        Some(remaining) => host.ends_with(remaining),
        None => host == pattern,
    }
}

fn port_matches(wanted: Option<&str>, url: &Url, raised: bool) -> bool {
    let Some(wanted) = wanted else {
        return url.port().is_none();
    };
    if wanted == "*" {
        return true;
    }
    // Any number of digits.
    let wanted: Option<u16> = wanted.parse().ok();
    let is_raised = raised && wanted == Some(80) && url.port().is_none();
    wanted.is_some_and(|wanted| url.port_or_known_default() == Some(wanted)) || is_raised
}

fn path_matches(path: &str, wanted: &str) -> bool {
    if path.is_empty() {
        return true;
    }
    let is_exact = !path.ends_with('/');
    let mut list: Vec<&str> = path.split('/').collect();
    let wanted: Vec<&str> = wanted.split('/').collect();
    if list.len() > wanted.len() || (is_exact && list.len() != wanted.len()) {
        return false;
    }
    if !is_exact {
        list.pop();
    }
    list.iter()
        .zip(wanted)
        .all(|(one, other)| decoded(one) == decoded(other))
}

/// Percent-decodes.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = text
            .get(at + 1..at + 3)
            .filter(|two| bytes[at] == b'%' && two.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}
