//! The course of a list that is being read, and what is said of it.

use crate::rules::id::{ApplicationId, FailureHash, IdReason, Method};
use crate::rules::panel::link::{Cabs, Trouble, not_a_cablink};
use crate::rules::panel::table::MOST_ROWS;
use crate::rules::problem::{Failure, Problem};

/// Rows that a list asks for at once.
pub const SLICE: usize = 1_000;

/// So many rows before the end the next slice is asked for.
const AHEAD: usize = 200;

/// Where a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Course {
    /// There is no `CabLink` to ask.
    Unready,
    /// A slice is on its way.
    Loading,
    /// It stands, and there may be more.
    More,
    /// All there is has come.
    Complete,
    /// There is more, but it is not read: a list has an end.
    Enough,
    /// It did not come.
    Problem(Trouble),
}

/// How many rows there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Read so far.
    pub loaded: usize,
    /// Of the whole list, where the service says so.
    pub total: Option<usize>,
    /// In view, after the filter.
    pub shown: usize,
    /// Whether a filter is set.
    pub filtered: bool,
}

/// Checks what names the list, before anybody is asked.
///
/// # Errors
/// Which attribute is wrong, and why.
pub fn check(
    failure_hash: Option<&str>,
    method: Option<&str>,
    application: Option<&str>,
) -> Result<Method, Failure> {
    let bad = |field, sentence: &[&str]| {
        Err(Failure::of_field(
            Problem::InvalidQuery,
            field,
            sentence.concat(),
        ))
    };
    let why = |reason: IdReason| reason.sentence_end();
    if let Err(reason) = FailureHash::parse_attribute(failure_hash.unwrap_or_default()) {
        return bad(
            "failureHash",
            &["The attribute failure-hash ", why(reason), "."],
        );
    }
    let Some(method) = method.map_or(Some(Method::default()), |text| {
        Method::parse(text.trim_ascii())
    }) else {
        let sentence = "The attribute method is not ihvdriver, driver or hardware.";
        return bad("method", &[sentence]);
    };
    if method.needs_application()
        && let Err(reason) = ApplicationId::parse_attribute(application.unwrap_or_default())
    {
        return bad(
            "applicationId",
            &["The attribute application-id ", why(reason), "."],
        );
    }
    Ok(method)
}

/// What keeps a list from being asked for.
#[must_use]
pub fn without(cabs: Cabs) -> Option<Course> {
    match cabs {
        Cabs::Nobody => Some(Course::Unready),
        Cabs::Other => Some(Course::Problem(not_a_cablink().into())),
        Cabs::Started => None,
    }
}

/// Whether the next slice is to be asked for: a person comes near the end, or sorts or filters, which
/// would be wrong over a part of the rows.
#[must_use]
pub fn wants_more(course: &Course, counts: Counts, drawn_end: usize, sorted: bool) -> bool {
    let all = sorted || counts.filtered;
    *course == Course::More && (all || drawn_end + AHEAD >= counts.shown)
}

/// Where a list is when a slice has come.
#[must_use]
pub const fn after_slice(loaded: usize, has_next: bool) -> Course {
    if !has_next {
        Course::Complete
    } else if loaded >= MOST_ROWS {
        Course::Enough
    } else {
        Course::More
    }
}

/// What is said beside the filter. `number` writes a number.
#[must_use]
pub fn status(course: &Course, counts: Counts, number: &dyn Fn(usize) -> String) -> String {
    let Counts {
        loaded,
        total,
        shown,
        filtered,
    } = counts;
    if loaded == 0 {
        return match course {
            Course::Loading | Course::More => "Loading…".to_owned(),
            _ => String::new(),
        };
    }
    let whole = match course {
        Course::Complete => loaded,
        // A service may count wrongly, or rows come while it counts.
        _ => total.unwrap_or_default().max(loaded),
    };
    let of = if loaded < whole {
        [&number(loaded), " of ", &number(whole)].concat()
    } else {
        number(loaded)
    };
    let noun = |count| match count {
        1 => " occurrence",
        _ => " occurrences",
    };
    let mut text = if filtered {
        [&number(shown), " of ", &number(loaded), noun(loaded)].concat()
    } else {
        [of.as_str(), noun(whole)].concat()
    };
    match course {
        Course::Loading if filtered => text.push_str(", loading the rest…"),
        Course::Loading => text.push_str(", loading more…"),
        Course::Enough => text.push_str("; narrow the days or the filter to see the others"),
        _ => {}
    }
    text
}

