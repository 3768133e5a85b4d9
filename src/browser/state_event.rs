//! Tells programs about a download: the event `cablink:state`.

use wasm_bindgen::JsValue;
use web_sys::{Element, EventTarget};

use crate::browser::dom::{self, document};
use crate::browser::js;
use crate::error;
use crate::rules::flow::State;
use crate::rules::problem::Failure;

/// Dispatches `cablink:state` on the link, or on the document for `download()`.
pub fn dispatch(
    element: Option<&Element>,
    id: &str,
    state: State,
    attempt: u32,
    failure: Option<&Failure>,
) {
    let detail = js::object(&[
        ("cabIdHash", id.into()),
        ("state", state.as_str().into()),
        ("attempt", attempt.into()),
    ]);
    if let Some(failure) = failure {
        js::set(&detail, "error", &error::to_js(failure));
    }
    let options = js::object(&[
        ("bubbles", JsValue::TRUE),
        ("composed", JsValue::TRUE),
        ("detail", detail),
    ]);
    let event = js::construct("CustomEvent", &[&"cablink:state".into(), &options]);
    let (Some(event), Some(document)) = (event, document()) else {
        return;
    };
    // From a link that has left the page nobody would hear it.
    let target: &EventTarget = match element {
        Some(element) if js::flag(element, "isConnected") => element.as_ref(),
        _ => document.as_ref(),
    };
    dom::dispatch(target, &event);
}
