//! What the worker can report about a request, and what that means.

use crate::rules::problem::{Failure, Problem};
use crate::rules::text;
use crate::rules::token::Token;

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An opaque redirect: the browser follows it by itself.
    Redirected,
    /// An answer with status, the headers that count, and what an error body said.
    Answered(Box<Answered>),
    /// No answer: offline, refused, or forbidden by CORS; script cannot tell these apart.
    Unreachable,
    /// No answer in the time that a navigation may be held.
    TimedOut,
}

/// An answer that is not a redirect. Header values are as they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: String,
    /// `Content-Length`, digits only, else empty.
    pub length: String,
    /// `Retry-After` as milliseconds from now.
    pub retry_after_ms: Option<u32>,
    /// `WWW-Authenticate`.
    pub challenge: String,
    /// The service's own code, from an error body.
    pub service_code: Option<String>,
    /// The service's own message, from an error body.
    pub service_message: Option<String>,
}

/// What to make of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the file itself, from a relay that sends the bytes: hand it to the browser.
    File,
    /// It is a problem.
    Problem(Failure),
}

/// The media types under which a CAB may come. Anything that a browser might run or render in
/// the portal's origin is left out by listing what is let in.
const FILE_TYPES: &str = "application/octet-stream binary/octet-stream \
    application/vnd.ms-cab-compressed application/x-cab application/x-cab-compressed \
    application/zip application/x-zip-compressed application/x-download";

impl Answered {
    /// Judges the answer; `token` is what its texts must not show.
    #[must_use]
    pub fn verdict(&self, token: Option<&Token>) -> Verdict {
        if self.status == 200 && self.is_file() {
            return Verdict::File;
        }
        let problem = problem_of_status(self.status);
        let mut failure = Failure::from(problem);
        failure.status = Some(self.status);
        if self.status != 200 {
            failure.retry_after_ms = self.retry_after_ms;
        }
        let secret = token.map(Token::expose).unwrap_or_default();
        Verdict::Problem(failure.with_service_text(
            self.service_code.as_deref(),
            self.service_message.as_deref(),
            secret,
        ))
    }

    fn is_file(&self) -> bool {
        let essence = text::media_type(&self.content_type);
        // Two headers of one name arrive joined by a comma; which one counts is anybody's guess.
        !self.content_type.as_bytes().contains(&b',') && text::word(FILE_TYPES, &essence).is_some()
    }

    /// The claims that a 401 asks a new token to satisfy, from its challenge.
    ///
    /// Entra ID's continuous access evaluation sends `claims="<base64>"`; MSAL wants the decoded
    /// JSON, which is the browser's to decode.
    #[must_use]
    pub fn claims_challenge(&self) -> Option<&str> {
        let (_, rest) = split_once_ignore_case(&self.challenge, "claims=\"")?;
        let (claims, _) = text::split_once(rest, b'"')?;
        let good =
            |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
        (!claims.is_empty() && claims.len() <= 4096 && claims.bytes().all(good)).then_some(claims)
    }
}

fn split_once_ignore_case<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = text
        .as_bytes()
        .windows(mark.len())
        .position(|part| part.eq_ignore_ascii_case(mark.as_bytes()))?;
    Some((text.get(..at)?, text.get(at + mark.len()..)?))
}

/// The problem behind a status. Every status has one: the documentation lists none per method,
/// so what is not known by name is unexpected.
#[must_use]
pub const fn problem_of_status(status: u16) -> Problem {
    match status {
        400 | 405 | 411 | 413..=415 | 422 => Problem::BadRequest,
        401 => Problem::Unauthorized,
        403 | 451 => Problem::Forbidden,
        404 | 410 => Problem::NotFound,
        429 => Problem::Throttled,
        408 | 500..=599 => Problem::ServiceError,
        _ => Problem::UnexpectedResponse,
    }
}

