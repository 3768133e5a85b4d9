//! The npm packages of the stack, the tests and wasm-opt.

use crate::process::{Limits, ask, find, run};
use crate::run::{Done, Job};
use crate::toolchain;
use crate::workspace::Workspace;

/// Compares package-lock.json with what npm noted in node_modules.
const COMPARE: &str = include_str!("node_packages.mjs");
/// What package.json says under `engines`, for people.
const NEEDED: &str = "Node 20.19 or newer (21 to 22.11 excepted) with npm";
/// Vite needs a Node whose `require` takes ES modules, which came with 22.12 and went back to 20.19.
const QUESTION: &str = "`${process.version} ${process.features.require_module}`";

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let said = ask(toolchain::program(workspace, "node").args(["-p", QUESTION]));
    if !said.as_deref().is_some_and(is_usable) || find("npm").is_none() {
        let found = said.as_deref().unwrap_or("none");
        let version = found.split(' ').next().unwrap_or(found);
        return Err(format!(
            "{NEEDED} is needed, found: {version}. See https://nodejs.org/"
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

/// Whether the stack runs on the Node that answers this to [`QUESTION`].
fn is_usable(said: &str) -> bool {
    let major = |version: &str| version.strip_prefix('v')?.split('.').next()?.parse().ok();
    said.split_once(' ')
        .is_some_and(|(version, takes_modules)| {
            major(version).is_some_and(|major: u32| major >= 20) && takes_modules == "true"
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_every_node_that_runs_the_packages() {
        for said in ["v20.19.0 true", "v22.12.0 true", "v24.1.0 true"] {
            assert!(is_usable(said), "{said}");
        }
        for said in ["v20.18.0 undefined", "v21.7.3 undefined", "v22.10.0 false"] {
            assert!(!is_usable(said), "{said}");
        }
        assert!(!is_usable("v19.9.0 true") && !is_usable("v24.1.0") && !is_usable(""));
    }

    #[test]
    fn package_json_says_the_same() {
        let text = Workspace::here()
            .read("package.json")
            .expect("the workspace has one");
        assert!(text.contains("\"node\": \"^20.19.0 || >=22.12.0\""));
    }
}
