//! What the hidden frame shows once it has loaded, and what that means.

use crate::rules::problem::Problem;

/// What script of the page can see of a document in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// `about:blank`: no navigation took place here. The browser took a file, or got a 204.
    Blank,
    /// Readable, at another address of our own origin.
    Ours,
    /// Not readable: of another origin, or an error page of the browser's.
    Unreachable,
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether the outer document is the one the worker served.
    pub outer: bool,
    /// What the outer frame holds, where it is not that document.
    pub outer_document: Document,
    /// What the inner frame holds, where the outer one is that document.
    pub inner: Document,
    /// Whether the outer document's own policy refused the inner frame's target.
    pub blocked: bool,
}

/// What became of a redirect that was handed to the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Storage answered with a file, and the browser took it.
    Taken,
    /// It was not.
    Problem(Problem),
}

/// Concludes.
///
/// A refused target leaves the inner document unreachable in Chromium but `about:blank` in Firefox
/// and WebKit, so the policy's own report counts first. In WebKit a refused connection looks
/// exactly like a file; nothing that script can see tells them apart there.
#[must_use]
pub const fn conclude(seen: Seen) -> Conclusion {
    if !seen.outer {
        return Conclusion::Problem(Problem::UnexpectedResponse);
    }
    if seen.blocked {
        return Conclusion::Problem(Problem::StorageBlocked);
    }
    match seen.inner {
        Document::Blank => Conclusion::Taken,
        Document::Unreachable => Conclusion::Problem(Problem::StorageRefused),
        // Most likely a login page: the redirect led back to our own origin.
        Document::Ours => Conclusion::Problem(Problem::UnexpectedResponse),
    }
}

/// Whether the browser shows an error instead of the outer document.
///
/// After the worker has served it, that means an embedder policy which the document does not
/// share, or a worker that ended in between. Script cannot see the page's own embedder policy.
#[must_use]
pub const fn was_refused(seen: Seen) -> bool {
    !seen.outer && matches!(seen.outer_document, Document::Unreachable)
}

/// Whether a frame with this `sandbox` attribute forbids the document in it to download.
///
/// A frame of another origin around us shows its attributes to nobody.
#[must_use]
pub fn forbids_downloads(sandbox: &str) -> bool {
    !sandbox
        .as_bytes()
        .split(u8::is_ascii_whitespace)
        .any(|token| token.eq_ignore_ascii_case(b"allow-downloads"))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    #[test]
    fn a_sandbox_forbids_what_it_does_not_allow() {
        for sandbox in [
            "",
            " ",
            "allow-scripts",
            "allow-downloads-without-user-activation",
        ] {
            assert!(forbids_downloads(sandbox), "{sandbox}");
        }
        for sandbox in ["allow-downloads", "allow-scripts\n\tAllow-Downloads"] {
            assert!(!forbids_downloads(sandbox), "{sandbox}");
        }
    }

    #[test]
    fn a_refused_document_is_one_that_nobody_can_read() {
        for outer in [true, false] {
            for outer_document in [Document::Blank, Document::Ours, Document::Unreachable] {
                let seen = Seen {
                    outer,
                    outer_document,
                    inner: Document::Unreachable,
                    blocked: false,
                };
                let refused = !outer && outer_document == Document::Unreachable;
                assert_eq!(was_refused(seen), refused, "{seen:?}");
            }
        }
    }

    #[test]
    fn only_a_blank_unblocked_inner_document_is_a_file() {
        let documents = [Document::Blank, Document::Ours, Document::Unreachable];
        let mut taken = 0;
        for outer in [true, false] {
            for outer_document in documents {
                for inner in documents {
                    for blocked in [true, false] {
                        let seen = Seen {
                            outer,
                            outer_document,
                            inner,
                            blocked,
                        };
                        let conclusion = conclude(seen);
                        let file = outer && !blocked && inner == Document::Blank;
                        assert_eq!(conclusion == Conclusion::Taken, file, "{seen:?}");
                        taken += u32::from(file);
                        if outer && blocked {
                            let problem = Conclusion::Problem(Problem::StorageBlocked);
                            assert_eq!(conclusion, problem);
                        }
                    }
                }
            }
        }
        assert_eq!(taken, 3);
    }
}
