//! The suites that cargo and wasm-pack run.

use std::process::Command;
use std::time::Duration;

use crate::children::Ending;
use crate::log::Log;
use crate::process::{Limits, run, run_for_status};
use crate::run::{Done, Job};
use crate::setup::test_programs;
use crate::suites::counts::Counts;
use crate::toolchain::{self, WASM};
use crate::workspace::Workspace;

/// A browser that hangs must not hang the build server.
const DEADLINE: Duration = Duration::from_secs(30 * 60);

/// Formatting of every member.
pub(crate) fn fmt(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("cargo fmt --all --check");
    let mut cargo = toolchain::cargo(workspace);
    cargo.args(["fmt", "--all", "--check", "--", "--color=never"]);
    run(&mut cargo, &job.log, Limits::default())?;
    Ok(Done::Tests(Counts::one_check()))
}

/// Lints, once for this machine and once for wasm, where the browser modules exist.
pub(crate) fn clippy(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("cargo clippy, native and wasm, warnings denied");
    let mut native = toolchain::cargo(workspace);
    native.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    let mut wasm = toolchain::for_wasm(workspace, "cargo")?;
    wasm.args([
        "clippy",
        "--package",
        "cablink",
        "--package",
        "cablink-lists",
        "--all-targets",
        "--target",
        WASM,
    ])
    .args(["--", "-D", "warnings"]);
    let mut counts = Counts::default();
    for command in [&mut native, &mut wasm] {
        run(command, &job.log, Limits::default())?;
        counts.add(&Counts::one_check());
    }
    Ok(Done::Tests(counts))
}

/// The rules, the tidy tests, the CAB generator, and xtask itself.
pub(crate) fn native(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("cargo test --workspace");
    let mut cargo = toolchain::cargo(workspace);
    cargo.args(["test", "--workspace", "--no-fail-fast"]);
    Ok(Done::Tests(tests_of(
        &mut cargo,
        &job.log,
        Counts::from_cargo,
    )?))
}

/// Compiles the browser tests, beside other steps: the suite itself then has the machine alone.
pub(crate) fn web_compile(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("the browser tests, for wasm");
    let mut cargo = toolchain::for_wasm(workspace, "cargo")?;
    cargo.args(["build", "--tests", "--target", WASM]);
    run(&mut cargo, &job.log, Limits::default())?;
    Ok(Done::Did)
}

/// The browser modules in Chromium, then in Firefox; each of them must have run tests.
pub(crate) fn web(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("wasm-pack test --headless, Chromium and Firefox");
    let mut counts = Counts::default();
    for browser in ["--chrome", "--firefox"] {
        let mut wasm_pack = toolchain::for_wasm(workspace, "wasm-pack")?;
        wasm_pack.args(["test", "--headless", browser]);
        for (name, path) in test_programs::variables(workspace) {
            wasm_pack.env(name, path);
        }
        // wasm-pack runs all drivers it finds settings for, so the other browser's stay away.
        let other = if browser == "--chrome" {
            "GECKODRIVER"
        } else {
            "CHROMEDRIVER"
        };
        wasm_pack.env_remove(other);
        let log = Log::new(
            job.log
                .path
                .with_extension(format!("{}.log", &browser[2..])),
        );
        let mut run = tests_of(&mut wasm_pack, &log, Counts::from_cargo)?;
        job.log.write(&log.text());
        run.trouble = run.failure().map(|why| format!("{}: {why}", &browser[2..]));
        counts.add(&run);
    }
    Ok(Done::Tests(counts))
}

/// Runs the command and counts its tests. A bad end without a failed test is trouble by itself.
pub(crate) fn tests_of(
    command: &mut Command,
    log: &Log,
    count: fn(&str) -> Counts,
) -> Result<Counts, String> {
    let limits = Limits {
        deadline: DEADLINE,
        ending: Ending::Signal,
    };
    let status = run_for_status(command, log, limits)?;
    let mut counts = count(&log.text());
    if !status.success() && counts.failed == 0 {
        counts.failed = 1;
        counts.trouble = Some(format!("ended with {status}, though no test failed"));
    }
    Ok(counts)
}
