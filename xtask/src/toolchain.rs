//! How cargo and the other programs are called: which Rust, which PATH, which environment.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{ask, find};
use crate::setup::{debian, nginx, wasm_bindgen};
use crate::workspace::Workspace;

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The name under which rustup knows Debian's own Rust.
pub(crate) const DEBIAN: &str = "debian-web";

/// Which Rust builds for wasm. Native code is always built by the default one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForWasm {
    /// The default toolchain has the target.
    Default,
    /// Debian's packages do, linked into rustup as [`DEBIAN`].
    Debian,
}

impl ForWasm {
    /// Looks which of the two has the target; `None` before set-up.
    pub(crate) fn find(workspace: &Workspace) -> Option<Self> {
        if has_wasm(&sysroot(&mut rustc(workspace))?) {
            Some(Self::Default)
        } else {
            // Elsewhere /usr may hold a Rust of the distribution, which is not ours to build for.
            let usable = debian::is_here() && has_wasm(Path::new("/usr")) && usr_is_new_enough();
            usable.then_some(Self::Debian)
        }
    }
}

/// The oldest minor version of Rust 1 that builds the crate: `rust-version` in Cargo.toml.
const OLDEST_MINOR: u32 = 88;

/// Whether /usr has a Rust that can build the crate; distributions keep old ones.
pub(crate) fn usr_is_new_enough() -> bool {
    ask(Command::new("/usr/bin/rustc").arg("--version"))
        .and_then(|said| minor(&said))
        .is_some_and(|minor| minor >= OLDEST_MINOR)
}

/// The 96 of "rustc 1.96.0 (ac68faa20 2026-05-25)".
fn minor(said: &str) -> Option<u32> {
    said.strip_prefix("rustc 1.")?
        .split('.')
        .next()?
        .parse()
        .ok()
}

/// Whether a sysroot holds the target's core library.
pub(crate) fn has_wasm(sysroot: &Path) -> bool {
    let folder = sysroot.join("lib/rustlib").join(WASM).join("lib");
    folder.read_dir().is_ok_and(|files| {
        files
            .flatten()
            .any(|file| file.file_name().to_string_lossy().starts_with("libcore-"))
    })
}

pub(crate) fn sysroot(rustc: &mut Command) -> Option<PathBuf> {
    ask(rustc.args(["--print", "sysroot"])).map(PathBuf::from)
}

/// The default rustc.
pub(crate) fn rustc(workspace: &Workspace) -> Command {
    program(workspace, "rustc")
}

/// Cargo for this machine.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    program(workspace, "cargo")
}

/// Cargo, or a tool that calls it, for wasm.
pub(crate) fn for_wasm(workspace: &Workspace, name: &str) -> Result<Command, String> {
    let toolchain = ForWasm::find(workspace)
        .ok_or("Rust's wasm32-unknown-unknown target is missing: run `cargo xtask setup`")?;
    let mut command = program(workspace, name);
    if toolchain == ForWasm::Debian {
        command.env("RUSTUP_TOOLCHAIN", DEBIAN);
    }
    Ok(command)
}

/// A program with the PATH that set-up prepared, started in the repository.
pub(crate) fn program(workspace: &Workspace, name: &str) -> Command {
    let path = search_path(workspace);
    let found = crate::process::find_in(env::split_paths(&path), name);
    let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(name)));
    command.current_dir(&workspace.root).env("PATH", path);
    // Stronger than any setting of the person's, so that output is where we look for it.
    command.env("CARGO_TARGET_DIR", &workspace.target);
    // What cargo tells xtask about xtask must not reach another cargo: it would count as a change.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text == "CARGO" || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_")
        {
            command.env_remove(&name);
        }
    }
    command
}

/// A program of the npm packages.
pub(crate) fn node_program(workspace: &Workspace, name: &str) -> Result<Command, String> {
    let folder = workspace.root.join("node_modules").join(".bin");
    let found = crate::process::find_in([folder], name)
        .ok_or_else(|| format!("node_modules has no {name}: run `npm ci`"))?;
    Ok(program(workspace, &found.to_string_lossy()))
}

/// The PATH for children: tools kept for this repository alone, cargo's, then the person's own.
pub(crate) fn search_path(workspace: &Workspace) -> OsString {
    let mut folders: Vec<PathBuf> = own_folders(workspace);
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    env::join_paths(folders).unwrap_or_else(|_| env::var_os("PATH").unwrap_or_default())
}

/// What [`search_path`] puts in front.
pub(crate) fn own_folders(workspace: &Workspace) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(version) = wasm_bindgen::locked_version(workspace) {
        folders.push(wasm_bindgen::own_root(workspace, &version).join("bin"));
    }
    folders.push(linker_folder(workspace));
    folders.push(nginx::unpacked(workspace));
    folders.retain(|folder| folder.is_dir());
    let cargo = workspace.cargo_home.join("bin");
    let on_path = |folder: &Path| {
        env::var_os("PATH").is_some_and(|path| env::split_paths(&path).any(|f| f == folder))
    };
    if !on_path(&cargo) {
        folders.push(cargo);
    }
    folders
}

/// Holds `rust-lld` for a Debian Rust that comes without it.
pub(crate) fn linker_folder(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("linker")
}

/// Whether rustup manages the Rust here.
pub(crate) fn has_rustup() -> bool {
    find("rustup").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_minor_version_that_rustc_says() {
        assert_eq!(minor("rustc 1.96.0 (ac68faa20 2026-05-25)"), Some(96));
        assert_eq!(minor("rustc 1.63.0"), Some(63));
        assert_eq!(minor("clippy 0.1.96"), None);
    }

    #[test]
    fn the_oldest_version_is_the_one_in_cargo_toml() {
        let text = Workspace::here()
            .read("Cargo.toml")
            .expect("the workspace has one");
        assert!(text.contains(&format!("rust-version = \"1.{OLDEST_MINOR}\"")));
    }
}
