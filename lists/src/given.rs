//! Reads what a caller gave into plain values, whatever it is. Getters and proxies may throw.

use cablink::browser::js;
use cablink::rules::list::given::Given;
use cablink::rules::problem::{Failure, Problem};
use js_sys::{Array, Date};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// A filter may be nested; nothing of use is nested deeper.
const MAX_DEPTH: usize = 40;

/// Longer than any list of a query; what is beyond would only be found wrong.
const MAX_ITEMS: u32 = 1_000;

/// The value as plain data.
pub(crate) fn read(value: &JsValue) -> Given {
    at_depth(value, 0)
}

fn at_depth(value: &JsValue, depth: usize) -> Given {
    if !js::given(value) {
        return Given::Missing;
    }
    if let Some(text) = value.as_string() {
        return Given::Text(text);
    }
    if let Some(number) = value.as_f64() {
        return Given::Number(number);
    }
    if let Some(date) = value.dyn_ref::<Date>() {
        return Given::Date(date.get_time());
    }
    if !value.is_object() || depth > MAX_DEPTH {
        return Given::Other;
    }
    if Array::is_array(value) {
        let list: &Array = value.unchecked_ref();
        if list.length() > MAX_ITEMS {
            return Given::Other;
        }
        // By name, since a proxy may throw.
        let item = |index: u32| at_depth(&js::get(value, &index.to_string()), depth + 1);
        return Given::List((0..list.length()).map(item).collect());
    }
    let object = js::get(&js_sys::global(), "Object");
    let Some(keys) = js::call(&object, "keys", &[value]) else {
        return Given::Other;
    };
    let keys: Array = keys.unchecked_into();
    if keys.length() > MAX_ITEMS {
        return Given::Other;
    }
    let own = |key: JsValue| {
        let key = key.as_string()?;
        let held = at_depth(&js::get(value, &key), depth + 1);
        Some((key, held))
    };
    Given::Object(keys.iter().filter_map(own).collect())
}

/// The signals in the query and in the options, where there are any.
pub(crate) fn signals(places: &[&JsValue]) -> Result<Vec<EventTarget>, Failure> {
    let mut found = Vec::new();
    for place in places {
        let signal = js::get(place, "signal");
        if js::given(&signal) {
            found.push(signal.dyn_into().map_err(|_| {
                let sentence = "The option signal of the query must be an AbortSignal.";
                Failure::of_field(Problem::InvalidQuery, "signal", sentence.to_owned())
            })?);
        }
    }
    Ok(found)
}
