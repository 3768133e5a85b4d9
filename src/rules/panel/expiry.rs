//! How long a CAB stays: `cabExpirationTime` of its row, seen from now.

use crate::rules::panel::moment::Moment;

const HOUR_MS: f64 = 3_600_000.0;
const DAY_MS: f64 = 24.0 * HOUR_MS;

/// How long after its time a CAB is still asked for.
///
/// No document says which zone `cabExpirationTime` is in. UTC is inferred; were it the clock of
/// another place, the true end could be 12 hours later, and the clock of the person's machine may be
/// wrong as well. A request too many costs a moment, a dump that is there and not to be had costs the
/// person the dump. A time that names its own zone leaves no such doubt.
pub const DOUBT_MS: f64 = DAY_MS;

/// Fewer days than that are worth a warning.
const SOON_MS: f64 = 7.0 * DAY_MS;

/// What is known of a CAB's end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expiry {
    /// The row does not say.
    Unknown,
    /// So many milliseconds are left.
    Left(f64),
    /// Its time has passed, but perhaps not everywhere, see [`DOUBT_MS`].
    Doubtful,
    /// It is gone, by so many milliseconds.
    Past(f64),
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Not now.
    Later,
    /// Within days, or perhaps already.
    Soon,
    /// Too late.
    Past,
}

impl Urgency {
    /// A name for styles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Later => "later",
            Self::Soon => "soon",
            Self::Past => "past",
        }
    }
}

impl Expiry {
    /// Judges a row's `cabExpirationTime`.
    #[must_use]
    pub fn of(text: Option<&str>, now_ms: f64) -> Self {
        text.and_then(Moment::parse)
            .map_or(Self::Unknown, |moment| Self::at(moment, now_ms))
    }

    /// Judges a moment. A day counts until it is over.
    #[must_use]
    pub fn at(moment: Moment, now_ms: f64) -> Self {
        let end = moment.ms + if moment.day_only { DAY_MS } else { 0.0 };
        let left = end - now_ms;
        let doubt = if moment.zoned { 0.0 } else { DOUBT_MS };
        if left > 0.0 {
            Self::Left(left)
        } else if left > -doubt {
            Self::Doubtful
        } else {
            Self::Past(-left)
        }
    }

    /// Whether there is no use in asking for it.
    #[must_use]
    pub const fn is_past(self) -> bool {
        matches!(self, Self::Past(_))
    }

    /// How much it matters.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        match self {
            Self::Past(_) => Urgency::Past,
            Self::Doubtful => Urgency::Soon,
            Self::Left(left) if left < SOON_MS => Urgency::Soon,
            Self::Left(_) | Self::Unknown => Urgency::Later,
        }
    }

    /// As a person says it; nothing where it is not known.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Left(left) => [&length(left), " left"].concat(),
            Self::Doubtful => "may have expired".to_owned(),
            Self::Past(ago) => ["expired ", &length(ago), " ago"].concat(),
        }
    }
}

/// Whole hours below two days, then whole days.
fn length(ms: f64) -> String {
    let (unit, name) = if ms < 2.0 * DAY_MS {
        (HOUR_MS, " hour")
    } else {
        (DAY_MS, " day")
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast of a float saturates"
    )]
    let count = (ms / unit) as u64;
    match count {
        0 => "less than an hour".to_owned(),
        1 => ["1", name].concat(),
        _ => [&count.to_string(), name, "s"].concat(),
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STAMP: &str = "2017-06-12 23:51:11";

    fn end() -> f64 {
        Moment::parse(STAMP).unwrap().ms
    }

    #[test]
    fn the_course_of_time() {
        for (before_ms, words, urgency) in [
            (90.0 * DAY_MS, "90 days left", Urgency::Later),
            (7.0 * DAY_MS, "7 days left", Urgency::Later),
            (7.0 * DAY_MS - 1.0, "6 days left", Urgency::Soon),
            (2.0 * DAY_MS, "2 days left", Urgency::Soon),
            (2.0 * DAY_MS - 1.0, "47 hours left", Urgency::Soon),
            (HOUR_MS, "1 hour left", Urgency::Soon),
            (HOUR_MS - 1.0, "less than an hour left", Urgency::Soon),
            (0.0, "may have expired", Urgency::Soon),
            (-DAY_MS + 1.0, "may have expired", Urgency::Soon),
            (-DAY_MS, "expired 24 hours ago", Urgency::Past),
            (-3.0 * DAY_MS, "expired 3 days ago", Urgency::Past),
        ] {
            let expiry = Expiry::of(Some(STAMP), end() - before_ms);
            assert_eq!(
                (expiry.words().as_str(), expiry.urgency()),
                (words, urgency)
            );
            assert_eq!(expiry.is_past(), urgency == Urgency::Past, "{words}");
        }
    }

    #[test]
    fn a_named_zone_leaves_no_doubt_and_a_day_lasts_until_its_end() {
        let zoned = [STAMP, "Z"].concat();
        assert_eq!(Expiry::of(Some(&zoned), end()), Expiry::Past(0.0));
        let day = Moment::parse("2017-06-12").unwrap().ms;
        let last = Expiry::of(Some("2017-06-12"), day + DAY_MS - 1.0);
        assert_eq!(last.words(), "less than an hour left");
        let next = Expiry::of(Some("2017-06-12"), day + DAY_MS);
        assert_eq!(next, Expiry::Doubtful);
    }

    #[test]
    fn what_cannot_be_read_is_never_past() {
        for text in [None, Some(""), Some("soon"), Some("0001-01-01x")] {
            let expiry = Expiry::of(text, f64::MAX);
            assert_eq!((expiry, expiry.words().as_str()), (Expiry::Unknown, ""));
        }
    }

    proptest! {
        #[test]
        fn it_only_gets_later(first in 0.0..2e12_f64, more in 0.0..2e12_f64) {
            let rank = |now| match Expiry::of(Some(STAMP), now) {
                Expiry::Left(_) => 0,
                Expiry::Doubtful => 1,
                Expiry::Past(_) => 2,
                Expiry::Unknown => 3,
            };
            prop_assert!(rank(first) <= rank(first + more));
            prop_assert!(rank(first) < 3);
        }
    }
}
