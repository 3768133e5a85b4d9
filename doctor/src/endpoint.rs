//! Asks the endpoint for a CAB without naming one: whether it is the API, and what it lets this page do.

use cablink::rules::doctor::endpoint::{Answer, Answered, Facts, METHOD};
use cablink::rules::endpoint::Endpoint;
use cablink::rules::request::Request;
use cablink::rules::token::Token;

use crate::ask::{Ask, Reply};
use crate::violations::Violations;

/// Forces a preflight as the real header does, and opens nothing.
const NO_TOKEN: &str = "Bearer cablink-doctor";

fn ask<'a>(endpoint: &Endpoint, url: &'a str, authorization: Option<String>) -> Ask<'a> {
    let same_origin = endpoint.same_origin();
    Ask {
        url,
        method: "GET",
        mode: "cors",
        credentials: if same_origin { "same-origin" } else { "omit" },
        authorization,
    }
}

fn judge(reply: &Reply) -> Answer {
    match reply {
        Reply::Redirected => Answer::Redirected,
        Reply::Unreachable => Answer::Unreachable,
        Reply::Answered(response) => Answer::Answered(Answered {
            status: response.status,
            media_type: response.media_type(),
            challenge: response.header("www-authenticate").is_some(),
        }),
    }
}

/// Without a token.
pub(crate) async fn look(endpoint: &Endpoint, violations: &Violations) -> Facts {
    let url = [endpoint.base(), METHOD].concat();
    violations.begin().await;
    let reply = ask(endpoint, &url, None).send().await;
    let mut facts = Facts::default();
    let plain = match judge(&reply) {
        Answer::Unreachable
            if violations
                .heard(&["connect-src", "default-src"])
                .await
                .is_some() =>
        {
            Answer::Forbidden
        }
        other => other,
    };
    if !endpoint.same_origin() {
        match plain {
            Answer::Unreachable => {
                let opaque = Ask {
                    mode: "no-cors",
                    ..ask(endpoint, &url, None)
                };
                facts.reachable = Some(!matches!(opaque.send().await, Reply::Unreachable));
            }
            Answer::Answered(_) => {
                let asked = ask(endpoint, &url, Some(NO_TOKEN.to_owned()));
                facts.preflighted = Some(judge(&asked.send().await));
            }
            Answer::Redirected | Answer::Forbidden => {}
        }
    }
    facts.plain = Some(plain);
    facts
}

/// With the page's token.
pub(crate) async fn look_with(endpoint: &Endpoint, token: Token) -> Answer {
    let request = Request::below(endpoint, METHOD, token);
    let asked = ask(endpoint, &request.url, Some(request.authorization()));
    judge(&asked.send().await)
}
