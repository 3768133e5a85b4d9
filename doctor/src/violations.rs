//! What the page's own policy refused while we looked.

use std::cell::RefCell;
use std::rc::Rc;

use cablink::browser::dom::document;
use cablink::browser::js;
use cablink::browser::listener::Listener;
use cablink::browser::timer::within;
use cablink::rules::registration::is_about;
use js_sys::Promise;

/// What was refused, and by which directive.
struct Violation {
    directive: String,
    blocked: String,
    sample: String,
}

/// Listens as long as it lives.
pub(crate) struct Violations {
    heard: Rc<RefCell<Vec<Violation>>>,
    _listener: Option<Listener>,
}

impl Violations {
    pub(crate) fn listen() -> Self {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let told = Rc::clone(&heard);
        let listener = document().map(|document| {
            Listener::new(&document, "securitypolicyviolation", move |event| {
                let field = |name| js::text(&event, name).unwrap_or_default();
                if field("disposition") == "enforce" {
                    told.borrow_mut().push(Violation {
                        directive: field("effectiveDirective"),
                        blocked: field("blockedURI"),
                        sample: field("sample"),
                    });
                }
            })
        });
        Self {
            heard,
            _listener: listener,
        }
    }

    /// Forgets what was heard, so that what comes belongs to what is tried next.
    pub(crate) async fn begin(&self) {
        settle().await;
        self.heard.borrow_mut().clear();
    }

    /// The first directive heard since that begins with one of these.
    pub(crate) async fn heard(&self, directives: &[&str]) -> Option<String> {
        self.first(|each| directives.iter().any(|one| each.directive.starts_with(one)))
            .await
    }

    /// The first directive heard since that is about the worker at this address.
    pub(crate) async fn heard_about(&self, script: &str) -> Option<String> {
        self.first(|each| is_about(script, &each.blocked, &each.sample))
            .await
    }

    async fn first(&self, fits: impl Fn(&Violation) -> bool) -> Option<String> {
        settle().await;
        let heard = self.heard.borrow();
        let found = heard.iter().find(|each| fits(each));
        found.map(|each| each.directive.clone())
    }
}

/// The event comes in a task of its own, after the refusal.
async fn settle() {
    within(0, Promise::new(&mut |_, _| {})).await;
}
