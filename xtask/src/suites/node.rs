//! The suites that Node runs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Done, Job};
use crate::setup::test_programs;
use crate::suites::counts::Counts;
use crate::suites::rust::tests_of;
use crate::toolchain;
use crate::workspace::Workspace;

/// The surroundings' own tests.
pub(crate) fn stack(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("node --test, all of tests/stack");
    let mut files = Vec::new();
    tests_below(&workspace.root.join("tests").join("stack"), &mut files);
    files.sort();
    if files.is_empty() {
        return Ok(Done::Tests(Counts::default()));
    }
    let mut node = toolchain::program(workspace, "node");
    // One file at a time: the parts of the stack have fixed ports.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .args(&files);
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

/// Node's own patterns for test files came after Node 20, so the files are listed here.
fn tests_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            if name != "node_modules" {
                tests_below(&path, files);
            }
        } else if name.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
}
