//! A frame that goes to storage by an address that is known, as a value: dropping it removes it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlIFrameElement};

use crate::browser::dom::{self, body, document};
use crate::browser::frame_element::{create, shown, watch_policy};
use crate::browser::js;
use crate::browser::listener::Listener;
use crate::browser::timer::later;
use crate::rules::frame::Document as Shown;

/// See the module's documentation.
///
/// The address is a credential, so the frame stands in a closed shadow tree, where script of the
/// page finds it neither in the document nor among its windows; and inside a blank frame there,
/// whose own timeline gets the entry with the address.
///
/// The blank frame's document is opened while the inner frame is added, as if a server were still
/// sending it. Its `load` then waits for the inner navigation, however that ends: measured in
/// Chromium and Firefox, where a frame by itself says nothing when the browser takes a file.
pub struct StorageFrame {
    holder: Element,
    load: Option<Listener>,
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    frame: RefCell<Option<HtmlIFrameElement>>,
    policy: Cell<Option<Listener>>,
}

impl StorageFrame {
    /// Adds the frame. `loaded` is called when the navigation has ended, `forbidden` when the host
    /// page's policy refuses it.
    pub fn add(
        address: String,
        loaded: impl Fn() + 'static,
        forbidden: impl Fn() + Clone + 'static,
    ) -> Option<Self> {
        let holder = dom::create(&document()?, "div");
        dom::hide(&holder);
        let closed = js::object(&[("mode", "closed".into())]);
        let shadow = js::call(&holder, "attachShadow", &[&closed])?;
        let blank = create(&document()?);
        let inner = Rc::<Inner>::default();
        let (own, kept) = (blank.clone(), Rc::clone(&inner));
        let once = Cell::new(Some(address));
        // Some browsers have another blank document there until then.
        let load = Listener::new(&blank, "load", move |_| {
            let Some(address) = once.take() else {
                return loaded();
            };
            let (own, kept) = (own.clone(), Rc::clone(&kept));
            let forbidden = forbidden.clone();
            // Not within this event: Chromium fires none for a document that is opened in it.
            later(0, move || {
                if kept
                    .go(own.content_document(), address, forbidden.clone())
                    .is_none()
                {
                    forbidden();
                }
            });
        });
        dom::append(shadow.unchecked_ref(), &blank);
        dom::append(body()?.as_ref(), &holder);
        Some(Self {
            holder,
            load: Some(load),
            inner,
        })
    }

    /// What the frame shows now.
    #[must_use]
    pub fn look(&self) -> Shown {
        match self.inner.frame.borrow().as_ref() {
            Some(frame) => shown(frame.content_document().as_ref()),
            None => Shown::Unreachable,
        }
    }
}

impl Inner {
    fn go(
        &self,
        blank: Option<Document>,
        address: String,
        forbidden: impl Fn() + 'static,
    ) -> Option<()> {
        let document = blank?;
        js::call(&document, "open", &[])?;
        let frame = create(&document);
        dom::set(&frame, "src", Some(&address));
        // Opening takes all listeners off.
        self.policy
            .set(Some(watch_policy(&document, address, forbidden)));
        let root = dom::create(&document, "html");
        dom::append(&document, &root);
        dom::append(&root, &frame);
        self.frame.replace(Some(frame));
        js::call(&document, "close", &[])?;
        Some(())
    }
}

impl Drop for StorageFrame {
    fn drop(&mut self) {
        // A frame that is removed while its inner one loads fires the event.
        self.load.take();
        self.inner.policy.take();
        self.holder.remove();
    }
}
