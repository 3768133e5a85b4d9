//! Where a redirect may lead: origins, as Content-Security-Policy sources write them.

use crate::rules::text;

/// More sources than this is a mistake, and a header of unreasonable length.
const MAX_SOURCES: usize = 32;

/// Microsoft's documented samples show several hosts below this suffix (`uswewatcab09`,
/// `uswewatcab12`); that all of them lie there is inferred.
pub const DEFAULT_SOURCE: &str = "https://*.blob.core.windows.net";

/// One allowed origin, or all hosts below one: `https://[*.]host[:port]`, http on loopback only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    scheme: &'static str,
    wildcard: bool,
    host: String,
    /// Empty for the scheme's default port.
    port: String,
}

impl Source {
    /// Parses one source. Anything that is not exactly an origin is refused: a path or a blank
    /// would change the policy's meaning, a semicolon would end it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = if let Some(rest) = text.strip_prefix("https://") {
            ("https", rest)
        } else {
            ("http", text.strip_prefix("http://")?)
        };
        let (wildcard, rest) = match rest.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (host, port) = split_port(rest)?;
        let default = if scheme == "https" { "443" } else { "80" };
        let port = if port == default { "" } else { port };
        let host = host.to_ascii_lowercase();
        if scheme == "http" && !is_loopback(&host) {
            return None;
        }
        // `*.com` would allow half the web; nothing that stores CABs looks like that.
        let below = host.as_bytes().contains(&b'.') && !ends_in_number(&host);
        if !is_host(&host) || (wildcard && !below) {
            return None;
        }
        Some(Self {
            scheme,
            wildcard,
            host,
            port: port.to_owned(),
        })
    }

    /// The source as a policy writes it.
    #[must_use]
    pub fn to_csp(&self) -> String {
        let star = if self.wildcard { "*." } else { "" };
        let colon = if self.port.is_empty() { "" } else { ":" };
        [self.scheme, "://", star, &self.host, colon, &self.port].concat()
    }

    /// Whether an origin, as browsers serialise it (`https://host[:port]`), is allowed.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        let Some(other) = Self::parse(origin) else {
            return false;
        };
        let host_fits = if self.wildcard {
            other
                .host
                .strip_suffix(&self.host)
                .is_some_and(|label| label.len() > 1 && label.ends_with('.'))
        } else {
            other.host == self.host
        };
        !other.wildcard && other.scheme == self.scheme && other.port == self.port && host_fits
    }
}

/// The allowed storage: at least one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Storage(Vec<Source>);

impl Default for Storage {
    fn default() -> Self {
        Self(Source::parse(DEFAULT_SOURCE).into_iter().collect())
    }
}

impl Storage {
    /// Parses every source; `None` where one is wrong, or there are none or too many.
    #[must_use]
    pub fn parse<T: AsRef<str>>(texts: &[T]) -> Option<Self> {
        if texts.is_empty() || texts.len() > MAX_SOURCES {
            return None;
        }
        texts
            .iter()
            .map(|text| Source::parse(text.as_ref()))
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    /// The sources, separated by blanks.
    #[must_use]
    pub fn to_csp(&self) -> String {
        let mut text = String::new();
        for source in &self.0 {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&source.to_csp());
        }
        text
    }

    /// Whether any source allows this origin.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        self.0.iter().any(|source| source.allows(origin))
    }
}

/// Whether a host means this machine, the only place where plain http is as good as https.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host == "[::1]"
        || host.ends_with(".localhost")
        || (host.starts_with("127.") && is_ipv4(host))
}

/// Whether a host is an IPv4 address as browsers write it.
fn is_ipv4(host: &str) -> bool {
    text::pieces(host, b'.').count() == 4
        && text::pieces(host, b'.').all(|octet| {
            octet.parse::<u8>().is_ok() && (octet == "0" || !octet.starts_with(['0', '+']))
        })
}

fn split_port(text: &str) -> Option<(&str, &str)> {
    let port = text.bytes().position(|byte| byte == b':');
    let (host, rest) = text.split_at_checked(port.unwrap_or(text.len()))?;
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => "",
        None => return None,
        Some(port) => {
            let number: u16 = port.parse().ok()?;
            // No sign, no leading zero: the one spelling that browsers use.
            if number == 0 || port.starts_with(['0', '+']) {
                return None;
            }
            port
        }
    };
    Some((host, port))
}

fn ends_in_number(host: &str) -> bool {
    let last = text::pieces(host, b'.').last().unwrap_or_default();
    last.bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_digit())
}

