//! A Rust that can build for wasm32-unknown-unknown: rustup's, or Debian's packages.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

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

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    match ForWasm::find(workspace) {
        Some(ForWasm::Default) => return Ok(there("the default Rust toolchain has it")),
        Some(ForWasm::Debian) => return Ok(there("Debian's Rust has it")),
        None => {}
    }
    if debian_packages_are_here() {
        return Ok(there("Debian's Rust and its sources"));
    }
    job.say(&format!("rustup target add {WASM}"));
    let refused = if toolchain::has_rustup() {
        match add_by_rustup(workspace, job) {
            Ok(()) => return Ok(Done::Did),
            Err(why) => why,
        }
    } else {
        "rustup is not installed".to_owned()
    };
    if !debian::is_here() {
        return Err(format!(
            "{refused}.\nRust's {WASM} target is needed: `rustup target add {WASM}`, or your \
             system's package for it, of the same version as your rustc."
        ));
    }
    if !debian::may_install() {
        return Err(format!(
            "{refused}.\nWithout rustup's server the target comes from Debian's packages:\n  {}\n\
             Then run this once as root, which builds the target's standard library.",
            debian::command_for(&packages())
        ));
    }
    job.say("rustup's server does not answer: Debian's Rust for browsers instead");
    debian::install(&packages(), job)
        .map_err(|why| format!("{why}.\nThe packages needed: {}", packages().join(" ")))?;
    Ok(Done::Did)
}

/// The compiler under /usr, and the sources that its standard library is built from.
pub(crate) fn debian_packages_are_here() -> bool {
    let parts = [
        "/usr/bin/rustc",
        "/usr/bin/cargo",
        "/usr/lib/rustlib/src/rust/library/std",
    ];
    parts.iter().all(|part| Path::new(part).exists()) && toolchain::usr_is_new_enough()
}

fn there(what: &str) -> Done {
    Done::There(what.to_owned())
}
