//! One started `CabLink`: its options, its worker, what it has under way and enhanced.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, EventTarget, Node};

use crate::browser::click::{decide_on, is_pointer_down};
use crate::browser::enhance::Enhancer;
use crate::browser::handoff::{Run, Tab};
use crate::browser::page::page;
use crate::browser::ready_frame::ReadyFrame;
use crate::browser::timer::now;
use crate::browser::{handoff, js, lists, msal, options, state_event, token, worker};
use crate::error;
use crate::rules::flow::{Config, State};
use crate::rules::id::{BadCab, Cab};
use crate::rules::options::Handoff;
use crate::rules::problem::{Failure, Problem};
use crate::rules::protocol::Document;
use crate::rules::ready;

/// See the module's documentation.
pub(crate) struct Link {
    config: Rc<Config>,
    get_token: Function,
    scopes: Vec<String>,
    enhancer: Enhancer,
    /// What is under way, with the promise that a second `download()` gets, and whether it has a
    /// tab of its own.
    running: RefCell<Vec<(Cab, u32, Promise, bool)>>,
    /// The worker that was found active.
    worker: RefCell<JsValue>,
    /// When it was last woken for a click that may come.
    woken: Cell<f64>,
    ready: RefCell<Option<Rc<ReadyFrame>>>,
    /// What the lists get to know of all this, see `lists::host`.
    lists: JsValue,
    stopped: Cell<bool>,
}

impl Link {
    /// Makes it known to the page and enhances what the options name, before any worker is there.
    pub(crate) fn start(given: &JsValue) -> Result<Rc<Self>, Failure> {
        let options = options::read(given)?;
        let lists = lists::host(&options);
        let link = Rc::new(Self {
            config: options.config,
            get_token: options.get_token,
            scopes: options.scopes,
            enhancer: Enhancer::default(),
            running: RefCell::default(),
            worker: RefCell::new(JsValue::UNDEFINED),
            woken: Cell::new(f64::NEG_INFINITY),
            ready: RefCell::default(),
            lists,
            stopped: Cell::new(false),
        });
        page().enter(&link);
        if let Some(root) = &options.enhance {
            link.enhance(root);
        }
        Ok(link)
    }

    pub(crate) const fn config(&self) -> &Rc<Config> {
        &self.config
    }

    pub(crate) const fn get_token(&self) -> &Function {
        &self.get_token
    }

    pub(crate) const fn enhancer(&self) -> &Enhancer {
        &self.enhancer
    }

    pub(crate) fn scopes(&self) -> &[String] {
        &self.scopes
    }

    pub(crate) const fn lists(&self) -> &JsValue {
        &self.lists
    }

    /// Whether the worker is there, without waiting: what each click asks.
    pub(crate) fn has_worker(&self) -> bool {
        worker::is_active(&self.worker.borrow())
    }

    /// A click may come: starts the worker, in case the browser has stopped it, and makes a frame ready. With `press`
    /// the person has pressed a link to that CAB, and the frame goes on to ask for it as far as that goes without a click.
    pub(crate) fn foresee(self: &Rc<Self>, press: Option<&Cab>) {
        token::look_ahead(&self.get_token, &self.scopes);
        // A host may have heard of that by MSAL's own events.
        if self.stopped.get() {
            return;
        }
        let ready = self.ready_frame();
        let pressed = ready.as_ref().and_then(|ready| ready.pressed());
        // What is under way has, or will have, what it needs; and what was pressed for it is not for another.
        let known = press.into_iter().chain(&pressed);
        let press = press.filter(|_| !known.clone().any(|cab| self.is_under_way(cab)));
        let ready = ready.map(|ready| ready.seen(None));
        let since = now() - self.woken.get();
        let foresight = ready::foresee(self.has_worker(), ready, since, press.is_some());
        if foresight.wake {
            self.woken.set(now());
            js::call(&self.worker.borrow(), "postMessage", &[&JsValue::NULL]);
        }
        if foresight.make {
            let made = ReadyFrame::make(self);
            let before = self.ready.replace(made);
            drop(before);
        }
        if foresight.press
            && let (Some(cab), Some(ready)) = (press, self.ready_frame())
        {
            ready.press(self, cab.clone());
        }
    }

