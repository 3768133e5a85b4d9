//! A moment as the API writes it in rows: `2017-03-14 23:51:11`, or `2017-02-26`.

use crate::rules::list::day::Day;

/// A moment, read from a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Milliseconds since 1970 in UTC.
    pub ms: f64,
    /// Whether it is only known to be on that day, which begins at `ms`.
    pub day_only: bool,
    /// Whether the text says its own zone. Documented ones do not; that they mean UTC is inferred.
    pub zoned: bool,
}

const MINUTE_MS: f64 = 60_000.0;

impl Moment {
    /// Reads a moment: a day, and where there is one a time, with `T` or a blank between them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let day = Day::parse(text.get(..10)?)?.begins_ms();
        let rest = text.get(10..)?;
        if rest.is_empty() {
            return Some(Self {
                ms: day,
                day_only: true,
                zoned: false,
            });
        }
        let time = rest.strip_prefix(['T', 't', ' '])?;
        let (time, offset_minutes) = split_zone(time)?;
        let ms = day + time_ms(time)? - offset_minutes.unwrap_or_default() * MINUTE_MS;
        Some(Self {
            ms,
            day_only: false,
            zoned: offset_minutes.is_some(),
        })
    }
}

/// A number of exactly two digits, below a limit.
fn two_digits(text: &str, below: u8) -> Option<f64> {
    let good = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    let number: u8 = good.then(|| text.parse().ok())??;
    (number < below).then_some(f64::from(number))
}

/// `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`, where what is behind the point is dropped.
fn time_ms(text: &str) -> Option<f64> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut parts = text.split(':');
    let hours = two_digits(parts.next()?, 24)?;
    let minutes = two_digits(parts.next()?, 60)?;
    let seconds = parts
        .next()
        .map_or(Some(0.0), |part| two_digits(part, 60))?;
    if parts.next().is_some() {
        return None;
    }
    Some(((hours * 60.0 + minutes) * 60.0 + seconds) * 1000.0)
}

/// The time, and how many minutes its zone is ahead of UTC where it names one.
fn split_zone(text: &str) -> Option<(&str, Option<f64>)> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some((time, Some(0.0)));
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, None));
    };
    let (time, zone) = text.split_at(at);
    let (sign, digits) = zone.split_at(1);
    let (hours, minutes) = match digits.len() {
        4 => (digits.get(..2)?, digits.get(2..)?),
        5 => digits.split_once(':')?,
        _ => return None,
    };
    let offset = two_digits(hours, 24)? * 60.0 + two_digits(minutes, 60)?;
    Some((time, Some(if sign == "-" { -offset } else { offset })))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 2017-03-14 00:00 in UTC.
    const DAY: f64 = 1_489_449_600_000.0;
    const HOUR: f64 = 3_600_000.0;

    #[test]
    fn what_the_api_writes_is_read() {
        let moment = |ms, day_only, zoned| {
            Some(Moment {
                ms,
                day_only,
                zoned,
            })
        };
        let late = DAY + 23.0 * HOUR + 51.0 * 60_000.0 + 11_000.0;
        for (text, expected) in [
            ("2017-03-14 23:51:11", moment(late, false, false)),
            ("2017-03-14T23:51:11", moment(late, false, false)),
            (" 2017-03-14 23:51:11\n", moment(late, false, false)),
            ("2017-03-14T23:51:11Z", moment(late, false, true)),
            ("2017-03-14t23:51:11.1234567z", moment(late, false, true)),
            (
                "2017-03-14T23:51:11+02:00",
                moment(late - 2.0 * HOUR, false, true),
            ),
            (
                "2017-03-14 23:51:11-0730",
                moment(late + 7.5 * HOUR, false, true),
            ),
            ("2017-03-14 00:00", moment(DAY, false, false)),
            ("2017-03-14", moment(DAY, true, false)),
        ] {
            assert_eq!(Moment::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_moment() {
        for text in [
            "",
            "2017",
            "Unknown",
            "2017-02-30 10:00:00",
            "2017-03-14 24:00:00",
            "2017-03-14 10:60:00",
            "2017-03-14 10:00:60",
            "2017-03-14 10:00:00:00",
            "2017-03-14 10",
            "2017-03-14 1:00:00",
            "2017-03-14 10:00:00.",
            "2017-03-14 10:00:00.x",
            "2017-03-14 10:00:00 UTC",
            "2017-03-14 10:00:00+2",
            "2017-03-14 10:00:00+25:00",
            "2017-03-14T",
            "2017-03-14  10:00:00",
            "3/14/2017 10:00:00",
            "1489535471",
            "２017-03-14",
        ] {
            assert_eq!(Moment::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "[0-9TZ:. +é-]{0,30}") {
            let _ = Moment::parse(&text);
        }
    }
}
