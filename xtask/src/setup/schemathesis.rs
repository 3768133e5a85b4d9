//! schemathesis, a Python program, in a virtual environment of its own below `target/`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{Limits, ask, find, find_in, run};
use crate::run::{Done, Job};
use crate::setup::debian;
use crate::workspace::Workspace;

/// Every package with its version and the hashes of its files, for every system.
const REQUIREMENTS: &str = "tests/conformance/requirements.txt";

/// The oldest Python that schemathesis takes, as `(3, minor)`.
const OLDEST_MINOR: u32 = 11;

/// Says its version; fails where a virtual environment cannot be made. Debian keeps `ensurepip` in
/// a package of its own.
const QUESTION: &str = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";

const DEBIAN_PACKAGES: &[&str] = &["python3", "python3-venv"];

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let wanted = workspace.read(REQUIREMENTS)?;
    let stamp = venv(workspace).join("installed.txt");
    // Looked at before any Python is asked for: what is there works without one to be found.
    let same = fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);
    if let (true, Some(program)) = (same, program(workspace)) {
        return Ok(Done::There(program.display().to_string()));
    }
    let python = match python() {
        Some(python) => python,
        None if debian::may_install() => {
            job.say(&format!("apt-get install {}", DEBIAN_PACKAGES.join(" ")));
            debian::install(DEBIAN_PACKAGES, job)?;
            python().ok_or_else(advice)?
        }
        None => return Err(advice()),
    };
    job.say("python -m venv, pip install schemathesis");
    let folder = venv(workspace);
    let mut make = Command::new(&python);
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    run(&mut make, &job.log, Limits::default())?;
    let inside = folder.join(scripts());
    let python = find_in([inside], "python").ok_or("the virtual environment has no python")?;
    let mut install = Command::new(python);
    install
        .args(["-m", "pip", "install", "--disable-pip-version-check"])
        .args(["--no-input", "--require-hashes", "-r", REQUIREMENTS])
        .current_dir(&workspace.root);
    run(&mut install, &job.log, Limits::default())?;
    // Last, so that what was broken off is made anew.
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(Done::Did)
}

/// The program, once it is installed.
pub(crate) fn program(workspace: &Workspace) -> Option<PathBuf> {
    find_in([venv(workspace).join(scripts())], "schemathesis")
}

fn venv(workspace: &Workspace) -> PathBuf {
    workspace.target.join("conformance").join("venv")
}

const fn scripts() -> &'static str {
    if cfg!(windows) { "Scripts" } else { "bin" }
}

/// A Python that is new enough and can make virtual environments.
fn python() -> Option<PathBuf> {
    let versions = (OLDEST_MINOR..30)
        .rev()
        .map(|minor| format!("python3.{minor}"));
    let names = ["python3", "python"].into_iter().map(str::to_owned);
    names
        .chain(versions)
        .filter_map(|name| find(&name))
        .find(|path| {
            let said = ask(Command::new(path).args(["-c", QUESTION]));
            said.as_deref().is_some_and(is_usable)
        })
}

fn is_usable(said: &str) -> bool {
    said.split_once('.')
        .filter(|(major, _)| *major == "3")
        .and_then(|(_, minor)| minor.parse().ok())
        .is_some_and(|minor: u32| minor >= OLDEST_MINOR)
}

fn advice() -> String {
    let how = if debian::is_here() {
        debian::command_for(DEBIAN_PACKAGES)
    } else if cfg!(windows) {
        "winget install Python.Python.3.13, or https://www.python.org/downloads/".to_owned()
    } else if cfg!(target_os = "macos") {
        "brew install python, or https://www.python.org/downloads/".to_owned()
    } else {
        "Python with its modules venv and ensurepip, from your distribution".to_owned()
    };
    format!("Python 3.{OLDEST_MINOR} or newer that can make virtual environments is needed: {how}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_every_python_that_schemathesis_takes() {
        for said in ["3.11", "3.14", "3.20"] {
            assert!(is_usable(said), "{said}");
        }
        for said in ["3.10", "2.7", "4.0", "3", ""] {
            assert!(!is_usable(said), "{said}");
        }
    }

    #[test]
    fn every_package_is_pinned_by_version_and_hash() {
        let text = Workspace::here().read(REQUIREMENTS).expect("it is there");
        let packages = text.lines().filter(|line| line.contains("==")).count();
        assert!(packages > 10);
        let entries = text.split("==").skip(1);
        assert_eq!(
            entries
                .filter(|entry| entry.contains("--hash=sha256:"))
                .count(),
            packages
        );
        assert!(!text.contains("://"));
    }

    #[test]
    fn who_has_no_python_is_told_which() {
        assert!(advice().contains("Python 3.11 or newer"));
    }
}
