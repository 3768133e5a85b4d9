//! One download: carries out the commands of its [`Flow`] and feeds it what happens.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use web_sys::{Element, EventTarget};

use crate::browser::dom::body;
use crate::browser::event_queue::EventQueue;
use crate::browser::frame::HiddenFrame;
use crate::browser::link::Link;
use crate::browser::listener::Listener;
use crate::browser::page::page;
use crate::browser::port::Port;
use crate::browser::storage_frame::StorageFrame;
use crate::browser::timer::{Timer, later, now};
use crate::browser::{follow, frame_element, js, token, worker};
use crate::error;
use crate::rules::flow::{Command, Event, Flow, Followed, State, Success};
use crate::rules::frame::{Document as Shown, Seen};
use crate::rules::id::Cab;
use crate::rules::pages;
use crate::rules::problem::Failure;
use crate::rules::protocol::Answer;
use crate::rules::ticket::Use;

/// How long a frame that went straight to storage is kept: until headers have arrived for sure.
const DIRECT_FRAME_MS: u32 = 60_000;

/// A download under way.
pub(crate) struct Run {
    number: u32,
    link: Rc<Link>,
    flow: RefCell<Flow>,
    /// The enhanced links that it was asked for by, for their events and badges.
    elements: RefCell<Vec<Element>>,
    /// What was told last; a link that joins is told so, too.
    state: Cell<State>,
    events: EventQueue<Event>,
    had_worker: Cell<bool>,
    parts: RefCell<Parts>,
}

/// What a run holds of the browser's; all of it ends when it is dropped.
#[derive(Default)]
struct Parts {
    /// Where the worker waits for an answer.
    port: Option<Port>,
    /// Shared, so that nothing of this is borrowed while it touches the page.
    frame: Option<Rc<HiddenFrame>>,
    direct: Option<StorageFrame>,
    step: Option<Timer>,
    deadline: Option<Timer>,
    abort: Option<Listener>,
    following: Option<follow::Following>,
    /// How `download()`'s promise is settled.
    settle: Option<(Function, Function)>,
}

/// A navigation that has asked with a link's ticket.
pub(crate) struct Tab {
    /// The owner of the ticket from now on.
    pub(crate) number: u32,
    /// Whether it has a tab of its own, and not a frame of the host's.
    pub(crate) tab: bool,
    /// Where it waits for the answer.
    pub(crate) port: JsValue,
}

impl Tab {
    /// Tells it that its CAB is on its way already.
    pub(crate) fn refuse(self) {
        let told = self.tab.then(pages::under_way_page);
        worker::reply(&self.port, &Answer::Stop(told));
        page().close(self.number);
    }
}

/// Makes a download in a hidden frame, with the promise of `download()`. It has not begun.
pub(crate) fn prepare(link: &Rc<Link>, cab: Cab, element: Option<Element>) -> (Rc<Run>, Promise) {
    let flow = Flow::new(Rc::clone(link.config()), cab, Use::Frame);
    Run::new(link, flow, element, page().number())
}

/// Makes the download of a tab that has asked. It has not begun.
pub(crate) fn prepare_tab(
    link: &Rc<Link>,
    cab: Cab,
    element: Element,
    tab: Tab,
) -> (Rc<Run>, Promise) {
    let mut flow = Flow::new(Rc::clone(link.config()), cab, Use::Link);
    if !tab.tab {
        flow = flow.in_a_frame();
    }
    let (run, promise) = Run::new(link, flow, Some(element), tab.number);
    run.keep_port(tab.port);
    (run, promise)
}

impl Run {
    fn new(
        link: &Rc<Link>,
        flow: Flow,
        element: Option<Element>,
        number: u32,
    ) -> (Rc<Self>, Promise) {
        let run = Rc::new(Self {
            number,
            link: Rc::clone(link),
            flow: RefCell::new(flow),
            elements: RefCell::new(element.into_iter().collect()),
            state: Cell::new(State::Authorizing),
            events: EventQueue::default(),
            had_worker: Cell::new(false),
            parts: RefCell::default(),
        });
        page().add(&run);
        let promise = Promise::new(&mut |resolve, reject| {
            run.parts.borrow_mut().settle = Some((resolve, reject));
        });
        (run, promise)
    }

    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    /// Whether it belongs to this `CabLink`.
    pub(crate) fn is_of(&self, link: &Rc<Link>) -> bool {
        Rc::ptr_eq(&self.link, link)
    }

    /// Begins, unless the signal says otherwise. The host's `getToken` may be called within.
    pub(crate) fn begin_with(self: &Rc<Self>, signal: Option<&EventTarget>) {
        if let Some(signal) = signal {
            if js::flag(signal, "aborted") {
                // Before anything else, the request for a token included.
                return self.on(Event::Abort);
            }
            let abort = self.tell(|| Event::Abort);
            self.parts.borrow_mut().abort = Some(Listener::new(signal, "abort", move |_| abort()));
        }
        if frame_element::is_sandboxed() {
            // Before a token is asked for: the redirect would be used up, and nothing saved.
            return self.on(Event::Sandboxed);
        }
        self.begin();
    }

