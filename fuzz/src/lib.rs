//! What the fuzz targets share: how an input becomes texts, addresses and messages.
//!
//! A target is one file in `src/bin`; its seeds lie in `seeds/<target>/`. It decodes what it is
//! given with the rules of the crate and asserts what must hold of everything they accept: that
//! it never panics is the least of it.
//!
//! Inputs are texts, one part a line, so that seeds can be read and written by hand.

pub mod address;
pub mod connect;
pub mod doctor;
pub mod message;
pub mod policy;
pub mod secret;

/// Splits an input into `N` lines. Missing ones are empty; the last takes the rest, lines and all.
#[must_use]
pub fn lines<const N: usize>(data: &[u8]) -> [String; N] {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(N, '\n').map(ToOwned::to_owned);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// Whether a text may stand in a header's value: visible ASCII and blanks, on one line.
#[must_use]
pub fn is_header_value(text: &str) -> bool {
    text.bytes().all(|b| b == b' ' || b.is_ascii_graphic())
}

/// Whether a name that `serde_json` keeps for itself, to mark a number as it was written, may stand in a JSON text. It reads
/// such an object as a number; for everybody else it is one like others.
#[must_use]
pub fn has_private_name(json: &[u8]) -> bool {
    let text = String::from_utf8_lossy(json);
    let mut written = String::new();
    let mut rest = text.as_ref();
    while let Some(c) = rest.chars().next() {
        let escape = rest.strip_prefix("\\u").and_then(|digits| digits.get(..4));
        let unit = escape.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match unit.and_then(char::from_u32) {
            Some(c) => {
                written.push(c);
                rest = &rest[6..];
            }
            None => {
                written.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    written.contains("$serde_json::private::")
}
