//! The API's base address: the one place that the token goes to.

use crate::rules::id::{BadCab, Cab};
use crate::rules::storage::is_loopback;
use crate::rules::text;

/// The API's documented base.
pub const DEFAULT: &str = "https://manage.devcenter.microsoft.com/v1.0/my/analytics/";

/// An address as the browser's URL parser took it apart. It is only read here, never parsed:
/// two parsers that disagree are a hole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// `https:`, with the colon.
    pub protocol: String,
    /// Serialised: `https://host[:port]`.
    pub origin: String,
    /// The host's name without the port.
    pub hostname: String,
    /// Begins with `/`.
    pub path: String,
    /// With the leading `?`, or empty.
    pub query: String,
    /// With the leading `#`, or empty.
    pub fragment: String,
    /// Whether a user name or password stands in it.
    pub credentials: bool,
}

impl Address {
    /// The name and value pairs of the query, undecoded.
    ///
    /// Ids and tickets need no escaping, so one that was escaped is not ours and does not fit.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let query = self.query.strip_prefix('?').unwrap_or_default();
        text::pieces(query, b'&').filter_map(|pair| text::split_once(pair, b'='))
    }

    /// The path below a base that ends in a slash, where the address lies below it.
    #[must_use]
    pub fn below<'a>(&'a self, base: &str) -> Option<&'a str> {
        let rest = base.strip_prefix(&self.origin)?;
        rest.starts_with('/')
            .then(|| self.path.strip_prefix(rest))
            .flatten()
    }
}

/// The configured base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    base: String,
    origin: String,
    same_origin: bool,
}

impl Endpoint {
    /// Checks what the option `endpoint` led to; a missing trailing slash is added.
    ///
    /// # Errors
    /// The end of the sentence "The option endpoint …".
    pub fn new(address: &Address, page_origin: &str) -> Result<Self, &'static str> {
        let same_origin = address.origin == page_origin;
        match address.protocol.as_str() {
            "https:" => {}
            // A page on plain http is told so by `insecure_context`, not here.
            "http:" if same_origin || is_loopback(&address.hostname) => {}
            "http:" => return Err("must use https, since it receives the token"),
            _ => return Err("must be an https address or a path on this site"),
        }
        // URL parsers let `*`, `;` and `'` stand in a host; in the frame's policy these allow more
        // than one host, or end the list of them. Nor has a policy a way to write `[::1]`.
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        let host = address.hostname.as_str();
        if !same_origin && !host.bytes().all(plain) {
            return Err(
                "must name a host by letters, digits, dots and hyphens, such as localhost or 127.0.0.1",
            );
        }
        if address.credentials {
            return Err("must not contain a user name or password");
        }
        if !address.query.is_empty() || !address.fragment.is_empty() {
            return Err("must not contain a query or a fragment");
        }
        let slash = if address.path.ends_with('/') { "" } else { "/" };
        Ok(Self {
            base: [&address.origin, address.path.as_str(), slash].concat(),
            origin: address.origin.clone(),
            same_origin,
        })
    }

    /// The base, ending in a slash.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Its origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether it lies on the page's own origin: a relay.
    #[must_use]
    pub const fn same_origin(&self) -> bool {
        self.same_origin
    }
}

/// The CAB that a link's address names, where it lies below one of these bases.
///
/// `None` where the link is none of ours: left to the browser.
///
/// # Errors
/// It is one of ours, but its id is wrong.
#[must_use]
pub fn cab_of_link(address: &Address, bases: &[&str]) -> Option<Result<Cab, BadCab>> {
    bases
        .iter()
        .find_map(|base| Cab::from_path(address.below(base)?, address.pairs()))
}

#[cfg(all(test, not(target_family = "wasm")))]
pub(crate) mod tests {
    use super::*;

