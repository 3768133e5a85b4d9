//! Packages of Debian and its relatives.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::children::{ENDED_WITH_OTHERS, Ending};
use crate::process::{Limits, ask, run};
use crate::run::Job;

/// Whether `apt-get` is how this system gets its programs.
pub(crate) fn is_here() -> bool {
    Path::new("/usr/bin/apt-get").exists()
}

/// Ubuntu's `chromium` package is a stub that installs a snap, which drivers cannot start.
pub(crate) fn is_ubuntu() -> bool {
    os_release("ID").as_deref() == Some("ubuntu")
}

/// Whether we may install: only root may, and nobody wants `sudo` called behind their back.
pub(crate) fn may_install() -> bool {
    is_here() && ask(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// What a person who is not root types.
pub(crate) fn command_for(packages: &[impl AsRef<str>]) -> String {
    let names = words(packages).join(" ");
    format!("sudo apt-get install --no-install-recommends {names}")
}

/// Installs packages; those that are there stay as they are.
pub(crate) fn install(packages: &[impl AsRef<str>], job: &Job<'_>) -> Result<(), String> {
    let mut install = vec![
        "install",
        "--yes",
        "--no-upgrade",
        "--no-install-recommends",
    ];
    install.extend(words(packages));
    // Steps run side by side, and apt-get takes one at a time.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    match apt_get(&install, job) {
        Ok(()) => return Ok(()),
        Err(why) if why == ENDED_WITH_OTHERS => return Err(why),
        Err(_) => {}
    }
    // A fresh image has no package lists, or such as name versions that are gone.
    apt_get(&["update"], job)?;
    apt_get(&install, job)
}

/// Puts a package's files below a folder of ours, without installing it: nothing of it is started, and nobody has to be
/// root. What it depends on has to be there.
pub(crate) fn unpack(package: &str, into: &Path, job: &Job<'_>) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", into.display());
    let fetched = into.with_extension("fetched");
    let _ = fs::remove_dir_all(&fetched);
    fs::create_dir_all(&fetched).map_err(said)?;
    let download = || apt_get_in(&fetched, &["download", package], job);
    match download() {
        Err(why) if why == ENDED_WITH_OTHERS || !may_install() => return Err(why),
        // A fresh image has no package lists.
        Err(_) => apt_get(&["update"], job).and_then(|()| download())?,
        Ok(()) => {}
    }
    let found = fs::read_dir(&fetched).map_err(said)?.flatten();
    let file = found
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "deb"));
    let file = file.ok_or_else(|| format!("apt-get downloaded no package {package}"))?;
    let mut unpack = Command::new("dpkg-deb");
    unpack.arg("--extract").arg(file).arg(into);
    run(&mut unpack, &job.log, Limits::default())?;
    fs::remove_dir_all(&fetched).map_err(said)
}

fn apt_get(words: &[&str], job: &Job<'_>) -> Result<(), String> {
    apt_get_in(Path::new("/"), words, job)
}

fn apt_get_in(folder: &Path, words: &[&str], job: &Job<'_>) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.current_dir(folder);
    command
        .args(["-q", "-o", "DPkg::Lock::Timeout=600"])
        .args(words)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let limits = Limits {
        deadline: Duration::from_secs(20 * 60),
        ending: Ending::Finish,
    };
    run(&mut command, &job.log, limits)
}

fn words(packages: &[impl AsRef<str>]) -> Vec<&str> {
    packages.iter().map(AsRef::as_ref).collect()
}

fn os_release(key: &str) -> Option<String> {
    let text = fs::read_to_string("/etc/os-release").ok()?;
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
    Some(value.trim_matches('"').to_owned())
}
