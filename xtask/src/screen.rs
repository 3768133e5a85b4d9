//! What the person sees while steps run: one line per event, and on a terminal a live status line.

use std::io::{IsTerminal, Write, stdout};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Standard output, shared by the steps.
pub(crate) struct Screen {
    started: Instant,
    is_terminal: bool,
    status: Mutex<Status>,
}

struct Status {
    /// A status line stands on the terminal's last line.
    shown: bool,
    /// When something was printed last, for outputs that are not terminals.
    spoke: Instant,
}

/// A log file of a build server gets a sign of life this often.
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);
/// Narrower than any usual terminal: a status line that wraps cannot be taken back.
const STATUS_WIDTH: usize = 78;

impl Screen {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            started: now,
            is_terminal: stdout().is_terminal(),
            status: Mutex::new(Status {
                shown: false,
                spoke: now,
            }),
        }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// One line about a step.
    pub(crate) fn event(&self, word: &str, step: &str, text: &str) {
        let at = clock(self.elapsed());
        self.line(format!("[{at}] {word:<6} {step:<14} {text}").trim_end());
    }

    /// Any text, line end included by us.
    pub(crate) fn line(&self, text: &str) {
        let mut status = self.lock();
        self.clear(&mut status);
        println!("{text}");
        status.spoke = Instant::now();
    }

    /// A child's own output, passed on as it comes.
    pub(crate) fn raw(&self, bytes: &[u8]) {
        let mut status = self.lock();
        self.clear(&mut status);
        let mut out = stdout().lock();
        let _ = out.write_all(bytes);
        let _ = out.flush();
        status.spoke = Instant::now();
    }

    /// What runs now, each with its log's last line.
    pub(crate) fn running(&self, steps: &[(&str, String)]) {
        if steps.is_empty() {
            return;
        }
        let mut status = self.lock();
        if self.is_terminal {
            let share = STATUS_WIDTH.saturating_sub(8) / steps.len();
            let parts: Vec<String> = steps
                .iter()
                .map(|(name, last)| cut(&format!("{name}: {last}"), share.saturating_sub(3)))
                .collect();
            print!("\r\x1b[2K[{}] {}", clock(self.elapsed()), parts.join(" | "));
            let _ = stdout().flush();
            status.shown = true;
        } else if status.spoke.elapsed() > SIGN_OF_LIFE {
            let names: Vec<&str> = steps.iter().map(|(name, _)| *name).collect();
            println!("[{}] still   {}", clock(self.elapsed()), names.join(", "));
            status.spoke = Instant::now();
        }
    }

    pub(crate) fn end_status(&self) {
        let mut status = self.lock();
        self.clear(&mut status);
    }

    fn clear(&self, status: &mut Status) {
        if status.shown {
            print!("\r\x1b[2K");
            let _ = stdout().flush();
            status.shown = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:>2}:{:02}", seconds / 60, seconds % 60)
}

/// A duration as a person says it.
pub(crate) fn spoken(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else {
        let whole = time.as_secs();
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

fn cut(text: &str, width: usize) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if clean.chars().count() <= width {
        return clean;
    }
    let kept: String = clean.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well_from_milliseconds_to_minutes() {
        let said = |ms| spoken(Duration::from_millis(ms));
        assert_eq!(said(40), "0.0 s");
        assert_eq!(said(3_240), "3.2 s");
        assert_eq!(said(51_400), "51 s");
        assert_eq!(said(125_000), "2 min 05 s");
    }

    #[test]
    fn a_status_part_is_cut_by_characters_and_shows_no_control_codes() {
        assert_eq!(cut("öäü\tx", 5), "öäü x");
        assert_eq!(cut("öäüxyz", 4), "öäü~");
        assert_eq!(cut("abc", 0), "~");
    }
}
