//! The hidden frame's document, and what a person reads in a tab of their own.

use crate::rules::endpoint::Endpoint;
use crate::rules::options::Coep;
use crate::rules::problem::Failure;
use crate::rules::protocol::{Document, Page};
use crate::rules::storage::Storage;

/// The outer frame's one script: it notes that the policy refused the inner frame's target.
///
/// Script of the page can read the note but not make the browser tell it otherwise: the event
/// fires in this document only, and in Firefox just after `load`.
pub const FRAME_SCRIPT: &str = r#"addEventListener("securitypolicyviolation",e=>{if(e.effectiveDirective==="frame-src")document.documentElement.dataset.blocked=""})"#;

/// The SHA-256 of [`FRAME_SCRIPT`] in base64, as its policy names it. A test computes it.
pub const FRAME_SCRIPT_HASH: &str = "sQViB28AR5rAU+b58PKlI4TqwbGGIhpsY/iMs14fuSs=";

/// The policy of the outer frame.
///
/// It rules where the inner frame may be redirected: Chromium and WebKit check the final target,
/// Firefox the endpoint's origin on the way as well. No `frame-ancestors`: a portal may itself be
/// embedded.
#[must_use]
pub fn frame_policy(endpoint: &Endpoint, storage: &Storage) -> String {
    let origin = if endpoint.same_origin() {
        ""
    } else {
        endpoint.origin()
    };
    let gap = if origin.is_empty() { "" } else { " " };
    [
        "default-src 'none'; script-src 'sha256-",
        FRAME_SCRIPT_HASH,
        "'; frame-src 'self' ",
        origin,
        gap,
        &storage.to_csp(),
        "; base-uri 'none'; form-action 'none'",
    ]
    .concat()
}

/// The outer frame's document: one inner frame on the CAB's address.
///
/// `cab_address` consists of characters that need no escaping but `&`, see
/// [`Scope::cab_address`](crate::rules::scope::Scope::cab_address) and the URL parser's origin.
#[must_use]
pub fn frame_document(
    endpoint: &Endpoint,
    storage: &Storage,
    coep: Option<Coep>,
    cab_address: &str,
) -> Document {
    let mut headers = vec![
        ("content-type", "text/html; charset=utf-8".to_owned()),
        ("content-security-policy", frame_policy(endpoint, storage)),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
    ];
    if let Some(coep) = coep {
        headers.push(("cross-origin-embedder-policy", coep.as_str().to_owned()));
    }
    let mut address = String::new();
    for c in cab_address.chars() {
        match c {
            '&' => address.push_str("&amp;"),
            '"' => address.push_str("&quot;"),
            '<' => address.push_str("&lt;"),
            other => address.push(other),
        }
    }
    let body = [
        "<!doctype html><meta charset=\"utf-8\"><title>CAB download</title><script>",
        FRAME_SCRIPT,
        "</script><iframe src=\"",
        &address,
        "\"></iframe>",
    ]
    .concat();
    Document { headers, body }
}

/// The headers under which a file that a relay sends itself is passed on: ours alone.
///
/// Whatever the relay said about the bytes, the browser must save them and never show them: shown,
/// they would run in the portal's origin.
#[must_use]
pub fn file_headers(id: &str, length: &str) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("content-type", "application/octet-stream".to_owned()),
        (
            "content-disposition",
            ["attachment; filename=\"", id, ".cab\""].concat(),
        ),
        ("x-content-type-options", "nosniff".to_owned()),
        ("content-security-policy", "sandbox".to_owned()),
        ("cache-control", "no-store".to_owned()),
    ];
    // The browser shows progress with it. A wrong one is the relay's lie to tell, not ours.
    if !length.is_empty() && length.len() <= 16 && length.bytes().all(|b| b.is_ascii_digit()) {
        headers.push(("content-length", length.to_owned()));
    }
    headers
}

