//! `cargo xtask bench`: measurements against the peers, in the foreground.
//!
//! What the words mean is for `tests/bench/` to say; here is only what has to be there before.

use crate::children::{self, Ending};
use crate::run;
use crate::setup::test_programs;
use crate::toolchain;
use crate::workspace::Workspace;

/// What the measurements use.
const NEEDED: &[&str] = &["node-packages", "cabs", "package", "browsers"];

/// By this exit code the program says that it was called wrongly.
const MISUSED: i32 = 2;

/// Measures what the words name.
pub(crate) fn bench(workspace: &Workspace, words: &[&str]) -> Result<(), String> {
    run::all_done(workspace, &needed(words))?;
    let mut node = toolchain::program(workspace, "node");
    node.arg("tests/bench/main.mjs")
        .args(words)
        .current_dir(&workspace.root)
        .envs(test_programs::variables(workspace));
    let mut child = children::start(&mut node, |_| Ending::Signal)
        .map_err(|why| format!("cannot start node: {why}"))?;
    let status = child.wait().map_err(|error| error.to_string())?;
    children::left(child.id());
    match status.code() {
        Some(0) => Ok(()),
        // It has said all there is to say.
        Some(MISUSED) => Err(String::new()),
        _ => Err(format!("the measurements ended with {status}")),
    }
}

/// Firefox' driver is compiled, so it is asked for only where it is used.
fn needed(words: &[&str]) -> Vec<&'static str> {
    let mut needed = NEEDED.to_vec();
    if words.contains(&"--firefox") {
        needed.push("geckodriver");
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps;

    #[test]
    fn needs_steps_that_there_are_and_a_driver_only_where_it_is_used() {
        for words in [&["--quick"][..], &["downloads", "--firefox"]] {
            let needed = needed(words);
            for name in &needed {
                assert!(
                    steps::ALL.iter().any(|step| step.node.name == *name),
                    "{name}"
                );
            }
            assert_eq!(
                needed.contains(&"geckodriver"),
                words.contains(&"--firefox")
            );
        }
    }
}
