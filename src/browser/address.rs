//! Takes addresses apart with the browser's own URL parser.

use wasm_bindgen::JsValue;

use crate::browser::dom::{document, window};
use crate::browser::js;
use crate::rules::endpoint::Address;

/// Parses an absolute address.
pub fn parse(text: &str) -> Option<Address> {
    js::construct("URL", &[&text.into()]).map(|url| describe(&url))
}

/// Parses an address as the page would: relative ones against the document.
pub fn resolve(text: &str) -> Option<Address> {
    let base = js::get(document()?.as_ref(), "baseURI");
    js::construct("URL", &[&text.into(), &base]).map(|url| describe(&url))
}

fn describe(url: &JsValue) -> Address {
    let part = |name| js::text(url, name).unwrap_or_default();
    Address {
        protocol: part("protocol"),
        origin: part("origin"),
        hostname: part("hostname"),
        path: part("pathname"),
        query: part("search"),
        fragment: part("hash"),
        credentials: !part("username").is_empty() || !part("password").is_empty(),
    }
}

/// The page's own origin.
pub fn page_origin() -> String {
    js::text(&window(), "origin").unwrap_or_default()
}
