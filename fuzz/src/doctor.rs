//! What the doctor is given in targets, and what must hold of every report.

use cablink::rules::doctor::{Check, Facts, Given, NAMES, all_is_well, checks};
use cablink::rules::flow::Config;
use cablink::rules::options::{DEADLINE_MS, DEFAULT_SCOPE, Handoff, are_scopes};
use cablink::rules::problem::Failure;
use cablink::rules::storage::Storage;
use url::Url;

use crate::address;

/// Stands in an input for a secret.
const PLACE: char = '\u{1}';

/// Two secrets of one length. Whatever is said of one has to be said of the other.
const SECRETS: [&str; 2] = ["kQ7vTzR2mXw9LbJc", "hD4nYsG8pFe3UoAi"];

/// A sentence of ours, without what the host has given.
const SENTENCE: usize = 240;

/// An input with each of the secrets in its places.
#[must_use]
pub fn with_secrets(text: &str) -> [String; 2] {
    SECRETS.map(|secret| text.replace(PLACE, secret))
}

/// What a host gives: the endpoint, and scopes between commas.
#[must_use]
pub fn given(endpoint: &str, scopes: &str) -> Option<Given> {
    let page = address::page("")?;
    let scopes: Vec<String> = match scopes {
        "" => vec![DEFAULT_SCOPE.to_owned()],
        _ => scopes.split(',').map(ToOwned::to_owned).collect(),
    };
    are_scopes(&scopes).then_some(())?;
    // A host that names a secret in its options shows it itself.
    let own = [endpoint, &scopes.concat()].concat();
    let is_told = SECRETS.iter().any(|secret| own.contains(&secret[..5]));
    (!is_told).then_some(Given {
        config: Config {
            endpoint: address::endpoint(or(endpoint, "/devcenter/"), &page)?,
            scope: address::scope("/cablink/worker.js", &page)?,
            storage: Storage::default(),
            deadline_ms: DEADLINE_MS,
            coep: None,
            handoff: Handoff::Auto,
        },
        scopes,
        page_origin: page.origin().ascii_serialization(),
    })
}

fn or<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.is_empty() { default } else { text }
}

/// The report on facts that differ in their secret alone, after a look at what holds of every report.
///
/// # Panics
/// When it does not hold: that is the finding.
#[must_use]
pub fn report(given: &Given, facts: [&Facts; 2]) -> Vec<Check> {
    let given: Result<Given, Failure> = Ok(given.clone());
    let [one, other] = facts.map(|facts| checks(&given, facts));
    // What depends on a secret tells of it, however it is written.
    assert_eq!(one, other);
    let names: Vec<&str> = one.iter().map(|check| check.name).collect();
    assert_eq!(names, NAMES);
    assert_eq!(
        all_is_well(&one),
        one.iter().all(|check| check.ok != Some(false))
    );
    for check in &one {
        sentence(&given, check, &check.found);
        assert!(check.found.ends_with('.'), "{check:?}");
        match (check.ok, &check.change) {
            (Some(true), Some(_)) | (Some(false), None) => panic!("{check:?}"),
            (_, Some(change)) => sentence(&given, check, change),
            (_, None) => {}
        }
    }
    one
}

/// One line that may be shown anywhere, with nothing long in it but what the host has given.
fn sentence(given: &Result<Given, Failure>, check: &Check, text: &str) {
    let Ok(given) = given else { return };
    let longest = given.scopes.iter().map(String::len).max().unwrap_or(0);
    let own = given.config.endpoint.base().len() + given.page_origin.len() + longest;
    assert!(
        !text.is_empty() && !text.contains(char::is_control),
        "{check:?}"
    );
    assert!(text.len() <= SENTENCE + 2 * own, "{check:?}");
    // That the reports are the same says more; this says which text it was.
    assert!(
        !SECRETS.iter().any(|secret| text.contains(secret)),
        "{check:?}"
    );
}

/// An address that the doctor compares with a policy, as the page would take it apart.
#[must_use]
pub fn target(text: &str) -> Option<(Url, cablink::rules::endpoint::Address)> {
    let page = address::page("")?;
    let (url, address) = address::resolve(text, &page)?;
    matches!(url.scheme(), "https" | "http").then_some((url, address))
}
