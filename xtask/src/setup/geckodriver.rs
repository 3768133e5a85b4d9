//! geckodriver, through which tests drive Firefox; no Debian package has it.

use crate::run::{Done, Job};
use crate::setup::cargo_tool::{CargoTool, Work};
use crate::setup::test_programs;
use crate::workspace::Workspace;

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    if let Some(found) = test_programs::geckodriver(workspace) {
        return Ok(Done::There(found.display().to_string()));
    }
    job.say("compiling geckodriver");
    CargoTool {
        package: "geckodriver",
        version: None,
        root: None,
        more: &[],
        work: Work::Passes,
    }
    .install(workspace, job)?;
    Ok(Done::Did)
}