    /// One more link asks for what is under way: it is told from now on.
    pub(crate) fn join(&self, element: &Element) {
        let mut elements = self.elements.borrow_mut();
        if elements.contains(element) {
            return;
        }
        elements.push(element.clone());
        drop(elements);
        self.show_on(Some(element), self.state.get(), None);
    }

    pub(crate) fn begin(self: &Rc<Self>) {
        let commands = self.flow.borrow_mut().begin(now());
        self.events.hold(|| self.carry_out(commands));
        self.drain();
    }

    /// Takes in what happened.
    pub(crate) fn on(self: &Rc<Self>, event: Event) {
        self.events.push(event);
        self.drain();
    }

    /// Takes in a question of the worker's together with the port to answer it on.
    pub(crate) fn asked(self: &Rc<Self>, port: JsValue, event: Event) {
        self.keep_port(port);
        self.on(event);
    }

    /// Answers go to this port from now on, and what the worker reports comes on it.
    fn keep_port(&self, port: JsValue) {
        let mut parts = self.parts.borrow_mut();
        if parts.port.as_ref().is_none_or(|known| known.port != port) {
            parts.port = Some(Port::open(port));
        }
    }

    fn drain(self: &Rc<Self>) {
        self.events.drain(|event| {
            let commands = self
                .flow
                .borrow_mut()
                .on(event, now(), js_sys::Math::random());
            self.carry_out(commands);
        });
    }

    fn carry_out(self: &Rc<Self>, commands: Vec<Command>) {
        for command in commands {
            self.carry_out_one(command);
        }
    }

    #[inline(never)]
    fn carry_out_one(self: &Rc<Self>, command: Command) {
        match command {
            Command::EnterQueue => page().queue(self),
            Command::WantWorker => self.want_worker(),
            Command::WantToken { renew, claims } => self.want_token(renew, claims),
            Command::AddFrame => self.add_frame(),
            Command::FillFrame => self.fill_frame(),
            Command::RemoveFrame => {
                self.remove_frame();
                page().close(self.number);
            }
            Command::Answer(answer) => {
                if let Some(Port { port, .. }) = &self.parts.borrow().port {
                    worker::reply(port, &answer);
                }
            }
            Command::Follow(request) => {
                let weak = Rc::downgrade(self);
                let following = follow::Following::start(&request, move |followed| {
                    if let Some(run) = weak.upgrade() {
                        run.on(Event::Followed(followed));
                    }
                });
                if following.is_none() {
                    // A host's own `fetch` threw.
                    self.on(Event::Followed(Followed::Unreachable));
                }
                self.parts.borrow_mut().following = following;
            }
            Command::NavigateFollowed => self.navigate_followed(),
            Command::Look => {
                if let Some(seen) = self.look() {
                    self.on(Event::Looked(seen));
                }
            }
            Command::SetDeadline(ms) => {
                let timer = Timer::new(ms, self.tell(|| Event::Deadline));
                self.parts.borrow_mut().deadline = Some(timer);
            }
            Command::SetStep(ms) => {
                let timer = Timer::new(ms, self.tell(|| Event::Step));
                self.parts.borrow_mut().step = Some(timer);
            }
            Command::ClearStep => self.parts.borrow_mut().step = None,
            Command::Show(state) => {
                // A failure is shown when the flow settles, together with the problem.
                if state != State::Failed {
                    self.show(state, None);
                }
            }
            Command::Settle(result) => self.conclude(result),
        }
    }

    /// What tells this run of an event, as long as it is there.
    fn tell(self: &Rc<Self>, event: fn() -> Event) -> impl Fn() + Clone + use<> {
        let weak = Rc::downgrade(self);
        move || {
            if let Some(run) = weak.upgrade() {
                run.on(event());
            }
        }
    }

    fn want_worker(self: &Rc<Self>) {
        // Asked for again, it was lost in between: then a look is not enough.
        if !self.had_worker.replace(true) && self.link.has_worker() {
            return self.on(Event::Worker(Ok(())));
        }
        let run = Rc::clone(self);
        js::spawn(async move {
            let result = run.link.ensure_worker().await;
            run.on(Event::Worker(result));
        });
    }

    fn want_token(self: &Rc<Self>, renew: bool, claims: Option<String>) {
        // The host's function is called now, within the click: a popup needs its activation.
        let answer = token::ask(self.link.get_token(), self.link.scopes(), renew, claims);
        let run = Rc::clone(self);
        js::spawn(async move {
            let result = answer.await;
            run.on(Event::Token(result));
        });
        if page().is_signing_in() {
            // It may well wait for the window that is open, and that takes a person's time.
            self.on(Event::SigningIn(true));
        }
    }

