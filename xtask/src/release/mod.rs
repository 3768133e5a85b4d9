//! `cargo xtask release <version>`: everything of a release that can be done and checked on one
//! machine. It commits, tags, pushes and publishes nothing.

mod changelog;
mod version;

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::process::ask;
use crate::run;
use crate::toolchain;
use crate::workspace::Workspace;
use version::Version;

/// What must be as it should: among it that the repository agrees with itself, that the package
/// loads, and that its contract is the one in tests/npm/contract.
const CHECKS: &[&str] = &["fmt", "native", "docs", "build", "npm"];

/// Manifests and lock files with our own version in them, and the lines before it.
const PLACES: &[(&str, &[&str])] = &[
    ("Cargo.toml", &["[package]\nname = \"cablink\"\n"]),
    (
        "lists/Cargo.toml",
        &["[package]\nname = \"cablink-lists\"\n"],
    ),
    (
        "elements/Cargo.toml",
        &["[package]\nname = \"cablink-elements\"\n"],
    ),
    (
        "doctor/Cargo.toml",
        &["[package]\nname = \"cablink-doctor\"\n"],
    ),
    (
        "Cargo.lock",
        &[
            "name = \"cablink\"\n",
            "name = \"cablink-lists\"\n",
            "name = \"cablink-elements\"\n",
            "name = \"cablink-doctor\"\n",
        ],
    ),
    ("fuzz/Cargo.lock", &["name = \"cablink\"\n"]),
];

/// The examples name the version that they are for.
const EXAMPLES: &[&str] = &["plain", "vite-react", "webpack"];

const CHANGELOG: &str = "CHANGELOG.md";

/// npm's tarball and its digest; the name of the one and the text of the other on standard output.
const PACK: &str = include_str!("pack.mjs");

pub(crate) fn release(workspace: &Workspace, wanted: &str) -> Result<(), String> {
    let next = Version::read(wanted)
        .ok_or_else(|| format!("{wanted} is no version such as 1.2.3 or 1.2.3-rc.1"))?;
    let cargo = workspace.read("Cargo.toml")?;
    let current = version::of_manifest(&cargo).ok_or("Cargo.toml has no version")?;
    let now = Version::read(&current).ok_or_else(|| format!("{current} is no version"))?;
    let log = workspace.read(CHANGELOG)?;
    let is_first = next == now && changelog::is_unpublished(&log, &current);
    if next <= now && !is_first {
        return Err(format!("{wanted} does not follow {current}"));
    }
    assert_clean(workspace)?;

    let changed = changelog::released(&log, wanted, &changelog::day(SystemTime::now()))?;
    let mut files = vec![(CHANGELOG.to_owned(), changed)];
    files.extend(with_version(workspace, &current, wanted)?);
    for (file, text) in &files {
        fs::write(workspace.root.join(file), text).map_err(|error| format!("{file}: {error}"))?;
    }
    finish(workspace, wanted).map_err(|why| {
        format!("{why}\nNothing is committed; `git restore .` takes the new version back.")
    })
}

/// Every other file that names the version, with the next one.
fn with_version(
    workspace: &Workspace,
    current: &str,
    next: &str,
) -> Result<Vec<(String, String)>, String> {
    let places = PLACES
        .iter()
        .map(|(file, marks)| ((*file).to_owned(), *marks));
    let examples = EXAMPLES.iter().map(|name| {
        let marks: &[&str] = &["\"cablink\": \""];
        (format!("examples/{name}/package.json"), marks)
    });
    places
        .chain(examples)
        .map(|(file, marks)| {
            let text = version::replaced(&workspace.read(&file)?, marks, current, next)
                .map_err(|why| format!("{file}: {why}"))?;
            Ok((file, text))
        })
        .collect()
}

