//! How many downloads are under way at once.

/// Browsers open six connections to one storage host. Beyond that a redirect waits in the
/// browser while its SAS ages; four leave room for what the portal itself loads.
pub const LIMIT: usize = 4;

/// Who runs and who waits, first come, first served.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    running: Vec<u32>,
    /// The longest waiting first. A list, since what waits is little.
    waiting: Vec<u32>,
}

impl Queue {
    /// Asks for a place; whether it is granted at once.
    pub fn enter(&mut self, owner: u32) -> bool {
        let free = self.running.len() < LIMIT;
        if free {
            self.running.push(owner);
        } else {
            self.waiting.push(owner);
        }
        free
    }

    /// Gives the place up, or the place in the line; who gets it instead.
    #[must_use = "the next one has to be told"]
    pub fn leave(&mut self, owner: u32) -> Option<u32> {
        if let Some(at) = self.waiting.iter().position(|other| *other == owner) {
            self.waiting.remove(at);
            return None;
        }
        let at = self.running.iter().position(|other| *other == owner)?;
        self.running.swap_remove(at);
        if self.waiting.is_empty() {
            return None;
        }
        let next = self.waiting.remove(0);
        self.running.push(next);
        Some(next)
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_fifth_waits_for_the_first_to_leave() {
        let mut queue = Queue::default();
        for owner in 0..4 {
            assert!(queue.enter(owner));
        }
        assert!(!queue.enter(4) && !queue.enter(5) && !queue.enter(6));
        assert_eq!(queue.leave(5), None, "gone from the line");
        assert_eq!(queue.leave(0), Some(4));
        assert_eq!(queue.leave(0), None, "left already");
        assert_eq!(queue.leave(1), Some(6));
        assert_eq!(queue.leave(2), None);
    }

    proptest! {
        #[test]
        fn nobody_is_forgotten_and_the_limit_holds(order in prop::collection::vec(any::<prop::sample::Index>(), 50)) {
            let mut queue = Queue::default();
            let mut running: Vec<u32> = (0..50).filter(|owner| queue.enter(*owner)).collect();
            let mut served = running.len();
            for pick in order {
                prop_assert!(running.len() <= LIMIT && !running.is_empty());
                let gone = running.swap_remove(pick.index(running.len()));
                if let Some(next) = queue.leave(gone) {
                    running.push(next);
                    served += 1;
                }
            }
            prop_assert_eq!((served, running.len()), (50, 0));
        }
    }
}
