//! A registered worker: waited for until it is active, and asked which protocol it speaks.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::browser::js;
use crate::browser::listener::Listener;
use crate::browser::timer::within;
use crate::rules::protocol::PROTOCOL;

/// How long the script may take to load, install and become active, in milliseconds.
pub const ACTIVE_MS: u32 = 15_000;

/// How long an active worker may take to start and answer, in milliseconds.
const HELLO_MS: u32 = 5_000;

/// Waits until a worker of the registration is active; nothing where none becomes so.
pub async fn active(registration: &JsValue) -> Option<JsValue> {
    let worker = ["installing", "waiting", "active"]
        .into_iter()
        .map(|name| js::get(registration, name))
        .find(js::given)?;
    let (changed, resolve, reject) = js::deferred();
    let watched = worker.clone();
    let check = move || settle_by_state(&watched, &resolve, &reject);
    check();
    let listener = Listener::new(worker.unchecked_ref(), "statechange", move |_| check());
    let result = within(ACTIVE_MS, changed).await;
    drop(listener);
    match result {
        Some(Ok(_)) => Some(worker),
        // A failed update leaves the worker before it in place.
        _ => Some(js::get(registration, "active")).filter(js::given),
    }
}

fn settle_by_state(worker: &JsValue, resolve: &Function, reject: &Function) {
    let _ = match js::text(worker, "state").as_deref() {
        Some("activated") => resolve.call0(&JsValue::UNDEFINED),
        Some("redundant") => reject.call0(&JsValue::UNDEFINED),
        _ => return,
    };
}

/// Asks the worker which protocol it speaks; nothing where it is silent. This also starts it, before a click needs it.
pub async fn hello(worker: &JsValue) -> Option<f64> {
    let channel = js::construct("MessageChannel", &[]).unwrap_or_default();
    let ours: EventTarget = js::get(&channel, "port1").unchecked_into();
    let theirs = js::get(&channel, "port2");
    let (answered, resolve, _) = js::deferred();
    let listener = Listener::new(&ours, "message", move |event| {
        let _ = resolve.call1(&JsValue::UNDEFINED, &js::get(&event, "data"));
    });
    js::call(&ours, "start", &[]);
    let question = js::object(&[("cablink", PROTOCOL.into())]);
    js::call(worker, "postMessage", &[&question, &js::list(&[&theirs])]);
    let answer = within(HELLO_MS, answered).await;
    drop(listener);
    js::call(&ours, "close", &[]);
    let answer = answer?.ok()?;
    Some(js::get(&answer, "cablink").as_f64().unwrap_or_default())
}
