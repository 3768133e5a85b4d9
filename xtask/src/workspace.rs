//! Where things are: the repository, its build output, and this person's cache for tools.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders that every step works with.
pub(crate) struct Workspace {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's output, and ours beside it.
    pub(crate) target: PathBuf,
    /// Per-user cache: tools that must not overwrite those the person has installed.
    pub(crate) cache: PathBuf,
    /// Cargo's home; `cargo install` puts programs into its `bin`.
    pub(crate) cargo_home: PathBuf,
}

impl Workspace {
    pub(crate) fn here() -> Self {
        // Cargo tells a program it runs; the compiled-in path is for xtask started by hand.
        let xtask = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = xtask.parent().map_or_else(|| xtask.clone(), Path::to_owned);
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        let cargo_home =
            env::var_os("CARGO_HOME").map_or_else(|| home().join(".cargo"), PathBuf::from);
        Self {
            target,
            cache: user_cache().join("cablink-tools"),
            cargo_home,
            root,
        }
    }

    /// The npm package that `build` makes.
    pub(crate) fn pkg(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// The CAB files that the local storage is filled with.
    pub(crate) fn cabs(&self) -> PathBuf {
        self.target.join("stack").join("cabs")
    }

    /// Reads a file of the repository, naming it when that fails.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path)).map_err(|error| format!("{path}: {error}"))
    }

    /// `cargo xtask clean`.
    pub(crate) fn clean(&self) -> Result<(), String> {
        // Windows does not let a running program's file go, so the build folder keeps xtask there.
        for folder in [self.pkg(), self.target.clone()] {
            match fs::remove_dir_all(&folder) {
                Ok(()) => println!("removed {}", folder.display()),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(format!("{}: {error}", folder.display())),
            }
        }
        Ok(())
    }
}

/// The person's home folder; the current one where the system names none.
pub(crate) fn home() -> PathBuf {
    env::home_dir().unwrap_or_default()
}

fn user_cache() -> PathBuf {
    let named = |name: &str| {
        env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    if cfg!(windows) {
        named("LOCALAPPDATA").unwrap_or_else(|| home().join("AppData").join("Local"))
    } else if cfg!(target_os = "macos") {
        home().join("Library").join("Caches")
    } else {
        named("XDG_CACHE_HOME").unwrap_or_else(|| home().join(".cache"))
    }
}
