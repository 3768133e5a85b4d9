//! Hears when a host's handler stops an event on its way to ours.
//!
//! A click that is stopped would otherwise be the browser's: it would leave the portal. Listening on
//! each link instead would be too early for a host that prevents the click further up.

use std::cell::RefCell;

use js_sys::Function;
use wasm_bindgen::JsCast;
use web_sys::Event;

use crate::browser::{dom, js};

/// What is to be done with the event under way if it is stopped.
type Watched = (Event, Box<dyn FnOnce(&Event)>);

/// The methods that stop an event.
const METHODS: [&str; 2] = ["stopPropagation", "stopImmediatePropagation"];

thread_local! {
    /// The innermost last, since a host's handler may click on another link. The last of all stays
    /// when it is over, until the next look.
    static WATCHED: RefCell<Vec<Watched>> = const { RefCell::new(Vec::new()) };
    /// Ours in place of each of [`METHODS`]. Made once, since each is kept.
    static REPLACED: [Function; 2] = METHODS.map(replacement);
}

/// Calls `act` when the event is stopped before it arrives, and nobody has prevented it.
pub(crate) fn watch(event: &Event, act: impl FnOnce(&Event) + 'static) {
    under_way(|watched| watched.push((event.clone(), Box::new(act))));
    REPLACED.with(|replaced| {
        for (name, function) in METHODS.iter().zip(replaced) {
            js::set(event, name, function);
        }
    });
}

fn replacement(name: &'static str) -> Function {
    let function = js::callback(move |_| stopped(name));
    function.into_js_value().unchecked_into()
}

/// Does something with those that are not over.
fn under_way<T>(work: impl FnOnce(&mut Vec<Watched>) -> T) -> T {
    WATCHED.with_borrow_mut(|watched| {
        watched.retain(|(event, _)| js::flag(event, "eventPhase"));
        work(watched)
    })
}

fn stopped(name: &str) {
    let Some((event, act)) = under_way(Vec::pop) else {
        return;
    };
    let reflect = js::get(&dom::window(), "Reflect");
    for own in METHODS {
        js::call(&reflect, "deleteProperty", &[&event, &own.into()]);
    }
    js::call(&event, name, &[]);
    if js::flag(&event, "isTrusted") {
        // After the handler that is running: it may prevent the click as well. A person's click is
        // still under way then, while one made by script is over as soon as that script goes on.
        js::spawn(async move { act(&event) });
    } else {
        act(&event);
    }
}
