//! A hidden frame that is made ready before the click that may need it: when, and for which click it will do.
//!
//! It is the same for every CAB and asks nobody but this page, so that a guess which was wrong costs an empty frame. The
//! ticket of the CAB is minted at the click.

/// How long it is kept for a click, in milliseconds. Then the next hover makes another.
pub const LIFE_MS: u32 = 120_000;

/// The frame that was made ready, as it is seen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Whether this `CabLink` made it, by whose options its policy is.
    pub own: bool,
    /// Whether this page has answered its question.
    pub served: bool,
    /// Whether it stands in the page and shows what was answered, to the end.
    pub complete: bool,
}

/// What to do when the pointer or the focus comes to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foresight {
    /// Nothing: without a worker there is nothing to make ready.
    Leave,
    /// Start the worker, in case the browser has stopped it.
    Wake,
    /// Make a frame ready, which starts the worker as well. There is one for the page at most, so one that is
    /// there goes.
    Make,
}

/// Decides. `worker`: whether this `CabLink`'s is active.
///
/// A frame that did not become ready is left for its time as well: what refused it once will again, and whoever
/// runs the page reads about it in the console each time.
#[must_use]
pub const fn foresee(worker: bool, ready: Option<Ready>) -> Foresight {
    match ready {
        _ if !worker => Foresight::Leave,
        Some(Ready { own: true, .. }) => Foresight::Wake,
        _ => Foresight::Make,
    }
}

/// Whether a download can have it.
#[must_use]
pub const fn will_do(ready: Ready) -> bool {
    ready.own && ready.served && ready.complete
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Ready> {
        (0..8_u8).map(|bits| Ready {
            own: bits & 1 != 0,
            served: bits & 2 != 0,
            complete: bits & 4 != 0,
        })
    }

    #[test]
    fn without_a_worker_nothing_is_done() {
        for ready in all().map(Some).chain([None]) {
            assert_eq!(foresee(false, ready), Foresight::Leave);
        }
    }

    #[test]
    fn one_is_made_unless_there_is_one_of_its_own() {
        assert_eq!(foresee(true, None), Foresight::Make);
        for ready in all() {
            let expected = if ready.own {
                Foresight::Wake
            } else {
                Foresight::Make
            };
            assert_eq!(foresee(true, Some(ready)), expected);
        }
    }

    #[test]
    fn a_download_has_only_what_is_its_own_answered_and_complete() {
        let good: Vec<_> = all().filter(|ready| will_do(*ready)).collect();
        let only = Ready {
            own: true,
            served: true,
            complete: true,
        };
        assert_eq!(good, [only]);
    }
}