    fn add_frame(self: &Rc<Self>) {
        // One at a time: the one before goes first.
        self.remove_frame();
        let ready = self.link.take_ready(self.flow.borrow().cab());
        if let Some(ready) = ready {
            let frame = ready.frame();
            self.hear(&frame);
            self.parts.borrow_mut().frame = Some(frame);
            return match ready.give_press_to(self.number) {
                None => self.on(Event::FrameReady),
                Some(question) => {
                    self.on(Event::FramePressed);
                    if let Some(port) = question {
                        self.asked(port, Event::CabAsked);
                    }
                }
            };
        }
        let ticket = page().ticket(self.number, None, Use::Frame);
        let address = self.link.config().scope.frame_address(&ticket);
        let frame = HiddenFrame::new(&address, pages::FRAME_TITLE);
        let (Some(frame), Some(body)) = (frame, body()) else {
            return;
        };
        self.hear(&frame);
        frame.watch(address, self.tell(|| Event::FrameForbidden));
        frame.add(&body);
        self.parts.borrow_mut().frame = Some(Rc::new(frame));
    }

    /// Looks at the hidden frame each time that it has loaded.
    fn hear(self: &Rc<Self>, frame: &HiddenFrame) {
        let weak = Rc::downgrade(self);
        frame.hear(Rc::new(move || {
            if let Some(run) = weak.upgrade()
                && let Some(seen) = run.look()
            {
                run.on(Event::Loaded(seen));
            }
        }));
    }

    fn fill_frame(self: &Rc<Self>) {
        let cab = self.flow.borrow().cab().clone();
        let ticket = page().ticket(self.number, Some(&cab), Use::Frame);
        let address = self.link.config().scope.cab_address(&cab, Some(&ticket));
        let frame = self.parts.borrow().frame.clone();
        if frame
            .and_then(|frame| frame.fill(&address, || {}))
            .is_none()
        {
            self.on(Event::Unfilled);
        }
    }

    fn remove_frame(&self) {
        // Out of the borrow first: removing a frame runs events of the browser's at once.
        let mut parts = self.parts.borrow_mut();
        let frames = (parts.frame.take(), parts.direct.take());
        drop(parts);
        drop(frames);
    }

    fn look(&self) -> Option<Seen> {
        let frame = self.parts.borrow().frame.clone();
        frame.map(|frame| frame.look())
    }

    fn navigate_followed(self: &Rc<Self>) {
        let following = self.parts.borrow_mut().following.take();
        let target = following.and_then(follow::Following::into_target);
        let forbidden = self.tell(|| Event::FrameForbidden);
        let weak = Rc::downgrade(self);
        let loaded = move || {
            if let Some(run) = weak.upgrade()
                && run.parts.borrow().direct.as_ref().map(StorageFrame::look) != Some(Shown::Blank)
            {
                run.on(Event::DocumentShown);
            }
        };
        let filled = self.tell(|| Event::Filled);
        let frame =
            target.and_then(|target| StorageFrame::add(target, filled, loaded, forbidden.clone()));
        if frame.is_none() {
            // A host's own script keeps us from adding it.
            forbidden();
        }
        self.parts.borrow_mut().direct = frame;
    }

    fn show(&self, state: State, failure: Option<&Failure>) {
        self.state.set(state);
        let elements = self.elements.borrow().clone();
        if elements.is_empty() {
            self.show_on(None, state, failure);
        }
        for element in &elements {
            self.show_on(Some(element), state, failure);
        }
    }

    fn show_on(&self, element: Option<&Element>, state: State, failure: Option<&Failure>) {
        let flow = self.flow.borrow();
        let attempt = flow.attempts().max(1);
        let id = flow.cab().id.as_str().to_owned();
        drop(flow);
        self.link.show(element, &id, state, attempt, failure);
    }

    fn conclude(self: &Rc<Self>, result: Result<Success, Failure>) {
        let Parts { settle, direct, .. } = self.parts.take();
        if result.is_ok()
            && let Some(frame) = direct
        {
            // Removed before headers arrive, it would take the download with it.
            later(DIRECT_FRAME_MS, move || drop(frame));
        }
        let cab = self.flow.borrow().cab().clone();
        self.link.done(self.number);
        page().remove(self.number);
        match result {
            Ok(success) => {
                if let Some((resolve, _)) = settle {
                    let value = js::object(&[
                        ("cabIdHash", cab.id.as_str().into()),
                        ("via", success.via.as_str().into()),
                        ("attempts", success.attempts.into()),
                    ]);
                    let _ = resolve.call1(&JsValue::UNDEFINED, &value);
                }
            }
            Err(failure) => {
                self.show(State::Failed, Some(&failure));
                let error = error::to_js(&failure);
                if let Some((_, reject)) = settle {
                    let _ = reject.call1(&JsValue::UNDEFINED, &error);
                }
            }
        }
    }
}
