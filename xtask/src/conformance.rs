//! `cargo xtask conformance`: whether the stack's Dev Center does what `tests/stack/openapi.yaml`
//! says, tried by schemathesis.

use crate::run::{self, Done, Job};
use crate::setup::schemathesis;
use crate::suites::counts::Counts;
use crate::suites::rust::tests_of;
use crate::toolchain;
use crate::workspace::Workspace;

/// Where its log goes, and the step's name.
pub(crate) const NAME: &str = "conformance";

/// `cargo xtask conformance`.
pub(crate) fn conformance(workspace: &Workspace) -> Result<(), String> {
    run::all_done(workspace, &[NAME])
}

/// Starts a Dev Center, tries it, ends it.
pub(crate) fn check(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let program = schemathesis::program(workspace).ok_or("schemathesis is not installed")?;
    job.say("node tests/conformance/run.mjs");
    let mut node = toolchain::program(workspace, "node");
    node.arg("tests/conformance/run.mjs").arg(program);
    Ok(Done::Tests(tests_of(
        &mut node,
        &job.log,
        Counts::from_node,
    )?))
}
