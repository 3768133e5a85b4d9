//! The lists: a wasm module of their own, loaded when a list is asked for the first time.

use std::cell::RefCell;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use crate::browser::js;
use crate::browser::options::Options;
use crate::error;
use crate::rules::problem::{Failure, Problem};

#[wasm_bindgen]
extern "C" {
    /// `import("./cablink_lists.js")`, which packaging puts in this call's place: bundlers have to
    /// see the import as it stands, and wasm-bindgen knows no way to write one.
    #[wasm_bindgen(catch, js_name = importCabLinkLists)]
    fn import() -> Result<Promise, JsValue>;
}

thread_local! {
    /// The module, or its being loaded: once for the page.
    static MODULE: RefCell<Option<Promise>> = const { RefCell::new(None) };
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
pub(crate) fn call(host: &JsValue, function: &'static str, arguments: &[&JsValue]) -> Promise {
    let all = Array::of1(host);
    for argument in arguments {
        all.push(argument);
    }
    js::promise(async move {
        let module = js::wait(module()).await?;
        let answer = js::function(&module, function)
            .ok_or_else(|| error::to_js(&Problem::UnexpectedResponse.into()))?
            .apply(&JsValue::UNDEFINED, &all)?;
        js::wait(answer.unchecked_into()).await
    })
}

fn module() -> Promise {
    MODULE.with_borrow_mut(|module| {
        module
            .get_or_insert_with(|| {
                js::promise(async {
                    let loaded = load().await;
                    if loaded.is_err() {
                        // What could not be loaded now may be had at the next call.
                        MODULE.take();
                    }
                    loaded.map_err(|()| {
                        error::to_js(&Failure::explained(
                            Problem::NetworkError,
                            "The part of this page that reads lists could not be loaded.",
                            Some("Check the connection, then try again; if that does not help, whoever runs this page must serve all of pkg/."),
                        ))
                    })
                })
            })
            .clone()
    })
}

async fn load() -> Result<JsValue, ()> {
    let module = js::wait(import().map_err(drop)?).await.map_err(drop)?;
    let ready = js::call(&module, "default", &[]).ok_or(())?;
    js::wait(Promise::resolve(&ready)).await.map_err(drop)?;
    Ok(module)
}
