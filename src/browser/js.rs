//! Reading and making plain JavaScript values, where anything may be missing or throw.
//!
//! Nothing here is inlined: each is used in many places.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};

use crate::browser::{dom, task};

/// A property, `undefined` where there is none or its getter throws.
///
/// What is no object is not asked: it would throw, and for each call that throws wasm-bindgen
/// keeps a place in its table for the value that did not come.
#[inline(never)]
pub fn get(object: &JsValue, key: &str) -> JsValue {
    if !object.is_object() && !object.is_function() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is a text.
#[inline(never)]
pub fn text(object: &JsValue, key: &str) -> Option<String> {
    get(object, key).as_string()
}

/// A property that is a function.
#[inline(never)]
pub fn function(object: &JsValue, key: &str) -> Option<Function> {
    get(object, key).dyn_into().ok()
}

/// Sets a property of an object of ours; it cannot fail there.
#[inline(never)]
pub fn set(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &key.into(), value);
}

/// A plain object with these properties.
#[inline(never)]
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new().into();
    for (key, value) in properties {
        set(&object, key, value);
    }
    object
}

/// Whether a property is truthy.
#[inline(never)]
pub fn flag(object: &JsValue, key: &str) -> bool {
    get(object, key).is_truthy()
}

/// A list of these values.
#[inline(never)]
pub fn list(values: &[&JsValue]) -> Array {
    let list = Array::new();
    for value in values {
        list.push(value);
    }
    list
}

/// Calls a method; `None` where there is none or it throws.
///
/// Reading and calling by name weighs a fraction of a typed import for what is used once.
#[inline(never)]
pub fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let list = list(arguments);
    function(object, method)?.apply(object, &list).ok()
}

/// Makes an object with `new`; `None` where there is no such class or it throws.
#[inline(never)]
pub fn construct(class: &str, arguments: &[&JsValue]) -> Option<JsValue> {
    let list = list(arguments);
    let class = function(&dom::window(), class)?;
    Reflect::construct(&class, &list).ok()
}

/// Reads JSON by the browser's own parser; `None` where it is none.
#[inline(never)]
pub(crate) fn json(text: &str) -> Option<JsValue> {
    call(&get(&dom::window(), "JSON"), "parse", &[&text.into()])
}

/// Whether the value is neither `undefined` nor `null`.
pub fn given(value: &JsValue) -> bool {
    !value.is_undefined() && !value.is_null()
}

/// A list of texts, `None` where it is no list or something in it is no text.
pub fn texts(value: &JsValue) -> Option<Vec<String>> {
    if !Array::is_array(value) {
        return None;
    }
    Array::from(value)
        .iter()
        .map(|item| item.as_string())
        .collect()
}

/// A function of ours for the browser or the host; dropping it takes it away from them.
///
/// Of one kind for all that is called with one value at most: every kind brings code of its own,
/// in the wasm and in its JavaScript. It may be entered again while it runs.
pub fn callback(callback: impl Fn(JsValue) + 'static) -> Closure<dyn Fn(JsValue)> {
    callback_boxed(Box::new(callback))
}

/// As `Fn(JsValue)`. A `dyn Fn` also has ways to be called once and exclusively, which nobody takes, and which are code of
/// their own for each closure.
pub(crate) trait Callback {
    fn call(&self, value: JsValue);
}

impl<F: Fn(JsValue)> Callback for F {
    fn call(&self, value: JsValue) {
        self(value);
    }
}

#[inline(never)]
pub(crate) fn callback_boxed(callback: Box<dyn Callback>) -> Closure<dyn Fn(JsValue)> {
    Closure::new(move |value| callback.call(value))
}

/// Waits for a promise.
#[inline(never)]
pub fn wait(promise: Promise) -> Wait {
    let wait = Wait(Rc::default());
    let settled = |as_result: fn(JsValue) -> Settled| {
        let state = Rc::clone(&wait.0);
        callback(move |value| {
            state.result.set(Some(as_result(value)));
            if let Some(waker) = state.waker.take() {
                waker.wake();
            }
            state.callbacks.take();
        })
    };
    let callbacks = [settled(Ok), settled(Err)];
    let [good, bad] = callbacks.each_ref().map(|one| one.as_ref().clone());
    // Before: a promise of the host's may have a `then` of its own, which calls back at once or throws.
    wait.0.callbacks.set(Some(callbacks));
    // One that has called back before it throws has settled.
    if call(&promise, "then", &[&good, &bad]).is_none() && wait.0.callbacks.take().is_some() {
        wait.0.result.set(Some(Err(JsValue::UNDEFINED)));
    }
    wait
}

/// What [`callback`] gives.
type Kept = Closure<dyn Fn(JsValue)>;

/// What became of a promise.
type Settled = Result<JsValue, JsValue>;

/// See [`wait`].
pub struct Wait(Rc<Waiting>);

#[derive(Default)]
struct Waiting {
    result: Cell<Option<Settled>>,
    waker: Cell<Option<Waker>>,
    /// Kept until one is called, though nobody waits any more: a promise may call them whenever it likes.
    callbacks: Cell<Option<[Kept; 2]>>,
}

impl Future for Wait {
    type Output = Settled;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Settled> {
        match self.0.result.take() {
            Some(result) => Poll::Ready(result),
            None => {
                self.0.waker.set(Some(context.waker().clone()));
                Poll::Pending
            }
        }
    }
}

/// The promise of a future.
pub fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    promise_boxed(Box::pin(future))
}

/// Boxed, so that the machinery exists once in the wasm.
fn promise_boxed(future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
    let (promise, resolve, reject) = deferred();
    spawn(async move {
        let (settle, value) = match future.await {
            Ok(value) => (resolve, value),
            Err(error) => (reject, error),
        };
        let _ = settle.call1(&JsValue::UNDEFINED, &value);
    });
    promise
}

/// A promise, what resolves it and what rejects it: a closure for all that make one, and not one for each.
#[inline(never)]
pub fn deferred() -> (Promise, Function, Function) {
    let mut settle = None;
    // Calls back before it returns.
    let promise = Promise::new(&mut |resolve, reject| settle = Some((resolve, reject)));
    let (resolve, reject) = settle.unwrap_throw();
    (promise, resolve, reject)
}

/// Runs a future by itself.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    task::start(Box::pin(future));
}
