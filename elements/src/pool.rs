//! What is drawn at the moment, by the number that the element's class keeps.
//!
//! An element holds no object of this module and is held only while it is on the page, so that one
//! that is gone is forgotten by both sides. A drawing may be asked for again while it works: what a
//! host's handler does within it comes back here.

use std::rc::Rc;

/// See the module's documentation. Few are on a page at once, or a list's rows are: lists do.
pub(crate) struct Pool<T> {
    last: u32,
    all: Vec<(u32, Rc<T>)>,
}

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self {
            last: 0,
            all: Vec::new(),
        }
    }

    pub(crate) fn enter(&mut self, drawn: Rc<T>) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.all.push((self.last, drawn));
        self.last
    }

    pub(crate) fn get(&self, key: u32) -> Option<Rc<T>> {
        let at = self.place(key)?;
        Some(Rc::clone(&self.all[at].1))
    }

    pub(crate) fn leave(&mut self, key: u32) -> Option<Rc<T>> {
        let at = self.place(key)?;
        Some(self.all.remove(at).1)
    }

    pub(crate) fn all(&self) -> Vec<Rc<T>> {
        self.all.iter().map(|(_, drawn)| Rc::clone(drawn)).collect()
    }

    /// Numbers only grow, so that the list is in their order.
    fn place(&self, key: u32) -> Option<usize> {
        self.all.binary_search_by_key(&key, |(key, _)| *key).ok()
    }
}