fn is_host(host: &str) -> bool {
    // No address in brackets: a policy has no way to write one.
    // Browsers read a host that ends in a number as an IPv4 address, and `0.71` as `0.0.0.71`: a
    // source in any other spelling than theirs would never fit.
    if ends_in_number(host) {
        return is_ipv4(host);
    }
    !host.is_empty()
        && host.len() <= 253
        && text::pieces(host, b'.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_')
                })
        })
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: &[(&str, &str)] = &[
        (DEFAULT_SOURCE, DEFAULT_SOURCE),
        ("https://a.example", "https://a.example"),
        ("https://A.Example:443", "https://a.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("http://localhost:4403", "http://localhost:4403"),
        ("http://127.0.0.1:4403", "http://127.0.0.1:4403"),
        ("https://10.20.30.40", "https://10.20.30.40"),
        (
            "http://*.storage.localhost:1",
            "http://*.storage.localhost:1",
        ),
    ];

    const BAD: &[&str] = &[
        "",
        "*",
        "https:",
        "https://",
        "https://*",
        "https://*.",
        "https://*.com",
        "https://*.*.example",
        "https://a.*.example",
        "https://a.example/",
        "https://a.example/path",
        "https://a.example?x",
        "https://user@a.example",
        "https://a.example:",
        "https://a.example:0",
        "https://a.example:080",
        "https://a.example:+80",
        "https://a.example:65536",
        "https://a.example:*",
        "https://a.example; script-src *",
        "https://a.example https://b.example",
        "https://a..example",
        "https://-a.example",
        "https://[::1",
        "https://[::1]x",
        "https://[zz]",
        "https://[2001:db8::1]",
        // Policies have no way to write it.
        "http://[::1]:4403",
        "https://[::1]",
        "http://a.example",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.1.1",
        "HTTPS://a.example",
        "ftp://a.example",
        "javascript:alert(1)",
        " https://a.example",
        "https://ä.example",
        // Found by the fuzz target `storage`.
        "https://0.71",
        "https://1",
        "https://0x7f.1",
        "https://a.example.1",
        "https://*.0.0.1",
        "https://*.10.20.30.40",
        "http://127.0.0.01",
        "http://127.0.0.1.2",
    ];

    #[test]
    fn sources_are_exactly_origins() {
        for (text, csp) in GOOD {
            assert_eq!(Source::parse(text).unwrap().to_csp(), *csp, "{text}");
        }
        for text in BAD {
            assert_eq!(Source::parse(text), None, "{text}");
        }
    }

    #[test]
    fn one_bad_source_spoils_the_list() {
        assert_eq!(Storage::parse::<&str>(&[]), None);
        assert_eq!(Storage::parse(&[DEFAULT_SOURCE, "*"]), None);
        assert_eq!(Storage::parse(&vec![DEFAULT_SOURCE; 33]), None);
        let two = Storage::parse(&[DEFAULT_SOURCE, "http://localhost:4403"]).unwrap();
        assert_eq!(
            two.to_csp(),
            "https://*.blob.core.windows.net http://localhost:4403"
        );
        assert!(two.allows("http://localhost:4403"));
        assert!(!two.allows("http://localhost:4404"));
    }

    #[test]
    fn the_default_allows_accounts_and_nothing_beside_them() {
        let storage = Storage::default();
        assert!(storage.allows("https://uswewatcab09.blob.core.windows.net"));
        assert!(storage.allows("https://a.b.blob.core.windows.net"));
        for origin in [
            "https://blob.core.windows.net",
            "http://a.blob.core.windows.net",
            "https://a.blob.core.windows.net:444",
            "https://a.blob.core.windows.net.evil.example",
            "https://evilblob.core.windows.net",
            "https://.blob.core.windows.net",
            "https://*.blob.core.windows.net",
            "null",
            "",
        ] {
            assert!(!storage.allows(origin), "{origin}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_cannot_leave_its_place_in_a_policy(text in ".{0,60}") {
            if let Some(source) = Source::parse(&text) {
                let csp = source.to_csp();
                prop_assert!(!csp.contains([' ', ';', ',', '\'', '"', '\n', '\r']));
                prop_assert_eq!(Source::parse(&csp), Some(source));
            }
        }

        #[test]
        fn hosts_below_a_wildcard_are_allowed(label in "[a-z0-9]{1,20}") {
            let origin = ["https://", &label, ".blob.core.windows.net"].concat();
            prop_assert!(Storage::default().allows(&origin));
            let beside = ["https://", &label, "blob.core.windows.net"].concat();
            prop_assert!(!Storage::default().allows(&beside));
        }
    }
}
