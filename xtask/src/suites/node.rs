//! The suites that Node runs.

use crate::log::Log;
use crate::run::{Done, Job};
use crate::setup::test_programs;
use crate::suites::counts::Counts;
use crate::suites::rust::tests_of;
use crate::toolchain;
use crate::workspace::Workspace;

/// The surroundings' own tests, and those of the measurements' arithmetic.
pub(crate) fn stack(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("node tests/stack/run.mjs, node tests/bench/run.mjs");
    let mut counts = Counts::default();
    for of in ["stack", "bench"] {
        let mut node = toolchain::program(workspace, "node");
        node.arg(format!("tests/{of}/run.mjs"));
        let log = Log::new(job.log.path.with_extension(format!("{of}.log")));
        let run = tests_of(&mut node, &log, Counts::from_node)?;
        job.log.write(&log.text());
        counts.add(&run);
    }
    Ok(Done::Tests(counts))
}

/// The package as others get it: what is in it, how it loads, and that its contract is the agreed one.
pub(crate) fn npm(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("node tests/npm/run.mjs");
    let mut node = toolchain::program(workspace, "node");
    node.arg("tests/npm/run.mjs");
    Ok(Done::Tests(tests_of(
        &mut node,
        &job.log,
        Counts::from_node,
    )?))
}

/// Real browsers, real downloads.
pub(crate) fn e2e(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let browsers = if cfg!(target_os = "linux") {
        "Chromium, Firefox and WebKitGTK"
    } else {
        "Chromium and Firefox; WebKitGTK exists on Linux only"
    };
    job.say(&format!("node tests/e2e/run.mjs, {browsers}"));
    let mut node = toolchain::program(workspace, "node");
    node.arg("tests/e2e/run.mjs")
        .envs(test_programs::variables(workspace));
    Ok(Done::Tests(tests_of(
        &mut node,
        &job.log,
        Counts::from_node,
    )?))
}
