//! The wasm-bindgen CLI, of exactly the version that Cargo.lock names: its wasm format has no
//! stable version, so the crate and the CLI must match.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{ask, find_in};
use crate::run::{Done, Job};
use crate::setup::cargo_tool::{CargoTool, Work};
use crate::setup::lock_file;
use crate::toolchain;
use crate::workspace::Workspace;

/// Makes the JavaScript; runs the tests in browsers.
const PROGRAMS: &[&str] = &["wasm-bindgen", "wasm-bindgen-test-runner"];

pub(crate) fn locked_version(workspace: &Workspace) -> Option<String> {
    lock_file::version_of(&workspace.read("Cargo.lock").ok()?, "wasm-bindgen")
}

/// Where we install when cargo's own folder holds another version, which is not ours to replace.
pub(crate) fn own_root(workspace: &Workspace, version: &str) -> PathBuf {
    workspace.cache.join(format!("wasm-bindgen-{version}"))
}

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let version = locked_version(workspace).ok_or("Cargo.lock names no wasm-bindgen")?;
    let path = toolchain::search_path(workspace);
    let first = |name: &str| find_in(env::split_paths(&path), name);
    if PROGRAMS
        .iter()
        .all(|name| first(name).is_some_and(|file| is_version(&file, &version)))
    {
        return Ok(Done::There(format!("wasm-bindgen {version}")));
    }
    // Any wasm-bindgen that comes first on the PATH would be found first in a shell, too.
    let taken = PROGRAMS.iter().any(|name| first(name).is_some());
    job.say(&format!("compiling wasm-bindgen {version}"));
    CargoTool {
        package: "wasm-bindgen-cli",
        version: Some(&version),
        root: taken.then(|| own_root(workspace, &version)),
        // It talks to drivers on this machine only: no TLS to compile.
        more: &[
            "--no-default-features",
            "--bin",
            "wasm-bindgen",
            "--bin",
            "wasm-bindgen-test-runner",
        ],
        work: Work::Computes,
    }
    .install(workspace, job)?;
    Ok(Done::Did)
}

fn is_version(program: &Path, version: &str) -> bool {
    ask(Command::new(program).arg("--version"))
        .is_some_and(|said| said.split_whitespace().nth(1) == Some(version))
}
