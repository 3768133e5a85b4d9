//! Whether a Content-Security-Policy lets something be fetched: of a policy that script cannot provoke, the worker's.

use crate::rules::endpoint::Address;
use crate::rules::text::pieces;

/// Whether all of these policies, as the header joins them, allow a fetch of `target` from a document of `own`.
#[must_use]
pub fn connects(header: &str, target: &Address, own: &Address) -> bool {
    pieces(header, b',').all(|policy| {
        let sources = directive(policy, "connect-src").or_else(|| directive(policy, "default-src"));
        sources.is_none_or(|sources| {
            sources
                .split_ascii_whitespace()
                .any(|source| allows(source, target, own))
        })
    })
}

/// The sources of a directive; the first of its name counts.
fn directive<'a>(policy: &'a str, wanted: &str) -> Option<&'a str> {
    pieces(policy, b';').find_map(|directive| {
        let directive = directive.trim_ascii();
        let end = directive.find(|c: char| c.is_ascii_whitespace());
        let (name, sources) = directive.split_at(end.unwrap_or(directive.len()));
        name.eq_ignore_ascii_case(wanted).then_some(sources)
    })
}

/// One source expression, as the CSP standard matches it (level 3, section 6.7.2).
fn allows(source: &str, target: &Address, own: &Address) -> bool {
    let plain = source.to_ascii_lowercase();
    if plain == "*" {
        return target.protocol.starts_with("http") || target.protocol == own.protocol;
    }
    if plain == "'self'" {
        return is_self(target, own);
    }
    if let Some(scheme) = plain.strip_suffix(':') {
        return scheme_fits(scheme, target);
    }
    let (scheme, host_at) = match plain.find("://") {
        Some(mark) if !plain[..mark].contains('/') => (&plain[..mark], mark + 3),
        _ => (scheme(own), 0),
    };
    let rest = &plain[host_at..];
    let rest = &rest[..rest.find('/').unwrap_or(rest.len())];
    // A path is compared as it is written, all before it in any case.
    let path = &source[host_at + rest.len()..];
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    scheme_fits(scheme, target)
        && host_fits(host, &target.hostname.to_ascii_lowercase())
        && port_fits(port, scheme, target)
        && path_fits(path, &target.path)
}

fn scheme(address: &Address) -> &str {
    address.protocol.trim_end_matches(':')
}

/// The same origin, or the same host by https.
fn is_self(target: &Address, own: &Address) -> bool {
    let is_default = |address| port(address) == default_port(address);
    target.origin == own.origin
        || (target.protocol == "https:"
            && target.hostname == own.hostname
            && (port(target) == port(own) || (is_default(target) && is_default(own))))
}

/// A source for http also allows https. By the standard those for ws and wss do so, too, but browsers do not.
fn scheme_fits(scheme: &str, target: &Address) -> bool {
    let wanted = self::scheme(target);
    scheme == wanted || scheme == "http" && wanted == "https"
}

/// What is no name by the grammar, such as an IPv6 address, allows nothing.
fn host_fits(host: &str, target: &str) -> bool {
    let is_name = |name: &str| {
        let name = name.strip_suffix('.').unwrap_or(name);
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        pieces(name, b'.').all(|label| !label.is_empty() && label.bytes().all(plain))
    };
    match host.strip_prefix("*.") {
        Some(name) => {
            let below = target.strip_suffix(name);
            is_name(name) && below.is_some_and(|below| below.ends_with('.'))
        }
        None => host == "*" || is_name(host) && host == target,
    }
}

fn default_port(address: &Address) -> &'static str {
    if address.protocol == "https:" {
        "443"
    } else {
        "80"
    }
}

