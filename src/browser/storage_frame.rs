//! A frame that goes to storage by an address that is known, as a value: dropping it removes it.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::browser::dom::{self, body, document};
use crate::browser::frame::HiddenFrame;
use crate::browser::js;
use crate::rules::frame::Document as Shown;

/// See the module's documentation.
///
/// The address is a credential, so the frame stands in a closed shadow tree, where script of the
/// page finds it neither in the document nor among its windows; and inside a blank frame there,
/// whose own timeline gets the entry with the address.
pub struct StorageFrame {
    holder: Element,
    frame: Rc<HiddenFrame>,
}

impl StorageFrame {
    /// Adds the frame. `filled` is called when the navigation has begun, `loaded` when it has ended, `forbidden` when the
    /// host page's policy refuses it.
    pub fn add(
        address: String,
        filled: impl Fn() + 'static,
        loaded: impl Fn() + 'static,
        forbidden: impl Fn() + Clone + 'static,
    ) -> Option<Self> {
        let holder = dom::create(&document()?, "div");
        dom::hide(&holder);
        let closed = js::object(&[("mode", "closed".into())]);
        let shadow = js::call(&holder, "attachShadow", &[&closed])?;
        let frame = Rc::new(HiddenFrame::new("about:blank", "")?);
        let weak = Rc::downgrade(&frame);
        let once = Cell::new(Some(address));
        // Some browsers have another blank document there until then.
        frame.hear(Rc::new(move || {
            let Some(address) = once.take() else {
                return loaded();
            };
            let frame = weak.upgrade();
            match frame.and_then(|frame| frame.fill(&address, forbidden.clone())) {
                Some(()) => filled(),
                None => forbidden(),
            }
        }));
        frame.add(shadow.unchecked_ref());
        dom::append(body()?.as_ref(), &holder);
        Some(Self { holder, frame })
    }

    /// What the frame shows now.
    #[must_use]
    pub fn look(&self) -> Shown {
        self.frame.look().inner
    }
}

impl Drop for StorageFrame {
    fn drop(&mut self) {
        self.frame.remove();
        self.holder.remove();
    }
}
