//! Events taken in one after the other, though carrying one out may cause the next.

use std::cell::{Cell, RefCell};

/// What happened while something was being carried out; kept in order.
pub struct EventQueue<E> {
    events: RefCell<Vec<E>>,
    busy: Cell<bool>,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self {
            events: RefCell::default(),
            busy: Cell::new(false),
        }
    }
}

impl<E> EventQueue<E> {
    /// Puts one in; [`drain`](Self::drain) takes it out.
    pub fn push(&self, event: E) {
        self.events.borrow_mut().push(event);
    }

    /// Does something during which events wait.
    pub fn hold(&self, act: impl FnOnce()) {
        self.busy.set(true);
        act();
        self.busy.set(false);
    }

    /// Takes in all there are, unless that is being done already.
    pub fn drain(&self, mut take: impl FnMut(E)) {
        if self.busy.replace(true) {
            return;
        }
        while let Some(event) = self.next() {
            take(event);
        }
        self.busy.set(false);
    }

    fn next(&self) -> Option<E> {
        let mut events = self.events.borrow_mut();
        (!events.is_empty()).then(|| events.remove(0))
    }
}
