//! One examination: settles by all that was seen, the deadline or the signal, whichever comes first.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cablink::browser::active_worker::active;
use cablink::browser::listener::Listener;
use cablink::browser::timer::{Timer, later, now, within};
use cablink::browser::{address, js, options, token};
use cablink::error;
use cablink::rules::doctor::page::Recovery;
use cablink::rules::doctor::token::{Asked, Claims, Clock};
use cablink::rules::doctor::worker::Registered;
use cablink::rules::doctor::{self, Check, Facts, Given};
use cablink::rules::options::Handoff;
use cablink::rules::problem::{Failure, Problem};
use cablink::rules::token::Token;
use js_sys::{Array, Function, Promise};
use wasm_bindgen::JsValue;

use crate::ask::{Ask, Reply};
use crate::violations::Violations;
use crate::{endpoint, frame, page, worker};

/// The longest time for everything, in milliseconds. `deadlineMs` is for the token; each look has a limit of its own.
const LIMIT_MS: u32 = 120_000;

struct Run {
    given: Result<Given, Failure>,
    facts: RefCell<Facts>,
    /// The token itself, for one request; gone when the run is over.
    token: RefCell<Option<Token>>,
    settle: RefCell<Option<(Function, Function)>>,
    begun: f64,
    timer: Cell<Option<Timer>>,
    signal: RefCell<Option<Listener>>,
}

pub(crate) fn start(given: &JsValue, signal: &JsValue, parts: &Function) -> Promise {
    let read = options::read(given);
    let get_token = read.as_ref().ok().map(|options| options.get_token.clone());
    let given = read.map(|options| Given {
        config: (*options.config).clone(),
        scopes: options.scopes,
        page_origin: address::page_origin(),
    });
    let signal = match options::read_signal(&js::object(&[("signal", signal.clone())])) {
        Ok(signal) => signal,
        Err(failure) => return Promise::reject(&error::to_js(&failure)),
    };
    let run = Rc::new(Run {
        given,
        facts: RefCell::default(),
        token: RefCell::default(),
        settle: RefCell::default(),
        begun: now(),
        timer: Cell::default(),
        signal: RefCell::default(),
    });
    let promise = Promise::new(&mut |resolve, reject| {
        run.settle.replace(Some((resolve, reject)));
    });
    if let Some(signal) = signal {
        if js::flag(&signal, "aborted") {
            run.abort();
            return promise;
        }
        let weak = Rc::downgrade(&run);
        run.signal
            .replace(Some(Listener::new(&signal, "abort", move |_| {
                if let Some(run) = weak.upgrade() {
                    run.abort();
                }
            })));
    }
    let late = Rc::clone(&run);
    run.timer
        .set(Some(Timer::new(LIMIT_MS, move || late.finish())));

    // Now, not later: a sign-in window needs the click's activation.
    let token = match (&run.given, get_token) {
        (Ok(given), Some(get_token)) => Some(token::ask(&get_token, &given.scopes, false, None)),
        _ => None,
    };
    let asking = token.map(|token| {
        let run = Rc::clone(&run);
        js::promise(async move {
            let asked = match token.await {
                Ok(token) => {
                    let asked = Asked::Token(Claims::read(&token));
                    if !run.is_over() {
                        run.token.replace(Some(token));
                    }
                    asked
                }
                Err(failure) => Asked::Failed(failure),
            };
            run.facts.borrow_mut().token.asked = Some(asked);
            Ok(JsValue::UNDEFINED)
        })
    });
    let looking = Rc::clone(&run);
    let parts = parts.clone();
    js::spawn(async move {
        looking.look(&parts).await;
        if let Some(asking) = asking {
            let _ = within(looking.patience(), asking).await;
            looking.access().await;
        }
        looking.finish();
    });
    promise
}

impl Run {
    fn is_over(&self) -> bool {
        self.settle.borrow().is_none()
    }