/// Where an error body may keep its code and message, most telling first.
///
/// The first of each is the documented envelope; the others were seen on sibling methods and on
/// the gateway of the same host. Keys of a path are separated by dots, paths by blanks.
const CODE_PATHS: &str = "code error.code innererror.code";

/// See [`CODE_PATHS`].
const MESSAGE_PATHS: &str = "message error.message error";

/// What the documented envelope adds to its message.
const DETAIL_PATHS: &str = "innererror.message innererror.data.0";

/// Picks the service's own code and message from a parsed body.
///
/// `text_at` gives the text at a path like `innererror.data.0`, nothing where there is none or it is no text.
pub fn service_text(text_at: impl Fn(&str) -> Option<String>) -> (Option<String>, Option<String>) {
    let first = |paths| text::pieces(paths, b' ').find_map(&text_at);
    let mut message = first(MESSAGE_PATHS);
    for path in text::pieces(DETAIL_PATHS, b' ') {
        let Some(detail) = text_at(path) else {
            continue;
        };
        match &mut message {
            None => message = Some(detail),
            Some(message) if message.ends_with(&detail) => {}
            Some(message) => {
                message.push(' ');
                message.push_str(&detail);
            }
        }
    }
    (first(CODE_PATHS), message)
}

/// The longest wait that a service's `Retry-After` is believed, in milliseconds: a day.
const MAX_RETRY_AFTER_MS: f64 = 86_400_000.0;

