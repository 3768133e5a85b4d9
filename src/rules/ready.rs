//! A hidden frame that is made ready before the click that may need it: when, and for which click it will do.
//!
//! It is the same for every CAB and asks nobody but this page, so that a guess which was wrong costs an empty frame and,
//! where the endpoint is elsewhere, a connection. A
//! press on a link is hardly a guess: the inner frame is added then, with a ticket that the press minted, and its
//! navigation gets as far as the worker's question, which waits for the click. Neither the endpoint nor storage is asked
//! before that.

use crate::rules::click::Decision;

/// How long it is kept for a click, in milliseconds. Then the next hover makes another.
pub const LIFE_MS: u32 = 120_000;

/// How long a press is taken for the beginning of a click, in milliseconds. Most last for a tenth of that; the worker
/// would wait for 3,000. What the press takes is missing from the time that the worker holds the navigation.
pub const PRESS_MS: u32 = 2_000;

/// How long after it was woken the worker is not woken again, in milliseconds: browsers stop one that has been idle for
/// longer, and a pointer may cross a hundred links in a second.
pub const WAKING_MS: f64 = 10_000.0;

/// The frame that was made ready, as it is seen now.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is seen, each by itself"
)]
pub struct Ready {
    /// Whether it stands in the page: a host may have removed what it did not know.
    pub connected: bool,
    /// Whether this page has answered its question.
    pub served: bool,
    /// Whether it shows what was answered, to the end; not after it was opened for an inner frame.
    pub complete: bool,
    /// How long ago a link was pressed, if one was, in milliseconds.
    pub pressed_ms: Option<f64>,
    /// Whether the inner frame was added for that.
    pub filled: bool,
    /// Whether its navigation has not ended: it waits for this page's answer.
    pub waits: bool,
    /// Whether it was a link to the CAB in question.
    pub fits: bool,
}

/// What to do when the pointer or the focus comes to a link, or a press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Foresight {
    /// Wake the worker, in case the browser has stopped it.
    pub wake: bool,
    /// Make a frame ready. There is one for each `CabLink`, by whose options its policy is; one that is there goes.
    pub make: bool,
    /// Begin the navigation for the press.
    pub press: bool,
}

/// Decides. `worker`: whether it is active; without one there is nothing to make ready. `since_waking_ms`: how long ago
/// it was woken in this way. `press`: whether a link is pressed, which a frame that was pressed for before is no good for.
///
/// A frame that did not become ready is left for its time as well: what refused it once will again, and whoever
/// runs the page reads about it in the console each time.
#[must_use]
pub fn foresee(worker: bool, ready: Option<Ready>, since_waking_ms: f64, press: bool) -> Foresight {
    let stays = |ready: Ready| ready.connected && !(press && ready.pressed_ms.is_some());
    Foresight {
        wake: worker && since_waking_ms >= WAKING_MS,
        make: worker && !ready.is_some_and(stays),
        press: worker && press,
    }
}

/// Whether an empty one is there to the end, so that an inner frame can be added.
#[must_use]
pub const fn may_fill(ready: Ready) -> bool {
    ready.connected && ready.served && ready.complete && !ready.filled
}

/// Whether a download can have it: an empty one any, and one with an inner frame the download of that CAB, as long as
/// the navigation waits. By the clock, since the timer that ends a press may be late, and the worker has given up by then.
#[must_use]
pub fn will_do(ready: Ready) -> bool {
    let lately = ready.pressed_ms.is_some_and(|ms| ms < f64::from(PRESS_MS));
    may_fill(ready) || (ready.connected && ready.filled && ready.fits && ready.waits && lately)
}

/// Whether a pointer's press is good enough a reason to begin the navigation: a finger's may as well begin to scroll.
#[must_use]
pub fn is_sure(click: Decision, pointer: &str) -> bool {
    click == Decision::Take && pointer != "touch"
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Ready> {
        (0..128_u8).map(|bits| Ready {
            connected: bits & 1 != 0,
            served: bits & 2 != 0,
            complete: bits & 4 != 0,
            pressed_ms: (bits & 8 != 0).then_some(60.0),
            filled: bits & 16 != 0,
            fits: bits & 32 != 0,
            waits: bits & 64 != 0,
        })
    }

    #[test]
    fn without_a_worker_nothing_is_done() {
        let nothing = Foresight {
            wake: false,
            make: false,
            press: false,
        };
        for ready in all().map(Some).chain([None]) {
            for since in [0.0, WAKING_MS, f64::INFINITY] {
                for press in [false, true] {
                    assert_eq!(foresee(false, ready, since, press), nothing);
                }
            }
        }
    }

    #[test]
    fn one_is_made_unless_one_stands_in_the_page() {
        assert!(foresee(true, None, 0.0, false).make);
        assert!(foresee(true, None, 0.0, true).make);
        for ready in all() {
            assert_eq!(
                foresee(true, Some(ready), 0.0, false).make,
                !ready.connected
            );
        }
    }

    #[test]
    fn a_press_makes_another_in_place_of_one_that_was_pressed_for_before() {
        for ready in all() {
            let Foresight { make, press, .. } = foresee(true, Some(ready), 0.0, true);
            assert!(press);
            assert_eq!(
                make,
                !ready.connected || ready.pressed_ms.is_some(),
                "{ready:?}"
            );
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
                for press in [false, true] {
                    assert_eq!(foresee(true, ready, since, press).wake, wake, "{since}");
                }
            }
        }
    }

    #[test]
    fn a_download_has_an_empty_one_that_was_answered_and_is_complete() {
        for ready in all().filter(|ready| !ready.filled) {
            let good = ready.connected && ready.served && ready.complete;
            assert_eq!(will_do(ready), good, "{ready:?}");
            assert_eq!(may_fill(ready), good, "{ready:?}");
        }
    }

    #[test]
    fn with_an_inner_frame_it_is_for_its_own_cab_alone_and_only_while_that_waits() {
        for ready in all().filter(|ready| ready.filled) {
            assert!(!may_fill(ready), "filled twice");
            let pressed = ready.pressed_ms.is_some();
            let good = ready.connected && ready.fits && ready.waits && pressed;
            assert_eq!(will_do(ready), good, "{ready:?}");
        }
    }

    #[test]
    fn a_press_of_long_ago_is_none_whatever_the_timers_say() {
        let held = all().filter(|ready| ready.filled && will_do(*ready));
        for ready in held {
            for (ms, good) in [(1_999.0, true), (2_000.0, false), (f64::NAN, false)] {
                let pressed_ms = Some(ms);
                assert_eq!(
                    will_do(Ready {
                        pressed_ms,
                        ..ready
                    }),
                    good,
                    "{ms}"
                );
            }
        }
    }

    #[test]
    fn a_finger_may_be_about_to_scroll() {
        for (pointer, sure) in [("mouse", true), ("pen", true), ("", true), ("touch", false)] {
            assert_eq!(is_sure(Decision::Take, pointer), sure, "{pointer}");
            assert!(!is_sure(Decision::Leave, pointer));
        }
    }
}
