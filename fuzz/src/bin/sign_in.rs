//! What a host's `getToken` gives: a token, or an error known by its code.
#![no_main]

use cablink::rules::msal::{Meaning, failure, meaning};
use cablink::rules::problem::Problem;
use cablink::rules::token::{MAX_LEN, Token};
use cablink_fuzz::{is_header_value, lines};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let [code, token] = lines(data);

    let told = failure(&code);
    match meaning(&code) {
        Meaning::SignIn => assert_eq!(told.problem, Problem::InteractionRequired),
        Meaning::Problem(problem) => assert_eq!(told.problem, problem),
    }
    // A code that is not in the table is nobody's: it opens no window and is shown to nobody.
    let known = code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !code.is_empty();
    if !known {
        assert_eq!(told, Problem::TokenUnavailable.into());
    }
    assert!(told.message().ends_with('.') && told.next_step().ends_with('.'));
    assert_eq!((told.status, &told.service_message), (None, &None));

    match Problem::from_code(&code) {
        Some(problem) => assert_eq!(problem.code(), code),
        None => assert!(Problem::ALL.iter().all(|problem| problem.code() != code)),
    }

    let good = (1..=MAX_LEN).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic());
    let parsed = Token::parse(token.clone());
    assert_eq!(parsed.is_some(), good);
    if let Some(parsed) = parsed {
        assert_eq!(parsed.expose(), token);
        assert!(is_header_value(parsed.expose()) && !parsed.expose().contains(' '));
        assert!(token.len() < 8 || !format!("{parsed:?}").contains(&token));
    }
});
