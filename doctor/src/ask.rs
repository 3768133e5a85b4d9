//! One request, by `fetch`, that follows nothing and sends no more than it says.

use cablink::browser::dom::window;
use cablink::browser::js;
use cablink::browser::timer::within;
use cablink::rules::text;
use js_sys::Promise;
use wasm_bindgen::JsValue;

/// How long an answer may take, in milliseconds.
const ANSWER_MS: u32 = 8_000;

/// How it was answered.
pub(crate) enum Reply {
    Answered(Response),
    Redirected,
    Unreachable,
}

/// The answer's head; its body is dropped.
pub(crate) struct Response {
    pub(crate) status: u16,
    response: JsValue,
}

/// A request to be sent.
pub(crate) struct Ask<'a> {
    pub(crate) url: &'a str,
    pub(crate) method: &'a str,
    pub(crate) mode: &'a str,
    pub(crate) credentials: &'a str,
    pub(crate) authorization: Option<String>,
}

impl<'a> Ask<'a> {
    /// A look at something of the page's own origin.
    pub(crate) fn own(url: &'a str, method: &'a str) -> Self {
        Self {
            url,
            method,
            mode: "same-origin",
            credentials: "same-origin",
            authorization: None,
        }
    }

    pub(crate) async fn send(self) -> Reply {
        let controller = js::construct("AbortController", &[]).unwrap_or_default();
        let headers = match &self.authorization {
            Some(value) => js::object(&[("authorization", value.into())]),
            None => js::object(&[]),
        };
        let options = js::object(&[
            ("method", self.method.into()),
            ("mode", self.mode.into()),
            ("credentials", self.credentials.into()),
            ("cache", "no-store".into()),
            // The browser takes no other for a request without CORS.
            (
                "redirect",
                if self.mode == "no-cors" {
                    "follow"
                } else {
                    "manual"
                }
                .into(),
            ),
            ("referrerPolicy", "no-referrer".into()),
            ("headers", headers),
            ("signal", js::get(&controller, "signal")),
        ]);
        let reply = match js::call(&window(), "fetch", &[&self.url.into(), &options]) {
            Some(called) => match within(ANSWER_MS, Promise::resolve(&called)).await {
                Some(Ok(response)) => read(response),
                _ => Reply::Unreachable,
            },
            None => Reply::Unreachable,
        };
        // What is left of it would go on arriving.
        js::call(&controller, "abort", &[]);
        reply
    }
}

fn read(response: JsValue) -> Reply {
    if js::text(&response, "type").as_deref() == Some("opaqueredirect") {
        return Reply::Redirected;
    }
    let status = js::get(&response, "status").as_f64().unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status"
    )]
    Reply::Answered(Response {
        status: status as u16,
        response,
    })
}

impl Response {
    /// A header, where there is one that the page may read.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let headers = js::get(&self.response, "headers");
        js::call(&headers, "get", &[&name.into()])?.as_string()
    }

    /// Its media type, without parameters.
    pub(crate) fn media_type(&self) -> String {
        text::media_type(&self.header("content-type").unwrap_or_default())
    }
}
