//! Reads the options of `start` and the CABs that hosts name.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventTarget, Node};

use crate::browser::{address, js};
use crate::rules::endpoint::{self, Endpoint};
use crate::rules::flow::Config;
use crate::rules::id::{BadCab, Cab, IdReason};
use crate::rules::options::{
    Coep, DEADLINE_MS, DEFAULT_SCOPE, Handoff, are_scopes, deadline_ms, invalid,
};
use crate::rules::problem::Failure;
use crate::rules::scope::{DEFAULT_WORKER, Scope};
use crate::rules::storage::Storage;

/// The options, checked.
pub struct Options {
    /// What downloads go by.
    pub config: Rc<Config>,
    /// `getToken`.
    pub get_token: Function,
    /// `scopes`.
    pub scopes: Vec<String>,
    /// `enhance`.
    pub enhance: Option<Node>,
}

/// Reads what was given to `start`.
pub fn read(options: &JsValue) -> Result<Options, Failure> {
    let option = |name| Some(js::get(options, name)).filter(js::given);
    let text = |name: &'static str, default: &str| match option(name) {
        None => Ok(default.to_owned()),
        Some(value) => value
            .as_string()
            .ok_or_else(|| invalid(name, "must be a text")),
    };
    let get_token = js::function(options, "getToken")
        .ok_or_else(|| invalid("getToken", "must be a function that gives an access token"))?;
    let origin = address::page_origin();

    // An empty text would mean the page's own address.
    let endpoint = Some(text("endpoint", endpoint::DEFAULT)?)
        .filter(|endpoint| !endpoint.is_empty())
        .and_then(|endpoint| address::resolve(&endpoint))
        .ok_or("must be an address or a path on this site")
        .and_then(|address| Endpoint::new(&address, &origin))
        .map_err(|reason| invalid("endpoint", reason))?;
    let scope = address::resolve(&text("worker", DEFAULT_WORKER)?)
        .ok_or("must be a path on this site")
        .and_then(|address| Scope::new(&address, &origin))
        .map_err(|reason| invalid("worker", reason))?;
    let storage = match option("storage") {
        None => Storage::default(),
        Some(value) => js::texts(&value)
            .and_then(|sources| Storage::parse(&sources))
            .ok_or_else(|| {
                invalid(
                    "storage",
                    "must be a list of origins like https://*.blob.core.windows.net or http://localhost:10000",
                )
            })?,
    };
    let scopes = match option("scopes") {
        None => vec![DEFAULT_SCOPE.to_owned()],
        Some(value) => js::texts(&value)
            .filter(|scopes| are_scopes(scopes))
            .ok_or_else(|| invalid("scopes", "must be a list of scopes"))?,
    };
    let deadline_ms = match option("deadlineMs") {
        None => DEADLINE_MS,
        Some(value) => value
            .as_f64()
            .and_then(deadline_ms)
            .ok_or_else(|| invalid("deadlineMs", "must be a number of milliseconds, at least 1"))?,
    };
    let handoff = match option("handoff") {
        None => Handoff::default(),
        Some(value) => value
            .as_string()
            .and_then(|text| Handoff::parse(&text))
            .ok_or_else(|| invalid("handoff", "must be \"auto\", \"worker\" or \"follow\""))?,
    };
    let coep = match option("coep") {
        None => None,
        Some(value) => value
            .as_string()
            .and_then(|text| Coep::parse(&text))
            .ok_or_else(|| invalid("coep", "must be \"require-corp\" or \"credentialless\""))?,
    };
    let enhance = match option("enhance") {
        None => None,
        Some(value) => Some(
            value
                .dyn_into::<Node>()
                .map_err(|_| invalid("enhance", "must be an element"))?,
        ),
    };
    let config = Config {
        endpoint,
        scope,
        storage,
        deadline_ms,
        coep,
        handoff,
    };
    Ok(Options {
        config: Rc::new(config),
        get_token,
        scopes,
        enhance,
    })
}

/// Reads the `signal` of a download's options, of this page or of another window's.
pub fn read_signal(options: &JsValue) -> Result<Option<EventTarget>, Failure> {
    let signal = js::get(options, "signal");
    if !js::given(&signal) {
        return Ok(None);
    }
    as_target(&signal)
        .map(Some)
        .ok_or_else(|| invalid("signal", "must be an AbortSignal"))
}

/// What can be listened to, and left alone again; also of another window, whose classes are others.
#[must_use]
pub fn as_target(value: &JsValue) -> Option<EventTarget> {
    js::function(value, "addEventListener")?;
    js::function(value, "removeEventListener")?;
    Some(value.clone().unchecked_into())
}

/// What `nodeType` says of an element.
#[cfg(feature = "page")]
const NODE_TYPE_ELEMENT: f64 = 1.0;

/// Reads the `link` of a download's options: the element that shows it.
#[cfg(feature = "page")]
pub(crate) fn read_link(options: &JsValue) -> Result<Option<web_sys::Element>, Failure> {
    let link = js::get(options, "link");
    if !js::given(&link) {
        return Ok(None);
    }
    // Of this page's or of another window's, whose classes are others.
    if js::get(&link, "nodeType") == NODE_TYPE_ELEMENT {
        Ok(Some(link.unchecked_into()))
    } else {
        Err(invalid("link", "must be an element"))
    }
}

/// Reads a CAB: its id, or `{cabIdHash, method?, applicationId?}`.
pub fn read_cab(value: &JsValue) -> Result<Cab, BadCab> {
    // A lone surrogate becomes U+FFFD on the way to Rust, which no id holds.
    if let Some(id) = value.as_string() {
        return Cab::from_parts(&id, None, None, false);
    }
    let not_text = |field| BadCab {
        field,
        reason: IdReason::NotText,
    };
    if !value.is_object() {
        return Err(not_text("cabIdHash"));
    }
    let part = |field: &'static str| match js::get(value, field) {
        part if js::given(&part) => part.as_string().map(Some).ok_or_else(|| not_text(field)),
        _ => Ok(None),
    };
    let id = part("cabIdHash")?.ok_or_else(|| not_text("cabIdHash"))?;
    let (method, application) = (part("method")?, part("applicationId")?);
    Cab::from_parts(&id, method.as_deref(), application.as_deref(), false)
}
