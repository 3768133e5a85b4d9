//! What an endpoint answers: status, headers and an error body, from a service, a gateway or a relay.
#![no_main]

use cablink::rules::outcome::{Verdict, problem_of_status, retry_after_ms};
use cablink::rules::pages::{file_headers, problem_page};
use cablink::rules::problem::Problem;
use cablink::rules::retry::{MAX_WAIT_MS, Next, Tally};
use cablink::rules::scrub::{MAX_CODE, MAX_MESSAGE};
use cablink::rules::token::Token;
use cablink_fuzz::message::{NOW, answered};
use cablink_fuzz::secret::shows;
use cablink_fuzz::{is_header_value, lines};
use libfuzzer_sys::fuzz_target;

const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.bm90LWEtdG9rZW4";
const DAY_MS: u32 = 86_400_000;

fuzz_target!(|data: &[u8]| {
    let [status, content_type, length, retry_after, challenge, body] = lines(data);
    let status = status.parse().unwrap_or(500);
    let answered = answered(status, &|field| {
        let text = match field {
            "contentType" => &content_type,
            "length" => &length,
            "retryAfter" => &retry_after,
            "challenge" => &challenge,
            // The place of the token in a body that echoes it.
            "body" => return body.replace('\u{1}', TOKEN),
            _ => unreachable!("{field}"),
        };
        text.clone()
    });
    wait_is_as_asked(&retry_after, answered.retry_after_ms);

    if let Some(claims) = answered.claims_challenge() {
        assert!(challenge.contains(&["\"", claims, "\""].concat()));
        assert!((1..=4096).contains(&claims.len()));
        assert!(
            claims
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+/=-_".contains(&b))
        );
    }

    let token = Token::parse(TOKEN.to_owned()).expect("it is one");
    let failure = match answered.verdict(Some(&token)) {
        Verdict::File => {
            assert_eq!(status, 200);
            let kind = content_type.to_ascii_lowercase();
            let kind = kind.split(';').next().unwrap_or_default().trim();
            for shown in [
                "html", "xml", "svg", "script", "text", "pdf", "image", "json", ",",
            ] {
                assert!(!kind.contains(shown), "{kind}");
            }
            for (name, value) in file_headers("c1a5", &length) {
                assert!(is_header_value(&value), "{name}: {value}");
                if name == "content-length" {
                    assert!(value.parse::<u64>().is_ok());
                }
            }
            return;
        }
        Verdict::Problem(failure) => failure,
    };
    assert_eq!(failure.problem, problem_of_status(status));
    assert_eq!(failure.status, Some(status));
    if let Some(code) = &failure.service_code {
        assert!(code.len() <= MAX_CODE);
        assert!(
            code.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
        );
    }
    if let Some(message) = &failure.service_message {
        assert!((1..=MAX_MESSAGE).contains(&message.chars().count()));
        assert!(!message.contains(char::is_control), "{message:?}");
    }
    assert!((3..=4).contains(&problem_page(&failure).text.len()));
    for text in [&failure.service_code, &failure.service_message] {
        let text = text.as_deref().unwrap_or_default();
        assert!(!shows(text, TOKEN), "{text}");
    }

    // Told the same again and again, a download gives up, and never waits past its end.
    let mut tally = Tally::default();
    let left = u32::try_from(body.len())
        .unwrap_or(u32::MAX)
        .saturating_mul(997);
    let mut tries = 0;
    loop {
        match tally.next(&failure, left, f64::from(tries) / 7.0) {
            Next::GiveUp => break,
            Next::Renew => assert_eq!(failure.problem, Problem::Unauthorized),
            Next::After(ms) => {
                assert!(ms < left && ms <= MAX_WAIT_MS + 250);
                let asked = failure.retry_after_ms.unwrap_or_default();
                let asks = failure.problem == Problem::Throttled || status == 503;
                assert!(!asks || ms >= asked, "sooner than the service asked");
            }
        }
        tries += 1;
        assert!(tries <= 5, "{failure:?}");
    }
});

/// Whole seconds are taken as they stand, up to a day; anything else is a date or nothing.
fn wait_is_as_asked(value: &str, wait: Option<u32>) {
    let value = value.trim_ascii();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // Beyond this many digits any number is more than a day.
        let digits = value.trim_start_matches('0');
        let seconds = match digits.len() {
            0 => 0,
            1..=9 => digits.parse::<u64>().expect("digits"),
            _ => u64::MAX / 1000,
        };
        let asked = u32::try_from(seconds * 1000)
            .unwrap_or(u32::MAX)
            .min(DAY_MS);
        assert_eq!(wait, Some(asked), "{value}");
    }
    assert!(wait.is_none_or(|ms| ms <= DAY_MS));
    assert_eq!(retry_after_ms(value, NOW, |_| None).is_some(), {
        !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit())
    });
}
