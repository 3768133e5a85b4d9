//! Sends one request and tells how it ended.

use cablink::browser::answer;
use cablink::rules::list::course::Came;
use cablink::rules::list::envelope::MAX_BODY;
use cablink::rules::request::Request;
use gloo_net::http::Request as Fetch;
use web_sys::{
    AbortSignal, ReferrerPolicy, RequestCache, RequestCredentials, RequestRedirect, ResponseType,
};

use crate::body::{self, End};

/// The most that is read of an error body. Documented ones have some hundred bytes.
const MAX_ERROR: usize = 64 * 1024;

/// Sends it. An abort looks like a lost connection; whoever aborts does not look.
pub(crate) async fn send(request: &Request, signal: &AbortSignal) -> Came {
    let credentials = match request.credentials {
        "same-origin" => RequestCredentials::SameOrigin,
        _ => RequestCredentials::Omit,
    };
    let fetch = Fetch::get(&request.url)
        .header("authorization", &request.authorization())
        .header("accept", "application/json")
        .credentials(credentials)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        // The token must not follow a redirect anywhere.
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(signal))
        .build();
    let Ok(fetch) = fetch else {
        return Came::Unreachable;
    };
    let Ok(response) = fetch.send().await else {
        return Came::Unreachable;
    };
    if response.type_() == ResponseType::Opaqueredirect {
        return Came::Redirected;
    }
    let good = response.status() == 200;
    let max = if good { MAX_BODY } else { MAX_ERROR };
    let body = body::read(response.body(), max, !good).await;
    match body.end {
        End::TooLong if good => return Came::TooLong,
        End::Broken if good => return Came::Unreachable,
        // What there is of an error body will do.
        _ => {}
    }
    let headers = response.headers();
    let header = |name: &str| headers.get(name).unwrap_or_default();
    let error_body = if good {
        String::new()
    } else {
        String::from_utf8_lossy(&body.bytes).into_owned()
    };
    let answered = answer::answered(response.status(), &|field| match field {
        "contentType" => header("content-type"),
        "retryAfter" => header("retry-after"),
        "date" => header("date"),
        "challenge" => header("www-authenticate"),
        "body" => error_body.clone(),
        _ => String::new(),
    });
    Came::Answered(Box::new(answered), body.bytes)
}
