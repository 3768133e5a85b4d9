//! The CAB files that the local storage holds, made by the workspace's own generator.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::process::{Limits, run};
use crate::run::{Done, Job};
use crate::toolchain;
use crate::workspace::Workspace;

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let folder = workspace.cabs();
    let generator = workspace.root.join("tests").join("stack").join("cabs");
    let index = folder.join("index.json");
    let made = fs::metadata(&index).and_then(|facts| facts.modified());
    let are_there = || fs::read_to_string(&index).is_ok_and(|text| are_as_listed(&text, &folder));
    if made.is_ok_and(|made| made > newest(&generator)) && are_there() {
        return Ok(Done::There("made by the present generator".to_owned()));
    }
    job.say("making CAB files from 8 KiB to 256 MiB");
    let mut cargo = toolchain::cargo(workspace);
    cargo
        .args(["run", "--package", "cabs", "--release", "--"])
        .arg(&folder)
        // The workspace's release profile makes wasm small, by means that only cost time here.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    run(&mut cargo, &job.log, Limits::default())?;
    Ok(Done::Did)
}

/// Whether every file that the index lists is there in its size. The index has a line for each.
fn are_as_listed(index: &str, folder: &Path) -> bool {
    let listed = |line: &str| -> Option<(PathBuf, u64)> {
        let rest = line.strip_prefix("  {\"name\": \"")?;
        let (name, rest) = rest.split_once("\", \"bytes\": ")?;
        Some((folder.join(name), rest.split(',').next()?.parse().ok()?))
    };
    let files: Vec<(PathBuf, u64)> = index.lines().filter_map(listed).collect();
    !files.is_empty()
        && files
            .iter()
            .all(|(path, bytes)| fs::metadata(path).is_ok_and(|file| file.len() == *bytes))
}

/// When something below was changed last.
fn newest(path: &Path) -> SystemTime {
    let own = fs::metadata(path)
        .and_then(|facts| facts.modified())
        .unwrap_or(SystemTime::UNIX_EPOCH);
    // A folder's own time changes with editors' temporary files; only files count.
    if !path.is_dir() {
        return own;
    }
    let below = fs::read_dir(path).into_iter().flatten().flatten();
    below
        .map(|entry| newest(&entry.path()))
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_or_cut_off_is_noticed() {
        let folder = std::env::temp_dir().join(format!("cablink-cabs-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("it can be made");
        fs::write(folder.join("8k.cab"), [0; 8]).expect("it can be written");
        fs::write(folder.join("1m.cab"), [0; 3]).expect("it can be written");
        let line = |name: &str, bytes: u64| {
            format!("  {{\"name\": \"{name}\", \"bytes\": {bytes}, \"sha256\": \"00\"}},\n")
        };
        let fits = |lines: &[String]| {
            are_as_listed(
                &format!("{{\"version\": 1, \"cabs\": [\n{}]}}\n", lines.concat()),
                &folder,
            )
        };
        assert!(fits(&[line("8k.cab", 8), line("1m.cab", 3)]));
        assert!(!fits(&[line("8k.cab", 8), line("1m.cab", 4)]));
        assert!(!fits(&[line("8k.cab", 8), line("16m.cab", 3)]));
        assert!(!fits(&[]), "an index without files");
        let _ = fs::remove_dir_all(&folder);
    }
}
