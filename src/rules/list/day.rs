//! A day of the calendar, as queries name it.

use crate::rules::list::method::List;

/// A day that exists, of the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

const MS_OF_A_DAY: f64 = 86_400_000.0;

impl Day {
    /// Reads `YYYY-MM-DD`, and nothing else: `1/2/2017` is two days, depending on who reads it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let number = |from: usize, to: usize| {
            bytes.get(from..to)?.iter().try_fold(0_u16, |value, byte| {
                byte.is_ascii_digit()
                    .then(|| value * 10 + u16::from(byte - b'0'))
            })
        };
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let (month, day) = (number(5, 7)?, number(8, 10)?);
        Self::new(
            number(0, 4)?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        )
    }

    /// The day in UTC at this time; `None` for what is no time, or in no year that can be written.
    ///
    /// The API's documentation names no zone. UTC is inferred.
    #[must_use]
    pub fn at(epoch_ms: f64) -> Option<Self> {
        // Year 0 to year 10000; the sums below stay far from overflowing.
        if !(-62_200_000_000_000.0..253_500_000_000_000.0).contains(&epoch_ms) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "in range")]
        let days = (epoch_ms / MS_OF_A_DAY).floor() as i64;
        // Days since 1 March of year 0, so that the odd day of leap years comes last; 400 years
        // repeat exactly.
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Months from March are 31 and 30 days long in a pattern of 153 days per five.
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(
            u16::try_from(year).ok()?,
            u8::try_from(month).ok()?,
            u8::try_from(day).ok()?,
        )
    }

    /// Milliseconds from the beginning of 1970 to that of this day, both in UTC.
    #[must_use]
    pub fn begins_ms(self) -> f64 {
        // As in `at`, the other way round.
        let (year, month) = (i64::from(self.year), i64::from(self.month));
        let year = year - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * from_march + 2) / 5 + i64::from(self.day) - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        #[expect(clippy::cast_precision_loss, reason = "a few million")]
        let days = (era * 146_097 + of_era - 719_468) as f64;
        days * MS_OF_A_DAY
    }

    fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let real = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=length_of(month, year)).contains(&day);
        real.then_some(Self { year, month, day })
    }

    /// The day as the examples in the list's own documentation write it: `1/31/2017` for hits,
    /// `2017-01-31` for details. Which other spellings the service takes is not documented.
    #[must_use]
    pub fn for_list(self, list: List) -> String {
        let Self { year, month, day } = self;
        match list {
            List::Hits => [
                &month.to_string(),
                "/",
                &day.to_string(),
                "/",
                &padded(year, 4),
            ]
            .concat(),
            List::Details => self.iso(),
        }
    }

    /// `YYYY-MM-DD`.
    #[must_use]
    pub fn iso(self) -> String {
        let Self { year, month, day } = self;
        [
            &padded(year, 4),
            "-",
            &padded(month.into(), 2),
            "-",
            &padded(day.into(), 2),
        ]
        .concat()
    }
}

const fn length_of(month: u8, year: u16) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + leap as u8,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn padded(number: u16, width: usize) -> String {
    let digits = number.to_string();
    ["0".repeat(width.saturating_sub(digits.len())), digits].concat()
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_days_that_exist_are_days() {
        for text in [
            "2017-02-28",
            "2016-02-29",
            "2000-02-29",
            "0001-01-01",
            "9999-12-31",
        ] {
            assert_eq!(Day::parse(text).unwrap().iso(), text);
        }
        for text in [
            "",
            "2017-02-29",
            "1900-02-29",
            "2017-13-01",
            "2017-00-10",
            "2017-04-31",
            "2017-01-00",
            "0000-01-01",
            "2017-1-1",
            "17-01-01",
            "2017/01/01",
            "1/1/2017",
            "2017-01-01 ",
            " 2017-01-01",
            "2017-01-01T00:00:00Z",
            "+017-01-01",
            "2017-01-٣1",
            "today",
            "20170101xx",
        ] {
            assert_eq!(Day::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn times_are_days_in_utc() {
        for (ms, day) in [
            (0.0, "1970-01-01"),
            (-1.0, "1969-12-31"),
            (86_399_999.0, "1970-01-01"),
            (951_782_400_000.0, "2000-02-29"),
            (1_489_535_471_000.0, "2017-03-14"),
            (253_402_300_799_999.0, "9999-12-31"),
            (-62_135_596_800_000.0, "0001-01-01"),
        ] {
            assert_eq!(Day::at(ms).unwrap().iso(), day);
        }
        for ms in [
            f64::NAN,
            f64::INFINITY,
            -62_135_596_800_001.0,
            253_402_300_800_000.0,
            1e300,
        ] {
            assert_eq!(Day::at(ms), None, "{ms}");
        }
    }

    #[test]
    fn each_list_has_its_spelling() {
        let day = Day::parse("2015-08-01").unwrap();
        assert_eq!(day.for_list(List::Hits), "8/1/2015");
        assert_eq!(day.for_list(List::Details), "2015-08-01");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,12}") {
            let _ = Day::parse(&text);
        }

        #[test]
        fn days_follow_each_other(days in -719_000_i32..2_900_000) {
            let at = |days: i32| Day::at(f64::from(days) * MS_OF_A_DAY);
            let (today, tomorrow) = (at(days).unwrap(), at(days + 1).unwrap());
            prop_assert!(today < tomorrow);
            prop_assert_eq!(Day::parse(&today.iso()), Some(today));
            prop_assert!((today.begins_ms() - f64::from(days) * MS_OF_A_DAY).abs() < 0.5);
            prop_assert_eq!(Day::at((f64::from(days) + 0.999) * MS_OF_A_DAY), Some(today));
        }
    }
}
