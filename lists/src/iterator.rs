//! `for await (const row of slice)`: the rows of a slice and of all that follow it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cablink::browser::js;
use js_sys::{Promise, Symbol};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use crate::slice::{Slice, hidden};

/// Where an iteration is.
struct Rows {
    /// Nothing, once it is over.
    slice: RefCell<Option<Rc<Slice>>>,
    at: Cell<u32>,
    /// Whether it was left, perhaps while it waits for a slice.
    left: Cell<bool>,
    /// The step before, so that steps asked for at once come one after the other.
    last: RefCell<Promise>,
}

/// An iterator over all rows from the first of this slice on.
pub(crate) fn over(slice: &Rc<Slice>) -> JsValue {
    let rows = Rc::new(Rows {
        slice: RefCell::new(Some(Rc::clone(slice))),
        at: Cell::new(0),
        left: Cell::new(false),
        last: RefCell::new(Promise::resolve(&JsValue::UNDEFINED)),
    });
    let stepping = Rc::clone(&rows);
    let next = Closure::<dyn Fn() -> Promise>::new(move || stepping.next());
    let leave = Closure::<dyn Fn(JsValue) -> Promise>::new(move |value: JsValue| {
        rows.left.set(true);
        rows.slice.take();
        Promise::resolve(&result(value, true))
    });
    let iterator = js::object(&[
        ("next", next.into_js_value()),
        ("return", leave.into_js_value()),
    ]);
    // An iterator's iterator is itself. A closure that gave it back would keep it alive for ever;
    // the browser has a function that returns its `this`.
    let object = js::get(&js_sys::global(), "Object");
    let this = js::get(&js::get(&object, "prototype"), "valueOf");
    hidden(&iterator, &Symbol::async_iterator(), this);
    iterator
}

impl Rows {
    fn next(self: &Rc<Self>) -> Promise {
        let (rows, before) = (Rc::clone(self), self.last.borrow().clone());
        let promise = js::promise(async move {
            let _ = js::wait(before).await;
            rows.step().await
        });
        *self.last.borrow_mut() = promise.clone();
        promise
    }

    async fn step(&self) -> Result<JsValue, JsValue> {
        loop {
            let Some(slice) = self.slice.borrow().clone() else {
                return Ok(result(JsValue::UNDEFINED, true));
            };
            let at = self.at.get();
            if at < slice.length() {
                self.at.set(at + 1);
                return Ok(result(slice.row(at), false));
            }
            // Over, unless there is another: also after a problem, as for every generator.
            self.slice.take();
            self.at.set(0);
            js::wait(slice.next()).await?;
            if !self.left.get() {
                self.slice.replace(slice.after());
            }
        }
    }
}

fn result(value: JsValue, done: bool) -> JsValue {
    js::object(&[("value", value), ("done", done.into())])
}