/// What a tab of its own says when its CAB is on its way already.
#[must_use]
pub fn under_way_page() -> Page {
    Page {
        title: "This download is under way".to_owned(),
        text: vec!["The portal is getting this CAB already. You can close this tab.".to_owned()],
    }
}

/// What a tab of its own says when the download in it failed.
#[must_use]
pub fn problem_page(failure: &Failure) -> Page {
    let mut text = vec![failure.message().to_owned(), failure.next_step().to_owned()];
    if let Some(message) = &failure.service_message {
        text.push(["The service said: ", message].concat());
    }
    text.push(["Code: ", failure.problem.code()].concat());
    Page {
        title: "The download did not start".to_owned(),
        text,
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::endpoint::{DEFAULT, tests::address};
    use crate::rules::problem::Problem;

    fn endpoint(text: &str) -> Endpoint {
        Endpoint::new(&address(text), "https://portal.example").unwrap()
    }

    #[test]
    fn the_policy_names_what_may_be_navigated_to_and_nothing_else() {
        let storage = Storage::default();
        let rest = "; base-uri 'none'; form-action 'none'";
        let start = [
            "default-src 'none'; script-src 'sha256-",
            FRAME_SCRIPT_HASH,
            "'; frame-src ",
        ]
        .concat();
        assert_eq!(
            frame_policy(&endpoint(DEFAULT), &storage),
            [
                &start,
                "'self' https://manage.devcenter.microsoft.com https://*.blob.core.windows.net",
                rest
            ]
            .concat()
        );
        assert_eq!(
            frame_policy(&endpoint("https://portal.example/devcenter/"), &storage),
            [&start, "'self' https://*.blob.core.windows.net", rest].concat()
        );
    }

    #[test]
    fn the_script_has_the_hash_that_its_policy_names() {
        use sha2::{Digest, Sha256};
        let hash = base64(&Sha256::digest(FRAME_SCRIPT));
        assert_eq!(hash, FRAME_SCRIPT_HASH);
    }

    fn base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let group =
                chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
            for place in 0..4 {
                let digit = DIGITS[(group >> (18 - 6 * place) & 63) as usize] as char;
                text.push(if place > chunk.len() { '=' } else { digit });
            }
        }
        text
    }

    #[test]
    fn the_frame_holds_the_address_escaped_and_the_portals_coep() {
        let document = frame_document(
            &endpoint(DEFAULT),
            &Storage::default(),
            Some(Coep::RequireCorp),
            "https://portal.example/cablink/ihvdriver/cabdownload?cabIdHash=a&ticket=0\"><script>",
        );
        assert!(
            document
                .body
                .contains("cabIdHash=a&amp;ticket=0&quot;>&lt;script>\"")
        );
        assert_eq!(document.body.matches("<script>").count(), 1);
        let header = |name| {
            document
                .headers
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| v.as_str())
        };
        assert_eq!(header("cross-origin-embedder-policy"), Some("require-corp"));
        assert_eq!(header("referrer-policy"), Some("no-referrer"));
        assert_eq!(header("cache-control"), Some("no-store"));
    }

    #[test]
    fn a_passed_file_can_only_be_saved() {
        let headers = file_headers("c1a5", "12");
        for expected in [
            ("content-type", "application/octet-stream"),
            ("content-disposition", "attachment; filename=\"c1a5.cab\""),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox"),
            ("content-length", "12"),
        ] {
            assert!(
                headers.iter().any(|(n, v)| (*n, v.as_str()) == expected),
                "{expected:?}"
            );
        }
        for length in ["", "-1", "1, 1", "x", "12345678901234567"] {
            let headers = file_headers("c1a5", length);
            assert!(
                headers.iter().all(|(n, _)| *n != "content-length"),
                "{length}"
            );
        }
    }

    #[test]
    fn the_page_says_sentence_next_step_and_code() {
        for problem in Problem::ALL {
            let page = problem_page(&problem.into());
            assert_eq!(page.text.len(), 3);
            assert!(page.text[2].ends_with(problem.code()));
        }
    }
}
