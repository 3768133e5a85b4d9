//! The token, decoded here and never shown: which claim is wrong, not what it says. And the clock.

use crate::rules::doctor::endpoint;
use crate::rules::doctor::page::NOT_IN_TIME;
use crate::rules::doctor::{Check, Given};
use crate::rules::list::json::{Scanner, Value};
use crate::rules::list::number;
use crate::rules::msal;
use crate::rules::problem::{Failure, Problem};
use crate::rules::token::Token;

/// How far two clocks may be apart, in milliseconds: what Entra ID and most services allow.
const SKEW_MS: f64 = 300_000.0;

/// What was seen of the token and of the clock.
#[derive(Clone, Default)]
pub struct Facts {
    /// What `getToken` gave.
    pub asked: Option<Asked>,
    /// Both clocks, at one moment.
    pub clock: Option<Clock>,
}

/// What `getToken` gave.
#[derive(Clone)]
pub enum Asked {
    /// A token; its claims, where it has readable ones.
    Token(Option<Claims>),
    /// Not one.
    Failed(Failure),
    /// Nothing in time.
    Silent,
}

/// Milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// By this machine.
    pub own: f64,
    /// By the server that sent the page; nothing where it does not say.
    pub server: Option<f64>,
}

/// What is looked at in a token. No `Debug`: it must not be printed.
#[derive(Clone, Default)]
pub struct Claims {
    audiences: Vec<String>,
    scopes: Option<String>,
    has_roles: bool,
    has_nonce: bool,
    expires: Option<f64>,
    from: Option<f64>,
    issued: Option<f64>,
}

impl Claims {
    /// Reads the claims of a JSON Web Token; nothing where it is none that can be read.
    #[must_use]
    pub fn read(token: &Token) -> Option<Self> {
        let mut parts = token.expose().split('.');
        let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let payload = base64url(payload)?;
        // Bytes that are no text make it none that can be read.
        let mut scanner = Scanner::new(std::str::from_utf8(&payload).ok()?.as_bytes());
        let mut claims = Self::default();
        // Of several claims of one name the last counts.
        scanner.object(|scanner, name| {
            let value = scanner.value(1)?;
            match &*name.decoded() {
                "aud" => claims.audiences = audiences(&value),
                "scp" => claims.scopes = text(&value),
                "roles" => claims.has_roles = items(&value).is_some_and(|all| !all.is_empty()),
                "nonce" => claims.has_nonce = true,
                "exp" => claims.expires = milliseconds(&value),
                "nbf" => claims.from = milliseconds(&value),
                "iat" => claims.issued = milliseconds(&value),
                _ => {}
            }
            Some(())
        })?;
        // Nothing but blanks may follow.
        scanner.peek().is_none().then_some(claims)
    }
}

fn text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.decoded().into_owned()),
        _ => None,
    }
}

/// The values of a list; nothing where it is none.
fn items<'a>(value: &Value<'a>) -> Option<Vec<Value<'a>>> {
    let Value::Nested { raw, .. } = value else {
        return None;
    };
    let mut all = Vec::new();
    Scanner::new(raw).list(|scanner| {
        all.push(scanner.value(2)?);
        Some(())
    })?;
    Some(all)
}

/// One, or a list of them.
fn audiences(value: &Value<'_>) -> Vec<String> {
    match items(value) {
        Some(all) => all.iter().filter_map(text).collect(),
        None => text(value).into_iter().collect(),
    }
}

/// A time, which a token has in seconds and perhaps in parts of them.
fn milliseconds(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) if number::is_finite(number) => Some(read(number) * 1000.0),
        _ => None,
    }
}

/// A finite number, exact where it is whole and below 2^53 and written without an exponent. What the library has for it
/// weighs ten kilobytes, in tables for the last digit of all others.
fn read(number: &[u8]) -> f64 {
    let end = number.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = number.split_at(end.unwrap_or(number.len()));
    let digits = |text: &[u8]| {
        let digits = text.iter().filter(|byte| byte.is_ascii_digit());
        digits.fold(0.0, |all, byte| all * 10.0 + f64::from(byte - b'0'))
    };
    let is_negative = |text: &[u8]| text.contains(&b'-');
    let point = mantissa.iter().rposition(|&byte| byte == b'.');
    let behind = point.map_or(0.0, |point| (mantissa.len() - 1 - point) as f64);
    let raised = digits(exponent);
    let shift = if is_negative(exponent) {
        -raised
    } else {
        raised
    } - behind;
    let (mut power, mut left) = (1.0, shift.abs());
    while left > 0.0 {
        power *= 10.0;
        left -= 1.0;
    }
    let value = digits(mantissa);
    let value = if shift < 0.0 {
        value / power
    } else {
        value * power
    };
    if is_negative(mantissa) { -value } else { value }
}