fn finish(workspace: &Workspace, wanted: &str) -> Result<(), String> {
    run::all_done(workspace, CHECKS)?;
    let folder = workspace.target.join("release").join(wanted);
    let (tarball, digest) = pack(workspace, &folder)?;
    // npm takes no candidate without a tag: it would be what everybody gets.
    let tag = if wanted.contains('-') {
        " --tag next"
    } else {
        ""
    };
    println!(
        "\n{wanted} is in {folder}\n  {tarball}\n  SHA256SUMS: {digest}\n\nLook at `git diff`, then:\n  \
         cargo xtask test\n  git commit --all --message \"Release {wanted}\"\n  git tag --annotate v{wanted} \
         --message \"cablink {wanted}\"\n  git push --follow-tags\n  npm publish {folder}/{tarball}{tag}\n\
         npm signs where the package was built only when a build server publishes it; from a machine of yours, \
         add --no-provenance.",
        folder = folder.display()
    );
    Ok(())
}

/// A release is what a commit says, so nothing else may be in it.
fn assert_clean(workspace: &Workspace) -> Result<(), String> {
    let mut git = toolchain::program(workspace, "git");
    let said = ask(git.args(["status", "--porcelain"])).ok_or("git status does not work here")?;
    if said.is_empty() {
        return Ok(());
    }
    Err(format!("commit or put away first:\n{said}"))
}

/// The tarball's name and its SHA-256, which stands beside it in the form that `sha256sum -c` reads.
fn pack(workspace: &Workspace, folder: &Path) -> Result<(String, String), String> {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut node = toolchain::program(workspace, "node");
    node.args(["--input-type=module", "-e", PACK, "--"])
        .arg(workspace.pkg())
        .arg(folder);
    let said = ask(&mut node).ok_or("npm pack does not work here")?;
    let (tarball, digest) = said.split_once('\n').ok_or("npm pack named no tarball")?;
    let sums = folder.join("SHA256SUMS");
    fs::write(&sums, format!("{digest}  {tarball}\n"))
        .map_err(|error| format!("{}: {error}", sums.display()))?;
    Ok((tarball.to_owned(), digest.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A package that is new and not among the places would keep the old version, or stop the release.
    #[test]
    fn every_package_of_this_version_gets_the_next_one() {
        let workspace = Workspace::here();
        let read = |path: &str| workspace.read(path).expect(path);
        let cargo = read("Cargo.toml");
        let current = version::of_manifest(&cargo).expect("a version");
        let next = "98.76.54";
        let files = with_version(&workspace, &current, next).expect("every place is there");

        let (_, members) = cargo.split_once("\nmembers = [").expect("members");
        let (members, _) = members.split_once(']').expect("their end");
        let members = members
            .split(',')
            .map(|name| name.trim().trim_matches('"'))
            .filter(|name| !name.is_empty())
            .map(|name| format!("{name}/Cargo.toml"));
        let manifests: Vec<String> = members.chain(["Cargo.toml".to_owned()]).collect();
        let manifests: Vec<(String, String)> = manifests
            .into_iter()
            .map(|path| (path.clone(), read(&path)))
            .collect();
        // The others are tools, which keep theirs.
        let ours: Vec<_> = manifests
            .iter()
            .filter(|(_, text)| name_of(text).starts_with("cablink"))
            .collect();
        assert!(ours.len() > 1, "{manifests:?}");
        for (path, text) in ours {
            assert_eq!(version::of_manifest(text), Some(current.clone()), "{path}");
            let (_, text) = files.iter().find(|(file, _)| file == path).expect(path);
            assert_eq!(version::of_manifest(text).as_deref(), Some(next), "{path}");
            let name = name_of(text);
            let (_, lock) = files
                .iter()
                .find(|(file, _)| file == "Cargo.lock")
                .expect("the lock file");
            let entry = format!("name = \"{name}\"\nversion = \"{next}\"\n");
            assert!(lock.contains(&entry), "{entry}");
        }
    }

    fn name_of(manifest: &str) -> &str {
        let line = manifest
            .lines()
            .find_map(|line| line.strip_prefix("name = "));
        line.expect("a name").trim_matches('"')
    }
}
