//! The lists: a wasm module of their own, loaded when a list is asked for the first time.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use crate::browser::js;
use crate::browser::options::Options;
use crate::error;
use crate::rules::list::words::{CANCELLED, LATE};
use crate::rules::problem::{Failure, Problem};

#[wasm_bindgen]
extern "C" {
    /// Loads the module, once, and calls one of its functions; a load that fails, hangs or is
    /// cancelled rejects with one of the errors.
    ///
    /// Stands in `src/lists.js`, which packaging adds to the script of this module.
    #[wasm_bindgen(js_name = callCabLinkLists, variadic)]
    fn call_lists(
        lost: &JsValue,
        late: &JsValue,
        aborted: &JsValue,
        name: &str,
        arguments: &[JsValue],
    ) -> Promise;
}

/// What the lists have to know of a `CabLink`. Also carries `signingIn`.
pub(crate) fn host(options: &Options) -> JsValue {
    let scopes: Array = options.scopes.iter().map(JsValue::from).collect();
    let stop = js::construct("AbortController", &[]).unwrap_or_default();
    js::object(&[
        ("getToken", (&options.get_token).into()),
        ("scopes", scopes.into()),
        ("endpoint", options.config.endpoint.base().into()),
        ("deadlineMs", options.config.deadline_ms.into()),
        ("signal", js::get(&stop, "signal")),
        ("stop", stop),
    ])
}

/// Ends every list of this host.
pub(crate) fn stop(host: &JsValue) {
    js::call(&js::get(host, "stop"), "abort", &[]);
}

/// Calls a function of the module with the host and these arguments.
pub(crate) fn call(name: &str, arguments: &[JsValue]) -> Promise {
    let [lost, late, aborted] = [
        (
            Problem::NetworkError,
            "The part of this page that reads lists could not be loaded.",
            "Check the connection and reload the page.",
        ),
        (Problem::Timeout, LATE.0, LATE.1),
        (Problem::Aborted, CANCELLED.0, CANCELLED.1),
    ]
    .map(|(problem, sentence, next_step)| {
        error::to_js(&Failure::explained(problem, sentence, Some(next_step)))
    });
    call_lists(&lost, &late, &aborted, name, arguments)
}
