//! The hidden frame that is made ready before the click, as a value: dropping it removes it and forgets its ticket.

use std::cell::Cell;
use std::rc::Rc;

use crate::browser::dom::body;
use crate::browser::frame::HiddenFrame;
use crate::browser::link::Link;
use crate::browser::page::page;
use crate::browser::timer::Timer;
use crate::rules::pages::FRAME_TITLE;
use crate::rules::ready::{self, Ready};
use crate::rules::ticket::Use;

/// See the module's documentation.
pub(crate) struct ReadyFrame {
    frame: HiddenFrame,
    ticket: FrameTicket,
    served: Cell<bool>,
    _life: Timer,
}

/// The owner of its ticket, which is of no use without the frame.
struct FrameTicket(u32);

impl Drop for FrameTicket {
    fn drop(&mut self) {
        page().close(self.0);
    }
}

impl ReadyFrame {
    /// Adds it to the page, for this `CabLink`.
    pub(crate) fn make(link: &Rc<Link>) -> Option<Self> {
        let number = page().number();
        let ticket = page().ticket(number, None, Use::Frame);
        let owner = FrameTicket(number);
        let frame = HiddenFrame::new(&link.config().scope.frame_address(&ticket), FRAME_TITLE)?;
        frame.add(body()?.as_ref());
        let weak = Rc::downgrade(link);
        Some(Self {
            frame,
            ticket: owner,
            served: Cell::new(false),
            _life: Timer::new(ready::LIFE_MS, move || {
                if let Some(link) = weak.upgrade() {
                    link.drop_ready();
                }
            }),
        })
    }

    pub(crate) fn seen(&self) -> Ready {
        Ready {
            connected: self.frame.is_connected(),
            served: self.served.get(),
            complete: self.frame.is_complete(),
        }
    }

    /// Notes that its document is sent, where the ticket of this owner is its own.
    pub(crate) fn serve(&self, owner: u32) -> bool {
        let own = self.ticket.0 == owner;
        if own {
            self.served.set(true);
        }
        own
    }

    pub(crate) fn into_frame(self) -> HiddenFrame {
        self.frame
    }
}
