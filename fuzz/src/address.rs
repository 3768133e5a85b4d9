//! Addresses as the browser's URL parser would take them apart.

use cablink::rules::endpoint::{Address, Endpoint};
use cablink::rules::scope::Scope;
use url::Url;

/// The portal's page in targets that do not vary it.
pub const PAGE: &str = "https://portal.example/failures?page=1";

/// An address, relative ones against the page, as `src/browser/address.rs` describes it.
#[must_use]
pub fn describe(url: &Url) -> Address {
    let with = |mark: &str, part: Option<&str>| match part {
        // The browser's `search` and `hash` do not tell an empty part from none.
        None | Some("") => String::new(),
        Some(part) => [mark, part].concat(),
    };
    Address {
        protocol: [url.scheme(), ":"].concat(),
        origin: url.origin().ascii_serialization(),
        hostname: url.host_str().unwrap_or_default().to_owned(),
        path: url.path().to_owned(),
        query: with("?", url.query()),
        fragment: with("#", url.fragment()),
        credentials: !url.username().is_empty() || url.password().is_some_and(|p| !p.is_empty()),
    }
}

/// Resolves a text against a page.
#[must_use]
pub fn resolve(text: &str, page: &Url) -> Option<(Url, Address)> {
    let url = page.join(text).ok()?;
    let address = describe(&url);
    Some((url, address))
}

/// The page of that address: only http and https pages run scripts of a portal's.
#[must_use]
pub fn page(text: &str) -> Option<Url> {
    let url = Url::parse(if text.is_empty() { PAGE } else { text }).ok()?;
    matches!(url.scheme(), "https" | "http").then_some(url)
}

/// The option `endpoint`, where the text is one.
#[must_use]
pub fn endpoint(text: &str, page: &Url) -> Option<Endpoint> {
    let (_, address) = resolve(text, page)?;
    Endpoint::new(&address, &page.origin().ascii_serialization()).ok()
}

/// The option `worker`, where the text is one.
#[must_use]
pub fn scope(text: &str, page: &Url) -> Option<Scope> {
    let (_, address) = resolve(text, page)?;
    Scope::new(&address, &page.origin().ascii_serialization()).ok()
}

/// Asserts that an address lies below a base and is spelt as every URL parser spells it.
///
/// # Panics
/// When it does not: that is the finding.
pub fn assert_below(address: &str, base: &str) -> Url {
    let rest = address.strip_prefix(base).expect("begins with the base");
    let url = Url::parse(address).expect("is an address");
    assert_eq!(url.as_str(), address, "one spelling");
    let base = Url::parse(base).expect("the base is an address");
    assert_eq!(url.origin(), base.origin(), "{address}");
    assert!(url.path().starts_with(base.path()), "{address}");
    assert!(!rest.starts_with('/'), "{address}");
    assert_eq!(url.fragment(), None, "{address}");
    assert!(url.username().is_empty() && url.password().is_none());
    url
}
