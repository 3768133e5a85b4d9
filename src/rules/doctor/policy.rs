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
        return target.origin == own.origin;
    }
    if plain.starts_with('\'') {
        return false;
    }
    if let Some(scheme) = plain.strip_suffix(':') {
        return scheme_fits(scheme, target);
    }
    let host_at = plain.find("://").map_or(0, |mark| mark + 3);
    let (scheme, rest) = match plain.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, plain.as_str()),
    };
    let end = rest.find('/').unwrap_or(rest.len());
    let rest = &rest[..end];
    // A path is compared as it is written, all before it in any case.
    let path = &source[host_at + end..];
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let own_scheme = own.protocol.trim_end_matches(':');
    scheme_fits(scheme.unwrap_or(own_scheme), target)
        && host_fits(host, &target.hostname.to_ascii_lowercase())
        && port_fits(port, target)
        && path_fits(path, &target.path)
}

/// A source for http also allows https.
fn scheme_fits(scheme: &str, target: &Address) -> bool {
    let wanted = target.protocol.trim_end_matches(':');
    scheme == wanted || scheme == "http" && wanted == "https"
}

fn host_fits(host: &str, target: &str) -> bool {
    match host.strip_prefix('*') {
        Some(rest) => rest.is_empty() || rest.starts_with('.') && target.ends_with(rest),
        None => host == target,
    }
}

fn port_fits(port: Option<&str>, target: &Address) -> bool {
    let default = if target.protocol == "https:" {
        "443"
    } else {
        "80"
    };
    let after_host = target.origin.rsplit_once(':').map(|(_, port)| port);
    // Without a port of its own an origin ends in the host, whose last colon is the scheme's, or an IPv6 address's.
    let own = after_host
        .filter(|port| port.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or(default);
    match port {
        Some("*") => true,
        Some(port) => port == own || port == "80" && own == "443" && target.protocol == "https:",
        None => own == default,
    }
}

/// A path that ends in a slash allows what lies below it, any other itself. A fetch below a base is asked about as one of
/// the base.
fn path_fits(path: &str, target: &str) -> bool {
    path.is_empty() || (path.ends_with('/') && target.starts_with(path)) || path == target
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
