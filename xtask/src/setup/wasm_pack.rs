//! wasm-pack, which runs the tests of the browser modules.

use crate::process::find_in;
use crate::run::{Done, Job};
use crate::setup::cargo_tool::{CargoTool, Work};
use crate::toolchain;
use crate::workspace::Workspace;

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let path = toolchain::search_path(workspace);
    if let Some(found) = find_in(std::env::split_paths(&path), "wasm-pack") {
        return Ok(Done::There(found.display().to_string()));
    }
    job.say("compiling wasm-pack");
    CargoTool {
        package: "wasm-pack",
        version: None,
        root: None,
        more: &[],
        work: Work::Passes,
    }
    .install(workspace, job)?;
    Ok(Done::Did)
}
