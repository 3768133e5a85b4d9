//! The web server that the relay's own configuration is tried in.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::children::ENDED_WITH_OTHERS;
use crate::process::{ask, find_in};
use crate::run::{Done, Job};
use crate::setup::debian;
use crate::toolchain;
use crate::workspace::Workspace;

const PACKAGE: &str = "nginx";

/// Finds it, or fetches it. An installed nginx would serve port 80 from then on, so Debian's package
/// is only unpacked, into a folder of ours.
pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    if !cfg!(target_os = "linux") {
        return Ok(Done::There(
            "left out: it is tried on Linux only".to_owned(),
        ));
    }
    let runs = || program(workspace).filter(|path| ask(Command::new(path).arg("-v")).is_some());
    if let Some(path) = runs() {
        return Ok(Done::There(path.display().to_string()));
    }
    let mut why = "the tests need nginx, which is not here: package nginx".to_owned();
    if debian::is_here() {
        job.say("apt-get download nginx, and unpack it");
        match debian::unpack(PACKAGE, &folder(workspace), job) {
            Ok(()) if runs().is_some() => return Ok(Done::Did),
            Ok(()) => why.push_str("\nThe unpacked one does not run."),
            Err(error) if error == ENDED_WITH_OTHERS => return Err(error),
            Err(error) => why.push_str(&format!("\n{error}")),
        }
        why.push_str(&format!("\nHere: {}", debian::command_for(&[PACKAGE])));
    }
    Err(why)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("nginx")
}

/// Where the unpacked one's program lies, which is on the PATH of every child.
pub(crate) fn unpacked(workspace: &Workspace) -> PathBuf {
    folder(workspace).join("usr").join("sbin")
}

/// Debian keeps it off an ordinary PATH.
pub(crate) fn program(workspace: &Workspace) -> Option<PathBuf> {
    let path = toolchain::search_path(workspace);
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    find_in(folders, "nginx")
}
