//! The DOM calls used more than once, for arguments under which they cannot throw.
//!
//! `web_sys` has them, too, each with a `Result`; the handling of errors that never come weighs
//! more than the calls themselves.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{Element, EventTarget, Node};

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

    #[wasm_bindgen(js_name = setTimeout)]
    pub(crate) fn set_timeout(callback: &JsValue, ms: i32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(crate) fn clear_timeout(timer: &JsValue);
}

fn dom(value: &impl AsRef<JsValue>) -> &Dom {
    value.as_ref().unchecked_ref()
}

/// Sets an attribute, or removes it.
pub(crate) fn set(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => dom(element).set_attribute(name, value),
        None => dom(element).remove_attribute(name),
    }
}

/// Takes an element out of sight and layout. Through the object model, since a policy may forbid
/// the attribute.
pub(crate) fn hide(element: &Element) {
    js::set(&js::get(element, "style"), "display", &"none".into());
}

/// Appends a node that has no parent yet.
pub(crate) fn append(parent: &Node, child: &Node) {
    dom(parent).append_child(child);
}

/// Creates an element of this name.
pub(crate) fn create(document: &web_sys::Document, name: &str) -> Element {
    dom(document).create_element(name)
}

/// Adds a listener.
pub(crate) fn listen(target: &EventTarget, name: &str, callback: &Function, options: &JsValue) {
    dom(target).add_event_listener(name, callback, options);
}

/// Takes a listener off.
pub(crate) fn unlisten(target: &EventTarget, name: &str, callback: &Function, capture: bool) {
    dom(target).remove_event_listener(name, callback, capture);
}

/// Dispatches an event.
pub(crate) fn dispatch(target: &EventTarget, event: &JsValue) {
    dom(target).dispatch_event(event);
}