/// Reads `Retry-After`: seconds, or the date that `parse_date` turns into milliseconds.
///
/// Both times count from the Unix epoch. A date in the past means no wait.
pub fn retry_after_ms(
    value: &str,
    now_epoch_ms: f64,
    parse_date: impl FnOnce(&str) -> Option<f64>,
) -> Option<u32> {
    let value = value.trim_ascii();
    if value.is_empty() {
        return None;
    }
    let wait = if value.bytes().all(|b| b.is_ascii_digit()) {
        // Too long for a number is too long to wait; the cap below handles it. A whole number is
        // read as one, since reading fractions weighs 14 KB of wasm.
        f64::from(value.parse::<u32>().unwrap_or(u32::MAX)) * 1000.0
    } else {
        parse_date(value)? - now_epoch_ms
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    wait.is_finite()
        .then(|| wait.clamp(0.0, MAX_RETRY_AFTER_MS) as u32)
}

/// When an answer was sent, in milliseconds since the Unix epoch: by its own `Date`, else by this
/// machine's clock, which may be an hour off where the server's is not.
pub fn sent_at(date: &str, now_epoch_ms: f64, parse_date: impl FnOnce(&str) -> Option<f64>) -> f64 {
    Some(date.trim_ascii())
        .filter(|date| !date.is_empty())
        .and_then(parse_date)
        .filter(|ms| ms.is_finite())
        .unwrap_or(now_epoch_ms)
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answered(status: u16) -> Answered {
        Answered {
            status,
            ..Answered::default()
        }
    }

    #[test]
    fn statuses_have_their_problems() {
        for (status, problem) in [
            (400, Problem::BadRequest),
            (401, Problem::Unauthorized),
            (403, Problem::Forbidden),
            (404, Problem::NotFound),
            (410, Problem::NotFound),
            (422, Problem::BadRequest),
            (408, Problem::ServiceError),
            (429, Problem::Throttled),
            (500, Problem::ServiceError),
            (502, Problem::ServiceError),
            (503, Problem::ServiceError),
            (504, Problem::ServiceError),
            (200, Problem::UnexpectedResponse),
            (204, Problem::UnexpectedResponse),
            (206, Problem::UnexpectedResponse),
            (304, Problem::UnexpectedResponse),
            (418, Problem::UnexpectedResponse),
        ] {
            assert_eq!(problem_of_status(status), problem, "{status}");
        }
    }

    #[test]
    fn only_a_200_of_a_file_type_is_a_file() {
        for (content_type, file) in [
            ("application/octet-stream", true),
            ("Application/Octet-Stream; charset=binary", true),
            ("application/vnd.ms-cab-compressed", true),
            ("application/zip", true),
            ("", false),
            ("text/html", false),
            ("text/html; x=application/octet-stream", false),
            ("application/octet-stream, text/html", false),
            ("application/xhtml+xml", false),
            ("application/xml", false),
            ("image/svg+xml", false),
            ("text/plain", false),
            ("application/json", false),
            ("application/javascript", false),
            ("application/pdf", false),
            ("multipart/x-mixed-replace", false),
        ] {
            let mut answer = answered(200);
            answer.content_type = content_type.to_owned();
            assert_eq!(
                answer.verdict(None) == Verdict::File,
                file,
                "{content_type}"
            );
            answer.status = 404;
            assert_ne!(answer.verdict(None), Verdict::File);
        }
    }

    #[test]
    fn the_documented_error_body_is_told() {
        let at = |path: &str| {
            let text = match path {
                "code" => "BadRequest",
                "message" => "The calling client sent a bad request to the service.",
                "innererror.code" => "InvalidQueryParameters",
                "innererror.message" => "One or More Query Parameters has invalid values.",
                "innererror.data.0" => "top parameter cannot be more than 10000",
                _ => return None,
            };
            Some(text.to_owned())
        };
        let (code, message) = service_text(at);
        assert_eq!(code.as_deref(), Some("BadRequest"));
        let message = message.unwrap();
        assert!(message.starts_with("The calling client") && message.ends_with("than 10000"));
        assert_eq!(service_text(|_| None), (None, None));
        let bare = service_text(|path| (path == "error").then(|| "Object".to_owned()));
        assert_eq!(bare, (None, Some("Object".to_owned())));
    }

    #[test]
    fn a_token_in_a_body_is_not_told() {
        let token = Token::parse("abcdefghijklmnopqrstuvwxyz".into()).unwrap();
        let mut answer = answered(403);
        answer.service_message = Some("you sent Bearer abcdefghijklmnopqrstuvwxyz here".into());
        let Verdict::Problem(failure) = answer.verdict(Some(&token)) else {
            panic!("403 is a problem");
        };
        let message = failure.service_message.as_deref();
        assert_eq!(message, Some("you sent Bearer [removed] here"));
    }

    #[test]
    fn claims_come_from_a_challenge() {
        let of = |text: &str| {
            let mut answer = answered(401);
            answer.challenge = text.to_owned();
            answer.claims_challenge().map(ToOwned::to_owned)
        };
        let real = r#"Bearer realm="", authorization_uri="https://login.example/", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ==""#;
        assert_eq!(of(real).as_deref(), Some("eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="));
        assert_eq!(of(r#"Bearer Claims="YQ==""#).as_deref(), Some("YQ=="));
        for none in [
            "",
            "Bearer",
            r#"Bearer claims="""#,
            r#"Bearer claims="a b""#,
            "claims=\"a",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let read = |text: &str| retry_after_ms(text, 1_000.0, |_| Some(4_000.0));
        assert_eq!(read("14"), Some(14_000));
        assert_eq!(read(" 0 "), Some(0));
        assert_eq!(read("Fri, 31 Dec 1999 23:59:59 GMT"), Some(3_000));
        assert_eq!(read(""), None);
        assert_eq!(read("99999999999999999999"), Some(86_400_000));
        assert_eq!(retry_after_ms("soon", 0.0, |_| None), None);
        assert_eq!(retry_after_ms("-5", 0.0, |_| None), None);
        assert_eq!(
            retry_after_ms("x", 9_000.0, |_| Some(1_000.0)),
            Some(0),
            "past"
        );
        assert_eq!(retry_after_ms("x", 0.0, |_| Some(f64::NAN)), None);
    }

    /// 1. A laptop's clock is an hour behind.
    /// 2. The service asks it to come back at 12:00:02, two seconds from then.
    /// 3. The page understood an hour and two seconds, and gave up.
    #[test]
    fn a_date_counts_from_the_answers_own() {
        const HOUR_MS: f64 = 3_600_000.0;
        let noon = 10.0 * HOUR_MS;
        let read = |text: &str| match text {
            "12:00:00" => Some(noon),
            "12:00:02" => Some(noon + 2_000.0),
            _ => None,
        };
        for ours in [noon - HOUR_MS, noon, noon + HOUR_MS] {
            let sent = sent_at("12:00:00", ours, read);
            assert_eq!(retry_after_ms("12:00:02", sent, read), Some(2_000));
            // Without one, what this machine believes has to do.
            for nothing in ["", " ", "noon"] {
                assert_eq!(sent_at(nothing, ours, read).to_bits(), ours.to_bits());
            }
            assert_eq!(
                sent_at("x", ours, |_| Some(f64::INFINITY)).to_bits(),
                ours.to_bits()
            );
        }
    }

    #[test]
    fn every_status_has_the_problem_of_its_class_or_a_named_one() {
        for status in 0..=u16::MAX {
            let problem = problem_of_status(status);
            let good = match status {
                400 | 405 | 411 | 413..=415 | 422 => problem == Problem::BadRequest,
                401 => problem == Problem::Unauthorized,
                403 | 451 => problem == Problem::Forbidden,
                404 | 410 => problem == Problem::NotFound,
                429 => problem == Problem::Throttled,
                408 | 500..=599 => problem == Problem::ServiceError,
                _ => problem == Problem::UnexpectedResponse,
            };
            assert!(good, "{status}: {problem:?}");
        }
    }

    /// Types as they come: known ones in any case, with parameters or a second type, and others.
    fn content_type() -> impl Strategy<Value = String> {
        let essence = prop_oneof![
            3 => prop::sample::select(FILE_TYPES.split(' ').map(str::to_owned).collect::<Vec<_>>()),
            1 => "(text|image|application)/[a-z+.-]{1,12}",
            1 => ".{0,20}",
        ];
        let rest = prop_oneof![
            Just(String::new()),
            "; [a-z]=[a-z/]{0,9}",
            "; [a-z]=[a-z]{0,3}, text/html",
            ", [a-z]{1,4}/[a-z]{1,4}"
        ];
        (essence, any::<bool>(), " {0,2}", rest).prop_map(|(essence, upper, blanks, rest)| {
            let essence = if upper {
                essence.to_uppercase()
            } else {
                essence
            };
            [&blanks, &essence, &blanks, &rest]
                .map(String::as_str)
                .concat()
        })
    }

    proptest! {
        #[test]
        fn every_answer_is_judged(
            status in prop_oneof![Just(200), 200u16..300, any::<u16>()], content_type in content_type(),
            code in proptest::option::of(".{0,90}"), message in proptest::option::of(".{0,900}"),
            retry_after_ms in proptest::option::of(any::<u32>()),
        ) {
            let token = Token::parse("0123456789abcdefghij".into()).unwrap();
            let kind = content_type.split(';').next().unwrap().trim().to_ascii_lowercase();
            let file = status == 200 && FILE_TYPES.split(' ').any(|known| known == kind) && !content_type.contains(',');
            let answer = Answered {
                status, content_type, service_code: code, service_message: message, retry_after_ms,
                ..Answered::default()
            };
            match answer.verdict(Some(&token)) {
                Verdict::File => prop_assert!(file),
                Verdict::Problem(failure) => {
                    prop_assert!(!file);
                    prop_assert_eq!(failure.problem, problem_of_status(status));
                    prop_assert_eq!(failure.status, Some(status));
                    let told = failure.retry_after_ms;
                    prop_assert_eq!(told, retry_after_ms.filter(|_| status != 200));
                }
            }
        }

        #[test]
        fn an_echoed_token_is_never_told(
            token in "[A-Za-z0-9._-]{30,300}", before in ".{0,30}", after in ".{0,30}", as_code in any::<bool>(),
        ) {
            // Long enough to say something: dots and dashes alone say nothing.
            prop_assume!(token.bytes().filter(u8::is_ascii_alphanumeric).count() >= 20);
            let mut answer = answered(403);
            let text = if as_code { token.clone() } else { [before.as_str(), &token, &after].concat() };
            let slot = if as_code { &mut answer.service_code } else { &mut answer.service_message };
            *slot = Some(text);
            let Verdict::Problem(failure) = answer.verdict(Token::parse(token.clone()).as_ref()) else {
                panic!("403 is a problem");
            };
            for text in [&failure.service_code, &failure.service_message].into_iter().flatten() {
                for part in token.as_bytes().chunks_exact(15) {
                    let part = std::str::from_utf8(part).unwrap();
                    let telling = part.bytes().filter(u8::is_ascii_alphanumeric).count() >= 10;
                    prop_assert!(!telling || !text.contains(part), "{}", text);
                }
            }
        }

        #[test]
        fn whichever_texts_a_body_has_the_most_telling_are_told(
            there in prop::collection::vec(any::<bool>(), 8),
        ) {
            let paths: Vec<&str> =
                [CODE_PATHS, MESSAGE_PATHS, DETAIL_PATHS].into_iter().flat_map(|paths| paths.split(' ')).collect();
            prop_assert_eq!(paths.len(), there.len());
            let at = |path: &str| {
                let index = paths.iter().position(|other| *other == path).unwrap();
                there[index].then(|| path.to_owned())
            };
            let (code, message) = service_text(at);
            prop_assert_eq!(code, CODE_PATHS.split(' ').find_map(at));
            let first = MESSAGE_PATHS.split(' ').find_map(at);
            let parts: Vec<String> =
                first.into_iter().chain(DETAIL_PATHS.split(' ').filter_map(at)).collect();
            prop_assert_eq!(message.unwrap_or_default(), parts.join(" "));
        }

        #[test]
        fn claims_are_taken_whole_or_not_at_all(
            before in "[^\"]{0,30}", name in prop::sample::select(vec!["claims", "Claims", "CLAIMS"]),
            claims in "[A-Za-z0-9+/=_-]{1,60}", odd in proptest::option::of("[ ,;<%.~\u{e4}]"), after in ".{0,20}",
        ) {
            prop_assume!(!before.to_ascii_lowercase().contains("claims"));
            let value = [claims.as_str(), odd.as_deref().unwrap_or_default()].concat();
            let mut answer = answered(401);
            answer.challenge = [before.as_str(), name, "=\"", &value, "\"", &after].concat();
            prop_assert_eq!(answer.claims_challenge(), odd.is_none().then_some(claims.as_str()));
        }

        #[test]
        fn seconds_are_waited_for_as_asked(seconds in prop_oneof![0u64..100_000, any::<u64>()], now in any::<f64>()) {
            let asked = u32::try_from(seconds.saturating_mul(1000)).unwrap_or(u32::MAX).min(86_400_000);
            let read = retry_after_ms(&[" ", &seconds.to_string()].concat(), now, |_| None);
            prop_assert_eq!(read, Some(asked));
        }

        #[test]
        fn a_date_is_waited_for_until_it_has_come(ahead in -100_000i32..100_000_000, now in 0i64..4_000_000_000_000) {
            #[expect(clippy::cast_precision_loss, reason = "whole milliseconds fit")]
            let now = now as f64;
            let read = retry_after_ms("a date", now, |_| Some(now + f64::from(ahead)));
            let wait = u32::try_from(ahead.max(0)).unwrap();
            prop_assert_eq!(read, Some(wait.min(86_400_000)));
        }

        #[test]
        fn any_retry_after_is_capped(text in ".{0,40}", date in any::<f64>(), now in any::<f64>()) {
            if let Some(ms) = retry_after_ms(&text, now, |_| Some(date)) {
                prop_assert!(ms <= 86_400_000);
            }
        }
    }
}
