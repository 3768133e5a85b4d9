//! The service worker as the page sees it: registered, asked for its version, answered.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::browser::active_worker::{ACTIVE_MS, active, hello};
use crate::browser::answer::answered;
use crate::browser::dom::{document, window};
use crate::browser::js;
use crate::browser::listener::Listener;
use crate::browser::timer::within;
use crate::rules::problem::{Failure, Problem};
use crate::rules::protocol::{Answer, Message, PROTOCOL, Question, Refused, Report};
use crate::rules::registration::{Refusal, Script, is_about, unavailable};
use crate::rules::request::Request;
use crate::rules::scope::Scope;

/// How long a look at a refused script may take, in milliseconds.
const LOOK_MS: u32 = 5_000;

/// The browser's service workers, where it offers any here.
pub(crate) fn container() -> Option<EventTarget> {
    let container = js::get(&js::get(&window(), "navigator"), "serviceWorker");
    js::given(&container).then(|| container.unchecked_into())
}

/// Messages wait until the document is parsed unless they are asked for. `onmessage` would do so,
/// too, but would take the place of a host's own handler.
pub(crate) fn start_messages(container: &EventTarget) {
    js::call(container, "startMessages", &[]);
}

/// Whether the page may be trusted with a token at all.
pub(crate) fn secure() -> Result<(), Failure> {
    if js::flag(&window(), "isSecureContext") {
        Ok(())
    } else {
        Err(Problem::InsecureContext.into())
    }
}

/// Registers the worker, waits until it is active, and makes sure that it speaks our protocol.
pub(crate) async fn ensure(scope: &Scope) -> Result<JsValue, Failure> {
    secure()?;
    let Some(container) = container() else {
        return Err(unavailable(
            "The browser offers no service worker here, as in some private windows.",
            "Open the page in a normal window and allow site data, then try again.",
        ));
    };
    let registration = register(&container, scope).await?;
    let mut worker = active(&registration)
        .await
        .ok_or(Problem::WorkerUnavailable)?;
    if hello(&worker).await.ok_or(Problem::WorkerSilent)? != f64::from(PROTOCOL) {
        // An older or newer version of the portal put it there; ours takes over once loaded.
        let updated = js::call(&registration, "update", &[]).ok_or_else(outdated)?;
        let updated = within(ACTIVE_MS, Promise::resolve(&updated)).await;
        updated.ok_or_else(outdated)?.map_err(|_| outdated())?;
        worker = active(&registration)
            .await
            .ok_or(Problem::WorkerUnavailable)?;
        if hello(&worker).await.ok_or(Problem::WorkerSilent)? != f64::from(PROTOCOL) {
            return Err(outdated());
        }
    }
    Ok(worker)
}

fn outdated() -> Failure {
    unavailable(
        "This page and its download worker are of different versions.",
        "Reload the page; if that does not help, whoever runs it must serve the worker of the same version.",
    )
}

async fn register(container: &JsValue, scope: &Scope) -> Result<JsValue, Failure> {
    let options = js::object(&[
        ("scope", scope.base().into()),
        // The worker must not lag behind the page by a day of HTTP caching.
        ("updateViaCache", "none".into()),
    ]);
    let directive = Rc::new(RefCell::new(String::new()));
    let violated = Rc::clone(&directive);
    let address = scope.script().to_owned();
    let policy = document().map(|document| {
        Listener::new(&document, "securitypolicyviolation", move |event| {
            let field = |name| js::text(&event, name).unwrap_or_default();
            if field("disposition") == "enforce"
                && is_about(&address, &field("blockedURI"), &field("sample"))
            {
                violated.replace(field("effectiveDirective"));
            }
        })
    });
    let script = trusted_script_url(scope.script());
    // Called by hand: under Trusted Types the address is an object, and a refusal is thrown.
    let called = js::function(container, "register")
        .ok_or(JsValue::UNDEFINED)
        .and_then(|register| register.call2(container, &script, &options));
    let registered = match called {
        Ok(promise) => within(ACTIVE_MS, Promise::resolve(&promise)).await,
        Err(thrown) => Some(Err(thrown)),
    };
    match registered {
        Some(Ok(registration)) => Ok(registration),
        Some(Err(error)) => {
            // Before the look, whose own violations would be heard as well; after the policy's
            // event, which comes in a task of its own.
            within(0, js::deferred().0).await;
            drop(policy);
            let refusal = Refusal {
                error: js::text(&error, "name").unwrap_or_default(),
                directive: directive.take(),
                script: served(scope.script()).await,
            };
            Err(refusal.failure())
        }
        None => Err(unavailable(
            "The download worker of this page did not load in time.",
            "Check the connection and reload the page.",
        )),
    }
}

