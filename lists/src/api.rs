//! What the page's module calls. Nobody else does: the public face is `CabLink`.
//!
//! `began` is when the caller was called, by the clock of `performance`: loading this may have taken its time.

use std::rc::Rc;

use cablink::error;
use cablink::rules::list::query::{self, Query};
use cablink::rules::problem::Failure;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

use crate::given;
use crate::host::Host;
use crate::slice::Chain;

/// `CabLink.failureHits`, for a host as `cablink` describes it.
#[wasm_bindgen(js_name = failureHits)]
pub fn failure_hits(host: &JsValue, query: &JsValue, options: &JsValue, began: f64) -> Promise {
    settle(begin(
        host,
        query::hits(&given::read(query)),
        query,
        options,
        began,
    ))
}

/// `CabLink.failureDetails`, for a host as `cablink` describes it.
#[wasm_bindgen(js_name = failureDetails)]
pub fn failure_details(
    host: &JsValue,
    failure_hash: &JsValue,
    query: &JsValue,
    options: &JsValue,
    began: f64,
) -> Promise {
    let checked = query::details(&given::read(failure_hash), &given::read(query));
    settle(begin(host, checked, query, options, began))
}

/// `CabLink.failureCabs`, for a host as `cablink` describes it.
#[wasm_bindgen(js_name = failureCabs)]
pub fn failure_cabs(
    host: &JsValue,
    failure_hash: &JsValue,
    query: &JsValue,
    options: &JsValue,
    began: f64,
) -> Promise {
    let checked = query::batch(&given::read(failure_hash), &given::read(query));
    settle(begin(host, checked, query, options, began))
}

fn begin(
    host: &JsValue,
    checked: Result<Query, Failure>,
    query: &JsValue,
    options: &JsValue,
    began: f64,
) -> Result<Promise, Failure> {
    let checked = checked?;
    let signals = given::signals(&[query, options])?;
    let host = Host::read(host)?;
    Ok(Chain::begin(Rc::new(host), &checked, signals, began))
}

fn settle(begun: Result<Promise, Failure>) -> Promise {
    begun.unwrap_or_else(|failure| Promise::reject(&error::to_js(&failure)))
}
