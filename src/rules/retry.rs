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
const MAX_SLOW: u8 = 2;

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
            left in any::<u32>(), jitter in any::<f64>(),
        ) {
            let mut tally = Tally::default();
            let mut tries = 0;
            for (problem, status, after) in problems {
                match tally.next(&failure(Problem::ALL[problem], status, after), left, jitter) {
                    Next::GiveUp => {}
                    Next::Renew => tries += 1,
                    Next::After(ms) => {
                        prop_assert!(ms < left && ms <= MAX_WAIT_MS + 250);
                        tries += 1;
                    }
                }
            }
            prop_assert!(tries <= 13);
        }
    }
}
