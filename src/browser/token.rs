//! Calls the host's `getToken` and makes sense of whatever comes back.

use std::future::Future;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;

use crate::browser::{dom, js};
use crate::error;
use crate::rules::msal;
use crate::rules::problem::{Failure, Problem};
use crate::rules::token::Token;

/// What stands on a `getToken` of ours, and in what it is asked: no token is wanted now, but a click may come.
#[cfg(feature = "page")]
pub(crate) const AHEAD: &str = "ahead";

/// A click may come: lets a `getToken` of ours look after its token. A host's own is asked for nothing without a click.
#[cfg(feature = "page")]
pub(crate) fn look_ahead(get_token: &Function, scopes: &[String]) {
    // Exactly that: some objects have a property of any name.
    if js::get(get_token, AHEAD).as_bool() == Some(true) {
        let want = js::object(&[(AHEAD, JsValue::TRUE), ("scopes", js_scopes(scopes))]);
        let _ = get_token.call1(&JsValue::UNDEFINED, &want);
    }
}

fn js_scopes(scopes: &[String]) -> JsValue {
    scopes.iter().map(JsValue::from).collect::<Array>().into()
}

/// Calls `getToken` now and resolves with its answer.
///
/// It may throw, reject with anything, or never settle; the flow's deadline is for the last.
pub fn ask(
    get_token: &Function,
    scopes: &[String],
    renew: bool,
    claims: Option<String>,
) -> impl Future<Output = Result<Token, Failure>> + use<> {
    let want = js::object(&[
        ("forceRefresh", renew.into()),
        ("scopes", js_scopes(scopes)),
    ]);
    if let Some(claims) = claims.and_then(|claims| decode_claims(&claims)) {
        js::set(&want, "claims", &claims);
    }
    let called = get_token.call1(&JsValue::UNDEFINED, &want);
    async move {
        let answer = match called {
            Ok(answer) => js::wait(Promise::resolve(&answer)).await,
            Err(thrown) => Err(thrown),
        };
        match answer {
            Ok(value) => value
                .as_string()
                .and_then(Token::parse)
                .ok_or_else(unusable),
            Err(error) => Err(refusal(&error)),
        }
    }
}

fn unusable() -> Failure {
    Failure::explained(
        Problem::TokenUnavailable,
        "The sign-in of this page gave something that is not an access token.",
        Some("Sign in again; if that does not help, tell whoever runs this page."),
    )
}

/// The problem behind whatever `getToken` rejected with.
pub fn refusal(error: &JsValue) -> Failure {
    // First, for an error of msalToken's has a code of ours as well, but MSAL's says more.
    if let Some(code) = js::text(error, "errorCode") {
        return msal::failure(&code);
    }
    error::from_js(error).unwrap_or_else(|| msal::failure(""))
}

/// The challenge carries base64; MSAL takes the JSON inside.
fn decode_claims(claims: &str) -> Option<JsValue> {
    let standard: String = claims
        .chars()
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let decoded = js::call(&dom::window(), "atob", &[&standard.into()])?;
    js::json(&decoded.as_string()?)?;
    Some(decoded)
}
