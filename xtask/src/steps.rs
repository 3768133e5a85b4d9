//! The catalogue: every step there is, in the order of importance when several could start.

use std::path::PathBuf;

use crate::audit;
use crate::conformance;
use crate::fuzz;
use crate::graph::{Lane, Node};
use crate::package;
use crate::run::{Done, Job};
use crate::setup;
use crate::suites;
use crate::workspace::Workspace;

/// One piece of work: finds out whether it is done already, and does it if not.
pub(crate) struct Step {
    pub(crate) node: Node,
    pub(crate) run: fn(&Workspace, &Job<'_>) -> Result<Done, String>,
}

type Run = fn(&Workspace, &Job<'_>) -> Result<Done, String>;

const fn step(name: &'static str, lane: Lane, needs: &'static [&'static str], run: Run) -> Step {
    Step {
        node: Node { name, needs, lane },
        run,
    }
}

/// What `demo` and `stack` need besides the package: no browser, no driver, no wasm-pack.
pub(crate) const FOR_DEMO: &[&str] = &[
    "wasm-target",
    "wasm-std",
    "wasm-bindgen",
    "node-packages",
    "cabs",
];

/// What the suites need.
pub(crate) const FOR_TEST: &[&str] = &[
    "wasm-target",
    "wasm-std",
    "wasm-bindgen",
    "node-packages",
    "cabs",
    "rust-tools",
    "wasm-clippy",
    "cabextract",
    "browsers",
    "webkit",
    "nginx",
    "crate-files",
    "wasm-pack",
    "geckodriver",
];

/// Names of suites are those that `cargo xtask test` takes.
pub(crate) const ALL: &[Step] = &[
    step("wasm-target", Lane::Light, &[], setup::wasm_target::ensure),
    step(
        "wasm-std",
        Lane::Heavy,
        &["wasm-target"],
        setup::wasm_std::ensure,
    ),
    step(
        "wasm-bindgen",
        Lane::Heavy,
        &[],
        setup::wasm_bindgen::ensure,
    ),
    step(
        "node-packages",
        Lane::Light,
        &[],
        setup::node_packages::ensure,
    ),
    step("compile", Lane::Heavy, &["wasm-std"], package::compile),
    step("cabs", Lane::Heavy, &[], setup::cabs::ensure),
    step(
        "package",
        Lane::Light,
        &["compile", "wasm-bindgen", "node-packages"],
        package::package,
    ),
    step("rust-tools", Lane::Light, &[], setup::rust_tools::ensure),
    step(
        "wasm-clippy",
        Lane::Light,
        &["wasm-target"],
        setup::rust_tools::ensure_for_wasm,
    ),
    step(
        "cabextract",
        Lane::Light,
        &[],
        setup::test_programs::cabextract,
    ),
    step("browsers", Lane::Light, &[], setup::test_programs::browsers),
    step("webkit", Lane::Light, &[], setup::test_programs::webkit),
    step("nginx", Lane::Light, &[], setup::nginx::ensure),
    step("crate-files", Lane::Light, &[], setup::crate_files::ensure),
    step("wasm-pack", Lane::Heavy, &[], setup::wasm_pack::ensure),
    step("geckodriver", Lane::Heavy, &[], setup::geckodriver::ensure),
    step("fmt", Lane::Light, &["rust-tools"], suites::rust::fmt),
    step("native", Lane::Heavy, &[], suites::rust::native),
    step(
        "web-compile",
        Lane::Heavy,
        &["wasm-std"],
        suites::rust::web_compile,
    ),
    step(
        "clippy",
        Lane::Heavy,
        &["wasm-std", "rust-tools", "wasm-clippy"],
        suites::rust::clippy,
    ),
    step(
        "docs",
        Lane::Heavy,
        &["wasm-std", "node-packages", "package"],
        suites::docs::docs,
    ),
    step("build", Lane::Light, &["package"], package::check),
    step("npm", Lane::Light, &["package"], suites::node::npm),
    step(
        "stack",
        Lane::Alone,
        &["node-packages", "cabs", "package", "cabextract"],
        suites::node::stack,
    ),
    step(
        "web",
        Lane::Alone,
        &[
            "web-compile",
            "crate-files",
            "wasm-pack",
            "wasm-bindgen",
            "browsers",
            "geckodriver",
        ],
        suites::rust::web,
    ),
    step(
        "e2e",
        Lane::Alone,
        &[
            "node-packages",
            "cabs",
            "package",
            "browsers",
            "webkit",
            "nginx",
            "geckodriver",
        ],
        suites::node::e2e,
    ),
    step("cargo-fuzz", Lane::Heavy, &[], setup::cargo_fuzz::ensure),
    step("fuzz-build", Lane::Heavy, &["cargo-fuzz"], fuzz::build),
    step(
        "schemathesis",
        Lane::Light,
        &[],
        setup::schemathesis::ensure,
    ),
    step(
        conformance::NAME,
        Lane::Alone,
        &["node-packages", "cabs", "schemathesis"],
        conformance::check,
    ),
    step("cargo-deny", Lane::Heavy, &[], setup::cargo_deny::ensure),
    step("crates", Lane::Light, &["cargo-deny"], audit::crates),
    step(
        "advisories",
        Lane::Light,
        &["cargo-deny"],
        audit::advisories,
    ),
    step("npm-audit", Lane::Light, &[], audit::npm_audit),
    step(
        "npm-signatures",
        Lane::Light,
        &["node-packages"],
        audit::npm_signatures,
    ),
];

/// The step of that name.
pub(crate) fn named(name: &str) -> &'static Step {
    ALL.iter()
        .find(|step| step.node.name == name)
        .expect("names come from this very list")
}

/// Where the step's output goes.
pub(crate) fn log_path(workspace: &Workspace, name: &str) -> PathBuf {
    let folder = if suites::NAMES.contains(&name) {
        "suites"
    } else if audit::NAMES.contains(&name) {
        "audit"
    } else if name == conformance::NAME {
        "conformance"
    } else {
        "setup"
    };
    workspace.target.join(folder).join(format!("{name}.log"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_is_a_step_that_stands_earlier() {
        for (at, step) in ALL.iter().enumerate() {
            for need in step.node.needs {
                let before = ALL[..at].iter().any(|other| other.node.name == *need);
                assert!(
                    before,
                    "{} needs {need}, which does not stand before it",
                    step.node.name
                );
            }
        }
    }

    #[test]
    fn every_suite_and_every_set_up_list_names_steps() {
        let lists = [suites::NAMES, audit::NAMES, FOR_DEMO, FOR_TEST];
        for name in lists.into_iter().flatten() {
            assert!(
                ALL.iter().any(|step| step.node.name == *name),
                "{name} is no step"
            );
        }
    }

    /// All that must be done before these are.
    fn needed_for(wanted: &[&str]) -> Vec<&'static str> {
        let nodes: Vec<Node> = ALL.iter().map(|step| step.node).collect();
        let needed = crate::graph::closure(&nodes, wanted);
        needed.iter().map(|node| node.name).collect()
    }

    #[test]
    fn nothing_waits_for_programs_that_it_does_not_use() {
        let browsers = [
            "browsers",
            "webkit",
            "nginx",
            "wasm-pack",
            "geckodriver",
            "web-compile",
        ];
        let tools = ["rust-tools", "wasm-clippy"];
        let demo: Vec<&str> = FOR_DEMO.iter().copied().chain(["package"]).collect();
        let unused: &[(&[&str], &[&[&str]])] = &[
            (&demo, &[&browsers, &tools, &["cabextract"]]),
            (&["stack"], &[&browsers, &tools]),
            (&["fmt"], &[&browsers, &["cabextract", "wasm-clippy"]]),
            (&["clippy"], &[&browsers, &["cabextract"]]),
            (&["native"], &[&browsers, &tools, &["cabextract"]]),
            (
                &["npm", "docs"],
                &[&browsers, &tools, &["cabextract", "cabs"]],
            ),
            (&["web"], &[&tools, &["cabextract", "webkit", "nginx"]]),
            (&["e2e"], &[&tools, &["cabextract"]]),
        ];
        for (wanted, unused) in unused {
            let needed = needed_for(wanted);
            for name in unused.iter().copied().flatten() {
                assert!(!needed.contains(name), "{wanted:?} waits for {name}");
            }
        }
    }

    #[test]
    fn no_two_steps_have_one_name() {
        let names: Vec<&str> = ALL.iter().map(|step| step.node.name).collect();
        for (at, name) in names.iter().enumerate() {
            assert!(!names[..at].contains(name), "{name}");
        }
    }

    #[test]
    fn setting_up_for_tests_leaves_no_program_to_the_suites() {
        let set_up = needed_for(FOR_TEST);
        let not_set_up = ["compile", "package", "web-compile"];
        for name in needed_for(suites::NAMES) {
            let is_set_up = set_up.contains(&name);
            let comes_later = suites::NAMES.contains(&name) || not_set_up.contains(&name);
            assert!(is_set_up != comes_later, "{name}");
        }
    }
}
