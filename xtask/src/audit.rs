//! `cargo xtask audit`: what comes in by dependencies, by their licences, origins and known faults.
//!
//! Licences, bans and sources need no network beyond the crates themselves and always decide.
//! Databases of advisories are asked where they can be reached; where not, that is said by name.

use std::process::Command;
use std::time::Duration;

use crate::children::Ending;
use crate::graph::State;
use crate::process::{Limits, run, run_for_status};
use crate::run::{self, Done, Job, OnFailure};
use crate::screen::Screen;
use crate::toolchain;
use crate::workspace::Workspace;

/// The checks; each is a step.
pub(crate) const NAMES: &[&str] = &["crates", "advisories", "npm-audit", "npm-signatures"];

/// Every lock file's manifest, with what cargo-deny must be told to look at all of it.
const LOCKS: &[&[&str]] = &[&["--workspace"], &["--manifest-path", "fuzz/Cargo.toml"]];

/// A closed network may refuse at once or never answer.
const FETCH: Duration = Duration::from_secs(120);

/// `cargo xtask audit`. One check that fails does not keep the others from running.
pub(crate) fn audit(workspace: &Workspace) -> Result<(), String> {
    let screen = Screen::new();
    let outcomes = run::execute(workspace, &screen, NAMES, OnFailure::GoOn, None);
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| outcome.state != State::Done)
        .map(|outcome| outcome.name)
        .collect();
    println!();
    for outcome in &outcomes {
        if let (State::Done, Some(left)) = (outcome.state, &outcome.why) {
            println!("{left}");
        }
    }
    if failed.is_empty() {
        println!("nothing was found in what was checked");
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

fn deny(workspace: &Workspace, lock: &[&str]) -> Command {
    let mut cargo = toolchain::cargo(workspace);
    cargo
        .args(["deny", "--locked", "--config", "deny.toml"])
        .args(lock);
    cargo
}

/// Licences, bans and sources of every crate in every lock file.
pub(crate) fn crates(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("cargo deny check licenses bans sources");
    for lock in LOCKS {
        let mut cargo = deny(workspace, lock);
        cargo.args(["check", "licenses", "bans", "sources"]);
        run(&mut cargo, &job.log, Limits::default())?;
    }
    Ok(Done::Did)
}

/// Known faults of every crate in every lock file.
pub(crate) fn advisories(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("cargo deny check advisories");
    let mut fetch = deny(workspace, LOCKS[0]);
    fetch.args(["fetch", "db"]);
    // git must not ask a person for a password; nobody would see the question.
    fetch.env("GIT_TERMINAL_PROMPT", "0");
    if let Err(why) = run(&mut fetch, &job.log, quick()) {
        let why = unreachable(&job.log.text()).unwrap_or(why);
        return Ok(Done::Left(format!("advisories not checked: {why}")));
    }
    for lock in LOCKS {
        let mut cargo = deny(workspace, lock);
        cargo.args(["check", "--disable-fetch", "advisories"]);
        run(&mut cargo, &job.log, Limits::default())?;
    }
    Ok(Done::Did)
}

/// Known faults of the npm packages: of tools and tests, since none is shipped.
pub(crate) fn npm_audit(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("npm audit");
    npm(workspace, job, &["audit"])
}

/// Whether the npm packages are those that the registry has signed.
pub(crate) fn npm_signatures(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("npm audit signatures");
    npm(workspace, job, &["audit", "signatures"])
}

fn npm(workspace: &Workspace, job: &Job<'_>, arguments: &[&str]) -> Result<Done, String> {
    let mut npm = toolchain::program(workspace, "npm");
    // By itself it tries for minutes.
    npm.args(arguments)
        .args(["--fetch-retries=1", "--fetch-timeout=20000"]);
    let status = run_for_status(&mut npm, &job.log, quick())?;
    if status.success() {
        return Ok(Done::Did);
    }
    let line = arguments.join(" ");
    match unreachable(&job.log.text()) {
        Some(why) => Ok(Done::Left(format!("npm {line} not checked: {why}"))),
        None => Err(format!("npm {line} found something")),
    }
}

fn quick() -> Limits {
    Limits {
        deadline: FETCH,
        ending: Ending::Signal,
    }
}

/// Why a database could not be asked, from what cargo-deny, git and npm say; nothing where they say
/// anything else: then it was asked, and what it said counts.
fn unreachable(log: &str) -> Option<String> {
    let marks = [
        "failed to fetch advisory database",
        "audit endpoint returned an error",
        "npm error network",
    ];
    let told = log
        .lines()
        .any(|line| marks.iter().any(|mark| line.contains(mark)));
    // The line that says most.
    let reasons = [
        "fatal: ",
        "npm error network request to ",
        "npm warn audit ",
        "npm error ",
    ];
    let reason = reasons.iter().find_map(|mark| {
        let line = log.lines().find(|line| line.starts_with(mark))?;
        Some(line[mark.len()..].trim().to_owned())
    });
    told.then(|| reason.unwrap_or_else(|| "it could not be reached".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_refuses_is_told_from_a_finding() {
        for (log, why) in [
            (
                "[ERROR] failed to fetch database: failed to fetch advisory database https://db.example\n\
                 fatal: unable to access 'https://db.example/': Could not resolve host: db.example\n",
                "unable to access 'https://db.example/': Could not resolve host: db.example",
            ),
            (
                "npm warn audit 405 Method Not Allowed - POST https://npm.example/bulk\n\n\
                 npm error audit endpoint returned an error\n",
                "405 Method Not Allowed - POST https://npm.example/bulk",
            ),
            (
                "npm error code ENOTFOUND\nnpm error network request to https://keys.example failed\n\
                 npm error network This is a problem related to network connectivity.\n",
                "https://keys.example failed",
            ),
        ] {
            assert_eq!(unreachable(log).as_deref(), Some(why));
        }
        for log in [
            "1 high severity vulnerability\n",
            "2 packages have invalid registry signatures:\n",
            "npm error code ENOLOCK\nnpm error audit This command requires an existing lockfile.\n",
            "error[vulnerability]: something\n",
            "",
        ] {
            assert_eq!(unreachable(log), None, "{log}");
        }
    }
}
