//! cargo-deny, which looks at what comes in by dependencies.

use crate::process::find_in;
use crate::run::{Done, Job};
use crate::setup::cargo_tool::{CargoTool, Work};
use crate::toolchain;
use crate::workspace::Workspace;

/// The version that is installed where there is none. deny.toml is written for it.
const VERSION: &str = "0.20.2";

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let path = toolchain::search_path(workspace);
    if let Some(found) = find_in(std::env::split_paths(&path), "cargo-deny") {
        return Ok(Done::There(found.display().to_string()));
    }
    job.say("compiling cargo-deny");
    CargoTool {
        package: "cargo-deny",
        version: Some(VERSION),
        root: None,
        more: &[],
        work: Work::Computes,
    }
    .install(workspace, job)?;
    Ok(Done::Did)
}
