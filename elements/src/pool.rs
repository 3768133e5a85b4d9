//! What is drawn at the moment, by the number that the element's class keeps.
//!
//! An element holds no object of this module and is held only while it is on the page, so that one
//! that is gone is forgotten by both sides. A drawing may be asked for again while it works: what a
//! host's handler does within it comes back here.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread::LocalKey;

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

    fn keys(&self) -> Vec<u32> {
        self.all.iter().map(|(key, _)| *key).collect()
    }

    /// Numbers only grow, so that the list is in their order.
    fn place(&self, key: u32) -> Option<usize> {
        self.all.binary_search_by_key(&key, |(key, _)| *key).ok()
    }
}

/// Does something with each that is still on the page when its turn comes: what a host does within it may take others off.
pub(crate) fn each<T>(pool: &'static LocalKey<RefCell<Pool<T>>>, act: impl Fn(Rc<T>)) {
    for key in pool.with_borrow(Pool::keys) {
        if let Some(drawn) = pool.with_borrow(|pool| pool.get(key)) {
            act(drawn);
        }
    }
}
