//! What names a CAB: ids from a host's script or attributes, links in a page, addresses in the scope.
#![no_main]

use cablink::rules::endpoint::{Address, DEFAULT, cab_of_link};
use cablink::rules::id::{Cab, CabIdHash};
use cablink::rules::pages::file_headers;
use cablink::rules::request::Request;
use cablink::rules::scope::{DEFAULT_WORKER, Scope};
use cablink::rules::ticket::{Book, Claim, Ticket, Use, Wanted};
use cablink::rules::token::Token;
use cablink_fuzz::address::{self, PAGE, assert_below, describe};
use cablink_fuzz::{is_header_value, lines};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|data: &[u8]| {
    let [id, method, application, link, bits] = lines(data);
    let page = address::page(PAGE).expect("it is one");
    let scope = address::scope(DEFAULT_WORKER, &page).expect("it is one");
    let method = (method != "-").then_some(method.as_str());
    let application = (application != "-").then_some(application.as_str());

    let strict = Cab::from_parts(&id, method, application, false);
    let trimmed = Cab::from_parts(&id, method, application, true);
    if let Ok(cab) = &strict {
        assert_eq!(trimmed.as_ref(), Ok(cab), "blanks are all that is trimmed");
        assert_eq!(cab.id.as_str(), id);
    }
    let mut ticket = [0; 16];
    for (place, byte) in ticket.iter_mut().zip(bits.bytes()) {
        *place = byte;
    }
    let ticket = Ticket::from_bits(ticket);
    if let Ok(cab) = trimmed {
        assert_eq!(cab.id.as_str(), id.trim_ascii());
        named(&cab, &scope, &ticket, &page);
    }
    if let Some((url, address)) = address::resolve(&link, &page) {
        read(&url, &address, &scope, &page);
    }
});

/// A CAB that was named survives every address it is written into.
fn named(cab: &Cab, scope: &Scope, ticket: &Ticket, page: &Url) {
    let token = Token::parse("token".to_owned()).expect("it is one");
    for base in [DEFAULT, "/devcenter", "/", "http://localhost:4402/x/"] {
        let endpoint = address::endpoint(base, page).expect("it is one");
        let request = Request::for_cab(&endpoint, cab, token.clone());
        let url = assert_below(&request.url, endpoint.base());
        let bases = [endpoint.base()];
        assert_eq!(
            cab_of_link(&describe(&url), &bases),
            Some(Ok(cab.clone())),
            "{url}"
        );
    }
    let own = Url::parse(&scope.cab_address(cab, None)).expect("is an address");
    assert_eq!(scope.read(&describe(&own)), None, "no ticket");
    let own = assert_below(&scope.cab_address(cab, Some(ticket)), scope.base());
    let wanted = Wanted::Cab(ticket.clone(), cab.clone());
    assert_eq!(scope.read(&describe(&own)), Some(wanted.clone()));
    for (_, value) in file_headers(cab.id.as_str(), "1") {
        assert!(is_header_value(&value), "{value}");
        assert!(matches!(value.matches('"').count(), 0 | 2), "{value}");
    }

    // The ticket is good for this CAB, once.
    let mut book = Book::default();
    book.mint(wanted.clone(), 1, Use::Link, 0.0);
    let other = Cab::ihv(CabIdHash::parse("other").expect("it is one"));
    if other != *cab {
        let other = Wanted::Cab(ticket.clone(), other);
        assert_eq!(book.claim(&other, "n", 1.0), Claim::NotMine);
    }
    assert!(matches!(
        book.claim(&wanted, "n", 1.0),
        Claim::Cab {
            owner: 1,
            first: true,
            ..
        }
    ));
    assert_eq!(book.claim(&wanted, "m", 1.0), Claim::NotMine);
}

/// What is read from an address stands in it, for every other reader as well.
fn read(url: &Url, address: &Address, scope: &Scope, page: &Url) {
    let holds = |name: &str, value: &str| url.query_pairs().any(|(n, v)| n == name && v == value);
    let relay = address::endpoint("/devcenter/", page).expect("it is one");
    let bases = [DEFAULT, relay.base(), scope.base()];
    if let Some(Ok(cab)) = cab_of_link(address, &bases) {
        let below = bases.iter().filter(|base| url.as_str().starts_with(**base));
        assert!(below.count() >= 1, "{url}");
        assert!(holds("cabIdHash", cab.id.as_str()), "{url}");
        assert!(url.path().contains(cab.method.as_str()), "{url}");
        if let Some(application) = &cab.application {
            assert!(holds("applicationId", application.as_str()), "{url}");
        }
    }
    let Some(wanted) = scope.read(address) else {
        return;
    };
    assert_eq!(url.origin(), page.origin());
    let (ticket, again) = match &wanted {
        Wanted::Frame(ticket) => (ticket, scope.frame_address(ticket)),
        Wanted::Cab(ticket, cab) => {
            assert!(holds("cabIdHash", cab.id.as_str()), "{url}");
            (ticket, scope.cab_address(cab, Some(ticket)))
        }
    };
    assert!(holds("ticket", ticket.as_str()), "{url}");
    assert_eq!(Ticket::parse(ticket.as_str()).as_ref(), Some(ticket));
    let again = assert_below(&again, scope.base());
    assert_eq!(again.path(), url.path());
    assert_eq!(scope.read(&describe(&again)), Some(wanted));
}
