//! The browser modules, in a real browser, through the public face: as a page's own script would.
//!
//! Each test is a piece of JavaScript that is given `start` (`CabLink.start`), `msalToken`, and
//! `equal`, which throws. The lists are linked in, and stand where a page imports their module. The
//! runner's server knows no redirects; downloads are in `tests/e2e`.
#![cfg(target_family = "wasm")]

mod announce;
mod enhance;
mod enhanced_link;
mod error;
mod follow;
mod frame;
mod handoff;
mod link;
mod list;
mod msal;
mod options;
mod page;
mod token;
mod worker;

use cablink::api;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// What every piece of JavaScript begins with.
const PRELUDE: &str = r#"
const text = (value) => JSON.stringify(value, (_, each) => each === undefined ? "(undefined)" : each);
const equal = (seen, expected, what = "") => {
  if (text(seen) !== text(expected)) throw new Error(`${what} is ${text(seen)}, not ${text(expected)}`);
};
/** The error that a promise rejects with. */
const rejection = async (promise) => {
  let value;
  try { value = await promise; } catch (error) { return error; }
  throw new Error(`resolved with ${text(value)}`);
};
/** The real worker; the tests' server serves the crate's folder. */
const WORKER = "/src/worker.js";
/** Nobody is meant to be asked: a test that gets here has let a request leave. */
const nobody = () => { throw new Error("a token was asked for"); };
const states = [];
const hear = ({ detail, target }) => states.push([detail.cabIdHash, detail.state, detail.error?.code]);
document.addEventListener("cablink:state", hear);
const cleanup = [() => document.removeEventListener("cablink:state", hear)];
/** Starts, and stops when the test ends. The tests' server isolates its pages by COEP, so the frame has to share it. */
const begin = async (options) => {
  const cabs = await start({ worker: WORKER, endpoint: "/nowhere/", coep: "require-corp", ...options });
  cleanup.push(() => cabs.stop());
  return cabs;
};
/** Puts HTML on the page until the test ends. */
const show = (html) => {
  const root = document.createElement("div");
  root.innerHTML = html;
  document.body.append(root);
  cleanup.push(() => root.remove());
  return root;
};
/** The module of the lists is there from the start, unless a test says otherwise. */
let importLists = async () => ({ default: async () => {}, ...lists });
const turn = () => new Promise((resolve) => setTimeout(resolve));
"#;

/// What a page has at the end of `cablink.js`, with the import itself given by the test.
fn lists_import() -> String {
    let source = include_str!("../../src/lists.js");
    assert_eq!(source.matches("import(").count(), 2);
    let source = source
        .replace("import(", "importLists(")
        .replace("import.meta.url", "location.href");
    [&source, "globalThis.callCabLinkLists = callCabLinkLists;"].concat()
}

/// Runs JavaScript; whatever it throws fails the test.
async fn page(script: &str) {
    let body = [
        "return (async () => {",
        PRELUDE,
        &lists_import(),
        "try {",
        script,
        "} finally { for (const each of cleanup.reverse()) each(); } })();",
    ]
    .concat();
    let start = Closure::<dyn Fn(JsValue) -> Promise>::new(|options: JsValue| {
        api::CabLink::start(options.unchecked_into())
    });
    let msal_token = Closure::<dyn Fn(JsValue, JsValue) -> Result<JsValue, JsValue>>::new(
        |pca: JsValue, options: JsValue| {
            api::msal_token(pca.unchecked_into(), options).map(JsValue::from)
        },
    );
    let hits = Closure::<dyn Fn(JsValue, JsValue, JsValue, f64) -> Promise>::new(
        |host: JsValue, query: JsValue, options: JsValue, began: f64| {
            cablink_lists::api::failure_hits(&host, &query, &options, began)
        },
    );
    let details = Closure::<dyn Fn(JsValue, JsValue, JsValue, JsValue, f64) -> Promise>::new(
        |host: JsValue, hash: JsValue, query: JsValue, options: JsValue, began: f64| {
            cablink_lists::api::failure_details(&host, &hash, &query, &options, began)
        },
    );
    let lists = js_sys::Object::new();
    for (name, function) in [
        ("failureHits", hits.as_ref()),
        ("failureDetails", details.as_ref()),
    ] {
        js_sys::Reflect::set(&lists, &name.into(), function).expect("a plain object");
    }
    js_sys::Reflect::set(&lists, &"memory".into(), &wasm_bindgen::memory())
        .expect("a plain object");
    let run = Function::new_with_args("start, msalToken, lists", &body);
    let promise = run
        .call3(
            &JsValue::UNDEFINED,
            start.as_ref(),
            msal_token.as_ref(),
            &lists,
        )
        .expect("the script is well-formed");
    if let Err(error) = JsFuture::from(promise.unchecked_into::<Promise>()).await {
        let text = js_sys::Reflect::get(&error, &"stack".into())
            .ok()
            .and_then(|stack| stack.as_string());
        let message = js_sys::Reflect::get(&error, &"message".into())
            .ok()
            .and_then(|message| message.as_string());
        panic!("{message:?} {text:?} {error:?}");
    }
}

/// A test that is a piece of JavaScript.
macro_rules! in_page {
    ($name:ident, $script:expr) => {
        #[wasm_bindgen_test::wasm_bindgen_test]
        async fn $name() {
            crate::page($script).await;
        }
    };
}
pub(crate) use in_page;
