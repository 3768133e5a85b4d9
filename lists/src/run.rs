//! One slice under way: ends by its rows, a problem, the deadline, a signal or `stop()`, whichever
//! comes first, and exactly once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cablink::browser::listener::Listener;
use cablink::browser::timer::{Timer, later, now};
use cablink::browser::{js, token};
use cablink::error;
use cablink::rules::list::course::{Course, Deadline, Next};
use cablink::rules::list::envelope::Page;
use cablink::rules::list::words::worded;
use cablink::rules::problem::{Failure, Problem};
use cablink::rules::request::Request;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use web_sys::{AbortController, EventTarget};

use crate::body;
use crate::request;
use crate::slice::{Chain, Slice};

/// Who waits for the slice.
enum Settle {
    /// A promise.
    Promise(Function, Function),
    /// A download, which only needs new addresses.
    Renewal(Box<dyn FnOnce(Result<(), Failure>)>),
}

pub(crate) struct Run {
    chain: Rc<Chain>,
    /// The slice whose `next()` this is.
    before: Option<Rc<Slice>>,
    deadline: Cell<Deadline>,
    controller: AbortController,
    /// How it is told that it has ended; empty once it has.
    settle: RefCell<Option<Settle>>,
    timer: RefCell<Option<Timer>>,
    signals: RefCell<Vec<Listener>>,
}

/// Asks for the slice at this path and query; its time runs since this moment.
pub(crate) fn start(
    chain: &Rc<Chain>,
    before: Option<Rc<Slice>>,
    path_and_query: String,
    began: f64,
) -> Promise {
    let mut before = Some(before);
    let mut path_and_query = Some(path_and_query);
    Promise::new(&mut |resolve, reject| {
        let settle = Settle::Promise(resolve, reject);
        let (before, path) = (before.take().flatten(), path_and_query.take());
        let deadline = Deadline::new(chain.host.deadline_ms, began);
        begin(
            chain,
            before,
            path.unwrap_or_default(),
            deadline,
            &chain.signals,
            settle,
        );
    })
}

/// Asks for a slice once more, for the addresses of its CABs alone; they are then those of the
/// chain. The signal ends it without a word.
pub(crate) fn renew(
    chain: &Rc<Chain>,
    path_and_query: String,
    limit_ms: u32,
    signal: EventTarget,
    done: impl FnOnce(Result<(), Failure>) + 'static,
) {
    let settle = Settle::Renewal(Box::new(done));
    let deadline = Deadline::new(limit_ms, now());
    begin(chain, None, path_and_query, deadline, &[signal], settle);
}

fn begin(
    chain: &Rc<Chain>,
    before: Option<Rc<Slice>>,
    path_and_query: String,
    deadline: Deadline,
    signals: &[EventTarget],
    settle: Settle,
) {
    let Ok(controller) = AbortController::new() else {
        return settle.fail(Problem::UnexpectedResponse.into());
    };
    let run = Rc::new(Run {
        chain: Rc::clone(chain),
        before,
        deadline: Cell::new(deadline),
        controller,
        settle: RefCell::new(Some(settle)),
        timer: RefCell::default(),
        signals: RefCell::default(),
    });
    for signal in [&chain.host.stop].into_iter().chain(signals) {
        if js::flag(signal, "aborted") {
            return run.fail(Problem::Aborted.into());
        }
        let weak = Rc::downgrade(&run);
        let listener = Listener::new(signal, "abort", move |_| {
            if let Some(run) = weak.upgrade() {
                run.fail(Problem::Aborted.into());
            }
        });
        run.signals.borrow_mut().push(listener);
    }
    run.look_in(deadline.left(now()));
    js::spawn(course(run, path_and_query));
}

impl Settle {
    /// A list's problem has a list's words, a download's its own.
    fn fail(self, failure: Failure) {
        match self {
            Self::Promise(_, reject) => {
                let _ = reject.call1(&JsValue::UNDEFINED, &error::to_js(&worded(failure)));
            }
            Self::Renewal(done) => done(Err(failure)),
        }
    }
}

async fn course(run: Rc<Run>, path_and_query: String) {
    let host = &run.chain.host;
    let mut course = Course::default();
    let (mut renew, mut claims) = (false, None);
    loop {
        // It may have ended before its first step, or while the answer to the last request was read.
        if run.is_over() {
            return;
        }
        let asked = token::ask(&host.get_token, &host.scopes, renew, claims.take());
        let token = match asked.await {
            Ok(token) => token,
            Err(failure) => return run.fail(failure),
        };
        loop {
            if run.is_over() {
                return;
            }
            let request = Request::below(&host.endpoint, &path_and_query, token.clone());
            let came = request::send(&request, &run.controller.signal()).await;
            let left = run.deadline.get().left(now());
            let list = run.chain.list;
            match course.next(list, came, &token, left, js_sys::Math::random()) {
                Next::Slice(page) => {
                    run.arrived(&path_and_query, &page);
                    return body::give_back(page.rows.into_room());
                }
                Next::Renew(wanted) => {
                    (renew, claims) = (true, wanted);
                    break;
                }
                Next::After(ms) => pause(ms).await,
                Next::GiveUp(failure) => return run.fail(failure),
            }
        }
    }
}

async fn pause(ms: u32) {
    let promise = Promise::new(&mut |resolve, _| {
        later(ms, move || {
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
    });
    let _ = js::wait(promise).await;
}

impl Run {
    fn is_over(&self) -> bool {
        self.settle.borrow().is_none()
    }

    /// Looks in so many milliseconds whether the time is over.
    fn look_in(self: &Rc<Self>, ms: u32) {
        let weak = Rc::downgrade(self);
        let timer = Timer::new(ms, move || {
            let Some(run) = weak.upgrade() else { return };
            let mut deadline = run.deadline.get();
            let again = deadline.passed(now(), run.chain.host.signing_in());
            run.deadline.set(deadline);
            match again {
                Some(ms) => run.look_in(ms),
                None => run.fail(Problem::Timeout.into()),
            }
        });
        // The timer before has just called, and must outlive its own callback.
        let before = self.timer.replace(Some(timer));
        later(0, move || drop(before));
    }

    fn arrived(&self, path_and_query: &str, page: &Page) {
        if matches!(*self.settle.borrow(), Some(Settle::Renewal(_))) {
            self.chain.keep(page);
            if let Some(Settle::Renewal(done)) = self.end() {
                done(Ok(()));
            }
            return;
        }
        match Slice::of(&self.chain, path_and_query, page) {
            Ok(slice) => self.succeed(slice),
            Err(failure) => self.fail(failure),
        }
    }

    fn succeed(&self, slice: Rc<Slice>) {
        let Some(Settle::Promise(resolve, _)) = self.end() else {
            return;
        };
        let object = slice.to_js();
        if let Some(before) = &self.before {
            before.followed_by(slice);
        }
        let _ = resolve.call1(&JsValue::UNDEFINED, &object);
    }

    fn fail(&self, failure: Failure) {
        let Some(settle) = self.end() else {
            return;
        };
        if let Some(before) = &self.before {
            before.not_followed();
        }
        settle.fail(failure);
    }

    /// Ends everything that is under way, once.
    fn end(&self) -> Option<Settle> {
        let settle = self.settle.take()?;
        self.controller.abort();
        let parts = (self.timer.take(), self.signals.take());
        // Not now: one of them may be what is calling.
        later(0, move || drop(parts));
        Some(settle)
    }
}