    fn ready_frame(&self) -> Option<Rc<ReadyFrame>> {
        self.ready.borrow().clone()
    }

    /// The frame that was made ready, where a download of this CAB can have it.
    pub(crate) fn take_ready(&self, cab: &Cab) -> Option<Rc<ReadyFrame>> {
        let mut ready = self.ready.borrow_mut();
        ready.take_if(|ready| ready::will_do(ready.seen(Some(cab))))
    }

    /// The frame that was made ready has loaded.
    pub(crate) fn ready_loaded(&self) {
        if let Some(ready) = self.ready_frame() {
            ready.fill(self);
        }
    }

    /// The document for the frame that is being made ready, where this ticket's owner is that.
    pub(crate) fn serve_ready(&self, owner: u32) -> Option<Document> {
        let served = self.ready_frame()?.serve(owner);
        served.then(|| self.config.frame_document())
    }

    /// Keeps the question of a navigation that a press has begun until its click, where this ticket's owner is that.
    pub(crate) fn hold(&self, owner: u32, port: &JsValue) -> bool {
        self.ready_frame()
            .is_some_and(|ready| ready.hold(owner, port))
    }

    /// Forgets it.
    pub(crate) fn drop_ready(&self) {
        let ready = self.ready.take();
        drop(ready);
    }

    /// Makes sure of the worker, registering it again if need be.
    pub(crate) async fn ensure_worker(&self) -> Result<(), Failure> {
        let worker = worker::ensure(&self.config.scope).await?;
        self.worker.replace(worker);
        Ok(())
    }

    /// Waits for the worker; stops everything where the page cannot do without.
    pub(crate) async fn ready(self: &Rc<Self>) -> Result<(), Failure> {
        let result = match self.config.handoff {
            Handoff::Follow => worker::secure(),
            _ => self.ensure_worker().await,
        };
        match result {
            // A token on an insecure page is as good as published; following would not mend that.
            Err(failure)
                if self.config.handoff == Handoff::Auto
                    && failure.problem != Problem::InsecureContext =>
            {
                Ok(())
            }
            Err(failure) => {
                self.stop();
                Err(failure)
            }
            Ok(()) => Ok(()),
        }
    }

    /// `download()`.
    pub(crate) fn download(
        self: &Rc<Self>,
        cab: &JsValue,
        element: Option<Element>,
        signal: Option<&EventTarget>,
    ) -> Promise {
        match options::read_cab(cab) {
            Ok(cab) => self.begin(cab, element, signal, false),
            Err(bad) => Promise::reject(&error::to_js(&bad.into())),
        }
    }

    /// `href()`: with a ticket where the person's own press on a link stands behind it.
    pub(crate) fn address(self: &Rc<Self>, cab: &Cab, press: &JsValue) -> String {
        let element: Option<Element> = js::get(press, "currentTarget").dyn_into().ok();
        // Only the person's own hand makes a ticket; script of the page may call `download()`.
        let ticket = element
            .filter(|_| js::flag(press, "isTrusted") && !self.stopped.get())
            .map(|element| {
                let ticket = page().link_ticket(page().number(), self, &element, cab);
                // Afterwards: the host may hear of it, and call `stop()`, which takes the ticket back.
                self.pressed(press, cab, "");
                ticket
            });
        self.config.scope.cab_address(cab, ticket.as_ref())
    }

    /// A person's own hand is on a link to this CAB, with this `target`.
    pub(crate) fn pressed(self: &Rc<Self>, press: &JsValue, cab: &Cab, target: &str) {
        if is_pointer_down(press) {
            let pointer = js::text(press, "pointerType").unwrap_or_default();
            let sure = ready::is_sure(decide_on(press, target), &pointer);
            self.foresee(sure.then_some(cab));
        }
    }

