//! Whether to try again, and when. Pure arithmetic: time and jitter come in as numbers.

use crate::rules::problem::{Failure, Problem};

/// The longest wait for a service that asked for one. A person who waits longer than this has
/// gone; the problem then says how long to wait.
pub const MAX_WAIT_MS: u32 = 30_000;

/// The first wait after a failing service, doubled each time.
const SERVICE_BACKOFF_MS: u32 = 500;

/// The first wait after a 429 or 503 without `Retry-After`, doubled each time. Nothing is
/// documented about throttling; public clients of the same host start with seconds.
const THROTTLE_BACKOFF_MS: u32 = 2_000;

/// A time left that is not worth another request.
const MIN_LEFT_MS: u32 = 1_000;

/// What has been tried so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Whether the token was renewed after a 401.
    pub renewed: bool,
    /// Waits for a service that asked to slow down.
    pub throttled: u8,
    /// Tries after a failing service or a lost connection.
    pub failed: u8,
    /// Fresh attempts after storage refused.
    pub refused: u8,
    /// Fresh attempts after the worker was lost.
    pub lost: u8,
    /// Fresh attempts after an answer that took longer than a navigation may be held.
    pub slow: u8,
}

const MAX_THROTTLED: u8 = 5;
const MAX_FAILED: u8 = 3;
const MAX_REFUSED: u8 = 1;
const MAX_LOST: u8 = 1;
const MAX_SLOW: u8 = 1;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask for a renewed token, then send the request again.
    Renew,
    /// Send the request again after so many milliseconds.
    After(u32),
    /// Tell the person.
    GiveUp,
}

impl Tally {
    /// Decides, and counts the try. `left_ms` is the time to the deadline, `jitter` in `0.0..1.0`.
    pub fn next(&mut self, failure: &Failure, left_ms: u32, jitter: f64) -> Next {
        if left_ms < MIN_LEFT_MS {
            return Next::GiveUp;
        }
        match failure.problem {
            // Once only: a 401 is not always an expired token (a sibling method answered so to a
            // good one), and a loop would hammer the identity provider.
            Problem::Unauthorized if !self.renewed => {
                self.renewed = true;
                Next::Renew
            }
            Problem::Throttled => self.wait(failure, left_ms, jitter),
            Problem::ServiceError if failure.status == Some(503) => {
                self.wait(failure, left_ms, jitter)
            }
            Problem::ServiceError if !is_transient(failure.status) => Next::GiveUp,
            Problem::ServiceError | Problem::NetworkError => {
                if !take(&mut self.failed, MAX_FAILED) {
                    return Next::GiveUp;
                }
                let base = SERVICE_BACKOFF_MS << (self.failed - 1);
                fitting(spread(base, jitter), left_ms)
            }
            // The SAS may just have aged on its way; a fresh one costs one request.
            Problem::StorageRefused if take(&mut self.refused, MAX_REFUSED) => Next::After(0),
            Problem::WorkerSilent if take(&mut self.lost, MAX_LOST) => Next::After(0),
            Problem::Timeout if take(&mut self.slow, MAX_SLOW) => Next::After(0),
            _ => Next::GiveUp,
        }
    }

    fn wait(&mut self, failure: &Failure, left_ms: u32, jitter: f64) -> Next {
        if !take(&mut self.throttled, MAX_THROTTLED) {
            return Next::GiveUp;
        }
        let ms = match failure.retry_after_ms {
            // A little later than asked, so that many pages do not come back at one instant.
            Some(asked) if asked <= MAX_WAIT_MS => asked + spread(250, jitter),
            Some(_) => return Next::GiveUp,
            None => spread(THROTTLE_BACKOFF_MS << (self.throttled - 1), jitter).min(MAX_WAIT_MS),
        };
        fitting(ms, left_ms)
    }
}

/// Server errors that the next request may well not meet; 501 and 505 are not of this kind.
const fn is_transient(status: Option<u16>) -> bool {
    matches!(status, Some(408 | 500 | 502 | 504 | 507 | 509 | 520..=599))
}

fn take(count: &mut u8, max: u8) -> bool {
    let free = *count < max;
    *count += u8::from(free);
    free
}

/// Between half of `base` and all of it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most base"
)]
fn spread(base: u32, jitter: f64) -> u32 {
    let jitter = if jitter.is_finite() {
        jitter.clamp(0.0, 1.0)
    } else {
        0.5
    };
    (f64::from(base) * (0.5 + jitter / 2.0)) as u32
}

