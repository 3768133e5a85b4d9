//! cargo-fuzz and the nightly Rust that it needs.

use std::process::Command;

use crate::process::{ask, find_in};
use crate::run::{Done, Job};
use crate::setup::cargo_tool::{CargoTool, Work};
use crate::toolchain;
use crate::workspace::Workspace;

/// The version that is installed where there is none.
const VERSION: &str = "0.13.2";

const NO_NIGHTLY: &str = "\
fuzzing needs a nightly Rust, since only that has the sanitizers and the counters of coverage.
  with rustup:            rustup toolchain install nightly --profile minimal
  where that is refused:  unpack a nightly Rust for this machine from wherever it can be had, then
                          rustup toolchain link nightly <its folder>
  without rustup:         a nightly `cargo` and `rustc` have to be the first on the PATH";

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let nightly = Nightly::find(workspace).ok_or(NO_NIGHTLY)?;
    let path = toolchain::search_path(workspace);
    if let Some(found) = find_in(std::env::split_paths(&path), "cargo-fuzz") {
        let name = nightly.name();
        return Ok(Done::There(format!("{} with {name}", found.display())));
    }
    job.say("compiling cargo-fuzz");
    CargoTool {
        package: "cargo-fuzz",
        version: Some(VERSION),
        root: None,
        more: &[],
        work: Work::Passes,
    }
    .install(workspace, job)?;
    Ok(Done::Did)
}

/// The Rust to fuzz with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Nightly {
    /// The default one is a nightly already.
    Default,
    /// rustup has one of this name.
    Named(String),
}

impl Nightly {
    fn find(workspace: &Workspace) -> Option<Self> {
        if ask(toolchain::rustc(workspace).arg("--version")).is_some_and(|v| v.contains("-nightly"))
        {
            return Some(Self::Default);
        }
        let listed = ask(toolchain::program(workspace, "rustup").args(["toolchain", "list"]))?;
        newest(&listed).map(|name| Self::Named(name.to_owned()))
    }

    fn name(&self) -> &str {
        match self {
            Self::Default => "the default Rust",
            Self::Named(name) => name,
        }
    }

    /// Cargo of that Rust, so that `cargo fuzz` calls the same.
    pub(crate) fn cargo(workspace: &Workspace) -> Result<Command, String> {
        let mut cargo = toolchain::cargo(workspace);
        if let Self::Named(name) = Self::find(workspace).ok_or(NO_NIGHTLY)? {
            cargo.env("RUSTUP_TOOLCHAIN", name);
        }
        Ok(cargo)
    }
}

/// The nightly of `rustup toolchain list`: the one that is updated, else the one of the last date.
fn newest(listed: &str) -> Option<&str> {
    let names = listed
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name == "nightly" || name.starts_with("nightly-"));
    // `nightly-x86_64-…` against `nightly-2026-05-20-x86_64-…`.
    let dated = |name: &str| name["nightly".len()..].starts_with("-2");
    names.max_by_key(|name| (!dated(name), *name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_updated_nightly_is_preferred_to_dated_ones() {
        let listed = "stable-x86_64-unknown-linux-gnu (active, default)\n\
                      nightly-2026-05-20-x86_64-unknown-linux-gnu\n\
                      nightly-x86_64-unknown-linux-gnu\n\
                      nightly-2025-01-01-x86_64-unknown-linux-gnu\n";
        assert_eq!(newest(listed), Some("nightly-x86_64-unknown-linux-gnu"));
        let dated = listed.replace("nightly-x86_64", "beta-x86_64");
        assert_eq!(
            newest(&dated),
            Some("nightly-2026-05-20-x86_64-unknown-linux-gnu")
        );
        assert_eq!(newest("my-nightly\nstable"), None);
        assert_eq!(newest("nightly"), Some("nightly"));
    }
}