/// How the server sends the script; nothing where the page cannot ask.
async fn served(script: &str) -> Option<Script> {
    let options = js::object(&[("cache", "no-store".into())]);
    let called = js::call(&window(), "fetch", &[&script.into(), &options])?;
    let response = within(LOOK_MS, Promise::resolve(&called)).await?.ok()?;
    let status = js::get(&response, "status").as_f64()?;
    let content_type = js::call(
        &js::get(&response, "headers"),
        "get",
        &[&"content-type".into()],
    );
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status"
    )]
    Some(Script {
        status: status as u16,
        redirected: js::flag(&response, "redirected"),
        content_type: content_type
            .and_then(|text| text.as_string())
            .unwrap_or_default(),
    })
}

thread_local! {
    /// One policy for the page: a second one of the same name would be refused.
    static POLICY: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// The script's address in the form that Trusted Types ask for, where the browser knows them.
fn trusted_script_url(script: &str) -> JsValue {
    let plain = JsValue::from(script);
    let types = js::get(&window(), "trustedTypes");
    let Some(create) = js::function(&types, "createPolicy") else {
        return plain;
    };
    let policy = POLICY.with_borrow_mut(|policy| {
        if policy.is_none() {
            // It only ever sees what `Scope` has checked.
            let same = Closure::<dyn Fn(JsValue) -> JsValue>::new(|url| url).into_js_value();
            let rules = js::object(&[("createScriptURL", same)]);
            *policy = create.call2(&types, &"cablink".into(), &rules).ok();
        }
        policy.clone()
    });
    policy
        .and_then(|policy| {
            let make = js::function(&policy, "createScriptURL")?;
            make.call1(&policy, &plain).ok()
        })
        // Where the policy's name is not allowed but nothing enforces types, a text will do.
        .unwrap_or(plain)
}

/// Whether this worker is active, as it was when it was found. One that was replaced or whose
/// registration is gone says `redundant`.
pub(crate) fn is_active(worker: &JsValue) -> bool {
    js::text(worker, "state").as_deref() == Some("activated")
}

/// Understands a message of the worker's; with it comes the navigation's address.
pub(crate) fn understand(data: &JsValue) -> Result<(Question, String), Refused> {
    let report = js::get(data, "report");
    let message = Message {
        version: js::get(data, "cablink").as_f64(),
        navigation: js::text(data, "navigation"),
        destination: js::text(data, "destination"),
        report: js::given(&report).then(|| read_report(&report)),
    };
    let question = message.understand()?;
    Ok((question, js::text(data, "url").ok_or(Refused::Broken)?))
}

fn read_report(report: &JsValue) -> Report {
    let text = |key| js::text(report, key).unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range"
    )]
    let answered = js::get(report, "status")
        .as_f64()
        .filter(|status| (100.0..=999.0).contains(status))
        .map(|status| answered(status as u16, &text));
    Report {
        kind: text("kind"),
        answered,
    }
}

/// Answers one of the worker's questions.
pub(crate) fn reply(port: &JsValue, answer: &Answer) {
    let version = ("cablink", PROTOCOL.into());
    let pairs = |headers: &[(&'static str, String)]| {
        let pairs: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, JsValue::from(value)))
            .collect();
        js::object(&pairs)
    };
    let content = match answer {
        Answer::NotMine => ("not_mine", JsValue::TRUE),
        Answer::Wait => ("wait", JsValue::TRUE),
        Answer::Request(request) => {
            let options = request_options(request);
            js::set(&options, "url", &(&request.url).into());
            ("request", options)
        }
        Answer::Document(document) => {
            let document = js::object(&[
                ("headers", pairs(&document.headers)),
                ("body", (&document.body).into()),
            ]);
            ("document", document)
        }
        Answer::Pass(headers) => ("pass", pairs(headers)),
        Answer::Stop(page) => {
            let page = page.as_ref().map_or(JsValue::NULL, |page| {
                let text: js_sys::Array = page.text.iter().map(JsValue::from).collect();
                js::object(&[("title", (&page.title).into()), ("text", text.into())])
            });
            ("stop", js::object(&[("page", page)]))
        }
    };
    js::call(port, "postMessage", &[&js::object(&[version, content])]);
    // After a request comes a report, on the same port. What is not ours another script of this page may
    // answer, such as the doctor; the worker closes its end once somebody has.
    if !matches!(answer, Answer::Wait | Answer::Request(_) | Answer::NotMine) {
        close(port);
    }
}

/// Headers and credentials as `fetch` takes them, here and in the worker.
pub(crate) fn request_options(request: &Request) -> JsValue {
    let headers = [
        ("authorization", request.authorization().into()),
        ("accept", "*/*".into()),
    ];
    js::object(&[
        ("headers", js::object(&headers)),
        ("credentials", request.credentials.into()),
    ])
}

/// Closes a port; what was posted on it before still arrives.
pub(crate) fn close(port: &JsValue) {
    js::call(port, "close", &[]);
}
