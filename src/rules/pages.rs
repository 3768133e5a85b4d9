//! The hidden frame's document, and what a person reads in a tab of their own.

use crate::rules::endpoint::Endpoint;
use crate::rules::options::Coep;
use crate::rules::problem::Failure;
use crate::rules::protocol::{Document, Page};
use crate::rules::storage::Storage;

/// The title of the outer frame's document, which tells it from a page of the server's at the same address.
pub const FRAME_TITLE: &str = "frame of cablink";

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
        "default-src 'none'; frame-src 'self' ",
        origin,
        gap,
        &storage.to_csp(),
        "; base-uri 'none'; form-action 'none'",
    ]
    .concat()
}

/// The outer frame's document, the same for every CAB: empty, with its policy. The page adds the inner frame.
#[must_use]
pub fn frame_document(endpoint: &Endpoint, storage: &Storage, coep: Option<Coep>) -> Document {
    let mut headers = vec![
        ("content-type", "text/html; charset=utf-8".to_owned()),
        ("content-security-policy", frame_policy(endpoint, storage)),
        ("referrer-policy", "no-referrer".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
    ];
    if !endpoint.same_origin() {
        // Connected to while the pointer rests on a link, as `fetch` without credentials will want it. Nothing is asked.
        let hint = ["<", endpoint.origin(), ">; rel=preconnect; crossorigin"].concat();
        headers.push(("link", hint));
    }
    if let Some(coep) = coep {
        headers.push(("cross-origin-embedder-policy", coep.as_str().to_owned()));
    }
    Document {
        headers,
        body: ["<!doctype html><title>", FRAME_TITLE, "</title>"].concat(),
    }
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
        let start = "default-src 'none'; frame-src ";
        assert_eq!(
            frame_policy(&endpoint(DEFAULT), &storage),
            [
                start,
                "'self' https://manage.devcenter.microsoft.com https://*.blob.core.windows.net",
                rest
            ]
            .concat()
        );
        assert_eq!(
            frame_policy(&endpoint("https://portal.example/devcenter/"), &storage),
            [start, "'self' https://*.blob.core.windows.net", rest].concat()
        );
    }

    #[test]
    fn the_frame_is_empty_and_has_the_portals_coep() {
        let document = frame_document(
            &endpoint(DEFAULT),
            &Storage::default(),
            Some(Coep::RequireCorp),
        );
        let title = ["<title>", FRAME_TITLE, "</title>"].concat();
        assert_eq!(document.body, ["<!doctype html>", &title].concat());
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
    fn the_frame_connects_to_an_endpoint_elsewhere_and_to_no_other() {
        let link = |base: &str| {
            let document = frame_document(&endpoint(base), &Storage::default(), None);
            let mut links = document.headers.into_iter().filter(|(n, _)| *n == "link");
            let link = links.next().map(|(_, value)| value);
            assert_eq!(links.next(), None);
            link
        };
        let hint = "<https://manage.devcenter.microsoft.com>; rel=preconnect; crossorigin";
        assert_eq!(link(DEFAULT).as_deref(), Some(hint));
        assert_eq!(link("https://portal.example/devcenter/"), None);
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
