//! The one conversion between a problem of ours and a JavaScript `Error`.

use wasm_bindgen::JsValue;

use crate::browser::js;
use crate::rules::problem::{Failure, Problem};
use crate::rules::scrub;

/// The `name` of every error of ours.
pub const NAME: &str = "CabLinkError";

/// Makes the `CabLinkError` for a failure.
pub fn to_js(failure: &Failure) -> JsValue {
    let error: JsValue = js_sys::Error::new(failure.message()).into();
    let facts = failure.problem.facts();
    js::set(&error, "name", &NAME.into());
    js::set(&error, "code", &facts.code.into());
    js::set(&error, "nextStep", &failure.next_step().into());
    js::set(&error, "retryable", &facts.retryable.into());
    if let Some(status) = failure.status {
        js::set(&error, "status", &status.into());
    }
    if let Some(ms) = failure.retry_after_ms {
        js::set(&error, "retryAfterMs", &ms.into());
    }
    for (key, value) in [
        ("field", failure.field.as_deref()),
        ("serviceCode", failure.service_code.as_deref()),
        ("serviceMessage", failure.service_message.as_deref()),
    ] {
        if let Some(value) = value {
            js::set(&error, key, &value.into());
        }
    }
    error
}

/// Reads a `CabLinkError` back, such as a host's `getToken` may pass on from `msalToken`.
///
/// The texts are ours again or scrubbed: the host may have put anything into them.
pub fn from_js(value: &JsValue) -> Option<Failure> {
    if js::text(value, "name").as_deref() != Some(NAME) {
        return None;
    }
    let problem = Problem::from_code(&js::text(value, "code")?)?;
    let mut failure = Failure::from(problem);
    failure.sentence = js::text(value, "message").and_then(|text| scrub::message(&text, ""));
    Some(failure)
}
