//! The output of one step, on disk.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

pub(crate) struct Log {
    pub(crate) path: PathBuf,
}

impl Log {
    /// An empty log at `path`.
    pub(crate) fn new(path: PathBuf) -> Self {
        if let Some(folder) = path.parent() {
            let _ = fs::create_dir_all(folder);
        }
        let _ = fs::remove_file(&path);
        Self { path }
    }

    pub(crate) fn text(&self) -> String {
        fs::read(&self.path)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// For a person who must find out what went wrong.
    pub(crate) fn excerpt(&self) -> String {
        telling(&self.text()).join("\n")
    }

    /// For a child to write to.
    pub(crate) fn open(&self) -> Result<File, String> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }

    pub(crate) fn write(&self, line: &str) {
        if let Ok(mut file) = self.open() {
            let _ = writeln!(file, "{line}");
        }
    }
}

/// How many lines of a log fit on a screen beside everything else.
const LINES: usize = 60;
/// A failure is explained in the lines after it.
const AFTER: usize = 9;

/// The first failures with what follows each, then the end: a test that failed early would
/// otherwise be hidden by hundreds that passed after it.
fn telling(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.len().saturating_sub(LINES / 3);
    let mut told = Vec::new();
    let mut last = 0;
    for (at, line) in lines[..end].iter().enumerate() {
        if tells_of_failure(line) {
            last = at + AFTER + 1;
            if !told.is_empty() {
                told.push("...");
            }
        }
        if at < last {
            told.push(line);
        }
        if told.len() > LINES {
            break;
        }
    }
    if told.is_empty() {
        return lines[lines.len().saturating_sub(LINES)..].to_vec();
    }
    told.push("...");
    told.extend(&lines[end..]);
    told
}

/// The marks of rustc, of Rust's and of Node's test runners.
fn tells_of_failure(line: &str) -> bool {
    let line = line.trim_start();
    let starts = ["error: ", "error[", "\u{2716} ", "not ok "];
    starts.iter().any(|mark| line.starts_with(mark))
        || line.contains("' panicked at ")
        || line.contains(") panicked at ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_log_is_shown_whole() {
        assert_eq!(telling("one\ntwo"), ["one", "two"]);
    }

    #[test]
    fn an_early_failure_is_not_hidden_by_what_passes_later() {
        let passes = "test passes ... ok\n".repeat(300);
        let text =
            format!("{passes}thread 'fails' panicked at src/x.rs:1\nreason\n{passes}the end");
        let told = telling(&text);
        assert!(told.contains(&"reason"), "{told:?}");
        assert_eq!(told.last(), Some(&"the end"));
        assert!(told.len() < 40, "{}", told.len());
    }

    #[test]
    fn many_failures_leave_room_for_the_end() {
        let text = format!("{}the end", "\u{2716} broken\n".repeat(500));
        let told = telling(&text);
        assert_eq!(told.last(), Some(&"the end"));
        assert!(told.len() <= LINES + LINES / 3 + 3, "{}", told.len());
    }
}