    /// Takes simple addresses apart; the browser does it in earnest.
    pub(crate) fn address(text: &str) -> Address {
        let (protocol, rest) = text.split_once("//").unwrap();
        let (rest, fragment) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
        let (rest, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (credentials, host) = match host.split_once('@') {
            Some((_, host)) => (true, host),
            None => (false, host),
        };
        Address {
            protocol: protocol.to_owned(),
            origin: [protocol, "//", host].concat(),
            hostname: host.split(':').next().unwrap().to_owned(),
            path: if path.is_empty() { "/" } else { path }.to_owned(),
            query: query.to_owned(),
            fragment: fragment.to_owned(),
            credentials,
        }
    }

    const PAGE: &str = "https://portal.example";

    #[test]
    fn a_slash_is_added_where_it_is_missing() {
        for text in [
            "https://portal.example/devcenter",
            "https://portal.example/devcenter/",
        ] {
            let endpoint = Endpoint::new(&address(text), PAGE).unwrap();
            assert_eq!(endpoint.base(), "https://portal.example/devcenter/");
            assert!(endpoint.same_origin());
        }
        let api = Endpoint::new(&address(DEFAULT), PAGE).unwrap();
        assert_eq!((api.base(), api.same_origin()), (DEFAULT, false));
        assert_eq!(api.origin(), "https://manage.devcenter.microsoft.com");
    }

    #[test]
    fn the_token_goes_over_https_only() {
        for (text, good) in [
            ("https://a.example/x", true),
            ("http://a.example/x", false),
            ("http://localhost:4402/x", true),
            ("http://127.0.0.1:4402/x", true),
            ("ftp://a.example/x", false),
            ("https://u:p@a.example/x", false),
            ("https://a.example/x?y=z", false),
            ("https://a.example/x#y", false),
        ] {
            assert_eq!(Endpoint::new(&address(text), PAGE).is_ok(), good, "{text}");
        }
        let plain = Endpoint::new(&address("http://portal.example/x"), "http://portal.example");
        assert!(plain.is_ok());
    }

    /// Found by the fuzz target `frame`: the policy would have allowed `https://*.example`.
    #[test]
    fn a_host_cannot_widen_the_policy() {
        for host in [
            "*.example",
            "a;script-src",
            "a'b",
            "a,b",
            "a\"b",
            "a&b",
            "(a)",
        ] {
            let text = ["https://", host, "/x"].concat();
            assert!(Endpoint::new(&address(&text), PAGE).is_err(), "{text}");
        }
        for host in [
            "a-b.example",
            "a_b.example",
            "xn--bcher-kva.example",
            "10.1.2.3",
        ] {
            let text = ["https://", host, "/x"].concat();
            assert!(Endpoint::new(&address(&text), PAGE).is_ok(), "{text}");
        }
    }

    /// The policy has no way to write one, but says `'self'` for the page's own.
    #[test]
    fn a_number_in_brackets_is_a_host_of_the_pages_own_only() {
        for host in ["[::1]", "[2001:db8::1]"] {
            let mut there = address("https://localhost:4402/x");
            there.hostname = host.to_owned();
            there.origin = ["https://", host, ":4402"].concat();
            let reason = Endpoint::new(&there, PAGE).unwrap_err();
            assert!(reason.contains("localhost"), "{reason}");
            assert!(Endpoint::new(&there, &there.origin).is_ok());
        }
    }

    #[test]
    fn links_are_ours_below_a_base_only() {
        let bases = [DEFAULT, "https://portal.example/devcenter/"];
        let of = |text: &str| cab_of_link(&address(text), &bases);
        let id = "cabIdHash=c1a51104-d682-4230-be14-7278b18e3555";
        for path in ["ihvdriver", "hardware"] {
            for base in bases {
                let link = [base, path, "/cabdownload?", id].concat();
                assert!(of(&link).unwrap().is_ok(), "{link}");
            }
        }
        for link in [
            [
                "https://evil.example/v1.0/my/analytics/ihvdriver/cabdownload?",
                id,
            ]
            .concat(),
            [
                "https://manage.devcenter.microsoft.com/other/ihvdriver/cabdownload?",
                id,
            ]
            .concat(),
            [DEFAULT, "ihvdriver/failuredetails?", id].concat(),
            [DEFAULT, "ihvdriver/cabdownload/x?", id].concat(),
            "https://portal.example.evil.example/devcenter/ihvdriver/cabdownload?cabIdHash=a"
                .into(),
            "https://portal.example/devcenterihvdriver/cabdownload?cabIdHash=a".into(),
        ] {
            assert_eq!(of(&link), None, "{link}");
        }
        let bad = [DEFAULT, "ihvdriver/cabdownload?cabIdHash=../x"].concat();
        assert!(of(&bad).unwrap().is_err());
    }

    #[test]
    fn a_base_without_a_path_does_not_match_a_longer_host() {
        let longer = address("https://portal.example.evil.example/x");
        assert_eq!(longer.below("https://portal.example/"), None);
        let own = address("https://portal.example/x");
        assert_eq!(own.below("https://portal.example/"), Some("x"));
        assert_eq!(Address::default().below("https://portal.example/"), None);
    }
}