    /// Starts a download, or joins the one of the same CAB.
    fn begin(
        self: &Rc<Self>,
        cab: Cab,
        element: Option<Element>,
        signal: Option<&EventTarget>,
        join_tabs: bool,
    ) -> Promise {
        if self.stopped.get() {
            return Promise::reject(&error::to_js(&Problem::Aborted.into()));
        }
        // A tab's promise is settled by the hand-off already: good for a click, which waits for no
        // promise and is not to make a second file, but not for `download()`.
        if let Some((number, promise)) = self.under_way(&cab, join_tabs) {
            if let (Some(run), Some(element)) = (page().run(number), &element) {
                run.join(element);
            }
            msal::clicked_again();
            return promise;
        }
        let (run, promise) = handoff::prepare(self, cab.clone(), element);
        self.enter(cab, &run, &promise, false);
        run.begin_with(signal);
        promise
    }

    /// Whether this CAB is under way, in whichever way.
    #[inline(never)]
    pub(crate) fn is_under_way(&self, cab: &Cab) -> bool {
        self.under_way(cab, true).is_some()
    }

    /// The download of this CAB that is under way, in a hidden frame or, if `tabs` count, in a tab.
    #[inline(never)]
    fn under_way(&self, cab: &Cab, tabs: bool) -> Option<(u32, Promise)> {
        let running = self.running.borrow();
        let (_, number, promise, _) = running
            .iter()
            .find(|(other, _, _, tab)| other == cab && (tabs || !tab))?;
        Some((*number, promise.clone()))
    }

    /// Makes a run known before it begins: getToken may ask for the same CAB.
    fn enter(&self, cab: Cab, run: &Run, promise: &Promise, tab: bool) {
        let entry = (cab, run.number(), promise.clone(), tab);
        self.running.borrow_mut().push(entry);
    }

    /// A navigation has used the ticket of one of the links.
    pub(crate) fn asked_by_tab(self: &Rc<Self>, tab: Tab, element: Element, cab: Cab) {
        if self.is_under_way(&cab) {
            return tab.refuse();
        }
        let (run, promise) = handoff::prepare_tab(self, cab.clone(), element, tab);
        self.enter(cab, &run, &promise, true);
        heard(promise);
        run.begin();
    }

    /// A click on an enhanced link was taken.
    pub(crate) fn clicked(self: &Rc<Self>, element: &Element, cab: Result<Cab, BadCab>) {
        match cab {
            Ok(cab) => {
                let promise = self.begin(cab, Some(element.clone()), None, true);
                heard(promise);
            }
            Err(bad) => self.show(Some(element), "", State::Failed, 1, Some(&bad.into())),
        }
    }

    /// A run has ended.
    pub(crate) fn done(&self, number: u32) {
        self.running
            .borrow_mut()
            .retain(|(_, other, ..)| *other != number);
    }

    /// Tells about a state: the event, and on an enhanced link the badge.
    pub(crate) fn show(
        &self,
        element: Option<&Element>,
        id: &str,
        state: State,
        attempt: u32,
        failure: Option<&Failure>,
    ) {
        if let Some(element) = element {
            self.enhancer.show(element, state, failure);
        }
        state_event::dispatch(element, id, state, attempt, failure);
    }

    /// `enhance()`.
    pub(crate) fn enhance(self: &Rc<Self>, root: &Node) {
        if !self.stopped.get() {
            self.enhancer.add(self, root);
        }
    }

    /// A navigation has used the ticket in this link's address.
    pub(crate) fn ticket_used(&self, element: &Element) {
        self.enhancer.without_ticket(element);
    }

    /// `stop()`: ends what runs and puts the page back as it was.
    pub(crate) fn stop(self: &Rc<Self>) {
        if self.stopped.replace(true) {
            return;
        }
        page().abort_all(self);
        lists::stop(&self.lists);
        self.enhancer.clear();
        page().leave(self);
        self.drop_ready();
    }
}

/// Nobody else may hold this promise, and the link tells about a failure: it must not be reported as
/// one that nobody has heard of.
fn heard(promise: Promise) {
    js::spawn(async move {
        let _ = js::wait(promise).await;
    });
}
