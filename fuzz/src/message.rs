//! JSON in place of the objects that arrive from the worker, read as `src/browser/worker.rs` does.

use cablink::rules::outcome::{Answered, retry_after_ms, service_text};
use cablink::rules::protocol::{Message, Report};
use serde_json::Value;

/// The fields of a message.
#[must_use]
pub fn message(data: &Value) -> Message {
    let report = data.get("report").filter(|report| !report.is_null());
    Message {
        version: data.get("cablink").and_then(Value::as_f64),
        navigation: text(data, "navigation"),
        destination: text(data, "destination"),
        report: report.map(read_report),
    }
}

fn text(data: &Value, key: &str) -> Option<String> {
    data.get(key)?.as_str().map(ToOwned::to_owned)
}

fn read_report(report: &Value) -> Report {
    let text = |key: &str| text(report, key).unwrap_or_default();
    let answered = report
        .get("status")
        .and_then(Value::as_f64)
        .filter(|status| (100.0..=999.0).contains(status))
        .map(|status| answered(status as u16, &text));
    Report {
        kind: text("kind"),
        answered,
    }
}

/// The facts of an answer, from fields by the names that the worker gives them.
#[must_use]
pub fn answered(status: u16, text: &dyn Fn(&str) -> String) -> Answered {
    let (service_code, service_message) = read_body(&text("body"));
    Answered {
        status,
        content_type: text("contentType"),
        length: text("length"),
        // In place of dates: any number, so that each is tried.
        retry_after_ms: retry_after_ms(&text("retryAfter"), NOW, |date| date.parse().ok()),
        challenge: text("challenge"),
        service_code,
        service_message,
    }
}

/// The time in targets, in milliseconds of the Unix epoch.
pub const NOW: f64 = 1_700_000_000_000.0;

/// The service's own code and message, from a body.
#[must_use]
pub fn read_body(body: &str) -> (Option<String>, Option<String>) {
    let Ok(json) = serde_json::from_str::<Value>(body) else {
        return (None, None);
    };
    service_text(|path| {
        let value = path.split('.').try_fold(&json, |value, key| match value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            other => other.get(key),
        });
        value?.as_str().map(ToOwned::to_owned)
    })
}
