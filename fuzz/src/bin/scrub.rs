//! A service's text that echoes a secret, however it was escaped on the way.
#![no_main]

use cablink::rules::scrub::{MAX_CODE, MAX_MESSAGE, code, message};
use cablink_fuzz::lines;
use cablink_fuzz::secret::{RUN, essence, shows, shows_run};
use libfuzzer_sys::fuzz_target;

/// As in a SAS address: 32 bytes in base64.
const SIGNATURE: &str = "Zm9v+mFy/nF1eDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

fuzz_target!(|data: &[u8]| {
    let [recipe, secret, before, after] = lines(data);
    let secret: String = secret
        .chars()
        // What RFC 6750 lets a token consist of.
        .filter(|c| c.is_ascii_alphanumeric() || "-._~+/=".contains(*c))
        .take(80)
        .collect();
    let kept = shown(&[before.as_str(), &after].concat(), &secret);
    if essence(&secret).len() >= RUN {
        check(&kept, &secret);
        let echo = write(&secret, &recipe, true);
        let kept = shown(&[before.as_str(), &echo, &after].concat(), &secret);
        check(&kept, &secret);
    }
    // Parts of a signature that stand there by themselves cannot be known.
    if shows_run(&[before.as_str(), &after].concat(), SIGNATURE, RUN / 2) {
        return;
    }
    let sas = write(&["sig=", SIGNATURE].concat(), &recipe, false);
    let kept = shown(&[before.as_str(), &sas, &after].concat(), &secret);
    check(&kept, SIGNATURE);
});

/// What of a text is shown, as a message and as a code.
fn shown(text: &str, secret: &str) -> [String; 2] {
    let message = message(text, secret).unwrap_or_default();
    assert!(message.chars().count() <= MAX_MESSAGE);
    assert!(!message.contains(|c: char| c.is_control() || c == '\u{ad}' || c == '\u{200b}'));
    assert_eq!(message, message.trim());
    let code = code(text, secret).unwrap_or_default();
    assert!(code.len() <= MAX_CODE);
    assert!(
        code.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
    );
    // What is shown once may be shown again.
    if !message.is_empty() {
        let again = cablink::rules::scrub::message(&message, secret);
        assert_eq!(again.as_deref(), Some(message.as_str()));
    }
    [message, code]
}

fn check(kept: &[String; 2], secret: &str) {
    for text in kept {
        assert!(!shows(text, secret), "{text:?}");
    }
}

/// Writes a secret as a body may: each character escaped as the recipe's next one says.
fn write(secret: &str, recipe: &str, broken: bool) -> String {
    let mut ways = recipe.bytes().cycle();
    let mut text = String::new();
    for c in secret.chars() {
        let n = u32::from(c);
        match ways.next() {
            Some(b'%') => text.push_str(&format!("%{n:02X}")),
            Some(b'p') => text.push_str(&format!("%{n:02x}")),
            Some(b'2') => text.push_str(&format!("%25{n:02X}")),
            Some(b'3') => text.push_str(&format!("%2525{n:02x}")),
            Some(b'u') => text.push_str(&format!("\\u{n:04x}")),
            Some(b'\\') => text.extend(['\\', c]),
            Some(b'x') => text.push_str(&format!("\\x{n:02x}")),
            Some(b'&') => text.push_str(&format!("&#x{n:X};")),
            Some(b'#') if n < 100 => text.push_str(&format!("&#{n};")),
            Some(b'^') => text.push(c.to_ascii_uppercase()),
            Some(b'v') => text.push(c.to_ascii_lowercase()),
            Some(b'|') if broken => text.extend(['\n', c]),
            Some(b'-') if broken => text.extend(['\u{ad}', c]),
            Some(b',') if broken => text.extend([',', ' ', c]),
            _ => text.push(c),
        }
    }
    text
}