/// What is said in place of rows; nothing where there are some, or they are on their way.
#[must_use]
pub fn instead(course: &Course, counts: Counts) -> Option<(&'static str, &'static str)> {
    match course {
        Course::Unready => Some((
            "Nothing has been asked for yet.",
            "The list comes as soon as this page has signed you in and started its downloads.",
        )),
        Course::Complete if counts.loaded == 0 => Some((
            "No occurrence of this failure in these days.",
            "Without other dates the service looks back 30 days.",
        )),
        Course::Complete | Course::Enough if counts.shown == 0 => {
            Some(("No occurrence fits the filter.", "Take a word out of it."))
        }
        _ => None,
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;

    fn number(number: usize) -> String {
        number.to_string()
    }

    const HASH: Option<&str> = Some(" f060c0b6-fbe6-463f-a9f1-b7ebc1cc722f ");

    #[test]
    fn what_names_no_list_is_named() {
        assert_eq!(check(HASH, None, None), Ok(Method::IhvDriver));
        assert_eq!(
            check(HASH, Some(" hardware "), Some("-")),
            Ok(Method::Hardware)
        );
        assert_eq!(
            check(HASH, Some("driver"), Some(" 184 ")),
            Ok(Method::Driver)
        );
        for (hash, method, application, field, words) in [
            (
                None,
                None,
                None,
                "failureHash",
                "The attribute failure-hash is empty.",
            ),
            (
                Some("../x"),
                None,
                None,
                "failureHash",
                "The attribute failure-hash does not begin with a letter or a digit.",
            ),
            (
                HASH,
                Some("x"),
                None,
                "method",
                "The attribute method is not ihvdriver, driver or hardware.",
            ),
            (
                HASH,
                Some("driver"),
                None,
                "applicationId",
                "The attribute application-id is empty.",
            ),
        ] {
            let failure = check(hash, method, application).expect_err(words);
            assert_eq!(failure.problem, Problem::InvalidQuery);
            assert_eq!(
                (failure.field.as_deref(), failure.message()),
                (Some(field), words)
            );
        }
    }

    #[test]
    fn nobody_to_ask_is_waited_for_and_somebody_else_is_named() {
        assert_eq!(without(Cabs::Started), None);
        assert_eq!(without(Cabs::Nobody), Some(Course::Unready));
        assert!(matches!(without(Cabs::Other), Some(Course::Problem(_))));
    }

    #[test]
    fn more_comes_near_the_end_or_when_all_is_needed() {
        let counts = Counts {
            loaded: 1_000,
            total: Some(8_000),
            shown: 1_000,
            filtered: false,
        };
        assert!(!wants_more(&Course::More, counts, 40, false));
        assert!(wants_more(&Course::More, counts, 800, false));
        assert!(wants_more(&Course::More, counts, 40, true));
        let filtered = Counts {
            filtered: true,
            ..counts
        };
        assert!(wants_more(&Course::More, filtered, 40, false));
        for course in [
            Course::Unready,
            Course::Loading,
            Course::Complete,
            Course::Enough,
            Course::Problem(Trouble::default()),
        ] {
            assert!(!wants_more(&course, counts, 1_000, true), "{course:?}");
        }
        assert_eq!(after_slice(1_000, true), Course::More);
        assert_eq!(after_slice(1_000, false), Course::Complete);
        assert_eq!(after_slice(MOST_ROWS, true), Course::Enough);
    }

    #[test]
    fn what_is_said_counts_right() {
        let counts = |loaded, total, shown, filtered| Counts {
            loaded,
            total,
            shown,
            filtered,
        };
        for (course, counts, words) in [
            (Course::Loading, counts(0, None, 0, false), "Loading…"),
            (Course::More, counts(0, None, 0, false), "Loading…"),
            (Course::Unready, counts(0, None, 0, false), ""),
            (Course::Complete, counts(0, Some(0), 0, false), ""),
            (
                Course::Complete,
                counts(1, Some(1), 1, false),
                "1 occurrence",
            ),
            (
                Course::Complete,
                counts(120, None, 120, false),
                "120 occurrences",
            ),
            // The service counted wrongly.
            (
                Course::Complete,
                counts(120, Some(200), 120, false),
                "120 occurrences",
            ),
            (
                Course::More,
                counts(120, Some(100), 120, false),
                "120 occurrences",
            ),
            (
                Course::More,
                counts(1000, Some(8412), 1000, false),
                "1000 of 8412 occurrences",
            ),
            (
                Course::Loading,
                counts(1000, Some(8412), 1000, false),
                "1000 of 8412 occurrences, loading more…",
            ),
            (
                Course::Loading,
                counts(1000, Some(8412), 7, true),
                "7 of 1000 occurrences, loading the rest…",
            ),
            (
                Course::Complete,
                counts(8412, Some(8412), 7, true),
                "7 of 8412 occurrences",
            ),
            (
                Course::Problem(Trouble::default()),
                counts(1000, Some(8412), 1000, false),
                "1000 of 8412 occurrences",
            ),
            (
                Course::Enough,
                counts(100_000, Some(250_000), 100_000, false),
                "100000 of 250000 occurrences; narrow the days or the filter to see the others",
            ),
        ] {
            assert_eq!(status(&course, counts, &number), words, "{course:?}");
        }
    }

    #[test]
    fn an_empty_place_says_why() {
        let none = Counts::default();
        let hidden = Counts { loaded: 5, ..none };
        assert!(instead(&Course::Unready, none).is_some());
        assert!(
            instead(&Course::Complete, none)
                .unwrap()
                .0
                .starts_with("No occurrence of")
        );
        assert!(
            instead(&Course::Complete, hidden)
                .unwrap()
                .0
                .contains("filter")
        );
        for course in [
            Course::Loading,
            Course::More,
            Course::Problem(Trouble::default()),
        ] {
            assert_eq!(instead(&course, none), None, "{course:?}");
        }
        assert_eq!(
            instead(&Course::Complete, Counts { shown: 5, ..hidden }),
            None
        );
    }
}
