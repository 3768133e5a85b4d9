//! What is known of each CAB's download, whoever began it, and how those begun here are ended.

use std::cell::RefCell;
use std::collections::HashMap;

use cablink::browser::js;
use cablink::error;
use cablink::rules::flow::State;
use cablink::rules::id::Cab;
use cablink::rules::panel::link::{Trouble, not_a_cablink};
use cablink::rules::panel::told::{Told, has_begun};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event};

/// More CABs than anybody clicks on; beyond them the page begins to forget.
const MOST: usize = 20_000;

thread_local! {
    /// By `cabIdHash`, which is all that an event names.
    static TOLD: RefCell<HashMap<String, Told>> = RefCell::default();
    /// What ends a download that was begun here.
    static RUNNING: RefCell<HashMap<String, JsValue>> = RefCell::default();
}

/// The last that was told of a CAB.
pub(crate) fn told(id: &str) -> Option<Told> {
    TOLD.with_borrow(|all| all.get(id).cloned())
}

/// Whether [`cancel`] would end something.
pub(crate) fn is_own(id: &str) -> bool {
    RUNNING.with_borrow(|all| all.contains_key(id))
}

/// Takes in a `cablink:state`; the CAB it is about.
pub(crate) fn hear(event: &Event) -> Option<String> {
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
    let now = now.after(told(&id).as_ref(), is_link(&event.composed_path().get(0)));
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
    let before = told(&id);
    // Known before the call, within which the host's own script may want to end it.
    let controller = (!is_own(&id))
        .then(|| js::construct("AbortController", &[]))
        .flatten();
    if let Some(controller) = &controller {
        js::set(&options, "signal", &js::get(controller, "signal"));
        RUNNING.with_borrow_mut(|all| all.insert(id.clone(), controller.clone()));
    }
    let promise = js::call(cabs, "download", &[&argument(cab), &options])
        // Also one of another frame's, whose class is not ours.
        .map_or_else(
            || Promise::reject(&error::to_js(&not_a_cablink())),
            |promise| Promise::resolve(&promise),
        );
    // A second call of a CAB under way gets the promise of the first, which its own signal ends; so
    // what the host has begun is the host's to end.
    let is_begun = controller.is_some() && has_begun(before.as_ref(), told(&id).as_ref());
    if controller.is_some() && !is_begun {
        RUNNING.with_borrow_mut(|all| all.remove(&id));
    }
    let waited = promise.clone();
    js::spawn(async move {
        let result = js::wait(waited).await;
        if is_begun {
            RUNNING.with_borrow_mut(|all| all.remove(&id));
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

/// Ends a download that was begun here.
pub(crate) fn cancel(id: &str) {
    let controller = RUNNING.with_borrow(|all| all.get(id).cloned());
    if let Some(controller) = controller {
        js::call(&controller, "abort", &[]);
    }
}
