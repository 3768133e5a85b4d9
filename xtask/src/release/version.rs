//! Versions, and where they stand.

use crate::setup::lock_file::value_of;

/// `1.2.3`, or `1.2.3-rc.1`, which comes before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    numbers: [u32; 3],
    /// Nothing comes after every candidate.
    is_final: bool,
    candidate: Vec<Part>,
}

/// A part of what follows the hyphen: numbers come before words, as Semantic Versioning orders them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u32),
    Word(String),
}

impl Version {
    /// Nothing for what is no version, or one with build metadata, which npm drops.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (numbers, candidate) = match text.split_once('-') {
            Some((numbers, candidate)) => (numbers, Some(candidate)),
            None => (text, None),
        };
        let numbers: Vec<u32> = numbers.split('.').map(number).collect::<Option<_>>()?;
        let parts = candidate.map(|text| text.split('.').map(part).collect::<Option<Vec<Part>>>());
        Some(Self {
            numbers: numbers.try_into().ok()?,
            is_final: candidate.is_none(),
            candidate: parts.unwrap_or(Some(Vec::new()))?,
        })
    }
}

fn number(text: &str) -> Option<u32> {
    let is_plain = text == "0" || !text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (is_plain && digits).then(|| text.parse().ok())?
}

fn part(text: &str) -> Option<Part> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return number(text).map(Part::Number);
    }
    let is_word = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    is_word.then(|| Part::Word(text.to_owned()))
}

/// The first version in a manifest: that of its package.
pub(crate) fn of_manifest(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| value_of(line, "version"))?;
    Some(line.to_owned())
}

/// The text with another version behind each of these marks.
///
/// # Errors
/// When a mark does not stand there once, followed by the current version.
pub(crate) fn replaced(
    text: &str,
    marks: &[&str],
    current: &str,
    next: &str,
) -> Result<String, String> {
    let mut text = text.replace("\r\n", "\n");
    for mark in marks {
        let before = if mark.ends_with('"') {
            format!("{mark}{current}\"")
        } else {
            format!("{mark}version = \"{current}\"")
        };
        if text.matches(&before).count() != 1 {
            return Err(format!("not once: {before}"));
        }
        text = text.replace(&before, &before.replace(current, next));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_people_expect() {
        let order = [
            "0.1.0-alpha",
            "0.1.0-rc.2",
            "0.1.0-rc.10",
            "0.1.0",
            "0.1.1",
            "0.10.0",
            "1.0.0",
        ];
        let read: Vec<Version> = order
            .iter()
            .map(|text| Version::read(text).expect(text))
            .collect();
        assert!(read.is_sorted_by(|a, b| a < b), "{read:?}");
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "v1.2.3",
            "1.2.x",
            "01.2.3",
            "1.2.3-",
            "1.2.3-a..b",
            "1.2.3+b",
            "1.2.-3",
            "1. 2.3",
        ] {
            assert_eq!(Version::read(text), None, "{text}");
        }
    }

    #[test]
    fn only_the_version_at_the_mark_changes() {
        let lock = "name = \"a\"\nversion = \"0.1.0\"\n\nname = \"cablink\"\nversion = \"0.1.0\"\n";
        let text = replaced(lock, &["name = \"cablink\"\n"], "0.1.0", "0.2.0");
        assert_eq!(
            text.as_deref(),
            Ok("name = \"a\"\nversion = \"0.1.0\"\n\nname = \"cablink\"\nversion = \"0.2.0\"\n")
        );
        assert!(replaced(lock, &["name = \"b\"\n"], "0.1.0", "0.2.0").is_err());
        assert!(replaced(lock, &["name = \"cablink\"\n"], "0.3.0", "0.4.0").is_err());
        let json = replaced(
            "{\"cablink\": \"0.1.0\"}",
            &["\"cablink\": \""],
            "0.1.0",
            "0.2.0",
        );
        assert_eq!(json.as_deref(), Ok("{\"cablink\": \"0.2.0\"}"));
    }

    #[test]
    fn the_version_of_a_manifest_is_that_of_its_package() {
        let text = "[package]\nname = \"a\"\nversion = \"1.2.3\"\n[dependencies]\nb = { version = \"9\" }\n";
        assert_eq!(of_manifest(text).as_deref(), Some("1.2.3"));
    }
}
