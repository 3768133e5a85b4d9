//! The hidden frame that is made ready before the click, as a value: dropping it forgets its tickets, lets a navigation
//! go that waits for the click, and removes the frame, unless a download has that by then.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsValue;

use crate::browser::dom::body;
use crate::browser::frame::HiddenFrame;
use crate::browser::link::Link;
use crate::browser::page::page;
use crate::browser::timer::Timer;
use crate::browser::worker;
use crate::rules::frame::Document;
use crate::rules::id::Cab;
use crate::rules::pages::FRAME_TITLE;
use crate::rules::protocol::Answer;
use crate::rules::ready::{self, Ready};
use crate::rules::ticket::Use;

/// See the module's documentation.
pub(crate) struct ReadyFrame {
    /// Shared, so that nothing is borrowed while it touches the page.
    frame: Rc<HiddenFrame>,
    /// The owner of its tickets, which are of no use without the frame.
    number: u32,
    served: Cell<bool>,
    /// The CAB whose link a person has pressed, and how long that counts.
    press: RefCell<Option<(Cab, Timer)>>,
    /// Where the worker waits, with the inner frame's navigation, for the click.
    question: RefCell<Option<JsValue>>,
    _life: Timer,
}

impl Drop for ReadyFrame {
    fn drop(&mut self) {
        page().close(self.number);
        if let Some(port) = self.question.take() {
            worker::reply(&port, &Answer::Stop(None));
        }
    }
}

impl ReadyFrame {
    /// Adds it to the page, for this `CabLink`.
    pub(crate) fn make(link: &Rc<Link>) -> Option<Rc<Self>> {
        let number = page().number();
        let ticket = page().ticket(number, None, Use::Frame);
        let frame = HiddenFrame::new(&link.config().scope.frame_address(&ticket), FRAME_TITLE)?;
        let weak = Rc::downgrade(link);
        frame.hear(Rc::new(move || {
            if let Some(link) = weak.upgrade() {
                link.ready_loaded();
            }
        }));
        frame.add(body()?.as_ref());
        Some(Rc::new(Self {
            frame: Rc::new(frame),
            number,
            served: Cell::new(false),
            press: RefCell::default(),
            question: RefCell::default(),
            _life: end_of(link, ready::LIFE_MS),
        }))
    }

    /// As a download of this CAB finds it.
    pub(crate) fn seen(&self, cab: Option<&Cab>) -> Ready {
        let press = self.press.borrow();
        let pressed = press.as_ref().map(|(pressed, _)| pressed);
        Ready {
            connected: self.frame.is_connected(),
            served: self.served.get(),
            complete: self.frame.is_complete(),
            filled: self.frame.is_filled(),
            pressed: pressed.is_some(),
            waits: self.frame.look().inner == Document::Blank,
            fits: pressed == cab,
        }
    }

    /// Notes that its document is sent, where the ticket of this owner is its own.
    pub(crate) fn serve(&self, owner: u32) -> bool {
        let own = self.number == owner;
        if own {
            self.served.set(true);
        }
        own
    }

    /// A person has pressed a link to this CAB.
    pub(crate) fn press(&self, link: &Rc<Link>, cab: Cab) {
        self.press
            .replace(Some((cab, end_of(link, ready::PRESS_MS))));
        self.fill(link);
    }

    /// Adds the inner frame for a press, once the frame is ready for it, unless the click was faster.
    pub(crate) fn fill(&self, link: &Link) {
        let cab = self.press.borrow().as_ref().map(|(cab, _)| cab.clone());
        if let Some(cab) = cab
            && ready::may_fill(self.seen(None))
            && link.under_way(&cab, true).is_none()
        {
            let ticket = page().ticket(self.number, Some(&cab), Use::Frame);
            let address = link.config().scope.cab_address(&cab, Some(&ticket));
            self.frame.fill(&address, || {});
        }
    }

    /// Keeps a question of the worker's until the click, where the ticket of this owner is its own.
    pub(crate) fn hold(&self, owner: u32, port: &JsValue) -> bool {
        let own = self.number == owner;
        if own {
            self.question.replace(Some(port.clone()));
        }
        own
    }

    pub(crate) fn frame(&self) -> Rc<HiddenFrame> {
        Rc::clone(&self.frame)
    }

    /// Where the inner frame was added: gives its ticket to this owner, with the question if the worker has asked.
    pub(crate) fn give_press_to(&self, owner: u32) -> Option<Option<JsValue>> {
        self.frame.is_filled().then(|| {
            page().hand_over(self.number, owner);
            self.question.take()
        })
    }
}

/// Ends what was made ready, after so many milliseconds.
fn end_of(link: &Rc<Link>, ms: u32) -> Timer {
    let weak = Rc::downgrade(link);
    Timer::new(ms, move || {
        if let Some(link) = weak.upgrade() {
            link.drop_ready();
        }
    })
}
