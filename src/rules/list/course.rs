//! The course of one slice: request, answer, and whether to try again. As for a download, but there
//! is no frame and no storage.

use crate::rules::list::envelope::{Page, decode};
use crate::rules::list::method::List;
use crate::rules::list::words::{Said, unexpected, worded};
use crate::rules::outcome::{Answered, Verdict};
use crate::rules::problem::{Failure, Problem};
use crate::rules::retry::{self, Tally};
use crate::rules::token::Token;

/// How long a person may take to sign in, in milliseconds; that does not count against the deadline.
const SIGN_IN_MS: f64 = 300_000.0;

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// An answer; its body is read as an error body unless the status is 200.
    Answered(Box<Answered>, Vec<u8>),
    /// A redirect, which was not followed.
    Redirected,
    /// A body that is too long to be read.
    TooLong,
    /// No answer, or one that broke off.
    Unreachable,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The slice is there.
    Slice(Page),
    /// Ask for a renewed token, with these claims where the service named some, and send again.
    Renew(Option<String>),
    /// Send the request again after so many milliseconds.
    After(u32),
    /// Tell the person.
    GiveUp(Failure),
}

/// What has been tried for one slice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    tally: Tally,
}

impl Course {
    /// Decides. `left_ms` is the time to the deadline, `jitter` in `0.0..1.0`.
    pub fn next(
        &mut self,
        list: List,
        came: Came,
        token: &Token,
        left_ms: u32,
        jitter: f64,
    ) -> Next {
        let mut claims = None;
        let failure = match came {
            Came::Answered(answered, body) if answered.status == 200 => match decode(body, list) {
                Ok(page) => return Next::Slice(page),
                Err(why) => {
                    let mut failure = unexpected(why.into());
                    failure.status = Some(200);
                    failure
                }
            },
            Came::Answered(answered, _) => {
                claims = answered.claims_challenge().map(ToOwned::to_owned);
                match answered.verdict(Some(token)) {
                    Verdict::Problem(failure) => failure,
                    // Only a 200 can be a file, and that is a list or nothing here.
                    Verdict::File => unexpected(Said::Nonsense),
                }
            }
            Came::Redirected => unexpected(Said::Redirect),
            Came::TooLong => unexpected(Said::TooLong),
            Came::Unreachable => Problem::NetworkError.into(),
        };
        match self.tally.next(&failure, left_ms, jitter) {
            retry::Next::Renew => Next::Renew(claims),
            retry::Next::After(ms) => Next::After(ms),
            retry::Next::GiveUp => Next::GiveUp(worded(failure)),
        }
    }
}

/// When a slice has to be there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deadline {
    limit: f64,
    end: f64,
    last: f64,
}

impl Deadline {
    /// So many milliseconds from now.
    #[must_use]
    pub fn new(limit_ms: u32, now: f64) -> Self {
        let limit = f64::from(limit_ms);
        Self {
            limit,
            end: now + limit,
            last: now + limit + SIGN_IN_MS,
        }
    }