    /// What is left of the token's time, in milliseconds.
    fn patience(&self) -> u32 {
        let deadline = self
            .given
            .as_ref()
            .map_or(0, |given| given.config.deadline_ms);
        let spent = now() - self.begun;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range, or at its end"
        )]
        deadline.saturating_sub(spent as u32)
    }

    /// Looks at everything that needs no token.
    async fn look(&self, parts: &Function) {
        let violations = Violations::listen();
        let secure = page::is_secure();
        {
            let mut facts = self.facts.borrow_mut();
            facts.page.secure = Some(secure);
            facts.page.embedding = Some(page::embedding());
        }
        let loaded = page::parts(parts, &violations).await;
        self.facts.borrow_mut().page.parts = loaded;
        let address_of_page = page::address();
        let asked = Ask::own(&address_of_page, "HEAD").send().await;
        if let Reply::Answered(response) = &asked {
            let mut facts = self.facts.borrow_mut();
            facts.page.coep = Some(
                response
                    .header("cross-origin-embedder-policy")
                    .unwrap_or_default(),
            );
            facts.token.clock = Some(clock(response.header("date")));
        }
        let Ok(given) = &self.given else { return };
        if given.config.handoff != Handoff::Follow {
            self.worker(given, &violations).await;
        }
        if self.is_over() {
            return;
        }
        let looked = endpoint::look(&given.config.endpoint, &violations).await;
        self.facts.borrow_mut().endpoint = looked;
    }

    async fn worker(&self, given: &Given, violations: &Violations) {
        let scope = &given.config.scope;
        let offered = js::given(&worker::container());
        {
            let mut facts = self.facts.borrow_mut();
            facts.worker.offered = Some(offered);
            facts.worker.endpoint = address::parse(given.config.endpoint.base());
            facts.worker.page = address::parse(&page::address());
        }
        let (file, date) = worker::file(scope, violations).await;
        {
            let mut facts = self.facts.borrow_mut();
            facts.worker.file = Some(file);
            if facts.token.clock.is_none_or(|clock| clock.server.is_none()) {
                facts.token.clock = Some(clock(date));
            }
        }
        // A frame's document would do as well, but this is the address that people share.
        let shared = [scope.base(), doctor::endpoint::METHOD].concat();
        if let Reply::Answered(response) = Ask::own(&shared, "GET").send().await {
            self.facts.borrow_mut().page.recovery = Some(Recovery {
                status: response.status,
                media_type: response.media_type(),
            });
        }
        if !offered || self.is_over() {
            return;
        }
        let (script, types, holder) = frame::script_address(scope.script());
        self.facts.borrow_mut().worker.types = Some(types);
        let registered = worker::register(&script, scope, violations).await;
        drop(holder);
        let registration = match registered {
            Ok(registration) => registration,
            Err(refused) => {
                self.facts.borrow_mut().worker.registered = Some(refused);
                return;
            }
        };
        let Some(active) = active(&registration).await else {
            self.facts.borrow_mut().worker.registered = Some(Registered::Inactive);
            return;
        };
        self.facts.borrow_mut().worker.registered = Some(Registered::Active);
        let version = worker::version(&registration, &active).await;
        self.facts.borrow_mut().worker.version = Some(version);
        let is_right = self.facts.borrow().worker.is_right();
        if is_right && !self.is_over() {
            let looked = frame::look(given, violations).await;
            let mut facts = self.facts.borrow_mut();
            facts.page.frame = looked.map(|(framed, _)| framed);
            facts.page.frame_is_hidden = looked.map(|(_, hidden)| hidden);
        }
    }

    /// With the token, where something that asks for one answers.
    async fn access(&self) {
        let Ok(given) = &self.given else { return };
        let takes_tokens = self.facts.borrow().endpoint.takes_tokens();
        let token = self.token.take().filter(|_| takes_tokens);
        if let Some(token) = token {
            let answer = endpoint::look_with(&given.config.endpoint, token).await;
            self.facts.borrow_mut().endpoint.with_token = Some(answer);
        }
    }

    /// Resolves with what is known by now.
    fn finish(&self) {
        let Some((resolve, _)) = self.end() else {
            return;
        };
        let mut facts = self.facts.borrow().clone();
        // It was asked for at once and has had all the time there is.
        facts.token.asked.get_or_insert(Asked::Silent);
        let checks: Array = doctor::checks(&self.given, &facts)
            .iter()
            .map(to_js)
            .collect();
        let _ = resolve.call1(&JsValue::UNDEFINED, &checks);
    }

    fn abort(&self) {
        let Some((_, reject)) = self.end() else {
            return;
        };
        let failure = Failure::explained(
            Problem::Aborted,
            "The examination was ended before it was complete.",
            Some("Run the doctor again."),
        );
        let _ = reject.call1(&JsValue::UNDEFINED, &error::to_js(&failure));
    }

    /// Ends it, once.
    fn end(&self) -> Option<(Function, Function)> {
        let settle = self.settle.take()?;
        self.token.take();
        let parts = (self.timer.take(), self.signal.take());
        // Not now: one of them may be what is calling.
        later(0, move || drop(parts));
        Some(settle)
    }
}

fn clock(date: Option<String>) -> Clock {
    let server = date
        .map(|date| js_sys::Date::parse(&date))
        .filter(|ms| ms.is_finite());
    Clock {
        own: js_sys::Date::now(),
        server,
    }
}

fn to_js(check: &Check) -> JsValue {
    let mut properties = vec![
        ("name", check.name.into()),
        ("ok", check.ok.map_or(JsValue::NULL, JsValue::from)),
        ("found", (&check.found).into()),
    ];
    if let Some(change) = &check.change {
        properties.push(("change", change.into()));
    }
    js::object(&properties)
}
