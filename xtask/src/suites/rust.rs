//! The suites that cargo and wasm-pack run.

use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::children::{ENDED_WITH_OTHERS, Ending};
use crate::log::Log;
use crate::package::member_arguments;
use crate::process::{Limits, run, run_for_status};
use crate::run::{Done, Job};
use crate::setup::test_programs;
use crate::suites::counts::Counts;
use crate::toolchain::{self, WASM};
use crate::workspace::Workspace;

/// A browser that hangs must not hang the build server.
const DEADLINE: Duration = Duration::from_secs(45 * 60);

/// Formatting of every member, and of the fuzz targets, which are a workspace of their own.
pub(crate) fn fmt(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("cargo fmt --all --check, here and in fuzz/");
    let mut counts = Counts::default();
    for which in [&["--all"][..], &["--manifest-path", "fuzz/Cargo.toml"]] {
        let mut cargo = toolchain::cargo(workspace);
        cargo
            .arg("fmt")
            .args(which)
            .args(["--check", "--", "--color=never"]);
        run(&mut cargo, &job.log, Limits::default())?;
        counts.add(&Counts::one_check());
    }
    Ok(Done::Tests(counts))
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
    wasm.arg("clippy")
        .args(member_arguments())
        .args(["--all-targets", "--target", WASM])
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

/// A browser that wasm-pack runs tests in.
struct Browser {
    name: &'static str,
    /// wasm-pack's flags for the browser and for its driver. One that it is not told of, and that is
    /// not on the PATH, it would download.
    flags: [&'static str; 2],
    /// What holds the driver's path. wasm-pack runs all drivers it finds such settings for, so the
    /// other browser's stays away.
    driver: &'static str,
    other_driver: &'static str,
}

const BROWSERS: [Browser; 2] = [
    Browser {
        name: "chrome",
        flags: ["--chrome", "--chromedriver"],
        driver: "CHROMEDRIVER",
        other_driver: "GECKODRIVER",
    },
    Browser {
        name: "firefox",
        flags: ["--firefox", "--geckodriver"],
        driver: "GECKODRIVER",
        other_driver: "CHROMEDRIVER",
    },
];

/// wasm-pack asks crates.io for its newest version once a day and has no setting against it. Nobody
/// listens at this address (discard, never used), and everything on this machine is exempt.
const PROXY: &[(&str, &str)] = &[
    ("HTTPS_PROXY", "http://127.0.0.1:9"),
    ("NO_PROXY", "localhost,127.0.0.1,::1"),
];
/// The person's own, which would come first.
const OTHER_PROXIES: &[&str] = &[
    "ALL_PROXY",
    "all_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// The browser modules in Chromium and Firefox side by side; each of them must have run tests.
pub(crate) fn web(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("wasm-pack test --headless, Chromium and Firefox");
    let log_of = |browser: &Browser| job.log.path.with_extension(format!("{}.log", browser.name));
    let logs = BROWSERS.each_ref().map(|browser| Log::new(log_of(browser)));
    let runs = thread::scope(|scope| {
        let started = BROWSERS
            .iter()
            .zip(&logs)
            .map(|(browser, log)| scope.spawn(move || web_in(workspace, browser, log)));
        // All have to be started before the first is waited for.
        let started: Vec<_> = started.collect();
        let ended = started.into_iter().map(|run| run.join());
        ended.collect::<Vec<_>>()
    });
    // Whatever came of one, the other's log is there as well.
    let told = BROWSERS
        .iter()
        .zip(&logs)
        .zip(runs)
        .map(|((browser, log), run)| {
            job.log.write(&log.text());
            let run = run.unwrap_or_else(|_| Err("panicked".to_owned()));
            (browser.name, run)
        });
    sum_of_browsers(told).map(Done::Tests)
}

/// Adds up and names what went wrong in each browser. An error only where all that went wrong is
/// that another step had failed.
fn sum_of_browsers(
    runs: impl Iterator<Item = (&'static str, Result<Counts, String>)>,
) -> Result<Counts, String> {
    let mut counts = Counts::default();
    let mut ended = false;
    let mut troubles = Vec::new();
    for (browser, run) in runs {
        let why = match run {
            Ok(run) => {
                counts.add(&run);
                run.failure()
            }
            Err(why) if why == ENDED_WITH_OTHERS => {
                ended = true;
                None
            }
            Err(why) => Some(why),
        };
        troubles.extend(why.map(|why| format!("{browser}: {why}")));
    }
    if ended && troubles.is_empty() {
        return Err(ENDED_WITH_OTHERS.to_owned());
    }
    counts.trouble = (!troubles.is_empty()).then(|| troubles.join("; "));
    Ok(counts)
}

fn web_in(workspace: &Workspace, browser: &Browser, log: &Log) -> Result<Counts, String> {
    let mut wasm_pack = toolchain::for_wasm(workspace, "wasm-pack")?;
    let variables = test_programs::variables(workspace);
    let driver = variables.iter().find(|(name, _)| *name == browser.driver);
    let (_, driver) = driver.ok_or_else(|| format!("no driver for {}", browser.name))?;
    let [flag, driver_flag] = browser.flags;
    wasm_pack
        .args(["test", "--headless", "--mode", "no-install"])
        .args([flag, driver_flag])
        .arg(driver);
    for name in OTHER_PROXIES {
        wasm_pack.env_remove(name);
    }
    wasm_pack
        .envs(variables)
        .envs(PROXY.iter().copied())
        .env_remove(browser.other_driver);
    tests_of(&mut wasm_pack, log, Counts::from_cargo)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(passed: u64) -> Counts {
        Counts {
            passed,
            ..Counts::default()
        }
    }

    fn sum(
        chrome: Result<Counts, String>,
        firefox: Result<Counts, String>,
    ) -> Result<Counts, String> {
        sum_of_browsers([("chrome", chrome), ("firefox", firefox)].into_iter())
    }

    #[test]
    fn one_browser_that_cannot_run_hides_nothing_of_the_other() {
        let failed = Counts {
            failed: 2,
            ..passed(5)
        };
        let told = sum(Err("no driver".to_owned()), Ok(failed)).unwrap();
        assert_eq!((told.passed, told.failed), (5, 2));
        let why = "chrome: no driver; firefox: 2 of 7 failed";
        assert_eq!(told.failure().as_deref(), Some(why));
        let told = sum(Ok(passed(3)), Err("panicked".to_owned())).unwrap();
        assert_eq!(told.failure().as_deref(), Some("firefox: panicked"));
    }

    #[test]
    fn each_browser_must_have_run_tests() {
        assert_eq!(sum(Ok(passed(3)), Ok(passed(4))), Ok(passed(7)));
        let told = sum(Ok(passed(3)), Ok(passed(0))).unwrap();
        assert_eq!(told.failure().as_deref(), Some("firefox: no test ran"));
    }

    #[test]
    fn ended_with_others_is_no_failure_of_its_own_but_hides_none() {
        let ended = || Err(ENDED_WITH_OTHERS.to_owned());
        assert_eq!(sum(Ok(passed(3)), ended()), ended());
        let told = sum(ended(), Err("no driver".to_owned())).unwrap();
        assert_eq!(told.failure().as_deref(), Some("firefox: no driver"));
    }
}