    /// The time left, in milliseconds.
    #[must_use]
    pub fn left(&self, now: f64) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped"
        )]
        let left = (self.end - now).clamp(0.0, self.limit) as u32;
        left
    }

    /// Looks at the end whether it is one: while a person signs in, it is set anew, and the result
    /// is when to look again.
    pub fn passed(&mut self, now: f64, signing_in: bool) -> Option<u32> {
        if !signing_in || now >= self.last {
            return None;
        }
        self.end = (now + self.limit).min(self.last.max(now));
        Some(self.left(now).max(1))
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    fn token() -> Token {
        Token::parse("secret-token-0123456789".into()).unwrap()
    }

    fn answered(status: u16) -> Came {
        let answered = Answered {
            status,
            ..Answered::default()
        };
        Came::Answered(Box::new(answered), Vec::new())
    }

    fn next(course: &mut Course, came: Came) -> Next {
        course.next(List::Hits, came, &token(), 60_000, 1.0)
    }

    /// The problem at the end of nothing but such answers, and how many there were.
    fn end(came: &Came) -> (Problem, u32) {
        let mut course = Course::default();
        for tries in 1.. {
            if let Next::GiveUp(failure) = next(&mut course, came.clone()) {
                return (failure.problem, tries);
            }
        }
        unreachable!()
    }

    #[test]
    fn a_list_is_a_slice_whatever_its_type() {
        let body = br#"{"Value":[{"date":"2017-02-26"}],"TotalCount":1.0}"#;
        let mut came = answered(200);
        if let Came::Answered(_, bytes) = &mut came {
            *bytes = body.to_vec();
        }
        let Next::Slice(page) = next(&mut Course::default(), came) else {
            panic!("no slice");
        };
        assert_eq!((page.count, page.total), (1, Some(1)));
    }

    #[test]
    fn each_answer_ends_as_its_problem_after_so_many_tries() {
        for (came, problem, tries) in [
            (answered(200), Problem::UnexpectedResponse, 1),
            (answered(204), Problem::UnexpectedResponse, 1),
            (answered(206), Problem::UnexpectedResponse, 1),
            (answered(400), Problem::BadRequest, 1),
            (answered(401), Problem::Unauthorized, 2),
            (answered(403), Problem::Forbidden, 1),
            (answered(404), Problem::NotFound, 1),
            (answered(429), Problem::Throttled, 6),
            (answered(500), Problem::ServiceError, 4),
            (answered(501), Problem::ServiceError, 1),
            (answered(503), Problem::ServiceError, 6),
            (Came::Redirected, Problem::UnexpectedResponse, 1),
            (Came::TooLong, Problem::UnexpectedResponse, 1),
            (Came::Unreachable, Problem::NetworkError, 4),
        ] {
            let (ended, after) = end(&came);
            assert_eq!(ended, problem, "{came:?}");
            assert_eq!(after, tries, "{came:?}");
        }
    }

    #[test]
    fn a_refused_token_is_renewed_with_the_claims_that_were_asked_for() {
        let challenge = |text: &str| {
            let answered = Answered {
                status: 401,
                challenge: text.to_owned(),
                ..Answered::default()
            };
            Came::Answered(Box::new(answered), Vec::new())
        };
        let first = next(&mut Course::default(), challenge("Bearer claims=\"e30=\""));
        assert_eq!(first, Next::Renew(Some("e30=".into())));
        let first = next(&mut Course::default(), challenge("Bearer"));
        assert_eq!(first, Next::Renew(None));
    }

    #[test]
    fn the_service_is_quoted_without_the_token() {
        let answered = Answered {
            status: 403,
            service_code: Some("Forbidden".into()),
            service_message: Some("No access with secret-token-0123456789 here.".into()),
            ..Answered::default()
        };
        let came = Came::Answered(Box::new(answered), Vec::new());
        let Next::GiveUp(failure) = next(&mut Course::default(), came) else {
            panic!("tried again");
        };
        assert_eq!(failure.service_code.as_deref(), Some("Forbidden"));
        assert_eq!(
            failure.service_message.as_deref(),
            Some("No access with [removed] here.")
        );
        assert_eq!(failure.message(), "Your account may not read this data.");
    }

    #[test]
    fn nothing_is_tried_without_time_left() {
        let mut course = Course::default();
        let next = course.next(List::Hits, answered(500), &token(), 500, 0.0);
        assert!(matches!(next, Next::GiveUp(_)), "{next:?}");
    }

    #[test]
    fn a_deadline_waits_for_a_sign_in_but_not_for_ever() {
        let mut deadline = Deadline::new(60_000, 1_000.0);
        assert_eq!(deadline.left(1_000.0), 60_000);
        assert_eq!(deadline.left(100_000.0), 0);
        assert_eq!(deadline.passed(61_000.0, false), None);
        assert_eq!(deadline.passed(61_000.0, true), Some(60_000));
        assert_eq!(deadline.left(61_000.0), 60_000);
        let mut now = 61_000.0;
        let mut looks = 0;
        while let Some(ms) = deadline.passed(now, true) {
            now += f64::from(ms);
            looks += 1;
            assert!(looks < 20);
        }
        assert!((now - 361_000.0).abs() < 2.0, "{now}");
    }
}
