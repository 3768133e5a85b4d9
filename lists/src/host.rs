//! What the page's module tells of the `CabLink` whose lists these are.

use cablink::browser::{address, js};
use cablink::rules::endpoint::Endpoint;
use cablink::rules::options::{DEADLINE_MS, deadline_ms};
use cablink::rules::problem::{Failure, Problem};
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

/// See the module's documentation.
pub(crate) struct Host {
    pub(crate) get_token: Function,
    pub(crate) scopes: Vec<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) deadline_ms: u32,
    /// Aborted by `stop()`.
    pub(crate) stop: EventTarget,
    object: JsValue,
}

impl Host {
    /// Reads it; it is malformed only when the two modules are of different versions.
    pub(crate) fn read(object: &JsValue) -> Result<Self, Failure> {
        Self::parts(object).ok_or_else(|| {
            Failure::explained(
                Problem::UnexpectedResponse,
                "The two parts of this page's download crate are of different versions.",
                Some("Reload the page; if that does not help, whoever runs it must serve all of pkg/ from one build."),
            )
        })
    }

    fn parts(object: &JsValue) -> Option<Self> {
        let base = address::parse(&js::text(object, "endpoint")?)?;
        Some(Self {
            get_token: js::function(object, "getToken")?,
            scopes: js::texts(&js::get(object, "scopes"))?,
            endpoint: Endpoint::new(&base, &address::page_origin()).ok()?,
            deadline_ms: js::get(object, "deadlineMs")
                .as_f64()
                .and_then(deadline_ms)
                .unwrap_or(DEADLINE_MS),
            stop: js::get(object, "signal").dyn_into().ok()?,
            object: object.clone(),
        })
    }

    /// Whether a person is signing in at this moment.
    pub(crate) fn signing_in(&self) -> bool {
        js::flag(&self.object, "signingIn")
    }
}
