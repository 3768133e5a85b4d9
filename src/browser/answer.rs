//! The facts of an answer of the service, from whoever read it: the worker, or this page.

use crate::browser::js;
use crate::rules::outcome::{Answered, retry_after_ms, sent_at, service_text};
use crate::rules::text;

/// The facts of an answer, from fields by these names; the body is read as an error body.
pub fn answered(status: u16, text: &dyn Fn(&'static str) -> String) -> Answered {
    let (service_code, service_message) = read_body(&text("body"));
    let parse = |date: &str| Some(js_sys::Date::parse(date)).filter(|ms| ms.is_finite());
    let sent = sent_at(&text("date"), js_sys::Date::now(), parse);
    Answered {
        status,
        content_type: text("contentType"),
        length: text("length"),
        retry_after_ms: retry_after_ms(&text("retryAfter"), sent, parse),
        challenge: text("challenge"),
        service_code,
        service_message,
    }
}

/// Reads an error body with the browser's own JSON parser; anything else says nothing.
fn read_body(body: &str) -> (Option<String>, Option<String>) {
    let Some(json) = js::json(body) else {
        return (None, None);
    };
    service_text(|path| {
        let value = text::pieces(path, b'.').try_fold(json.clone(), |value, key| {
            value.is_object().then(|| js::get(&value, key))
        });
        value?.as_string()
    })
}
