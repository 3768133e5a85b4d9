//! Where things are: the repository, its build output, and this person's cache for tools.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The folders that every step works with.
pub(crate) struct Workspace {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's output, and ours beside it. Every cargo is told of it, so that a setting of the
    /// person's own leads none of them elsewhere.
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

    /// The CAB files that the local storage is filled with. The stack looks for them here, wherever
    /// cargo's output goes.
    pub(crate) fn cabs(&self) -> PathBuf {
        self.root.join("target").join("stack").join("cabs")
    }

    /// Reads a file of the repository, naming it when that fails.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        fs::read_to_string(self.root.join(path)).map_err(|error| format!("{path}: {error}"))
    }

    /// `cargo xtask clean`.
    pub(crate) fn clean(&self) -> Result<(), String> {
        let mut folders = vec![self.pkg(), self.target.clone(), self.root.join("target")];
        folders.dedup();
        for folder in folders.iter().filter(|folder| folder.exists()) {
            let kept = remove(folder, &runs_now)
                .map_err(|error| format!("{}: {error}", folder.display()))?;
            println!("removed {}", folder.display());
            if kept > 0 {
                println!("  except for xtask itself, which runs");
            }
        }
        Ok(())
    }
}

/// Windows does not let a running program's file go, under any of its names: target/debug/xtask.exe
/// and the one in deps.
fn runs_now(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    cfg!(windows) && name.starts_with("xtask") && name.ends_with(".exe")
}

/// Removes a file, or a folder with all below it, except for what is to be kept; says how many.
fn remove(path: &Path, is_kept: &dyn Fn(&Path) -> bool) -> io::Result<usize> {
    // A link is removed, not followed.
    if !fs::symlink_metadata(path)?.is_dir() {
        if is_kept(path) {
            return Ok(1);
        }
        return fs::remove_file(path).map(|()| 0);
    }
    let mut kept = 0;
    for entry in fs::read_dir(path)? {
        kept += remove(&entry?.path(), is_kept)?;
    }
    if kept == 0 {
        fs::remove_dir(path)?;
    }
    Ok(kept)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_removed_but_what_is_kept_and_the_folders_around_it() {
        let folder = env::temp_dir().join(format!("cablink-clean-{}", std::process::id()));
        for file in ["debug/xtask.exe", "debug/deps/a.rlib", "setup/cabs.log"] {
            let file = folder.join(file);
            fs::create_dir_all(file.parent().expect("it has one")).expect("it can be made");
            fs::write(file, "").expect("it can be written");
        }
        let is_kept = |path: &Path| path.ends_with("xtask.exe");
        assert_eq!(remove(&folder, &is_kept).ok(), Some(1));
        assert!(folder.join("debug/xtask.exe").exists());
        assert!(!folder.join("debug/deps").exists() && !folder.join("setup").exists());
        assert_eq!(remove(&folder, &|_| false).ok(), Some(0));
        assert!(!folder.exists());
    }
}
