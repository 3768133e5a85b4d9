//! The npm packages of the stack, the tests and wasm-opt.

use crate::process::{Limits, ask, find, run};
use crate::run::{Done, Job};
use crate::toolchain;
use crate::workspace::Workspace;

/// Compares package-lock.json with what npm noted in node_modules.
const COMPARE: &str = include_str!("node_packages.mjs");
/// The oldest Node that all packages of the lock file run on.
const OLDEST_NODE: u32 = 20;

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let version = ask(toolchain::program(workspace, "node").arg("--version"));
    let major = version.as_deref().and_then(major);
    if major.is_none_or(|major| major < OLDEST_NODE) || find("npm").is_none() {
        let found = version.as_deref().unwrap_or("none");
        return Err(format!(
            "Node {OLDEST_NODE} or newer with npm is needed, found: {found}. See https://nodejs.org/"
        ));
    }
    let same =
        ask(toolchain::program(workspace, "node").args(["--input-type=module", "-e", COMPARE]));
    if same.is_some() {
        return Ok(Done::There(
            "node_modules is as package-lock.json says".to_owned(),
        ));
    }
    job.say("npm ci");
    let mut npm = toolchain::program(workspace, "npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--prefer-offline"]);
    run(&mut npm, &job.log, Limits::default())?;
    Ok(Done::Did)
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn reads_what_node_says_of_itself() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v9.0.0-pre"), Some(9));
        assert_eq!(major("20.1.0"), None);
    }
}
