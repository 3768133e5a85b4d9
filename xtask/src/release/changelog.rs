//! The heading of a version in CHANGELOG.md.

use std::time::{SystemTime, UNIX_EPOCH};

const UNRELEASED: &str = "## [Unreleased]\n";
const NOT_PUBLISHED: &str = " - not published\n";

/// Whether the version's own heading still waits for its day.
pub(crate) fn is_unpublished(log: &str, version: &str) -> bool {
    log.contains(&format!("## [{version}]{NOT_PUBLISHED}"))
}

/// The changelog in which what was unreleased stands below the version and the day.
///
/// # Errors
/// When nothing has changed since the last version, or the headings are not found.
pub(crate) fn released(log: &str, version: &str, day: &str) -> Result<String, String> {
    let log = log.replace("\r\n", "\n");
    if is_unpublished(&log, version) {
        let before = format!("## [{version}]{NOT_PUBLISHED}");
        return Ok(log.replace(&before, &format!("## [{version}] - {day}\n")));
    }
    if log.contains(NOT_PUBLISHED) {
        return Err(
            "CHANGELOG.md has a version that is not published; release that first".to_owned(),
        );
    }
    let (before, after) = log
        .split_once(UNRELEASED)
        .ok_or("CHANGELOG.md has no heading [Unreleased]")?;
    let news = after.split("\n## [").next().unwrap_or_default();
    if news.trim().is_empty() {
        return Err("CHANGELOG.md says of no change below [Unreleased]".to_owned());
    }
    Ok(format!(
        "{before}{UNRELEASED}\n## [{version}] - {day}\n{after}"
    ))
}

/// The day in UTC, as `2026-01-31`.
pub(crate) fn day(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let mut days = seconds / 86_400;
    let mut year = 1970;
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{year}-{month:02}-{:02}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const LOG: &str = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-01-01\n\n- First.\n";

    #[test]
    fn what_was_unreleased_stands_below_the_version() {
        let log = released(LOG, "0.2.0", "2026-02-03").expect("there is news");
        assert_eq!(
            log,
            LOG.replace(
                "## [Unreleased]\n",
                "## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n"
            )
        );
    }

    #[test]
    fn the_first_version_gets_its_day_only() {
        let log = LOG.replace("2026-01-01", "not published");
        assert!(is_unpublished(&log, "0.1.0") && !is_unpublished(LOG, "0.1.0"));
        assert_eq!(released(&log, "0.1.0", "2026-01-01").as_deref(), Ok(LOG));
        assert!(released(&log, "0.2.0", "2026-01-01").is_err());
    }

    #[test]
    fn nothing_new_is_no_release() {
        let log = LOG.replace("### Added\n\n- A thing.\n\n", "");
        assert!(released(&log, "0.2.0", "2026-02-03").is_err());
        assert!(released("# Changelog\n", "0.2.0", "2026-02-03").is_err());
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_735_689_599, "2024-12-31"),
            (1_795_478_400, "2026-11-24"),
        ] {
            assert_eq!(day(UNIX_EPOCH + Duration::from_secs(seconds)), expected);
        }
    }
}
