//! What the page's own policy refused while we looked.

use std::cell::RefCell;
use std::rc::Rc;

use cablink::browser::dom::document;
use cablink::browser::js;
use cablink::browser::listener::Listener;
use cablink::browser::timer::within;
use js_sys::Promise;

/// Listens as long as it lives.
pub(crate) struct Violations {
    heard: Rc<RefCell<Vec<String>>>,
    _listener: Option<Listener>,
}

impl Violations {
    pub(crate) fn listen() -> Self {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let told = Rc::clone(&heard);
        let listener = document().map(|document| {
            Listener::new(&document, "securitypolicyviolation", move |event| {
                if js::text(&event, "disposition").as_deref() == Some("enforce") {
                    let directive = js::text(&event, "effectiveDirective").unwrap_or_default();
                    told.borrow_mut().push(directive);
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
        settle().await;
        let heard = self.heard.borrow();
        let fits = |each: &&String| directives.iter().any(|one| each.starts_with(one));
        heard.iter().find(fits).cloned()
    }
}

/// The event comes in a task of its own, after the refusal.
async fn settle() {
    within(0, Promise::new(&mut |_, _| {})).await;
}
