//! Several downloads, one after the other.

use std::rc::Rc;

use cablink::browser::js;
use cablink::rules::id::Cab;
use cablink::rules::panel::batch::{Batch, Command};
use cablink::rules::panel::link::Trouble;
use wasm_bindgen::JsValue;

use super::{ListView, Several};
use crate::{downloads, drawing};

impl ListView {
    /// Whether several are under way.
    pub(super) fn is_busy(&self) -> bool {
        let several = self.batch.borrow();
        several
            .as_ref()
            .is_some_and(|several| several.batch.is_running())
    }

    /// Downloads what is selected. Within a click, so that a sign-in window may open.
    pub(crate) fn download_selected(self: &Rc<Self>) {
        if self.is_busy() {
            return;
        }
        let method = self.host.get_attribute("method");
        let application = self.host.get_attribute("application-id");
        let cabs: Vec<Cab> = {
            let state = self.state.borrow();
            let rows = state.selection.in_order(state.table.view());
            rows.into_iter()
                .filter(|row| state.can_be(*row))
                .filter_map(|row| state.table.rows()[row].cab.as_deref())
                .filter_map(|id| {
                    Cab::from_parts(id, method.as_deref(), application.as_deref(), true).ok()
                })
                .collect()
        };
        if cabs.is_empty() {
            return;
        }
        let number = self
            .batch
            .borrow()
            .as_ref()
            .map_or(0, |before| before.number.wrapping_add(1));
        let (batch, commands) = Batch::begin(cabs.len());
        self.batch.replace(Some(Several {
            batch,
            cabs,
            number,
        }));
        self.state.borrow_mut().trouble = None;
        self.carry_out(commands);
    }

    /// The person, or the page, ends it.
    pub(crate) fn cancel(self: &Rc<Self>) {
        self.step(Batch::cancel);
    }

    /// Does a step of the batch, and what follows from it.
    pub(super) fn step(self: &Rc<Self>, step: impl FnOnce(&mut Batch) -> Vec<Command>) {
        let commands = {
            let mut several = self.batch.borrow_mut();
            several.as_mut().map(|several| step(&mut several.batch))
        };
        if let Some(commands) = commands {
            self.carry_out(commands);
        }
    }

    /// Nothing is borrowed here when the host's token function runs: it may well touch the page.
    fn carry_out(self: &Rc<Self>, commands: Vec<Command>) {
        let cabs = self.cabs();
        for command in commands {
            let (place, begins) = match command {
                Command::Begin(place) => (place, true),
                Command::Abort(place) => (place, false),
            };
            let found = {
                let several = self.batch.borrow();
                several
                    .as_ref()
                    .and_then(|several| Some((several.cabs.get(place)?.clone(), several.number)))
            };
            let Some((cab, number)) = found else {
                continue;
            };
            if begins {
                self.begin(&cabs, &cab, place, number);
            } else {
                downloads::cancel(cab.id.as_str());
            }
        }
        self.draw_selection();
        self.draw_panels();
        self.tell_batch();
    }

    fn begin(self: &Rc<Self>, cabs: &JsValue, cab: &Cab, place: usize, number: u32) {
        let weak = Rc::downgrade(self);
        let ended = move |id: &str, result: Result<(), Trouble>| {
            crate::link::draw_all(Some(id));
            let Some(view) = weak.upgrade() else {
                return;
            };
            let current = view.batch.borrow().as_ref().map(|several| several.number);
            if current == Some(number) {
                view.step(|batch| batch.ended(place, result));
            }
        };
        // The promise is waited for within.
        let _ = downloads::begin(cabs, cab, &self.host, ended);
        crate::link::draw_all(Some(cab.id.as_str()));
    }

    fn tell_batch(&self) {
        let detail = {
            let several = self.batch.borrow();
            let Some(several) = several.as_ref() else {
                return;
            };
            let counts = several.batch.counts();
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let number = |count: usize| JsValue::from(count as f64);
            js::object(&[
                ("state", several.batch.phase().as_str().into()),
                ("total", number(counts.total)),
                ("handedOver", number(counts.handed_over)),
                ("failed", number(counts.failed)),
            ])
        };
        drawing::tell(&self.host, "cablink:batch", detail);
    }
}
