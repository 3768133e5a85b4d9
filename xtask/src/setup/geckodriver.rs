//! geckodriver, through which tests drive Firefox; no Debian package has it.

use crate::process::find_in;
use crate::run::{Done, Job};
use crate::setup::cargo_tool::CargoTool;
use crate::toolchain;
use crate::workspace::Workspace;

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let path = toolchain::search_path(workspace);
    if let Some(found) = find_in(std::env::split_paths(&path), "geckodriver") {
        return Ok(Done::There(found.display().to_string()));
    }
    job.say("compiling geckodriver");
    CargoTool {
        package: "geckodriver",
        version: None,
        root: None,
        more: &[],
    }
    .install(workspace, job)?;
    Ok(Done::Did)
}