/// Decodes base64 as in URLs, padded or not.
fn base64url(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

pub(super) fn checks(
    given: &Given,
    facts: &Facts,
    endpoint: &endpoint::Facts,
    checks: &mut Vec<Check>,
) {
    let claims = match &facts.asked {
        Some(Asked::Token(claims)) => claims.as_ref(),
        _ => None,
    };
    let clock_check = clock(facts.clock, claims);
    let clock_is_wrong = clock_check.ok == Some(false);
    checks.push(clock_check);
    checks.push(token(facts.asked.as_ref()));
    // The service's clock decides; a wrong one here is told once.
    let now = match facts.clock {
        Some(Clock {
            server: Some(server),
            ..
        }) => Some(server),
        Some(Clock { own, .. }) if !clock_is_wrong => Some(own),
        _ => None,
    };
    for (name, judge) in [
        ("token_audience", audience as Judge),
        ("token_scope", scope),
        ("token_expiry", expiry),
    ] {
        checks.push(match (&facts.asked, claims) {
            (_, Some(claims)) => judge(name, given, claims, now),
            (Some(Asked::Token(None)), _) => {
                Check::unknown(name, "The token is opaque: it cannot be read here.")
            }
            _ => Check::after(name, "token"),
        });
    }
    let is_wrong = |check: &Check| check.ok == Some(false) && check.name.starts_with("token");
    checks.push(if checks.iter().any(is_wrong) {
        Check::after("access", "token")
    } else {
        endpoint::access(endpoint)
    });
}

/// Judges one side of the claims, at this time where it is known.
type Judge = fn(&'static str, &Given, &Claims, Option<f64>) -> Check;

fn token(asked: Option<&Asked>) -> Check {
    const NAME: &str = "token";
    match asked {
        None => Check::unknown(NAME, NOT_IN_TIME),
        Some(Asked::Token(_)) => Check::good(NAME, "getToken gives a token."),
        Some(Asked::Silent) => Check::bad(
            NAME,
            "getToken gave nothing in time.",
            "Have getToken settle always: with a token, or by rejecting.",
        ),
        Some(Asked::Failed(failure)) => {
            // A sentence that the host put into the error is not ours to show.
            let is_ours = failure.next_step.is_some();
            let found = if is_ours {
                failure.message()
            } else {
                failure.problem.facts().sentence
            };
            let is_for_a_person = matches!(
                failure.problem,
                Problem::InteractionRequired
                    | Problem::PopupBlocked
                    | Problem::NetworkError
                    | Problem::Timeout
            );
            if is_for_a_person || found == msal::NOBODY {
                return Check::open(NAME, found, "Sign in, then run the doctor again.");
            }
            Check::bad(
                NAME,
                found,
                "Have getToken give an access token as text, such as by msalToken(pca).",
            )
        }
    }
}

/// What stands before the last part of a scope: the API it is for.
fn resource(scope: &str) -> Option<&str> {
    let (resource, _) = scope.rsplit_once('/')?;
    let resource = resource.trim_end_matches('/');
    resource.contains(':').then_some(resource)
}

fn is_application_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn audience(name: &'static str, given: &Given, claims: &Claims, _: Option<f64>) -> Check {
    let resources = given.scopes.iter().filter_map(|scope| resource(scope));
    let Some(first) = resources.clone().next() else {
        return Check::unknown(name, "No scope names the API that the token is for.");
    };
    let fits = |audience: &String| {
        let audience = audience.trim_end_matches('/');
        let mut resources = resources.clone();
        resources.any(|resource| resource.eq_ignore_ascii_case(audience))
    };
    if claims.audiences.iter().any(fits) {
        return Check::good(
            name,
            "The token is for an API that the option scopes names.",
        );
    }
    if is_id_token(claims) {
        return Check::bad(
            name,
            "getToken gives an ID token, which says who signed in and opens nothing.",
            "Return accessToken of MSAL's answer, not idToken.",
        );
    }
    let change =
        format!("Ask for the scope {first}/.default, and give the access token of the answer.");
    // An API may be named by the id of its registration, which nothing here can compare.
    if claims.audiences.iter().any(|one| is_application_id(one)) {
        let found = format!("aud is an application's id, which may or may not be that of {first}.");
        return Check::open(name, found, change);
    }
    Check::bad(name, format!("aud is not {first}."), change)
}

/// Access tokens say what they allow; ID tokens carry the nonce of the sign-in instead.
fn is_id_token(claims: &Claims) -> bool {
    claims.has_nonce && claims.scopes.is_none() && !claims.has_roles
}

fn scope(name: &'static str, given: &Given, claims: &Claims, _: Option<f64>) -> Check {
    if is_id_token(claims) {
        return Check::after(name, "token_audience");
    }
    let Some(scopes) = &claims.scopes else {
        if claims.has_roles {
            return Check::good(name, "The token has roles: it is an application's own.");
        }
        return Check::open(
            name,
            "The token has neither scp nor roles, as an application's own may.",
            "Give a token of the person who is signed in, or one that a server of yours obtained and guards.",
        );
    };
    if scopes.trim_ascii().is_empty() {
        return Check::bad(
            name,
            "scp is empty: the token allows nothing.",
            "Grant the registration a permission for the API, with an administrator's consent.",
        );
    }
    let has = |wanted: &str| scopes.split_ascii_whitespace().any(|scope| scope == wanted);
    let lacking = given.scopes.iter().find_map(|scope| {
        resource(scope)?;
        let (_, permission) = scope.rsplit_once('/')?;
        (permission != ".default" && !has(permission)).then_some(permission)
    });
    match lacking {
        Some(permission) => Check::bad(
            name,
            format!("scp does not have {permission}."),
            format!(
                "Grant the registration the permission {permission}, with an administrator's consent."
            ),
        ),
        None => Check::good(name, "scp is there: the token is a person's."),
    }
}

fn expiry(name: &'static str, _: &Given, claims: &Claims, now: Option<f64>) -> Check {
    let (Some(now), Some(expires)) = (now, claims.expires) else {
        return Check::unknown(name, "Whether the token has expired cannot be told here.");
    };
    if expires <= now {
        return Check::bad(
            name,
            "exp is over: the token has expired.",
            "Have getToken renew the token before it ends, as MSAL's acquireTokenSilent does.",
        );
    }
    if claims.from.is_some_and(|from| from > now + SKEW_MS) {
        return Check::bad(
            name,
            "nbf is still to come: the token is not valid yet.",
            "Set the clock of the server that gives the token.",
        );
    }
    Check::good(name, "The token is valid at this time.")
}

/// Compares this machine's clock with the server's, else with the moment that the token was made.
pub(super) fn clock(clock: Option<Clock>, claims: Option<&Claims>) -> Check {
    const NAME: &str = "clock";
    const CHANGE: &str = "Set the clock of this device, or have it set by itself.";
    let Some(clock) = clock else {
        return Check::unknown(NAME, NOT_IN_TIME);
    };
    if let Some(server) = clock.server {
        let ahead = clock.own - server;
        if ahead.abs() <= SKEW_MS {
            return Check::good(NAME, "This device and the server agree on the time.");
        }
        // At most some decades; floating-point numbers would be written out by a good part of the module.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range, or at its end"
        )]
        let minutes = (ahead.abs() / 60_000.0).round() as u32;
        let way = if ahead > 0.0 { "ahead of" } else { "behind" };
        return Check::bad(
            NAME,
            format!("The clock of this device is {minutes} minutes {way} the server's."),
            CHANGE,
        );
    }
    let made = claims.and_then(|claims| claims.issued.or(claims.from));
    match made {
        Some(made) if made > clock.own + SKEW_MS => Check::bad(
            NAME,
            "The token was made in the future of this device's clock.",
            CHANGE,
        ),
        _ => Check::unknown(NAME, "No answer of the server says what time it is."),
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whole_seconds_are_exact(seconds in -(1_i64 << 53)..1 << 53) {
            prop_assert_eq!(read(seconds.to_string().as_bytes()), seconds as f64);
        }

        #[test]
        fn others_are_as_near_as_clocks_can_tell(number in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?") {
            let exact: f64 = number.parse().unwrap();
            let read = read(number.as_bytes());
            prop_assert!((read - exact).abs() <= exact.abs() * 1e-14, "{} is {}", number, read);
        }
    }
}
