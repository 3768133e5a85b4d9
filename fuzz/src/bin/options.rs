//! The options of `start` that are addresses, words and lists, and the target of a clicked link.
#![no_main]

use cablink::rules::click::{Click, Decision, decide};
use cablink::rules::id::{Cab, CabIdHash};
use cablink::rules::options::{Coep, Handoff, are_scopes, deadline_ms};
use cablink::rules::request::Request;
use cablink::rules::storage::is_loopback;
use cablink::rules::ticket::{Ticket, Wanted};
use cablink::rules::token::Token;
use cablink_fuzz::address::{self, assert_below, describe};
use cablink_fuzz::{is_header_value, lines};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|data: &[u8]| {
    let [page, endpoint, worker, word, number, scopes] = lines(data);
    words(&word, &number, &scopes);
    let Some(page) = address::page(&page) else {
        return;
    };
    let cab = Cab::ihv(CabIdHash::parse("c1a51104").expect("it is one"));
    let origin = page.origin().ascii_serialization();

    if let Some(endpoint) = address::endpoint(&endpoint, &page) {
        let base = assert_below(endpoint.base(), endpoint.base());
        assert!(endpoint.base().ends_with('/'));
        assert_eq!(base.query(), None);
        assert_eq!(base.origin().ascii_serialization(), endpoint.origin());
        assert_eq!(endpoint.same_origin(), endpoint.origin() == origin);
        // The token goes over https, but on this machine or on the page's own plain origin.
        let host = base.host_str().unwrap_or_default();
        let safe = base.scheme() == "https" || is_loopback(host) || endpoint.same_origin();
        assert!(safe, "{base}");
        let token = Token::parse("token".to_owned()).expect("it is one");
        let request = Request::for_cab(&endpoint, &cab, token);
        assert_below(&request.url, endpoint.base());
        let credentials = if endpoint.same_origin() {
            "same-origin"
        } else {
            "omit"
        };
        assert_eq!(request.credentials, credentials);
    }

    if let Some(scope) = address::scope(&worker, &page) {
        let base = assert_below(scope.base(), scope.base());
        assert_eq!(base.origin(), page.origin());
        assert!(scope.base().ends_with('/'));
        let script = Url::parse(scope.script()).expect("is an address");
        assert_eq!(script.origin(), page.origin());
        // A browser lets a worker answer for its own folder and what lies below it.
        let folder = script.join("./").expect("has a folder");
        assert_eq!(folder.as_str(), scope.base());
        let ticket = Ticket::from_bits([7; 16]);
        let frame = assert_below(&scope.frame_address(&ticket), scope.base());
        assert_eq!(
            scope.read(&describe(&frame)),
            Some(Wanted::Frame(ticket.clone()))
        );
        let own = assert_below(&scope.cab_address(&cab, Some(&ticket)), scope.base());
        assert_eq!(scope.read(&describe(&own)), Some(Wanted::Cab(ticket, cab)));
    }
});

fn words(word: &str, number: &str, scopes: &str) {
    let handoffs = ["auto", "worker", "follow"];
    assert_eq!(Handoff::parse(word).is_some(), handoffs.contains(&word));
    match Coep::parse(word) {
        Some(Some(coep)) => assert_eq!(coep.as_str(), word),
        Some(None) => assert_eq!(word, "unsafe-none"),
        None => assert!(word != "require-corp" && word != "credentialless"),
    }
    if let Ok(number) = number.parse::<f64>() {
        match deadline_ms(number) {
            Some(ms) => assert!(ms >= 1 && f64::from(ms) <= number && number - f64::from(ms) < 1.0),
            None => assert!(!(1.0..=86_400_000.0).contains(&number)),
        }
    }
    let list: Vec<String> = scopes.split(',').map(ToOwned::to_owned).collect();
    if are_scopes(&list) {
        // MSAL joins them by blanks.
        let joined = list.join(" ");
        assert!(is_header_value(&joined));
        assert_eq!(joined.split(' ').count(), list.len());
    }
    let click = Click {
        default_prevented: false,
        button: 0,
        ctrl: false,
        meta: false,
        shift: false,
        alt: false,
        target: word,
    };
    let here = word.is_empty() || word.eq_ignore_ascii_case("_self");
    assert_eq!(decide(click) == Decision::Take, here);
}
