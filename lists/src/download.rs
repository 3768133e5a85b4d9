//! One download of a batch: carries out what `rules::list::direct` decides.

use std::cell::RefCell;
use std::rc::Rc;

use cablink::browser::event_queue::EventQueue;
use cablink::browser::listener::Listener;
use cablink::browser::storage_frame::StorageFrame;
use cablink::browser::timer::{Timer, later, now};
use cablink::browser::{address, frame_element, js, state_event};
use cablink::error;
use cablink::rules::flow::State;
use cablink::rules::id::CabIdHash;
use cablink::rules::list::cab_address::Target;
use cablink::rules::list::direct::{Command, Direct, Event};
use cablink::rules::problem::{Failure, Problem};
use js_sys::{Date, Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{AbortController, EventTarget};

use crate::slice::Slice;
use crate::{given, run};

thread_local! {
    /// What is under way, of every `CabLink` of the page, each with its promise.
    static UNDER_WAY: RefCell<Vec<(Rc<Download>, Promise)>> = const { RefCell::new(Vec::new()) };
}

/// See the module's documentation.
struct Download {
    slice: Rc<Slice>,
    id: CabIdHash,
    direct: RefCell<Direct>,
    events: EventQueue<Event>,
    parts: RefCell<Parts>,
}

/// What it holds of the browser's; all of it ends with it.
#[derive(Default)]
struct Parts {
    settle: Option<(Function, Function)>,
    signals: Vec<Listener>,
    /// What stands for it in the page's queue.
    guest: JsValue,
    /// Ends a request for new addresses.
    asking: Option<AbortController>,
    frame: Option<StorageFrame>,
    step: Option<Timer>,
    deadline: Option<Timer>,
}

/// `download()` of a slice. A second call for what is under way gives the same promise.
pub(crate) fn start(slice: &Rc<Slice>, id: &JsValue, options: &JsValue) -> Promise {
    let checked = check(slice, id).and_then(|id| Ok((id, given::signals(&[options])?)));
    let (id, signals) = match checked {
        Ok(checked) => checked,
        Err(failure) => return Promise::reject(&error::to_js(&failure)),
    };
    let known = UNDER_WAY.with_borrow(|all| {
        let same = |(other, _): &&(Rc<Download>, Promise)| {
            other.id == id && other.slice.chain.host.is(&slice.chain.host)
        };
        all.iter().find(same).map(|(_, promise)| promise.clone())
    });
    known.unwrap_or_else(|| begin(slice, id, signals))
}

fn check(slice: &Slice, id: &JsValue) -> Result<CabIdHash, Failure> {
    let wrong =
        |sentence: &str| Failure::of_field(Problem::InvalidCabId, "cabIdHash", sentence.to_owned());
    let text = id
        .as_string()
        .ok_or_else(|| wrong("The CAB's id must be a text."))?;
    let id = CabIdHash::parse(&text)
        .map_err(|reason| wrong(&["The CAB's id ", reason.sentence_end(), "."].concat()))?;
    if slice.has(id.as_str()) {
        Ok(id)
    } else {
        Err(wrong("This slice has no CAB with this id."))
    }
}

fn begin(slice: &Rc<Slice>, id: CabIdHash, signals: Vec<EventTarget>) -> Promise {
    let host = &slice.chain.host;
    let direct = Direct::new(host.storage.clone(), host.deadline_ms);
    let download = Rc::new(Download {
        slice: Rc::clone(slice),
        id,
        direct: RefCell::new(direct),
        events: EventQueue::default(),
        parts: RefCell::default(),
    });
    let promise = Promise::new(&mut |resolve, reject| {
        download.parts.borrow_mut().settle = Some((resolve, reject));
    });
    UNDER_WAY.with_borrow_mut(|all| all.push((Rc::clone(&download), promise.clone())));
    let signals = [&host.stop]
        .into_iter()
        .chain(&slice.chain.signals)
        .chain(&signals);
    for signal in signals {
        if js::flag(signal, "aborted") {
            download.on(Event::Abort);
            return promise;
        }
        let abort = download.tell(|| Event::Abort);
        let listener = Listener::new(signal, "abort", move |_| abort());
        download.parts.borrow_mut().signals.push(listener);
    }
    if frame_element::is_sandboxed() {
        // The address would be used up, and nothing saved.
        download.on(Event::Sandboxed);
        return promise;
    }
    download.begin();
    promise
}

impl Download {
    /// What tells it of an event, as long as it is under way.
    fn tell(self: &Rc<Self>, event: fn() -> Event) -> impl Fn() + Clone + use<> {
        let weak = Rc::downgrade(self);
        move || {
            if let Some(download) = weak.upgrade() {
                download.on(event());
            }
        }
    }

    /// A host's handler may end it within: that comes after all that beginning it means.
    fn begin(self: &Rc<Self>) {
        let commands = self.direct.borrow_mut().begin();
        self.events.hold(|| self.carry_out(commands));
        self.drain();
    }

    /// Takes in what happened.
    fn on(self: &Rc<Self>, event: Event) {
        self.events.push(event);
        self.drain();
    }

    fn drain(self: &Rc<Self>) {
        self.events.drain(|event| {
            let jitter = js_sys::Math::random();
            let commands = self.direct.borrow_mut().on(event, now(), jitter);
            self.carry_out(commands);
        });
    }

    fn carry_out(self: &Rc<Self>, commands: Vec<Command>) {
        for command in commands {
            match command {
                Command::EnterQueue => self.enter_queue(),
                Command::AskAnew(ms) => self.ask_anew(ms),
                Command::Navigate => self.navigate(),
                Command::RemoveFrame => {
                    let frame = self.parts.borrow_mut().frame.take();
                    drop(frame);
                }
                Command::Look => {
                    let seen = self.parts.borrow().frame.as_ref().map(StorageFrame::look);
                    if let Some(seen) = seen {
                        self.on(Event::Looked(seen));
                    }
                }
                Command::SetStep(ms) => {
                    let timer = Timer::new(ms, self.tell(|| Event::Step));
                    self.parts.borrow_mut().step = Some(timer);
                }
                Command::SetDeadline(ms) => {
                    let timer = Timer::new(ms, self.tell(|| Event::Deadline));
                    self.parts.borrow_mut().deadline = Some(timer);
                }
                Command::Show(State::Failed) => {
                    // Shown when it settles, together with the problem.
                }
                Command::Show(state) => self.show(state, None),
                Command::Settle(result) => self.conclude(result),
            }
        }
    }

    fn enter_queue(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let told = Closure::once_into_js(move || {
            if let Some(download) = weak.upgrade() {
                let target = download.target();
                download.on(Event::Place(target));
            }
        });
        let guest = js::object(&[("told", told)]);
        self.slice.chain.host.queue(&guest);
        self.parts.borrow_mut().guest = guest;
    }

    /// What the batch knows of the CAB's address, looked at by the browser.
    fn target(&self) -> Option<Target> {
        let held = self.slice.chain.address(self.id.as_str())?;
        // What is no address leads nowhere that is allowed.
        let parsed = address::parse(held.expose()).unwrap_or_default();
        Some(Target::of(&parsed, Date::now()))
    }

    fn ask_anew(self: &Rc<Self>, ms: u32) {
        let Ok(controller) = AbortController::new() else {
            return self.on(Event::Fresh(Err(Problem::UnexpectedResponse.into())));
        };
        let signal = controller.signal().into();
        self.parts.borrow_mut().asking = Some(controller);
        let chain = &self.slice.chain;
        // An address that is not named again is no address any more.
        chain.forget(self.id.as_str());
        let weak = Rc::downgrade(self);
        run::renew(
            chain,
            self.slice.path_and_query.clone(),
            ms,
            signal,
            move |ended| {
                if let Some(download) = weak.upgrade() {
                    let answer = ended.map(|()| download.target());
                    download.on(Event::Fresh(answer));
                }
            },
        );
    }

    fn navigate(self: &Rc<Self>) {
        let held = self.slice.chain.address(self.id.as_str());
        let forbidden = self.tell(|| Event::Forbidden);
        let frame = held.and_then(|held| {
            let address = held.expose().to_owned();
            StorageFrame::add(
                address,
                || {},
                self.tell(|| Event::Loaded),
                forbidden.clone(),
            )
        });
        if frame.is_none() {
            // A host's own script keeps us from adding it.
            forbidden();
        }
        self.parts.borrow_mut().frame = frame;
    }

    fn show(&self, state: State, failure: Option<&Failure>) {
        let attempt = self.direct.borrow().attempt();
        state_event::dispatch(None, self.id.as_str(), state, attempt, failure);
    }

    fn conclude(self: &Rc<Self>, result: Result<u32, Failure>) {
        let parts = self.parts.take();
        if let Some(asking) = &parts.asking {
            asking.abort();
        }
        let chain = &self.slice.chain;
        if js::given(&parts.guest) {
            chain.host.queue(&parts.guest);
        }
        UNDER_WAY.with_borrow_mut(|all| all.retain(|(other, _)| !Rc::ptr_eq(other, self)));
        let Parts {
            settle,
            signals,
            frame,
            step,
            deadline,
            ..
        } = parts;
        // Not now: one of them may be what is calling.
        later(0, move || drop((signals, frame, step, deadline)));
        match result {
            Ok(attempts) => {
                let value = js::object(&[
                    ("cabIdHash", self.id.as_str().into()),
                    ("via", "direct".into()),
                    ("attempts", attempts.into()),
                ]);
                if let Some((resolve, _)) = settle {
                    let _ = resolve.call1(&JsValue::UNDEFINED, &value);
                }
            }
            Err(failure) => {
                if failure.problem == Problem::StorageRefused {
                    // The next try gets another address.
                    chain.forget(self.id.as_str());
                }
                self.show(State::Failed, Some(&failure));
                if let Some((_, reject)) = settle {
                    let _ = reject.call1(&JsValue::UNDEFINED, &error::to_js(&failure));
                }
            }
        }
    }
}
