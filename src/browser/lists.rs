//! The lists: a wasm module of their own, loaded when a list is asked for the first time.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use crate::browser::js;
use crate::browser::options::Options;
use crate::error;
use crate::rules::problem::{Failure, Problem};

#[wasm_bindgen]
extern "C" {
    /// Loads the module, once, and calls one of its functions; a failed load rejects with `failure`.
    ///
    /// Stands in `src/lists.js`, which packaging adds to the script of this module.
    #[wasm_bindgen(js_name = callCabLinkLists, variadic)]
    fn call_lists(failure: &JsValue, name: &str, arguments: &[JsValue]) -> Promise;
}

/// What the lists have to know of a `CabLink`. Also carries `signingIn`.
pub(crate) fn host(options: &Options) -> JsValue {
    let scopes: Array = options.scopes.iter().map(JsValue::from).collect();
    js::object(&[
        ("getToken", (&options.get_token).into()),
        ("scopes", scopes.into()),
        ("endpoint", options.config.endpoint.base().into()),
        ("deadlineMs", options.config.deadline_ms.into()),
        (
            "stop",
            js::construct("AbortController", &[]).unwrap_or_default(),
        ),
    ])
}

/// Ends every list of this host.
pub(crate) fn stop(host: &JsValue) {
    js::call(&js::get(host, "stop"), "abort", &[]);
}

/// Calls a function of the module with the host and these arguments.
pub(crate) fn call(name: &str, arguments: &[JsValue]) -> Promise {
    let failure = Failure::explained(
        Problem::NetworkError,
        "The part of this page that reads lists could not be loaded.",
        Some("Check the connection and reload the page."),
    );
    call_lists(&error::to_js(&failure), name, arguments)
}
