//! Registers the worker as the page would, and asks it which protocol it speaks.

use cablink::browser::active_worker::{ACTIVE_MS, active, hello};
use cablink::browser::dom::window;
use cablink::browser::js;
use cablink::browser::timer::within;
use cablink::rules::doctor::worker::{File, Registered, Served};
use cablink::rules::protocol::PROTOCOL;
use cablink::rules::scope::Scope;
use js_sys::Promise;
use wasm_bindgen::JsValue;

use crate::ask::{Ask, Reply};
use crate::violations::Violations;

pub(crate) fn container() -> JsValue {
    js::get(&js::get(&window(), "navigator"), "serviceWorker")
}

/// How the server sends the script, and what time it says it is.
pub(crate) async fn file(scope: &Scope, violations: &Violations) -> (File, Option<String>) {
    violations.begin().await;
    match Ask::own(scope.script(), "GET").send().await {
        Reply::Redirected => (File::Redirected, None),
        Reply::Unreachable => {
            let forbidden = violations.heard(&["connect-src", "default-src"]).await;
            let file = if forbidden.is_some() {
                File::Forbidden
            } else {
                File::Unreachable
            };
            (file, None)
        }
        Reply::Answered(response) => {
            let header = |name| response.header(name);
            let served = Served {
                status: response.status,
                content_type: header("content-type").unwrap_or_default(),
                allowed: header("service-worker-allowed"),
                policy: header("content-security-policy"),
            };
            (File::Served(served), header("date"))
        }
    }
}

/// Registers the script at this address; gives the registration.
pub(crate) async fn register(
    script: &JsValue,
    scope: &Scope,
    violations: &Violations,
) -> Result<JsValue, Registered> {
    let container = container();
    let options = js::object(&[
        ("scope", scope.base().into()),
        ("updateViaCache", "none".into()),
    ]);
    violations.begin().await;
    // Called by hand: a refusal by Trusted Types is thrown.
    let called = js::function(&container, "register")
        .ok_or(JsValue::UNDEFINED)
        .and_then(|register| register.call2(&container, script, &options));
    let ended = match called {
        Ok(promise) => within(ACTIVE_MS, Promise::resolve(&promise)).await,
        Err(thrown) => Some(Err(thrown)),
    };
    let error = match ended {
        Some(Ok(registration)) => return Ok(registration),
        Some(Err(error)) => js::text(&error, "name").unwrap_or_default(),
        None => return Err(Registered::Inactive),
    };
    // As the page finds it, whatever else its policy refuses at the same moment.
    let directive = violations.heard_about(scope.script()).await;
    let directive = directive.unwrap_or_default();
    Err(Registered::Refused { error, directive })
}

/// Which protocol the active worker speaks; one of another version is given the chance that `start` gives it.
pub(crate) async fn version(registration: &JsValue, worker: &JsValue) -> Option<f64> {
    let version = hello(worker).await;
    if version == Some(f64::from(PROTOCOL)) {
        return version;
    }
    let updated = js::call(registration, "update", &[])?;
    within(ACTIVE_MS, Promise::resolve(&updated)).await?.ok();
    match active(registration).await {
        Some(worker) => hello(&worker).await,
        None => version,
    }
}
