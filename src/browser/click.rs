//! What is read of a click, or of the press that it begins with.

use wasm_bindgen::JsValue;

use crate::browser::js;
use crate::rules::click::{Click, Decision, decide};

/// What to do with a click on a link of ours with this `target`, as things stand; a press says the same of the click
/// that it begins.
pub(crate) fn decide_on(event: &JsValue, target: &str) -> Decision {
    #[expect(clippy::cast_possible_truncation, reason = "a button's number")]
    let button = js::get(event, "button").as_f64().unwrap_or(-1.0) as i16;
    decide(Click {
        default_prevented: js::flag(event, "defaultPrevented"),
        button,
        ctrl: js::flag(event, "ctrlKey"),
        meta: js::flag(event, "metaKey"),
        shift: js::flag(event, "shiftKey"),
        alt: js::flag(event, "altKey"),
        target,
    })
}

/// Whether it is the press of a pointer.
pub(crate) fn is_pointer_down(event: &JsValue) -> bool {
    js::text(event, "type").as_deref() == Some("pointerdown")
}
