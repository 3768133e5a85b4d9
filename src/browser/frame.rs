//! A hidden frame with another one inside it, as a value: dropping it removes it.
//!
//! By itself a frame says nothing in Chromium when the browser takes a file. So the document of the outer one is opened
//! while the inner one is added, as if a server were still sending it: its `load` then waits for the navigation inside,
//! however that ends. A document that is opened keeps the policy that it came with.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{Document, HtmlIFrameElement, Node};

use crate::browser::dom::{self, document};
use crate::browser::frame_element::{create, shown, watch_policy};
use crate::browser::js;
use crate::browser::listener::Listener;
use crate::browser::timer::Timer;
use crate::rules::frame::{Document as Shown, Seen};

/// See the module's documentation.
pub(crate) struct HiddenFrame {
    element: HtmlIFrameElement,
    /// That of the document that is expected in it.
    title: &'static str,
    listeners: RefCell<Vec<Listener>>,
    inner: RefCell<Option<HtmlIFrameElement>>,
    /// Whether the outer document's policy has refused what is inside.
    blocked: Rc<Cell<bool>>,
}

impl HiddenFrame {
    /// Makes a frame on this address of our own origin, where a document of this title is expected; it is nowhere yet.
    pub(crate) fn new(address: &str, title: &'static str) -> Option<Self> {
        let element = create(&document()?);
        dom::set(&element, "src", Some(address));
        Some(Self {
            element,
            title,
            listeners: RefCell::default(),
            inner: RefCell::default(),
            blocked: Rc::default(),
        })
    }

    /// Adds it to the page.
    pub(crate) fn add(&self, parent: &Node) {
        dom::append(parent, &self.element);
    }

    /// Calls this each time that the frame has loaded, from now on.
    pub(crate) fn hear(&self, loaded: Rc<dyn Fn()>) {
        let timer = Cell::new(None);
        let listener = Listener::new(&self.element, "load", move |_| {
            let loaded = Rc::clone(&loaded);
            // Not within this event: Chromium fires none for a document that is opened in it.
            timer.set(Some(Timer::new(0, move || loaded())));
        });
        self.listeners.borrow_mut().push(listener);
    }

    /// Calls this when the policy of the page refuses the frame.
    #[cfg(feature = "page")]
    pub(crate) fn watch(&self, address: String, forbidden: impl Fn() + 'static) -> Option<()> {
        let listener = watch_policy(&document()?, Some(address), forbidden);
        self.listeners.borrow_mut().push(listener);
        Some(())
    }

    /// Adds the inner frame, on this address. `refused` is called when the outer document's policy refuses it.
    pub(crate) fn fill(&self, address: &str, refused: impl Fn() + 'static) -> Option<()> {
        let document = self.own()?;
        js::call(&document, "open", &[])?;
        // Opening takes all listeners off.
        let blocked = Rc::clone(&self.blocked);
        let policy = watch_policy(&document, None, move || {
            blocked.set(true);
            refused();
        });
        self.listeners.borrow_mut().push(policy);
        let frame = create(&document);
        dom::set(&frame, "src", Some(address));
        let root = dom::create(&document, "html");
        dom::append(&document, &root);
        dom::append(&root, &frame);
        self.inner.replace(Some(frame));
        js::call(&document, "close", &[])?;
        Some(())
    }

    /// The document that the frame was added for. Where a worker ends in between, a page of the server's may stand at its
    /// address: it must not be filled, for it has another policy.
    fn own(&self) -> Option<Document> {
        let document = self.element.content_document()?;
        (js::text(&document, "title")? == self.title).then_some(document)
    }

    /// Whether it still stands in the page.
    #[cfg(feature = "page")]
    pub(crate) fn is_connected(&self) -> bool {
        js::flag(&self.element, "isConnected")
    }

    /// Whether the inner frame was added.
    #[cfg(feature = "page")]
    pub(crate) fn is_filled(&self) -> bool {
        self.inner.borrow().is_some()
    }

    /// Whether that document is there to the end.
    #[cfg(feature = "page")]
    pub(crate) fn is_complete(&self) -> bool {
        let state = self
            .own()
            .and_then(|document| js::text(&document, "readyState"));
        state.as_deref() == Some("complete")
    }

    /// Takes it out of the page, silently: Chromium fires `load` on a frame whose inner frame is still loading as it is
    /// removed.
    pub(crate) fn remove(&self) {
        self.listeners.take();
        self.element.remove();
    }

    /// What can be seen of it now.
    pub(crate) fn look(&self) -> Seen {
        let inner = self.inner.borrow();
        Seen {
            // Opened, it has lost its title.
            outer: inner.is_some() || self.own().is_some(),
            outer_document: shown(self.element.content_document().as_ref()),
            inner: inner.as_ref().map_or(Shown::Unreachable, |frame| {
                shown(frame.content_document().as_ref())
            }),
            blocked: self.blocked.get(),
        }
    }
}

impl Drop for HiddenFrame {
    fn drop(&mut self) {
        self.remove();
    }
}
