//! Reads what a caller gave into plain values, whatever it is. Getters and proxies may throw.

use cablink::browser::js;
use cablink::browser::options::as_target;
use cablink::rules::list::given::Given;
use cablink::rules::problem::{Failure, Problem};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// A filter may be nested; nothing of use is nested deeper.
const MAX_DEPTH: usize = 40;

/// More values than any query has, all lists and objects together: what refers to itself would
/// never end.
const MAX_VALUES: u32 = 2_000;

/// The value as plain data.
pub(crate) fn read(value: &JsValue) -> Given {
    at_depth(value, 0, &mut MAX_VALUES.clone())
}

/// `left` is how many more values are read; those beyond are found wrong.
fn at_depth(value: &JsValue, depth: usize, left: &mut u32) -> Given {
    if !js::given(value) {
        return Given::Missing;
    }
    if let Some(text) = value.as_string() {
        return Given::Text(text);
    }
    if let Some(number) = value.as_f64() {
        return Given::Number(number);
    }
    if let Some(ms) = time(value) {
        return Given::Date(ms);
    }
    if !value.is_object() || depth > MAX_DEPTH || *left == 0 {
        return Given::Other;
    }
    *left -= 1;
    // All by name: what is asked of a proxy may throw, even whether it is a list.
    let global = js_sys::global();
    let Some(is_list) = js::call(&js::get(&global, "Array"), "isArray", &[value]) else {
        return Given::Other;
    };
    if is_list.is_truthy() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range"
        )]
        let length = js::get(value, "length")
            .as_f64()
            .filter(|length| (0.0..=f64::from(*left)).contains(length))
            .map(|length| length as u32);
        let item = |index: u32| at_depth(&js::get(value, &index.to_string()), depth + 1, left);
        return match length {
            Some(length) => Given::List((0..length).map(item).collect()),
            None => Given::Other,
        };
    }
    let Some(keys) = js::call(&js::get(&global, "Object"), "keys", &[value]) else {
        return Given::Other;
    };
    let keys: Array = keys.unchecked_into();
    if keys.length() > *left {
        return Given::Other;
    }
    let own = |key: JsValue| {
        let key = key.as_string()?;
        let held = at_depth(&js::get(value, &key), depth + 1, left);
        Some((key, held))
    };
    Given::Object(keys.iter().filter_map(own).collect())
}

/// The time of a date, also of another frame's, whose class is not ours.
fn time(value: &JsValue) -> Option<f64> {
    let object = js::get(&js_sys::global(), "Object");
    let name = js::function(&js::get(&object, "prototype"), "toString")?;
    let name = name.call0(value).ok()?.as_string()?;
    if name != "[object Date]" {
        return None;
    }
    js::call(value, "getTime", &[])?.as_f64()
}

/// The signals in the query and in the options, where there are any.
pub(crate) fn signals(places: &[&JsValue]) -> Result<Vec<EventTarget>, Failure> {
    let mut found = Vec::new();
    for place in places {
        let signal = js::get(place, "signal");
        if js::given(&signal) {
            let Some(signal) = as_target(&signal) else {
                let sentence = "The option signal of the query must be an AbortSignal.";
                let sentence = sentence.to_owned();
                return Err(Failure::of_field(Problem::InvalidQuery, "signal", sentence));
            };
            found.push(signal);
        }
    }
    Ok(found)
}
