//! The CAB files that the local storage holds, made by the workspace's own generator.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::process::{Limits, run};
use crate::run::{Done, Job};
use crate::toolchain;
use crate::workspace::Workspace;

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let folder = workspace.cabs();
    let generator = workspace.root.join("tests").join("stack").join("cabs");
    let index = fs::metadata(folder.join("index.json")).and_then(|facts| facts.modified());
    if index.is_ok_and(|made| made > newest(&generator)) {
        return Ok(Done::There("made by the present generator".to_owned()));
    }
    job.say("making CAB files from 8 KiB to 256 MiB");
    let mut cargo = toolchain::cargo(workspace);
    cargo
        .args(["run", "--package", "cabs", "--release", "--"])
        .arg(&folder)
        // The workspace's release profile makes wasm small, by means that only cost time here.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    run(&mut cargo, &job.log, Limits::default())?;
    Ok(Done::Did)
}

/// When something below was changed last.
fn newest(path: &Path) -> SystemTime {
    let own = fs::metadata(path)
        .and_then(|facts| facts.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH);
    // A folder's own time changes with editors' temporary files; only files count.
    if !path.is_dir() {
        return own;
    }
    let below = fs::read_dir(path).into_iter().flatten().flatten();
    below
        .map(|entry| newest(&entry.path()))
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH)
}
