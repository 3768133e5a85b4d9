//! The token that the doctor looks into, from any identity provider, and the clocks that it is compared with.
#![no_main]

use cablink::rules::doctor::token::{Asked, Claims, Clock};
use cablink::rules::doctor::{Check, Facts, Given};
use cablink::rules::token::Token;
use cablink_fuzz::{doctor, has_private_name, lines};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|data: &[u8]| {
    let [scopes, own, server, raw, payload] = lines(data);
    // A token that is no JSON Web Token, or a broken one.
    if let Some(token) = Token::parse(raw.clone())
        && Claims::read(&token).is_some()
    {
        assert_eq!(raw.split('.').count(), 3);
    }
    let Some(given) = doctor::given("", &scopes) else {
        return;
    };
    let number = |text: &str| text.parse::<f64>().ok();
    let clock = number(&own).map(|own| Clock {
        own,
        server: number(&server).filter(|ms| ms.is_finite()),
    });
    let [one, other] = doctor::with_secrets(&payload);
    let (Some(read), Some(like)) = (claims(&one, 0), claims(&other, 0)) else {
        return;
    };
    let json: Option<Map<String, Value>> = serde_json::from_str(&one).ok();
    if has_private_name(one.as_bytes()) {
        return;
    }
    // Half a surrogate pair, which browsers read, is none of JSON to that library.
    let is_cut = json.is_none() && one.to_ascii_lowercase().contains("\\ud");
    assert!(read.is_some() == json.is_some() || is_cut, "{one}");
    if is_cut {
        return;
    }
    let report = doctor::report(&given, [&facts(clock, read), &facts(clock, like)]);
    // The same bytes in the other spellings of base64.
    for spelling in 1..3 {
        let again = facts(clock, claims(&one, spelling).expect("it fitted before"));
        assert_eq!(doctor::report(&given, [&again, &again]), report);
    }
    judged(&given, clock, json.as_ref(), &report);
});

fn facts(clock: Option<Clock>, claims: Option<Claims>) -> Facts {
    let mut facts = Facts::default();
    facts.token.clock = clock;
    facts.token.asked = Some(Asked::Token(claims));
    facts
}

/// The claims of a token with that payload, where it is short enough for one.
fn claims(payload: &str, spelling: usize) -> Option<Option<Claims>> {
    let token = ["e30.", &base64(payload.as_bytes(), spelling), ".c2ln"].concat();
    Some(Claims::read(&Token::parse(token)?))
}

/// As in URLs without padding, with it, and as outside of URLs.
fn base64(bytes: &[u8], spelling: usize) -> String {
    let marks: &[u8; 2] = if spelling == 2 { b"+/" } else { b"-_" };
    let digits: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(*marks)
        .collect();
    let mut written = String::new();
    for chunk in bytes.chunks(3) {
        let mut group = [0; 4];
        group[1..=chunk.len()].copy_from_slice(chunk);
        let group = u32::from_be_bytes(group);
        for place in 0..=chunk.len() {
            written.push(digits[(group >> (18 - 6 * place) & 63) as usize] as char);
        }
        if spelling > 0 {
            written.extend(std::iter::repeat_n('=', 3 - chunk.len()));
        }
    }
    written
}

/// What is called good is good.
fn judged(
    given: &Given,
    clock: Option<Clock>,
    json: Option<&Map<String, Value>>,
    report: &[Check],
) {
    let is_good = |name| {
        report
            .iter()
            .any(|check| check.name == name && check.ok == Some(true))
    };
    let Some(json) = json else {
        assert!(!is_good("token_audience") && !is_good("token_scope") && !is_good("token_expiry"));
        return;
    };
    if is_good("token_audience") {
        let audiences = match &json["aud"] {
            Value::Array(all) => all.iter().collect(),
            one => vec![one],
        };
        let fits = |audience: &&Value| {
            let audience = audience.as_str().unwrap_or_default().trim_end_matches('/');
            !audience.is_empty()
                && given.scopes.iter().any(|scope| {
                    let scope = scope.to_ascii_lowercase();
                    scope.starts_with(&audience.to_ascii_lowercase())
                })
        };
        assert!(audiences.iter().any(fits), "{json:?}");
    }
    if is_good("token_scope") {
        let has_scopes = json
            .get("scp")
            .and_then(Value::as_str)
            .is_some_and(|scp| !scp.trim_ascii().is_empty());
        let has_roles = json.get("roles").and_then(Value::as_array);
        assert!(has_scopes || has_roles.is_some_and(|roles| !roles.is_empty()));
    }
    if is_good("token_expiry") {
        let now = clock.and_then(|clock| clock.server.or(Some(clock.own)));
        let ends = json["exp"].as_f64().expect("a number") * 1000.0;
        // Such a number is read as nearly as clocks can tell.
        let is_later = |now: f64| ends > now - now.abs() * 1e-12;
        assert!(now.is_some_and(is_later), "{json:?} at {now:?}");
    }
}
