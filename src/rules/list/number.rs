//! Numbers as JSON writes them, and which of them JavaScript can hold.

use std::iter;

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

/// Whether JavaScript reads a number, and every digit before its point; of one below 2^53 it only
/// loses what is behind that.
#[inline(always)]
#[must_use]
pub fn is_safe(number: &[u8]) -> bool {
    // Most are.
    number.len() < BEYOND.len() && !number.iter().any(|byte| matches!(byte, b'e' | b'E'))
        || (is_finite(number) && is_below(number))
}

/// Whether a finite number is below 2^53 in size, whichever way it is written.
#[inline(never)]
fn is_below(number: &[u8]) -> bool {
    let number = number.strip_prefix(b"-").unwrap_or(number);
    let end = number.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (mantissa, exponent) = number.split_at(end.unwrap_or(number.len()));
    let point = mantissa.iter().position(|&byte| byte == b'.');
    let digits = mantissa.iter().copied().filter(|&byte| byte != b'.');
    let zeros = digits.clone().take_while(|&byte| byte == b'0').count();
    let digits = digits.skip(zeros);
    if digits.clone().next().is_none() {
        return true;
    }
    let shift = exponent.iter().filter(|byte| byte.is_ascii_digit());
    let shift = shift.fold(0, |shift, byte| shift * 10 + usize::from(byte - b'0'));
    // How many digits stand before the point, from the first that is not 0; of too few, none.
    let whole = point.unwrap_or(mantissa.len());
    let whole = if exponent.contains(&b'-') {
        whole.saturating_sub(zeros + shift)
    } else {
        (whole + shift).saturating_sub(zeros)
    };
    let first = digits.chain(iter::repeat(b'0')).take(BEYOND.len());
    whole < BEYOND.len() || (whole == BEYOND.len() && first.lt(BEYOND.iter().copied()))
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
