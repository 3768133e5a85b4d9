//! What `doctor.js` calls. Nobody else does: the public face is its `doctor`.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use crate::run;

/// Looks at everything and resolves with the checks; `parts` loads the package's other scripts.
///
/// # Errors
/// Rejects with `invalid_options` where `signal` is none, and with `aborted` once it is.
#[wasm_bindgen]
pub fn examine(options: &JsValue, signal: &JsValue, parts: &Function) -> Promise {
    run::start(options, signal, parts)
}
