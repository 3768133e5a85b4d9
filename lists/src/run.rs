//! One slice under way: ends by its rows, a problem, the deadline, a signal or `stop()`, whichever
//! comes first, and exactly once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cablink::browser::listener::Listener;
use cablink::browser::timer::{Timer, later, now};
use cablink::browser::{js, token};
use cablink::error;
use cablink::rules::list::course::{Course, Deadline, Next};
use cablink::rules::list::words::worded;
use cablink::rules::problem::{Failure, Problem};
use cablink::rules::request::Request;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use web_sys::AbortController;

use crate::request;
use crate::slice::{Chain, Slice};

pub(crate) struct Run {
    chain: Rc<Chain>,
    /// The slice whose `next()` this is.
    before: Option<Rc<Slice>>,
    deadline: Cell<Deadline>,
    controller: AbortController,
    /// How the promise is settled; empty once it is.
    settle: RefCell<Option<(Function, Function)>>,
    timer: RefCell<Option<Timer>>,
    signals: RefCell<Vec<Listener>>,
}

/// Asks for the slice at this path and query.
pub(crate) fn start(
    chain: &Rc<Chain>,
    before: Option<Rc<Slice>>,
    path_and_query: String,
) -> Promise {
    let Ok(controller) = AbortController::new() else {
        return Promise::reject(&error::to_js(&worded(Problem::UnexpectedResponse.into())));
    };
    let run = Rc::new(Run {
        chain: Rc::clone(chain),
        before,
        deadline: Cell::new(Deadline::new(chain.host.deadline_ms, now())),
        controller,
        settle: RefCell::default(),
        timer: RefCell::default(),
        signals: RefCell::default(),
    });
    let promise = Promise::new(&mut |resolve, reject| {
        run.settle.replace(Some((resolve, reject)));
    });
    let signals = [&chain.host.stop].into_iter().chain(&chain.signals);
    for signal in signals {
        if js::flag(signal, "aborted") {
            run.fail(Problem::Aborted.into());
            return promise;
        }
        let weak = Rc::downgrade(&run);
        let listener = Listener::new(signal, "abort", move |_| {
            if let Some(run) = weak.upgrade() {
                run.fail(Problem::Aborted.into());
            }
        });
        run.signals.borrow_mut().push(listener);
    }
    run.look_in(chain.host.deadline_ms);
    js::spawn(course(run, path_and_query));
    promise
}

async fn course(run: Rc<Run>, path_and_query: String) {
    let host = &run.chain.host;
    let mut course = Course::default();
    let (mut renew, mut claims) = (false, None);
    loop {
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
                    let slice = Slice::of(&run.chain, &page);
                    return match slice {
                        Ok(slice) => run.succeed(slice),
                        Err(failure) => run.fail(failure),
                    };
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

    fn succeed(&self, slice: Rc<Slice>) {
        let Some((resolve, _)) = self.end() else {
            return;
        };
        let object = slice.to_js();
        if let Some(before) = &self.before {
            before.followed_by(slice);
        }
        let _ = resolve.call1(&JsValue::UNDEFINED, &object);
    }

    fn fail(&self, failure: Failure) {
        let Some((_, reject)) = self.end() else {
            return;
        };
        if let Some(before) = &self.before {
            before.not_followed();
        }
        let _ = reject.call1(&JsValue::UNDEFINED, &error::to_js(&worded(failure)));
    }

    /// Ends everything that is under way, once.
    fn end(&self) -> Option<(Function, Function)> {
        let settle = self.settle.take()?;
        self.controller.abort();
        let parts = (self.timer.take(), self.signals.take());
        // Not now: one of them may be what is calling.
        later(0, move || drop(parts));
        Some(settle)
    }
}
