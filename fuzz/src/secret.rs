//! Whether a text shows a part of a secret, however that is written.

/// This many letters and digits in a row say something about a secret.
pub const RUN: usize = 10;

/// Whether a text shows a good part of the secret.
#[must_use]
pub fn shows(text: &str, secret: &str) -> bool {
    shows_run(text, secret, RUN)
}

/// Whether a text shows so many letters and digits of the secret in a row.
#[must_use]
pub fn shows_run(text: &str, secret: &str, run: usize) -> bool {
    let (text, secret) = (essence(text), essence(secret));
    let mut runs = secret.as_bytes().windows(run);
    runs.any(|run| text.contains(std::str::from_utf8(run).expect("ASCII")))
}

/// The letters and digits of a text, lower-case, after every usual escape is undone.
#[must_use]
pub fn essence(text: &str) -> String {
    let mut text: Vec<char> = text.chars().collect();
    loop {
        let mut plain = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let rest: String = text[at..text.len().min(at + 6)].iter().collect();
            let (c, used) = unescape(&rest).unwrap_or((text[at], 1));
            plain.push(c);
            at += used;
        }
        if plain.len() == text.len() {
            break;
        }
        text = plain;
    }
    let letters = text.into_iter().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn unescape(rest: &str) -> Option<(char, usize)> {
    let marks = [
        ("%", 16),
        ("\\u00", 16),
        ("\\x", 16),
        ("&#x", 16),
        ("&#", 10),
    ];
    let (mark, radix) = marks.into_iter().find(|(mark, _)| rest.starts_with(mark))?;
    let digits = rest.get(mark.len()..mark.len() + 2)?;
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let n = u8::from_str_radix(digits, radix).ok()?;
    n.is_ascii().then_some((n as char, mark.len() + 2))
}
