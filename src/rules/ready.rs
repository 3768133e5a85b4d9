//! A hidden frame that is made ready before the click that may need it: when, and for which click it will do.
//!
//! It is the same for every CAB and asks nobody but this page, so that a guess which was wrong costs an empty frame. The
//! ticket of the CAB is minted at the click.

/// How long it is kept for a click, in milliseconds. Then the next hover makes another.
pub const LIFE_MS: u32 = 120_000;

/// How long after it was woken the worker is not woken again, in milliseconds: browsers stop one that has been idle for
/// longer, and a pointer may cross a hundred links in a second.
pub const WAKING_MS: f64 = 10_000.0;

/// The frame that was made ready, as it is seen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Whether it stands in the page: a host may have removed what it did not know.
    pub connected: bool,
    /// Whether this page has answered its question.
    pub served: bool,
    /// Whether it shows what was answered, to the end.
    pub complete: bool,
}

/// What to do when the pointer or the focus comes to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foresight {
    /// Wake the worker, in case the browser has stopped it.
    pub wake: bool,
    /// Make a frame ready. There is one for each `CabLink`, by whose options its policy is; one that is there goes.
    pub make: bool,
}

/// Decides. `worker`: whether it is active; without one there is nothing to make ready. `since_waking_ms`: how long ago
/// it was woken in this way.
///
/// A frame that did not become ready is left for its time as well: what refused it once will again, and whoever
/// runs the page reads about it in the console each time.
#[must_use]
pub fn foresee(worker: bool, ready: Option<Ready>, since_waking_ms: f64) -> Foresight {
    Foresight {
        wake: worker && since_waking_ms >= WAKING_MS,
        make: worker && !ready.is_some_and(|ready| ready.connected),
    }
}

/// Whether a download can have it.
#[must_use]
pub const fn will_do(ready: Ready) -> bool {
    ready.connected && ready.served && ready.complete
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Ready> {
        (0..8_u8).map(|bits| Ready {
            connected: bits & 1 != 0,
            served: bits & 2 != 0,
            complete: bits & 4 != 0,
        })
    }

    #[test]
    fn without_a_worker_nothing_is_done() {
        let nothing = Foresight {
            wake: false,
            make: false,
        };
        for ready in all().map(Some).chain([None]) {
            for since in [0.0, WAKING_MS, f64::INFINITY] {
                assert_eq!(foresee(false, ready, since), nothing);
            }
        }
    }

    #[test]
    fn one_is_made_unless_one_stands_in_the_page() {
        assert!(foresee(true, None, 0.0).make);
        for ready in all() {
            assert_eq!(foresee(true, Some(ready), 0.0).make, !ready.connected);
        }
    }

    #[test]
    fn the_worker_is_woken_once_in_a_while_whatever_frame_there_is() {
        for ready in all().map(Some).chain([None]) {
            for (since, wake) in [
                (f64::INFINITY, true),
                (WAKING_MS, true),
                (WAKING_MS - 1.0, false),
                (0.0, false),
                (f64::NAN, false),
            ] {
                assert_eq!(foresee(true, ready, since).wake, wake, "{since}");
            }
        }
    }

    #[test]
    fn a_download_has_only_what_stands_was_answered_and_is_complete() {
        let good: Vec<_> = all().filter(|ready| will_do(*ready)).collect();
        let only = Ready {
            connected: true,
            served: true,
            complete: true,
        };
        assert_eq!(good, [only]);
    }
}
