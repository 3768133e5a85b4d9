//! Frames that are added to look and taken away again: one for Trusted Types, one for what the worker answers.

use std::cell::Cell;
use std::rc::Rc;

use cablink::browser::dom::{self, body, document, window};
use cablink::browser::js;
use cablink::browser::listener::Listener;
use cablink::browser::timer::within;
use cablink::rules::doctor::Given;
use cablink::rules::doctor::page::{self, Framed, Types};
use cablink::rules::protocol::PROTOCOL;
use cablink::rules::ticket::Ticket;
use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, EventTarget};

use crate::violations::Violations;
use crate::worker;

/// How long the hidden frame may take, in milliseconds.
const FRAME_MS: u32 = 8_000;

/// A hidden frame; dropping it removes it.
pub(crate) struct Frame(Element);

impl Frame {
    fn create() -> Option<Self> {
        let element = dom::create(&document()?, "iframe");
        for (name, value) in [
            ("hidden", ""),
            ("title", "cablink doctor"),
            ("aria-hidden", "true"),
            ("tabindex", "-1"),
        ] {
            dom::set(&element, name, Some(value));
        }
        js::set(&js::get(&element, "style"), "display", &"none".into());
        Some(Self(element))
    }

    fn show(&self) -> Option<()> {
        dom::append(body()?.as_ref(), &self.0);
        Some(())
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// The script's address in the form that Trusted Types ask for, and whether the page's policy allows it.
///
/// Made in an empty frame, which has the page's policies but a factory of its own: in the page a name may be used once,
/// and that is for cablink. The frame must stay as long as the address is used.
pub(crate) fn script_address(script: &str) -> (JsValue, Types, Option<Frame>) {
    let plain = JsValue::from(script);
    let frame = Frame::create().filter(|frame| frame.show().is_some());
    let Some(frame) = frame else {
        return (plain, Types::Unknown, None);
    };
    let factory = js::get(&js::get(&frame.0, "contentWindow"), "trustedTypes");
    let Some(create) = js::function(&factory, "createPolicy") else {
        return (plain, Types::Unknown, None);
    };
    let same = Closure::<dyn Fn(JsValue) -> JsValue>::new(|url| url).into_js_value();
    let rules = js::object(&[("createScriptURL", same)]);
    let Ok(policy) = create.call2(&factory, &"cablink".into(), &rules) else {
        return (plain, Types::Refused, Some(frame));
    };
    let typed = js::call(&policy, "createScriptURL", &[&plain]).unwrap_or(plain);
    (typed, Types::Allowed, Some(frame))
}

/// Has the worker answer a hidden frame with a document of ours, as a download would.
pub(crate) async fn look(given: &Given, violations: &Violations) -> Option<(Framed, bool)> {
    let ticket = ticket()?;
    let address = given.config.scope.frame_address(&ticket);
    let container: EventTarget = worker::container().unchecked_into();
    let document = page::document(given);
    let wanted = address.clone();
    let asked = Rc::new(Cell::new(false));
    let was_asked = Rc::clone(&asked);
    // A listener of cablink's says of this ticket that it is not its own, which does not end the worker's asking.
    let _questions = Listener::new(&container, "message", move |event| {
        let data = js::get(&event, "data");
        if js::text(&data, "url").as_deref() != Some(wanted.as_str()) {
            return;
        }
        was_asked.set(true);
        let headers: Vec<_> = document
            .headers
            .iter()
            .map(|(name, value)| (*name, JsValue::from(value)))
            .collect();
        let answer = js::object(&[
            ("cablink", PROTOCOL.into()),
            (
                "document",
                js::object(&[
                    ("headers", js::object(&headers)),
                    ("body", (&document.body).into()),
                ]),
            ),
        ]);
        let port = js::get(&js::get(&event, "ports"), "0");
        js::call(&port, "postMessage", &[&answer]);
        js::call(&port, "close", &[]);
    });
    js::call(&container, "startMessages", &[]);

    violations.begin().await;
    let frame = Frame::create()?;
    let mut listener = None;
    let loaded = Promise::new(&mut |resolve, _| {
        listener = Some(Listener::new(&frame.0, "load", move |_| {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }));
    });
    dom::set(&frame.0, "src", Some(&address));
    frame.show()?;
    let hidden = is_hidden(&frame.0);
    let ended = within(FRAME_MS, loaded).await;
    drop(listener);
    let forbidden = violations
        .heard(&["frame-src", "child-src", "default-src"])
        .await;
    let framed = match (forbidden, ended) {
        (Some(_), _) => Framed::Forbidden,
        (None, None) => Framed::Silent,
        // A page of the server's may forbid to be framed, and is none of the worker's then.
        (None, Some(_)) if !asked.get() => Framed::Bypassed,
        (None, Some(_)) => shown(&frame.0),
    };
    Some((framed, hidden))
}

fn shown(frame: &Element) -> Framed {
    let inside = js::get(frame, "contentDocument");
    if !js::given(&inside) {
        return Framed::Refused;
    }
    if js::text(&inside, "title").as_deref() == Some(page::TITLE) {
        Framed::Shown
    } else {
        Framed::Bypassed
    }
}

fn is_hidden(frame: &Element) -> bool {
    let style = js::call(&window(), "getComputedStyle", &[frame]);
    let display = style.and_then(|style| js::text(&style, "display"));
    display.is_none_or(|display| display == "none")
}

fn ticket() -> Option<Ticket> {
    let crypto = js::get(&window(), "crypto");
    let bytes = js_sys::Uint8Array::new_with_length(16);
    js::call(&crypto, "getRandomValues", &[&bytes])?;
    let mut bits = [0; 16];
    bytes.copy_to(&mut bits);
    Some(Ticket::from_bits(bits))
}
