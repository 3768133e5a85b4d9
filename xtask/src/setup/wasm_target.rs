//! A Rust that can build for wasm32-unknown-unknown: rustup's, or Debian's packages.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::children::ENDED_WITH_OTHERS;
use crate::process::{Limits, ask, run};
use crate::run::{Done, Job};
use crate::setup::debian;
use crate::toolchain::{self, ForWasm, WASM};
use crate::workspace::Workspace;

/// Rust 1.96 for browsers, its sources, and the linker of the same LLVM. Debian's plain
/// `libstd-rust-dev-wasm32` is of Rust 1.63, which is too old for wasm-bindgen.
const PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];

/// [`PACKAGES`] and the linker that goes with that Rust's LLVM.
fn packages() -> Vec<String> {
    let depends = ask(Command::new("apt-cache").args(["depends", "rust-web-llvm"]));
    let llvm = depends.unwrap_or_default();
    let version = llvm
        .split_whitespace()
        .find_map(|word| word.strip_prefix("llvm-"));
    let linker = format!("lld-{}", version.unwrap_or("22"));
    PACKAGES
        .iter()
        .map(|&name| name.to_owned())
        .chain([linker])
        .collect()
}

fn add_by_rustup(workspace: &Workspace, job: &Job<'_>) -> Result<(), String> {
    let mut rustup = toolchain::program(workspace, "rustup");
    rustup.args(["target", "add", WASM]);
    // Some closed networks swallow packets instead of refusing, and rustup waits long for them.
    let limits = Limits {
        deadline: Duration::from_secs(150),
        ..Limits::default()
    };
    run(&mut rustup, &job.log, limits)
}

/// What decides where the target comes from.
#[derive(Clone, Copy)]
struct Facts {
    /// Which Rust has it already.
    has: Option<ForWasm>,
    has_rustup: bool,
    /// rustup was asked, and could not.
    refused: bool,
    is_debian: bool,
    /// Debian's compiler and its sources are installed.
    has_packages: bool,
    may_install: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    There(&'static str),
    AskRustup,
    InstallPackages,
    /// Only root may install packages.
    AskForRoot,
    /// Some other system without rustup: only the person knows its packages.
    AskThePerson,
}

/// rustup first: what it brings fits the compiler that the person uses, and builds nothing here.
fn next(facts: Facts) -> Next {
    match facts.has {
        Some(ForWasm::Default) => return Next::There("the default Rust toolchain has it"),
        Some(ForWasm::Debian) => return Next::There("Debian's Rust has it"),
        None => {}
    }
    if facts.has_rustup && !facts.refused {
        return Next::AskRustup;
    }
    if !facts.is_debian {
        return Next::AskThePerson;
    }
    if facts.has_packages {
        return Next::There("Debian's Rust and its sources");
    }
    if facts.may_install {
        Next::InstallPackages
    } else {
        Next::AskForRoot
    }
}

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let mut facts = Facts {
        has: ForWasm::find(workspace),
        has_rustup: toolchain::has_rustup(),
        refused: false,
        is_debian: debian::is_here(),
        has_packages: debian_packages_are_here(),
        may_install: debian::may_install(),
    };
    let mut refused = "rustup is not installed".to_owned();
    loop {
        match next(facts) {
            Next::There(what) => return Ok(Done::There(what.to_owned())),
            Next::AskRustup => {
                job.say(&format!("rustup target add {WASM}"));
                refused = match add_by_rustup(workspace, job) {
                    Ok(()) => return Ok(Done::Did),
                    Err(why) if why == ENDED_WITH_OTHERS => return Err(why),
                    Err(why) => why,
                };
                facts.refused = true;
            }
            Next::InstallPackages => return install(&refused, job),
            Next::AskForRoot => {
                return Err(format!(
                    "{refused}.\nWithout rustup's server the target comes from Debian's packages:\n  \
                     {}\nThen run this once as root, which builds the target's standard library.",
                    debian::command_for(&packages())
                ));
            }
            Next::AskThePerson => {
                return Err(format!(
                    "{refused}.\nRust's {WASM} target is needed: `rustup target add {WASM}`, or \
                     your system's package for it, of the same version as your rustc."
                ));
            }
        }
    }
}

fn install(refused: &str, job: &Job<'_>) -> Result<Done, String> {
    job.say(&format!("{refused}: Debian's Rust for browsers instead"));
    match debian::install(&packages(), job) {
        Ok(()) if debian_packages_are_here() => Ok(Done::Did),
        Ok(()) => Err(format!(
            "{refused}.\nDebian's Rust for browsers is too old here, so rustup is needed: \
             https://rustup.rs"
        )),
        Err(why) if why == ENDED_WITH_OTHERS => Err(why),
        Err(why) => Err(format!(
            "{why}.\nThe packages needed: {}",
            packages().join(" ")
        )),
    }
}

/// The compiler under /usr, and the sources that its standard library is built from.
fn debian_packages_are_here() -> bool {
    let parts = [
        "/usr/bin/rustc",
        "/usr/bin/cargo",
        "/usr/lib/rustlib/src/rust/library/std",
    ];
    parts.iter().all(|part| Path::new(part).exists()) && toolchain::usr_is_new_enough()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fresh Debian, rustup, root.
    const FRESH: Facts = Facts {
        has: None,
        has_rustup: true,
        refused: false,
        is_debian: true,
        has_packages: false,
        may_install: true,
    };

    #[test]
    fn what_has_the_target_is_left_alone() {
        for has in [ForWasm::Default, ForWasm::Debian] {
            let facts = Facts {
                has: Some(has),
                ..FRESH
            };
            assert!(matches!(next(facts), Next::There(_)));
        }
    }

    #[test]
    fn rustup_is_asked_before_anything_of_the_system_and_once() {
        for has_packages in [false, true] {
            for is_debian in [false, true] {
                let facts = Facts {
                    has_packages,
                    is_debian,
                    ..FRESH
                };
                assert_eq!(next(facts), Next::AskRustup);
                let refused = Facts {
                    refused: true,
                    ..facts
                };
                assert_ne!(next(refused), Next::AskRustup);
            }
        }
    }

    #[test]
    fn debian_takes_its_packages_when_rustup_cannot_help() {
        let refused = Facts {
            refused: true,
            ..FRESH
        };
        let without = Facts {
            has_rustup: false,
            ..FRESH
        };
        for facts in [refused, without] {
            assert_eq!(next(facts), Next::InstallPackages);
            let mut facts = facts;
            facts.may_install = false;
            assert_eq!(next(facts), Next::AskForRoot);
            facts.has_packages = true;
            assert!(matches!(next(facts), Next::There(_)));
        }
    }

    #[test]
    fn other_systems_never_use_what_lies_in_usr() {
        let facts = Facts {
            is_debian: false,
            refused: true,
            has_packages: true,
            ..FRESH
        };
        assert_eq!(next(facts), Next::AskThePerson);
    }
}
