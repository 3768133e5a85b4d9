//! Runs programs: quick questions, and long work with its output in a log.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::children::{self, ENDED_WITH_OTHERS, Ending};
use crate::log::Log;

/// How [`run`] treats its child.
pub(crate) struct Limits {
    pub(crate) deadline: Duration,
    pub(crate) ending: Ending,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30 * 60),
            ending: Ending::Signal,
        }
    }
}

/// Runs the command to its end, with all it says in the log.
///
/// # Errors
/// When it cannot start, ends with anything but success, or passes the deadline.
pub(crate) fn run(command: &mut Command, log: &Log, limits: Limits) -> Result<(), String> {
    let name = line_of(command);
    let status = run_for_status(command, log, limits)?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{name}` ended with {status}"))
    }
}

/// As [`run`], but an unsuccessful end is an answer too.
///
/// # Errors
/// When it cannot start, passes the deadline, or is [ended with the others](ENDED_WITH_OTHERS).
pub(crate) fn run_for_status(
    command: &mut Command,
    log: &Log,
    limits: Limits,
) -> Result<ExitStatus, String> {
    let name = line_of(command);
    log.write(&format!("$ {name}"));
    let out = log.open()?;
    let err = out.try_clone().map_err(|error| error.to_string())?;
    command.stdin(Stdio::null()).stdout(out).stderr(err);
    // A log is read by people and by the counting of tests.
    command
        .env("CARGO_TERM_COLOR", "never")
        .env("NO_COLOR", "1");
    let mut child = children::start(command, |_| limits.ending).map_err(|why| {
        if why == ENDED_WITH_OTHERS {
            why
        } else {
            format!("cannot start `{name}`: {why}")
        }
    })?;
    let pid = child.id();
    let until = Instant::now() + limits.deadline;
    let ended = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Ok(status),
            Ok(None) if Instant::now() > until => {
                let _ = children::end_one(&mut child);
                break Err(format!(
                    "`{name}` was ended: it took more than {} s",
                    limits.deadline.as_secs()
                ));
            }
            Ok(None) => thread::sleep(Duration::from_millis(25)),
            Err(error) => break Err(format!("`{name}`: {error}")),
        }
    };
    children::left(pid);
    match ended {
        Ok(status) if !status.success() && children::is_stopping() => {
            Err(ENDED_WITH_OTHERS.to_owned())
        }
        ended => ended,
    }
}

/// What a quick command answers on standard output, or nothing if it fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first file of that name in the given folders, with Windows' endings tried there.
pub(crate) fn find_in(folders: impl IntoIterator<Item = PathBuf>, name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ".bat"]
    } else {
        &[""]
    };
    folders.into_iter().find_map(|folder| {
        endings
            .iter()
            .map(|ending| folder.join(format!("{name}{ending}")))
            .find(|path| is_program(path))
    })
}

/// The program of that name on the PATH.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    find_in(env::split_paths(&env::var_os("PATH")?), name)
}

fn is_program(path: &Path) -> bool {
    let Ok(facts) = fs::metadata(path) else {
        return false;
    };
    #[cfg(unix)]
    let runs = std::os::unix::fs::PermissionsExt::mode(&facts.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let runs = true;
    facts.is_file() && runs
}

fn line_of(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program
        .file_stem()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    std::iter::once(name)
        .chain(
            command
                .get_args()
                .map(|a: &OsStr| a.to_string_lossy().into_owned()),
        )
        .collect::<Vec<_>>()
        .join(" ")
}
