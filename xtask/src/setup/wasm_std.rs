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
/// Lies beside a library that was made here, and says by what.
const STAMP: &str = "made-by.txt";
/// What the stamp says until one line of Rust has gone all the way; fits no compiler.
const NOT_PROVED: &str = "not proved yet\n";

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

/// What a sysroot holds of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Library {
    Missing,
    /// It came with the toolchain or with a package, or somebody put it there: none of our business.
    Foreign,
    /// Made here, by this recipe for this compiler, and proved.
    Ours,
    /// Made here, but for another compiler, or never proved.
    Stale,
}

impl Library {
    fn of(sysroot: &Path, made_by: &str) -> Self {
        if !has_wasm(sysroot) {
            return Self::Missing;
        }
        match fs::read_to_string(stamp(sysroot)) {
            Ok(text) if text == made_by => Self::Ours,
            Ok(_) => Self::Stale,
            Err(_) => Self::Foreign,
        }
    }
}

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let usr = Path::new(USR);
    let is_default = ForWasm::find(workspace) == Some(ForWasm::Default);
    let is_in_usr = toolchain::sysroot(&mut toolchain::rustc(workspace)).is_some_and(|s| s == usr);
    // A library without our stamp that the default compiler takes is whoever's who put it there.
    if is_default && !(is_in_usr && stamp(usr).exists()) {
        return Ok(Done::There("came with the target".to_owned()));
    }
    let version = ask(Command::new("/usr/bin/rustc").arg("-vV"))
        .ok_or("there is no Rust under /usr to build the standard library for")?;
    let made_by = format!("{RECIPE}\n{version}\n");
    let name: Vec<&str> = version.split_whitespace().take(2).collect();
    let name = name.join(" ");
    let linked = !is_default && link_toolchain(workspace, job)?;
    link_linker(workspace)?;
    let is_there = match Library::of(usr, &made_by) {
        Library::Ours => true,
        Library::Foreign => came_by_package(),
        Library::Missing | Library::Stale => false,
    };
    if is_there {
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
        .and_then(|libraries| install(&libraries, usr))
        .and_then(|()| prove(workspace, &scratch, job))
        .and_then(|()| write(&stamp(usr), &made_by));
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
fn install(libraries: &Path, sysroot: &Path) -> Result<(), String> {
    let place = place(sysroot);
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
        fs::write(fresh.join(STAMP), NOT_PROVED)?;
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
        .arg(place(Path::new(USR)).join("lib")))
    .is_some()
}

fn place(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(WASM)
}

fn stamp(sysroot: &Path) -> PathBuf {
    place(sysroot).join(STAMP)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MADE_BY: &str = "recipe 1\nrustc 1.96.0\n";

    /// A sysroot of its own, gone with the test.
    struct Sysroot(PathBuf);

    impl Sysroot {
        fn new(name: &str) -> Self {
            let name = format!("cablink-sysroot-{}-{name}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).expect("the folder can be made");
            Self(path)
        }

        fn with_library(self) -> Self {
            write(&place(&self.0).join("lib/libcore-1.rlib"), "").expect("it can be written");
            self
        }

        fn stamped(self, text: &str) -> Self {
            write(&stamp(&self.0), text).expect("it can be written");
            self
        }

        fn library(&self) -> Library {
            Library::of(&self.0, MADE_BY)
        }
    }

    impl Drop for Sysroot {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_library_without_our_stamp_is_not_ours() {
        assert_eq!(Sysroot::new("empty").library(), Library::Missing);
        let package = Sysroot::new("package").with_library();
        assert_eq!(package.library(), Library::Foreign);
    }

    #[test]
    fn a_library_of_ours_goes_with_its_compiler() {
        let same = Sysroot::new("same").with_library().stamped(MADE_BY);
        assert_eq!(same.library(), Library::Ours);
        let older = Sysroot::new("older")
            .with_library()
            .stamped("recipe 1\nrustc 1.95.0\n");
        assert_eq!(older.library(), Library::Stale);
    }

    #[test]
    fn a_library_counts_only_once_it_is_proved() {
        let sysroot = Sysroot::new("proof");
        let built = sysroot.0.join("deps");
        write(&built.join("libcore-1.rlib"), "").expect("it can be written");
        write(&built.join("libempty-1.rlib"), "").expect("it can be written");
        install(&built, &sysroot.0).expect("the folder is ours");
        assert_eq!(sysroot.library(), Library::Stale);
        assert!(!place(&sysroot.0).join("lib/libempty-1.rlib").exists());
        write(&stamp(&sysroot.0), MADE_BY).expect("it can be written");
        assert_eq!(sysroot.library(), Library::Ours);
    }
}
