//! The target's standard library for Debian's Rust, which comes with its sources only.
//!
//! With rustup's target there is nothing to do here.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Limits, ask, find, run};
use crate::run::{Done, Job};
use crate::toolchain::{self, DEBIAN, ForWasm, WASM, has_wasm};
use crate::workspace::Workspace;

const USR: &str = "/usr";
/// Raised when the way of building changes, so that libraries built before are built again.
const RECIPE: &str = "recipe 1";

const EMPTY_CRATE: &str = "\
[package]
name = \"empty\"
version = \"0.0.0\"
edition = \"2024\"

# What a wasm cdylib with `panic = \"abort\"` links is built so that both kinds of panic work.
[profile.release]
panic = \"unwind\"

[workspace]
";

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let is_usr = toolchain::sysroot(&mut toolchain::rustc(workspace)).is_some_and(|s| s == *USR);
    if ForWasm::find(workspace) == Some(ForWasm::Default) && !is_usr {
        return Ok(Done::There("came with the target".to_owned()));
    }
    let version = ask(Command::new("/usr/bin/rustc").arg("-vV"))
        .ok_or("there is no Rust under /usr to build the standard library for")?;
    let made_by = format!("{RECIPE}\n{version}\n");
    let name: Vec<&str> = version.split_whitespace().take(2).collect();
    let name = name.join(" ");
    let linked = link_toolchain(workspace, job)?;
    link_linker(workspace)?;
    let as_stamped = fs::read_to_string(stamp()).is_ok_and(|text| text == made_by);
    if has_wasm(Path::new(USR)) && (as_stamped || came_by_package()) {
        return if linked {
            Ok(Done::Did)
        } else {
            Ok(Done::There(format!("for {name}")))
        };
    }
    job.say(&format!("building the standard library for {name}"));
    let scratch = workspace
        .cache
        .join(format!("wasm-std-{}", std::process::id()));
    let built = build(workspace, &scratch, job)
        .and_then(|libraries| install(&libraries, &made_by))
        .and_then(|()| prove(workspace, &scratch, job));
    let _ = fs::remove_dir_all(&scratch);
    built.map(|()| Done::Did)
}

fn build(workspace: &Workspace, scratch: &Path, job: &Job<'_>) -> Result<PathBuf, String> {
    write(&scratch.join("Cargo.toml"), EMPTY_CRATE)?;
    write(&scratch.join("src/lib.rs"), "#![no_std]\n")?;
    let registry = workspace.cargo_home.join("registry").join("src");
    let flags = [
        // Without it every build with LTO fails: "Can't find section .llvmbc".
        "-Cembed-bitcode=yes".to_owned(),
        // Panic messages carry file names, and what ships must not name this machine's folders.
        format!("--remap-path-prefix={}=/cargo", registry.display()),
        "--remap-path-prefix=/usr/lib/rustlib/src/rust=/rustc".to_owned(),
    ];
    let mut cargo = toolchain::program(workspace, "/usr/bin/cargo");
    cargo
        .current_dir(scratch)
        .args(["build", "--release", "--target", WASM])
        .arg("-Zbuild-std=std,panic_abort,proc_macro,test")
        // The two programs of /usr, not rustup's of the same names that the PATH has first.
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .env_remove("RUSTUP_TOOLCHAIN");
    run(&mut cargo, &job.log, Limits::default())?;
    Ok(scratch
        .join("target")
        .join(WASM)
        .join("release")
        .join("deps"))
}

/// Copies the libraries beside their final place, then renames: nobody sees half a library.
fn install(libraries: &Path, made_by: &str) -> Result<(), String> {
    let place = place();
    let fresh = place.with_extension(format!("new-{}", std::process::id()));
    let old = place.with_extension(format!("old-{}", std::process::id()));
    let put = || -> io::Result<()> {
        fs::create_dir_all(fresh.join("lib"))?;
        for file in fs::read_dir(libraries)?.flatten() {
            let name = file.file_name();
            let text = name.to_string_lossy();
            if text.ends_with(".rlib") && !text.starts_with("libempty-") {
                fs::copy(file.path(), fresh.join("lib").join(&name))?;
            }
        }
        fs::write(fresh.join("made-by.txt"), made_by)?;
        if place.exists() {
            fs::rename(&place, &old)?;
        }
        fs::rename(&fresh, &place)?;
        let _ = fs::remove_dir_all(&old);
        Ok(())
    };
    put().map_err(|error| {
        let _ = fs::remove_dir_all(&fresh);
        format!("{}: {error} (only root may write there)", place.display())
    })
}

/// One line of Rust through compiler, LTO and linker.
fn prove(workspace: &Workspace, scratch: &Path, job: &Job<'_>) -> Result<(), String> {
    let source = scratch.join("proof.rs");
    write(
        &source,
        "#[unsafe(no_mangle)] pub extern \"C\" fn answer() -> usize { vec![0; 6].len() }\n",
    )?;
    let mut rustc = toolchain::for_wasm(workspace, "rustc")?;
    rustc
        .args([
            "--edition=2024",
            "--crate-type=cdylib",
            "-Copt-level=z",
            "-Clto=fat",
        ])
        .args(["-Cpanic=abort", "--target", WASM])
        .arg("-o")
        .arg(scratch.join("proof.wasm"))
        .arg(&source);
    run(&mut rustc, &job.log, Limits::default())
}

/// Makes Debian's Rust one of rustup's toolchains; true if that was news.
fn link_toolchain(workspace: &Workspace, job: &Job<'_>) -> Result<bool, String> {
    if !toolchain::has_rustup() {
        return Ok(false);
    }
    let list = ask(toolchain::program(workspace, "rustup").args(["toolchain", "list"]));
    let has = |list: String| {
        list.lines()
            .any(|line| line.split(' ').next() == Some(DEBIAN))
    };
    if list.is_some_and(has) {
        return Ok(false);
    }
    job.say(&format!("rustup toolchain link {DEBIAN} {USR}"));
    let mut link = toolchain::program(workspace, "rustup");
    link.args(["toolchain", "link", DEBIAN, USR]);
    run(&mut link, &job.log, Limits::default())?;
    Ok(true)
}

/// rustc calls its wasm linker `rust-lld`; some of Debian's packages have it under LLVM's name only.
fn link_linker(workspace: &Workspace) -> Result<(), String> {
    if find("rust-lld").is_some() {
        return Ok(());
    }
    let folder = toolchain::linker_folder(workspace);
    let link = folder.join("rust-lld");
    if link.exists() {
        return Ok(());
    }
    let linker = newest_linker().ok_or("no wasm-ld under /usr/bin: apt-get install lld-22")?;
    let _ = fs::remove_file(&link);
    fs::create_dir_all(&folder)
        .and_then(|()| symlink(&linker, &link))
        .map_err(|error| format!("{}: {error}", link.display()))
}

fn newest_linker() -> Option<PathBuf> {
    let versioned = (14..60).rev().map(|version| format!("wasm-ld-{version}"));
    versioned
        .chain(["wasm-ld".to_owned()])
        .map(|name| Path::new("/usr/bin").join(name))
        .find(|path| path.exists())
}

#[cfg(unix)]
fn symlink(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn symlink(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)
}

/// Whether a package of the system owns the library, so that it is not ours to replace.
fn came_by_package() -> bool {
    ask(Command::new("dpkg-query")
        .arg("-S")
        .arg(place().join("lib")))
    .is_some()
}

fn place() -> PathBuf {
    Path::new(USR).join("lib/rustlib").join(WASM)
}

fn stamp() -> PathBuf {
    place().join("made-by.txt")
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}
