//! The DOM calls used more than once, for arguments under which they cannot throw.
//!
//! `web_sys` has them, too, each with a `Result`; the handling of errors that never come weighs
//! more than the calls themselves.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, EventTarget, Node, Window};

use crate::browser::js;

#[wasm_bindgen]
extern "C" {
    type Dom;

    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set_attribute(this: &Dom, name: &str, value: &str);

    #[wasm_bindgen(method, js_name = removeAttribute)]
    fn remove_attribute(this: &Dom, name: &str);

    #[wasm_bindgen(method, js_name = appendChild)]
    fn append_child(this: &Dom, child: &Node) -> JsValue;

    #[wasm_bindgen(method, js_name = createElement)]
    fn create_element(this: &Dom, name: &str) -> Element;

    #[wasm_bindgen(method, js_name = addEventListener)]
    fn add_event_listener(this: &Dom, name: &str, callback: &Function, options: &JsValue);

    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn remove_event_listener(this: &Dom, name: &str, callback: &Function, capture: bool);

    #[wasm_bindgen(method, js_name = dispatchEvent)]
    fn dispatch_event(this: &Dom, event: &JsValue) -> bool;

    /// The window itself. `js_sys::global` looks for it in four ways, and keeps what it found.
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    fn global() -> Window;

    /// Calls back once; the result is what cancels it.
    #[wasm_bindgen(js_name = setTimeout)]
    pub fn set_timeout(callback: &JsValue, ms: i32) -> JsValue;

    /// Cancels a timer.
    #[wasm_bindgen(js_name = clearTimeout)]
    pub fn clear_timeout(timer: &JsValue);
}

fn dom(value: &impl AsRef<JsValue>) -> &Dom {
    value.as_ref().unchecked_ref()
}

/// The window; there is one wherever this crate runs, since `start` refuses everything else.
#[must_use]
pub fn window() -> Window {
    global()
}

/// The document.
#[must_use]
pub fn document() -> Option<Document> {
    window().document()
}

/// Where elements of ours go: the body, or the root while there is none.
#[must_use]
pub fn body() -> Option<Element> {
    let document = document()?;
    match document.body() {
        Some(body) => Some(body.into()),
        None => document.document_element(),
    }
}

/// Sets an attribute, or removes it.
pub fn set(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => dom(element).set_attribute(name, value),
        None => dom(element).remove_attribute(name),
    }
}

/// An attribute, where it is set.
pub(crate) fn attribute(element: &Element, name: &str) -> Option<String> {
    js::call(element, "getAttribute", &[&name.into()])?.as_string()
}

/// Takes an element out of sight and layout. Through the object model, since a policy may forbid
/// the attribute.
pub(crate) fn hide(element: &Element) {
    js::set(&js::get(element, "style"), "display", &"none".into());
}

/// Appends a node that has no parent yet.
pub fn append(parent: &Node, child: &Node) {
    dom(parent).append_child(child);
}

/// Creates an element of this name.
pub fn create(document: &Document, name: &str) -> Element {
    dom(document).create_element(name)
}

/// Adds a listener.
pub fn listen(target: &EventTarget, name: &str, callback: &Function, options: &JsValue) {
    dom(target).add_event_listener(name, callback, options);
}

/// Takes a listener off.
pub fn unlisten(target: &EventTarget, name: &str, callback: &Function, capture: bool) {
    dom(target).remove_event_listener(name, callback, capture);
}

/// Dispatches an event.
pub fn dispatch(target: &EventTarget, event: &JsValue) {
    dom(target).dispatch_event(event);
}
