//! What the hidden frames have in common: how they are made, and what is to be seen of them.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, HtmlIFrameElement};

use crate::browser::dom::{self, window};
use crate::browser::js;
use crate::browser::listener::Listener;
use crate::rules::frame::{Document as Shown, forbids_downloads};

/// Whether a frame that this page sits in is seen to forbid downloads.
pub fn is_sandboxed() -> bool {
    let mut inner: JsValue = window().into();
    // Ends at the top, and at a parent of another origin, whose frames are not to be seen.
    loop {
        let frame = js::get(&inner, "frameElement");
        if !js::given(&frame) {
            return false;
        }
        let sandbox = dom::attribute(frame.unchecked_ref(), "sandbox");
        if sandbox.is_some_and(|text| forbids_downloads(&text)) {
            return true;
        }
        inner = js::get(&inner, "parent");
    }
}

/// A hidden frame that is nowhere yet.
pub(crate) fn create(document: &Document) -> HtmlIFrameElement {
    let element = dom::create(document, "iframe");
    for (name, value) in [
        ("hidden", ""),
        ("title", "CAB download"),
        ("referrerpolicy", "no-referrer"),
        // Neither read out nor reached by the keyboard.
        ("aria-hidden", "true"),
        ("tabindex", "-1"),
    ] {
        dom::set(&element, name, Some(value));
    }
    // A host's own rule for frames may be stronger than the attribute.
    dom::hide(&element);
    element.unchecked_into()
}

/// What script can see of a frame's document.
pub(crate) fn shown(document: Option<&Document>) -> Shown {
    // Script of ours runs in this origin, so a document it may not read is of another, or an
    // error page of the browser's.
    match document.map(|document| js::text(document, "URL")) {
        None | Some(None) => Shown::Unreachable,
        Some(Some(url)) if url == "about:blank" => Shown::Blank,
        Some(Some(_)) => Shown::Ours,
    }
}

/// Hears when the policy of the document refuses its frame on this address, or without one any frame.
pub(crate) fn watch_policy(
    document: &Document,
    address: Option<String>,
    forbidden: impl Fn() + 'static,
) -> Listener {
    watch_boxed(document, address, Box::new(forbidden))
}

#[inline(never)]
fn watch_boxed(document: &Document, address: Option<String>, forbidden: Box<dyn Fn()>) -> Listener {
    Listener::new(document, "securitypolicyviolation", move |event| {
        let field = |name| js::text(&event, name).unwrap_or_default();
        let about_frames = matches!(
            field("effectiveDirective").as_str(),
            "frame-src" | "child-src" | "default-src"
        );
        let reported = field("blockedURI");
        // Browsers may shorten the address to its origin, or leave out the query.
        let is_start = |address: &String| !reported.is_empty() && address.starts_with(&reported);
        let ours = address.as_ref().is_none_or(is_start);
        let enforced = field("disposition") != "report";
        if about_frames && ours && enforced {
            forbidden();
        }
    })
}
