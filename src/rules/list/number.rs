//! Numbers as JSON writes them, and which of them JavaScript can hold.

/// The first whole number that JavaScript cannot tell from another, 2^53.
const BEYOND: &[u8] = b"9007199254740992";

/// Whether it is one by JSON's grammar.
#[must_use]
pub fn parse(text: &[u8]) -> Option<&[u8]> {
    let mut scanner = super::json::Scanner::new(text);
    match scanner.value(0) {
        Some(super::json::Value::Number(number)) if number.len() == text.len() => Some(number),
        _ => None,
    }
}

/// A number without the `.0` of a whole one.
#[must_use]
pub fn digits(number: &[u8]) -> &[u8] {
    match number.iter().position(|&byte| byte == b'.') {
        Some(point) if number[point + 1..].iter().all(|&byte| byte == b'0') => &number[..point],
        _ => number,
    }
}

/// Whether JavaScript reads a number, and of a whole one every digit; of others it only loses what
/// is far behind their point.
#[inline(always)]
#[must_use]
pub fn is_safe(number: &[u8]) -> bool {
    // Most are.
    number.len() < BEYOND.len() && !number.iter().any(|byte| matches!(byte, b'e' | b'E'))
        || (is_exact(digits(number)) && is_finite(number))
}

fn is_exact(digits: &[u8]) -> bool {
    let digits = digits.strip_prefix(b"-").unwrap_or(digits);
    !digits.iter().all(u8::is_ascii_digit) || (digits.len(), digits) < (BEYOND.len(), BEYOND)
}

/// Whether JavaScript reads a number, and not an infinity. Told by length and exponent: to compute it
/// would weigh more than all of this.
#[must_use]
pub fn is_finite(number: &[u8]) -> bool {
    let end = number.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = number.split_at(end.unwrap_or(number.len()));
    let leading = |byte: &&u8| matches!(byte, b'e' | b'E' | b'+' | b'-' | b'0');
    let zeros = exponent.iter().take_while(leading).count();
    mantissa.len() <= 100 && exponent.len() - zeros <= 2
}
