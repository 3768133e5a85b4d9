//! The hidden frame, as a value: dropping it removes it.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlIFrameElement};

use crate::browser::listener::Listener;
use crate::browser::page::{body, document};
use crate::browser::{dom, js};
use crate::rules::frame::{Document as Shown, Seen};

/// See the module's documentation.
pub(crate) struct HiddenFrame {
    element: HtmlIFrameElement,
    address: String,
    load: Option<Listener>,
    _forbidden: Option<Listener>,
}

impl HiddenFrame {
    /// Adds a frame that asks the worker; `loaded` and `forbidden` are called at most once each
    /// that the browser says so.
    pub(crate) fn add(
        address: String,
        loaded: impl Fn() + 'static,
        forbidden: impl Fn() + 'static,
    ) -> Option<Self> {
        let element = create()?;
        let load = Listener::new(&element, "load", move |_| loaded());
        let forbidden = watch_policy(address.clone(), forbidden);
        dom::set(&element, "src", Some(&address));
        dom::append(body()?.as_ref(), &element);
        Some(Self {
            element,
            address,
            load: Some(load),
            _forbidden: forbidden,
        })
    }

    /// What can be seen of it now.
    pub(crate) fn look(&self) -> Seen {
        let outer = self.element.content_document();
        let inner = outer
            .as_ref()
            .filter(|outer| outer.url().is_ok_and(|url| url == self.address))
            .and_then(|outer| outer.query_selector("iframe").ok()?)
            // Of the frame's own realm, where `instanceof` ours is always false.
            .map(|inner| inner.unchecked_into::<HtmlIFrameElement>());
        let blocked = outer
            .as_ref()
            .and_then(Document::document_element)
            .is_some_and(|root| root.has_attribute("data-blocked"));
        Seen {
            outer: inner.is_some(),
            outer_document: shown(outer.as_ref()),
            inner: inner.map_or(Shown::Unreachable, |inner| {
                shown(inner.content_document().as_ref())
            }),
            blocked,
        }
    }
}

impl Drop for HiddenFrame {
    fn drop(&mut self) {
        // Chromium fires `load` on a frame whose inner frame is still loading as it is removed.
        self.load.take();
        self.element.remove();
    }
}

fn create() -> Option<HtmlIFrameElement> {
    let element = dom::create(&document()?, "iframe");
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
    Some(element.unchecked_into())
}

/// A frame that goes straight to storage, whose address is a credential: it stands in a document of
/// ours below a closed shadow root, where no script of the page comes by it. Dropping removes it.
pub(crate) struct DirectFrame {
    host: Element,
    listeners: Rc<RefCell<Vec<Listener>>>,
}

impl DirectFrame {
    /// Adds it. `strayed` is called where it loads a document, `forbidden` where the page's policy
    /// refuses it; a file is not told of.
    pub(crate) fn add(
        address: String,
        strayed: impl Fn() + 'static,
        forbidden: impl Fn() + 'static,
    ) -> Option<Self> {
        let host = dom::create(&document()?, "div");
        dom::hide(&host);
        let closed = js::object(&[("mode", "closed".into())]);
        let shadow = js::call(&host, "attachShadow", &[&closed])?;
        let outer = create()?;
        let listeners = Rc::new(RefCell::new(Vec::new()));
        let kept = Rc::downgrade(&listeners);
        let parts = RefCell::new(Some((address, strayed, forbidden)));
        let frame = outer.clone();
        // Firefox puts a new empty document into a frame after it was added, and says so by `load`.
        let begin = Listener::new(&outer, "load", move |_| {
            if let (Some(kept), Some(document)) = (kept.upgrade(), frame.content_document())
                && let Some((address, strayed, forbidden)) = parts.take()
            {
                let inner = dom::create(&document, "iframe");
                let new = [
                    Listener::new(&inner, "load", move |_| strayed()),
                    Listener::new(&document, "securitypolicyviolation", move |_| forbidden()),
                ];
                kept.borrow_mut().extend(new);
                dom::set(&inner, "referrerpolicy", Some("no-referrer"));
                dom::set(&inner, "src", Some(&address));
                js::call(&js::get(&document, "body"), "append", &[&inner]);
            }
        });
        listeners.borrow_mut().push(begin);
        js::call(&shadow, "append", &[&outer]);
        dom::append(body()?.as_ref(), &host);
        Some(Self { host, listeners })
    }
}

impl Drop for DirectFrame {
    fn drop(&mut self) {
        // First, for removing a frame may fire events at once.
        self.listeners.take();
        self.host.remove();
    }
}

fn shown(document: Option<&Document>) -> Shown {
    // Script of ours runs in this origin, so a document it may not read is of another, or an
    // error page of the browser's.
    match document.map(Document::url) {
        None | Some(Err(_)) => Shown::Unreachable,
        Some(Ok(url)) if url == "about:blank" => Shown::Blank,
        Some(Ok(_)) => Shown::Ours,
    }
}

/// Hears when the host page's own policy refuses this frame.
fn watch_policy(address: String, forbidden: impl Fn() + 'static) -> Option<Listener> {
    Some(Listener::new(
        document()?.as_ref(),
        "securitypolicyviolation",
        move |event| {
            let field = |name| js::text(&event, name).unwrap_or_default();
            let about_frames = matches!(
                field("effectiveDirective").as_str(),
                "frame-src" | "child-src" | "default-src"
            );
            let reported = field("blockedURI");
            // Browsers may shorten the address to its origin, or leave out the query.
            let ours = !reported.is_empty() && address.starts_with(&reported);
            let enforced = field("disposition") != "report";
            if about_frames && ours && enforced {
                forbidden();
            }
        },
    ))
}
