//! Follows the redirect in the page, where there is no worker: needs CORS at storage.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};

use crate::browser::dom::window;
use crate::browser::worker::request_options;
use crate::browser::{address, answer, js};
use crate::rules::flow::Followed;
use crate::rules::request::Request;

/// A followed redirect. Its target is a credential: it stays in here until it is navigated to.
pub(crate) struct Following {
    target: Rc<RefCell<Option<String>>>,
    controller: JsValue,
}

impl Following {
    /// Sends the request and tells where it led, without the body.
    pub(crate) fn start(request: &Request, done: impl FnOnce(Followed) + 'static) -> Option<Self> {
        let controller = js::construct("AbortController", &[])?;
        let options = request_options(request);
        for (name, value) in [
            // "redirect" is as wanted: followed.
            ("cache", "no-store".into()),
            ("referrerPolicy", "no-referrer".into()),
            ("signal", js::get(&controller, "signal")),
        ] {
            js::set(&options, name, &value);
        }
        let called = js::call(&window(), "fetch", &[&(&request.url).into(), &options])?;
        let target = Rc::new(RefCell::new(None));
        let (kept, abort) = (Rc::clone(&target), controller.clone());
        js::spawn(async move {
            let answer = js::wait(called.unchecked_into::<js_sys::Promise>()).await;
            let followed = match answer {
                Ok(response) => read(&response, &kept).await,
                Err(_) => Followed::Unreachable,
            };
            cancel(&abort);
            done(followed);
        });
        Some(Self { target, controller })
    }

    /// The address to navigate to.
    pub(crate) fn into_target(self) -> Option<String> {
        self.target.borrow_mut().take()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        cancel(&self.controller);
    }
}

/// Ends the request and its body, which nobody reads.
fn cancel(controller: &JsValue) {
    js::call(controller, "abort", &[]);
}

async fn read(response: &JsValue, target: &RefCell<Option<String>>) -> Followed {
    let url = js::text(response, "url").unwrap_or_default();
    if js::flag(response, "redirected") {
        let origin = address::parse(&url).map(|url| url.origin);
        target.replace(Some(url));
        return Followed::Reached {
            origin: origin.unwrap_or_default(),
            ok: js::flag(response, "ok"),
        };
    }
    let status = js::get(response, "status").as_f64().unwrap_or_default();
    let body = if js::flag(response, "ok") {
        String::new()
    } else {
        text(response).await.unwrap_or_default()
    };
    let headers = js::get(response, "headers");
    let header = |name: &str| {
        js::call(&headers, "get", &[&name.into()])
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a status"
    )]
    let answered = answer::answered(status as u16, &|field| match field {
        "contentType" => header("content-type"),
        "length" => header("content-length"),
        "retryAfter" => header("retry-after"),
        "date" => header("date"),
        "challenge" => header("www-authenticate"),
        "body" => body.clone(),
        _ => String::new(),
    });
    Followed::Answered(Box::new(answered))
}

/// Error bodies are short; of anything longer only the beginning can matter. As in `worker.js`.
const BODY_BYTES: u32 = 65_536;

async fn text(response: &JsValue) -> Option<String> {
    let reader = js::call(&js::get(response, "body"), "getReader", &[])?;
    let decoder = js::construct("TextDecoder", &[])?;
    let streaming = js::object(&[("stream", JsValue::TRUE)]);
    let mut text = String::new();
    let mut left = BODY_BYTES;
    while left > 0 {
        let read = js::call(&reader, "read", &[])?;
        // A body that breaks off still tells its beginning.
        let Ok(chunk) = js::wait(read.unchecked_into::<js_sys::Promise>()).await else {
            break;
        };
        if js::flag(&chunk, "done") {
            break;
        }
        let bytes = js::get(&chunk, "value");
        let all = js::get(&bytes, "length").as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most what is left"
        )]
        let length = all.min(f64::from(left)) as u32;
        let beginning = js::call(&bytes, "subarray", &[&0.into(), &length.into()])?;
        let part = js::call(&decoder, "decode", &[&beginning, &streaming])?;
        text.push_str(&part.as_string()?);
        left -= length;
    }
    Some(text)
}
