//! What is known of each CAB's download, whoever began it, and how those begun here are ended.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use cablink::browser::js;
use cablink::error;
use cablink::rules::flow::State;
use cablink::rules::id::Cab;
use cablink::rules::panel::link::{Trouble, not_a_cablink};
use cablink::rules::panel::told::{At, Told};
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// More CABs than anybody clicks on; beyond them the page begins to forget.
const MOST: usize = 20_000;

thread_local! {
    /// By `cabIdHash`, which is all that an event names.
    static TOLD: RefCell<HashMap<String, Told>> = RefCell::default();
    /// The calls of `download()` that are not settled. Several of one CAB where its family of methods is another, too.
    static CALLS: RefCell<HashMap<String, Vec<Rc<Call>>>> = RefCell::default();
}

/// A call of `download()`.
struct Call {
    controller: JsValue,
    signal: JsValue,
    /// Whether the signal is listened to: then it ends a download that this call began. One that was joined is ended by who
    /// began it, and listens to no other signal.
    began: Rc<Cell<bool>>,
    /// In place of the signal's own method.
    _listen: Closure<dyn Fn(JsValue, JsValue, JsValue)>,
}

/// Its name.
const LISTEN: &str = "addEventListener";

impl Call {
    fn new() -> Option<Rc<Self>> {
        let controller = js::construct("AbortController", &[])?;
        let signal = js::get(&controller, "signal");
        let began = Rc::new(Cell::new(false));
        let listen = {
            let (own, signal) = (js::get(&signal, LISTEN), signal.clone());
            let began = Rc::clone(&began);
            Closure::<dyn Fn(JsValue, JsValue, JsValue)>::new(move |name, listener, options| {
                began.set(true);
                js::call(&own, "call", &[&signal, &name, &listener, &options]);
            })
        };
        js::set(&signal, LISTEN, listen.as_ref());
        Some(Rc::new(Self {
            controller,
            signal,
            began,
            _listen: listen,
        }))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let _ = Reflect::delete_property(self.signal.unchecked_ref::<Object>(), &LISTEN.into());
    }
}

/// The last that was told of a CAB.
pub(crate) fn told(id: &str) -> Option<Told> {
    TOLD.with_borrow(|all| all.get(id).cloned())
}

/// Whether [`cancel`] would end something.
pub(crate) fn is_own(id: &str) -> bool {
    CALLS.with_borrow(|all| {
        all.get(id)
            .is_some_and(|calls| calls.iter().any(|call| call.began.get()))
    })
}

/// Takes in a `cablink:state`, told while a click is on its way or not; the CAB it is about.
pub(crate) fn hear(event: &Event, clicking: bool) -> Option<String> {
    let detail = js::get(event, "detail");
    let id = js::text(&detail, "cabIdHash")?;
    let name = js::text(&detail, "state")?;
    let state = State::ALL
        .into_iter()
        .find(|state| state.as_str() == name)?;
    let problem = js::get(&detail, "error");
    let now = Told {
        trouble: js::given(&problem).then(|| trouble(&problem)),
        ..Told::of(state)
    };
    let at = match (is_link(&event.composed_path().get(0)), clicking) {
        (false, _) => At::Call,
        (true, true) => At::Click,
        (true, false) => At::Link,
    };
    let now = now.after(told(&id).as_ref(), at);
    note(&id, now);
    Some(id)
}

/// Whether an event comes from a link, in a shadow tree of ours or anywhere: not from the document, nor from an element
/// that has called `download()`.
fn is_link(target: &JsValue) -> bool {
    js::text(target, "localName").is_some_and(|name| name != "cab-link" && name != "cab-list")
}

fn note(id: &str, told: Told) {
    TOLD.with_borrow_mut(|all| {
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(id.to_owned(), told);
    });
}

/// Reads an error, ours or another.
pub(crate) fn trouble(problem: &JsValue) -> Trouble {
    let text = |name| js::text(problem, name).unwrap_or_default();
    Trouble {
        code: text("code"),
        sentence: text("message"),
        next_step: text("nextStep"),
        retryable: js::flag(problem, "retryable"),
    }
}

/// The CAB as `CabLink`'s methods take it.
pub(crate) fn argument(cab: &Cab) -> JsValue {
    let application = cab.application.as_ref();
    js::object(&[
        ("cabIdHash", cab.id.as_str().into()),
        ("method", cab.method.as_str().into()),
        (
            "applicationId",
            application.map_or(JsValue::UNDEFINED, |id| id.as_str().into()),
        ),
    ])
}

/// Begins a download; its events go to the element. `ended` is called after the last of them, or
/// where there are none.
pub(crate) fn begin(
    cabs: &JsValue,
    cab: &Cab,
    link: &Element,
    ended: impl FnOnce(&str, Result<(), Trouble>) + 'static,
) -> Promise {
    let id = cab.id.as_str().to_owned();
    let options = js::object(&[("link", link.into())]);
    // Known before the call, within which the host's own script may want to end it.
    let own = Call::new();
    if let Some(own) = &own {
        js::set(&options, "signal", &own.signal);
        CALLS.with_borrow_mut(|all| all.entry(id.clone()).or_default().push(Rc::clone(own)));
    }
    let promise = js::call(cabs, "download", &[&argument(cab), &options])
        // Also one of another frame's, whose class is not ours.
        .map_or_else(
            || Promise::reject(&error::to_js(&not_a_cablink())),
            |promise| Promise::resolve(&promise),
        );
    let waited = promise.clone();
    js::spawn(async move {
        let result = js::wait(waited).await;
        if let Some(own) = &own {
            forget(&id, own);
        }
        let result = result.map(|_| ()).map_err(|problem| trouble(&problem));
        // What never began has no event.
        if let Err(trouble) = &result {
            note(&id, Told::failed(trouble.clone()));
        }
        ended(&id, result);
    });
    promise
}

fn forget(id: &str, call: &Rc<Call>) {
    CALLS.with_borrow_mut(|all| {
        if let Some(calls) = all.get_mut(id) {
            calls.retain(|other| !Rc::ptr_eq(other, call));
            if calls.is_empty() {
                all.remove(id);
            }
        }
    });
}

/// Ends what was begun here.
pub(crate) fn cancel(id: &str) {
    let calls = CALLS.with_borrow(|all| all.get(id).cloned());
    for call in calls.into_iter().flatten() {
        js::call(&call.controller, "abort", &[]);
    }
}
