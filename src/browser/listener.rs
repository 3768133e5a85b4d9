//! An event listener as a value: dropping it takes the listener off.
//!
//! Callbacks may be entered again: Firefox lets other events happen while `window.open` of a host's
//! runs inside one.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

use crate::browser::js::Callback;
use crate::browser::{dom, js};

/// See the module's documentation.
///
/// The callback may be entered again while it runs: a host's own handler, called within it, may
/// click on something below the same root.
#[must_use = "dropping a listener takes it off"]
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    capture: bool,
    callback: Closure<dyn Fn(JsValue)>,
}

impl Listener {
    /// Listens in the bubbling phase.
    pub fn new(
        target: &EventTarget,
        name: &'static str,
        callback: impl Fn(Event) + 'static,
    ) -> Self {
        Self::with(target, name, false, boxed(callback))
    }

    /// Listens in the capturing phase, before the host's handlers can stop the event.
    pub fn capturing(
        target: &EventTarget,
        name: &'static str,
        callback: impl Fn(Event) + 'static,
    ) -> Self {
        Self::with(target, name, true, boxed(callback))
    }

    /// Boxed already, so that this exists once in the wasm and not once for each caller.
    fn with(
        target: &EventTarget,
        name: &'static str,
        capture: bool,
        callback: Box<dyn Callback>,
    ) -> Self {
        let callback = js::callback_boxed(callback);
        // Some events are passive by default on a document, and preventDefault does nothing then.
        let options = js::object(&[("capture", capture.into()), ("passive", JsValue::FALSE)]);
        dom::listen(target, name, callback.as_ref().unchecked_ref(), &options);
        Self {
            target: target.clone(),
            name,
            capture,
            callback,
        }
    }
}

fn boxed(callback: impl Fn(Event) + 'static) -> Box<dyn Callback> {
    Box::new(move |event: JsValue| callback(event.unchecked_into()))
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        dom::unlisten(&self.target, self.name, callback, self.capture);
    }
}
