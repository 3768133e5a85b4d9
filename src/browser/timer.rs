//! Timers as values, and promises with a limit.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::dom::{self, window};
use crate::browser::js::{self, wait};

/// A timer that has not fired; dropping it cancels it.
#[must_use = "dropping a timer cancels it"]
pub struct Timer {
    id: JsValue,
    _callback: Closure<dyn Fn(JsValue)>,
}

impl Timer {
    /// Calls back once, in so many milliseconds.
    pub fn new(ms: u32, callback: impl FnOnce() + 'static) -> Self {
        Self::boxed(ms, Box::new(callback))
    }

    /// Boxed already, so that this exists once in the wasm and not once for each caller.
    #[inline(never)]
    fn boxed(ms: u32, callback: Box<dyn FnOnce()>) -> Self {
        let callback = Cell::new(Some(callback));
        let callback = js::callback(move |_| {
            // A browser could call it again but does not.
            if let Some(callback) = callback.take() {
                callback();
            }
        });
        let id = dom::set_timeout(callback.as_ref(), in_range(ms));
        Self {
            id,
            _callback: callback,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        dom::clear_timeout(&self.id);
    }
}

/// Browsers take 32 signed bits; a longer time would fire at once.
fn in_range(ms: u32) -> i32 {
    i32::try_from(ms).unwrap_or(i32::MAX)
}

/// Calls back once, in so many milliseconds, with nothing to cancel it by.
pub fn later(ms: u32, callback: impl FnOnce() + 'static) {
    later_boxed(ms, Box::new(callback));
}

#[inline(never)]
fn later_boxed(ms: u32, callback: Box<dyn FnOnce()>) {
    let timer = Rc::new(Cell::new(None));
    let own = Rc::clone(&timer);
    timer.set(Some(Timer::new(ms, move || {
        own.take();
        callback();
    })));
}

/// Milliseconds of a clock that does not run back.
pub fn now() -> f64 {
    let performance = js::get(&window(), "performance");
    js::call(&performance, "now", &[])
        .and_then(|now| now.as_f64())
        .unwrap_or_else(js_sys::Date::now)
}

/// Waits for a promise, but not longer than so many milliseconds: then `None`.
pub async fn within(ms: u32, promise: Promise) -> Option<Result<JsValue, JsValue>> {
    let mark: JsValue = js_sys::Object::new().into();
    let late = mark.clone();
    let (limit, resolve, _) = js::deferred();
    let timer = Timer::new(ms, move || {
        let _ = resolve.call1(&JsValue::UNDEFINED, &late);
    });
    let both = js::list(&[&promise, &limit]);
    let class = js::get(&dom::window(), "Promise");
    let race = js::call(&class, "race", &[&both])?;
    let first = wait(race.unchecked_into()).await;
    drop(timer);
    match first {
        Ok(value) if value == mark => None,
        other => Some(other),
    }
}
