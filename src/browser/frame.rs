//! The hidden frame, as a value: dropping it removes it.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlIFrameElement};

use crate::browser::dom::{self, body, document, window};
use crate::browser::js;
use crate::browser::listener::Listener;
use crate::rules::frame::{Document as Shown, Seen, forbids_downloads};

/// See the module's documentation.
pub(crate) struct HiddenFrame {
    element: HtmlIFrameElement,
    address: String,
    load: Option<Listener>,
    _forbidden: Listener,
}

impl HiddenFrame {
    /// Adds a frame that asks the worker; `loaded` and `forbidden` are called at most once each
    /// that the browser says so.
    pub(crate) fn add(
        address: String,
        loaded: impl Fn() + 'static,
        forbidden: impl Fn() + 'static,
    ) -> Option<Self> {
        let element = create(&document()?);
        let load = Listener::new(&element, "load", move |_| loaded());
        let forbidden = watch_policy(&document()?, address.clone(), forbidden);
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

/// A frame that goes straight to storage. Its address is a credential, so it stands in a closed
/// shadow tree: script of the page finds no such frame in the document, nor among its windows. And
/// it stands in a blank frame there, whose own timeline gets the entry with the address.
pub(crate) struct DirectFrame {
    holder: Element,
    _blank: Listener,
    /// Those of the inner frame and its document, once they are there.
    _inner: Rc<Cell<Option<[Listener; 2]>>>,
}

impl DirectFrame {
    /// Adds the frame; `shown` is called when it shows a document, `forbidden` when the host page's
    /// policy refuses it. Neither is called when the browser takes a file.
    pub(crate) fn add(
        address: String,
        shown: impl Fn() + 'static,
        forbidden: impl Fn() + 'static,
    ) -> Option<Self> {
        let holder = dom::create(&document()?, "div");
        dom::hide(&holder);
        let closed = js::object(&[("mode", "closed".into())]);
        let shadow = js::call(&holder, "attachShadow", &[&closed])?;
        let blank = create(&document()?);
        let inner = Rc::new(Cell::new(None));
        let (own, kept) = (blank.clone(), Rc::clone(&inner));
        let once = Cell::new(Some((address, shown, forbidden)));
        // Some browsers have another blank document there until then.
        let loaded = Listener::new(&blank, "load", move |_| {
            let Some((address, shown, forbidden)) = once.take() else {
                return;
            };
            let document = own.content_document();
            let root = document.as_ref().and_then(Document::document_element);
            let (Some(document), Some(root)) = (document, root) else {
                return forbidden();
            };
            let element = create(&document);
            let own = element.clone();
            dom::set(&element, "src", Some(&address));
            kept.set(Some([
                Listener::new(&element, "load", move |_| {
                    // Firefox says so when it took a file, too.
                    if self::shown(own.content_document().as_ref()) != Shown::Blank {
                        shown();
                    }
                }),
                watch_policy(&document, address, forbidden),
            ]));
            dom::append(&root, &element);
        });
        dom::append(shadow.unchecked_ref(), &blank);
        dom::append(body()?.as_ref(), &holder);
        Some(Self {
            holder,
            _blank: loaded,
            _inner: inner,
        })
    }
}

impl Drop for DirectFrame {
    fn drop(&mut self) {
        self.holder.remove();
    }
}

impl Drop for HiddenFrame {
    fn drop(&mut self) {
        // Chromium fires `load` on a frame whose inner frame is still loading as it is removed.
        self.load.take();
        self.element.remove();
    }
}

/// Whether a frame that this page sits in is seen to forbid downloads.
pub(crate) fn is_sandboxed() -> bool {
    let mut inner: JsValue = window().into();
    // Ends at the top, and at a parent of another origin, whose frames are not to be seen.
    loop {
        let frame = js::get(&inner, "frameElement");
        if !js::given(&frame) {
            return false;
        }
        let sandbox = js::call(&frame, "getAttribute", &[&"sandbox".into()]);
        if sandbox
            .and_then(|text| text.as_string())
            .is_some_and(|text| forbids_downloads(&text))
        {
            return true;
        }
        inner = js::get(&inner, "parent");
    }
}

fn create(document: &Document) -> HtmlIFrameElement {
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

fn shown(document: Option<&Document>) -> Shown {
    // Script of ours runs in this origin, so a document it may not read is of another, or an
    // error page of the browser's.
    match document.map(Document::url) {
        None | Some(Err(_)) => Shown::Unreachable,
        Some(Ok(url)) if url == "about:blank" => Shown::Blank,
        Some(Ok(_)) => Shown::Ours,
    }
}

/// Hears when the host page's own policy refuses this frame of the document.
fn watch_policy(document: &Document, address: String, forbidden: impl Fn() + 'static) -> Listener {
    Listener::new(document, "securitypolicyviolation", move |event| {
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
    })
}