/// A wait that leaves no time for the request after it is not worth beginning.
const fn fitting(ms: u32, left_ms: u32) -> Next {
    if ms.saturating_add(MIN_LEFT_MS) <= left_ms {
        Next::After(ms)
    } else {
        Next::GiveUp
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn failure(problem: Problem, status: u16, retry_after_ms: Option<u32>) -> Failure {
        let mut failure = Failure::from(problem);
        failure.status = Some(status);
        failure.retry_after_ms = retry_after_ms;
        failure
    }

    fn all(problem: Problem, status: u16, retry_after_ms: Option<u32>) -> Vec<Next> {
        let mut tally = Tally::default();
        let mut steps = Vec::new();
        loop {
            let next = tally.next(&failure(problem, status, retry_after_ms), 600_000, 1.0);
            steps.push(next);
            if next == Next::GiveUp {
                return steps;
            }
        }
    }

    #[test]
    fn each_problem_is_tried_as_often_as_it_deserves() {
        use Next::{After, GiveUp, Renew};
        let again = After(0);
        let backoff = [After(500), After(1000), After(2000), GiveUp];
        assert_eq!(all(Problem::Unauthorized, 401, None), [Renew, GiveUp]);
        for status in [500, 502, 504] {
            assert_eq!(all(Problem::ServiceError, status, None), backoff);
        }
        assert_eq!(all(Problem::ServiceError, 501, None), [GiveUp]);
        assert_eq!(all(Problem::NetworkError, 0, None), backoff);
        assert_eq!(all(Problem::StorageRefused, 0, None), [again, GiveUp]);
        assert_eq!(all(Problem::WorkerSilent, 0, None), [again, GiveUp]);
        let asked = [After(14_250); 5];
        assert_eq!(all(Problem::Throttled, 429, Some(14_000))[..5], asked);
        assert_eq!(all(Problem::ServiceError, 503, Some(14_000))[..5], asked);
        let unasked = [2_000, 4_000, 8_000, 16_000, 30_000].map(After);
        assert_eq!(all(Problem::Throttled, 429, None)[..5], unasked);
        assert_eq!(all(Problem::Throttled, 429, Some(30_001)), [GiveUp]);
    }

    #[test]
    fn the_others_are_told_at_once() {
        for problem in Problem::ALL {
            let tried = matches!(
                problem,
                Problem::Unauthorized
                    | Problem::Throttled
                    | Problem::ServiceError
                    | Problem::NetworkError
                    | Problem::StorageRefused
                    | Problem::WorkerSilent
                    | Problem::Timeout
            );
            let next = Tally::default().next(&failure(problem, 500, None), 60_000, 0.0);
            assert_eq!(next != Next::GiveUp, tried, "{problem:?}");
        }
    }

    proptest! {
        #[test]
        fn it_always_ends_and_never_waits_past_the_deadline(
            problems in prop::collection::vec((0usize..23, 400u16..600, proptest::option::of(any::<u32>())), 60),
            left in prop_oneof![0..40_000u32, any::<u32>()], jitter in any::<f64>(),
        ) {
            let mut tally = Tally::default();
            let mut tries = 0;
            for (problem, status, after) in problems {
                match tally.next(&failure(Problem::ALL[problem], status, after), left, jitter) {
                    Next::GiveUp => {}
                    Next::Renew => tries += 1,
                    Next::After(ms) => {
                        prop_assert!(ms <= left - MIN_LEFT_MS && ms <= MAX_WAIT_MS + 250);
                        tries += 1;
                    }
                }
            }
            prop_assert!(tries <= 12);
        }

        #[test]
        fn a_service_that_asks_for_a_wait_gets_it_or_is_left_alone(
            asked in prop_oneof![0..2 * MAX_WAIT_MS, any::<u32>()], left in prop_oneof![0..100_000u32, any::<u32>()],
            jitter in 0.0..1.0f64, unavailable in any::<bool>(),
        ) {
            let (problem, status) =
                if unavailable { (Problem::ServiceError, 503) } else { (Problem::Throttled, 429) };
            let next = Tally::default().next(&failure(problem, status, Some(asked)), left, jitter);
            let soonest = asked.saturating_add(MIN_LEFT_MS);
            match next {
                Next::After(ms) => {
                    prop_assert!((asked..=asked.saturating_add(250)).contains(&ms));
                    prop_assert!(asked <= MAX_WAIT_MS);
                }
                // Only for want of time, or of patience.
                next => {
                    prop_assert_eq!(next, Next::GiveUp);
                    prop_assert!(asked > MAX_WAIT_MS || left < soonest + 250);
                }
            }
        }

        #[test]
        fn waits_grow_and_are_spread(first in 0.0..1.0f64, status in prop::sample::select(vec![429u16, 500, 502, 503, 504])) {
            let problem = if status == 429 { Problem::Throttled } else { Problem::ServiceError };
            let failure = failure(problem, status, None);
            let (mut tally, mut early, mut late) = (Tally::default(), Tally::default(), Tally::default());
            let mut before = 0;
            while let Next::After(ms) = tally.next(&failure, u32::MAX, first) {
                let (Next::After(least), Next::After(most)) =
                    (early.next(&failure, u32::MAX, 0.0), late.next(&failure, u32::MAX, 1.0))
                else {
                    panic!("jitter decides how long, never whether");
                };
                prop_assert!(least <= ms && ms <= most && most <= MAX_WAIT_MS);
                // Half of it is fixed, so that nobody comes back at once.
                prop_assert!(least >= most / 2 && least > 0);
                prop_assert!(ms >= before);
                before = ms;
            }
            prop_assert!(before > 0);
        }

        #[test]
        fn what_cannot_change_is_not_tried_again(
            left in any::<u32>(), jitter in any::<f64>(), status in 400u16..600, after in proptest::option::of(0u32..9),
        ) {
            for problem in Problem::ALL {
                // Nobody offers a person to try again what was worth no try of our own, or the reverse.
                let next = Tally::default().next(&failure(problem, status, after), left, jitter);
                let renews = problem == Problem::Unauthorized;
                prop_assert!(next == Next::GiveUp || renews || problem.facts().retryable, "{:?}", problem);
                prop_assert!(next != Next::Renew || renews);
            }
        }
    }
}