fn port(address: &Address) -> &str {
    let after_host = address.origin.rsplit_once(':').map(|(_, port)| port);
    // Without a port of its own an origin ends in the host, whose last colon is the scheme's, or an IPv6 address's.
    after_host
        .filter(|port| port.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or_else(|| default_port(address))
}

/// Where a source for http allows https, its port 80 allows 443.
fn port_fits(wanted: Option<&str>, scheme: &str, target: &Address) -> bool {
    let own = port(target);
    match wanted {
        Some("*") => true,
        Some("") => false,
        Some(wanted) => {
            let number = |port: &str| port.trim_start_matches('0').to_owned();
            let wanted = number(wanted);
            let raised = scheme == "http" && target.protocol == "https:";
            wanted == number(own) || (raised && wanted == "80" && own == "443")
        }
        None => own == default_port(target),
    }
}

/// A path that ends in a slash allows what lies below it, any other itself, however either is escaped. A fetch below a base
/// is asked about as one of the base.
fn path_fits(path: &str, target: &str) -> bool {
    if path.is_empty() {
        return true;
    }
    let (path, is_folder) = match path.strip_suffix('/') {
        Some(path) => (path, true),
        None => (path, false),
    };
    let mut segments = pieces(target, b'/');
    let all = pieces(path, b'/').all(|wanted| {
        let found = segments.next();
        found.is_some_and(|found| unescaped(found) == unescaped(wanted))
    });
    // Below a folder there is at least an empty name.
    all && segments.next().is_some() == is_folder
}

fn unescaped(segment: &str) -> Vec<u8> {
    let mut rest = segment.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len());
    let digit = |byte: u8| char::from(byte).to_digit(16);
    while let [first, after @ ..] = rest {
        let escape = match after {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                bytes.push((high << 4 | low) as u8);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::endpoint::tests::address;
    use proptest::prelude::*;

    const PAGE: &str = "https://portal.example/";
    const API: &str = "https://manage.devcenter.microsoft.com/v1.0/my/analytics/";

    fn to(policy: &str, target: &str) -> bool {
        connects(policy, &address(target), &address(PAGE))
    }

    #[test]
    fn sources_allow_what_they_name() {
        for (policy, relay, api) in [
            ("", true, true),
            ("script-src 'none'", true, true),
            ("default-src 'none'", false, false),
            ("default-src 'self'", true, false),
            ("default-src 'none'; connect-src 'self'", true, false),
            ("connect-src 'self'; connect-src *", true, false),
            ("CONNECT-SRC 'SELF'", true, false),
            ("connect-src *", true, true),
            ("connect-src https:", true, true),
            ("connect-src http:", true, true),
            ("connect-src wss:", false, false),
            ("connect-src", false, false),
            ("connect-src 'none'", false, false),
            (
                "connect-src https://manage.devcenter.microsoft.com",
                false,
                true,
            ),
            (
                "connect-src 'self' manage.devcenter.microsoft.com",
                true,
                true,
            ),
            ("connect-src *.microsoft.com", false, true),
            ("connect-src *.devcenter.microsoft.com:443", false, true),
            ("connect-src *:*", true, true),
            (
                "connect-src manage.devcenter.microsoft.com:8443",
                false,
                false,
            ),
            ("connect-src devcenter.microsoft.com", false, false),
            (
                "connect-src https://manage.devcenter.microsoft.com/v1.0/",
                false,
                true,
            ),
            (
                "connect-src https://manage.devcenter.microsoft.com/v1.0",
                false,
                false,
            ),
            (
                "connect-src https://manage.devcenter.microsoft.com/v2.0/",
                false,
                false,
            ),
            (
                "connect-src HTTPS://Manage.DevCenter.microsoft.com/v1.0/",
                false,
                true,
            ),
            (
                "connect-src https://manage.devcenter.microsoft.com/V1.0/",
                false,
                false,
            ),
            (
                "connect-src https://manage.devcenter.microsoft.com/v1.0/my/analytics/",
                false,
                true,
            ),
            (
                "connect-src https://manage.devcenter.microsoft.com/v1.0/my/analytics",
                false,
                false,
            ),
            (
                "connect-src manage.devcenter.microsoft.com/%761.0/%6Dy/",
                false,
                true,
            ),
            (
                "connect-src manage.devcenter.microsoft.com/v1.0%2Fmy/",
                false,
                false,
            ),
            ("connect-src manage.devcenter.microsoft.com/", false, true),
            (
                "connect-src manage.devcenter.microsoft.com:0443",
                false,
                true,
            ),
            // Port 80 is raised together with the scheme, and never alone.
            (
                "connect-src http://manage.devcenter.microsoft.com:80",
                false,
                true,
            ),
            (
                "connect-src https://manage.devcenter.microsoft.com:80",
                false,
                false,
            ),
            (
                "connect-src manage.devcenter.microsoft.com:80",
                false,
                false,
            ),
            // No source by the grammar, or not the one that was meant.
            ("connect-src manage.devcenter.microsoft.com:", false, false),
            ("connect-src manage.devcenter.microsoft.com:/", false, false),
            (
                "connect-src manage.devcenter.microsoft.com:+443",
                false,
                false,
            ),
            ("connect-src *.manage.devcenter.microsoft.com", false, false),
            ("connect-src *microsoft.com", false, false),
            ("connect-src *.", false, false),
            ("connect-src https://", false, false),
            ("connect-src //manage.devcenter.microsoft.com", false, false),
            ("connect-src *, connect-src 'self'", true, false),
            ("connect-src *, default-src *", true, true),
        ] {
            let relay_address = "https://portal.example/devcenter/";
            assert_eq!(to(policy, relay_address), relay, "{policy} for the relay");
            assert_eq!(to(policy, API), api, "{policy} for the API");
        }
    }

    #[test]
    fn ports_belong_to_a_source() {
        let local = address("http://localhost:4402/x");
        let page = address("http://localhost:4400/");
        for (policy, good) in [
            ("connect-src http://localhost:4402", true),
            ("connect-src localhost:4402", true),
            ("connect-src localhost:*", true),
            ("connect-src localhost", false),
            ("connect-src 'self'", false),
        ] {
            assert_eq!(connects(policy, &local, &page), good, "{policy}");
        }
    }

    #[test]
    fn a_page_of_plain_http_may_also_ask_its_host_by_https() {
        for (page, target, good) in [
            ("http://a.example/", "https://a.example/x", true),
            ("http://a.example:80/", "https://a.example/x", true),
            ("http://a.example:8080/", "https://a.example:8080/x", true),
            ("http://a.example:8080/", "https://a.example/x", false),
            ("http://a.example/", "https://b.example/x", false),
            ("https://a.example/", "http://a.example/x", false),
            ("https://a.example/", "https://a.example:8443/x", false),
        ] {
            let found = connects("connect-src 'self'", &address(target), &address(page));
            assert_eq!(found, good, "{page} to {target}");
        }
    }

    /// A browser's policy has no way to write one.
    #[test]
    fn an_ipv6_address_is_the_pages_own_or_nothing() {
        let mut page = address("http://localhost:4400/");
        page.origin = "http://[::1]:4400".to_owned();
        page.hostname = "[::1]".to_owned();
        for (source, good) in [
            ("'self'", true),
            ("*", true),
            ("http:", true),
            ("http://*:4400", true),
            ("http://[::1]:4400", false),
            ("[::1]:4400", false),
            ("[::1]:*", false),
        ] {
            let policy = ["connect-src ", source].concat();
            assert_eq!(connects(&policy, &page, &page), good, "{source}");
        }
    }

    proptest! {
        #[test]
        fn never_more_by_a_second_policy(
            first in "(connect-src|default-src|img-src) ('self'|\\*|'none'|https:|a.example|\\*.example)",
            second in "[ -~]{0,40}",
            host in "(portal|a|b).example",
        ) {
            let target = ["https://", &host, "/x/"].concat();
            let both = [first.as_str(), ",", &second].concat();
            prop_assert!(!to(&both, &target) || to(&first, &target));
        }

        #[test]
        fn an_origin_named_is_an_origin_allowed(host in "[a-z]{1,8}\\.[a-z]{1,8}", port in 1u16..) {
            let target = format!("https://{host}:{port}/x");
            let mut taken_apart = address(&target);
            if port == 443 {
                taken_apart.origin = format!("https://{host}");
            }
            let policy = format!("default-src 'none'; connect-src {}", taken_apart.origin);
            prop_assert!(connects(&policy, &taken_apart, &address(PAGE)));
            prop_assert!(!connects("connect-src 'self'", &taken_apart, &address(PAGE)));
        }

        #[test]
        fn any_text_is_judged(policy in "\\PC{0,60}", target in "https://[a-z.]{1,9}/") {
            let _ = to(&policy, &target);
        }
    }
}
