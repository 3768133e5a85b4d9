//! `cargo xtask <verb>`: sets up, builds, shows and tests cablink on one machine.
//!
//! A verb is a handful of [steps](graph); a step says what it needs, finds out whether its work is
//! done already, and only then does it. Steps that do not need each other run side by side.
#![allow(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod audit;
mod bench;
mod children;
mod conformance;
mod demo;
mod fuzz;
mod graph;
mod log;
mod package;
mod process;
mod release;
mod run;
mod screen;
mod setup;
mod shell_env;
mod steps;
mod suites;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const USAGE: &str = "\
cargo xtask <verb>

  setup [--for demo|test]  find or install what the verb needs (default: test, which is everything)
  build                    pkg/: the npm package with the optimised wasm, and its sizes
  demo                     a portal to sign in to and click on, with everything it needs, on this machine
  stack [--page <origin>] [--any-ports]
                           the portal's surroundings alone: identity, Dev Center, storage, web server; also for a page
                           of yours on another origin, such as http://localhost:5173; on ports that are free
  test [suite...]          all suites, or those named: fmt clippy docs native build npm stack web e2e
  fuzz [target] [--seconds N]
                           every fuzz target, or the one named, for 60 s or so many each; needs a nightly Rust
  conformance              the stack's Dev Center against its description, by schemathesis; needs Python
  bench [section...]       measures, against the peers: downloads latency weight lists growth; more words
                           in tests/bench/README.md
  audit                    licences, bans, sources and known faults of all that comes in by dependencies
  release <version>        the version in manifests and changelog, every check, the npm tarball and its checksum;
                           publishes nothing
  env                      settings for this shell, so that `wasm-pack test --headless --chrome` works in it
  clean                    remove target/ and pkg/; installed tools stay
  help                     this text

The first time takes minutes, later times seconds: whatever is there already is not made again.
Logs: target/setup/<step>.log, target/suites/<suite>.log, target/fuzz/logs/<target>.log,
target/audit/<check>.log and target/conformance/conformance.log.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    children::end_on_signals();
    let workspace = Workspace::here();
    let outcome = match words.as_slice() {
        ["setup"] | ["setup", "--for", "test"] => run::setup(&workspace, steps::FOR_TEST),
        ["setup", "--for", "demo"] => run::setup(&workspace, steps::FOR_DEMO),
        ["build"] => run::build(&workspace),
        ["demo"] => demo::demo(&workspace),
        ["stack", words @ ..] => match demo::stack_flags(words) {
            Ok(flags) => demo::stack(&workspace, &flags),
            Err(why) => return misused(&why),
        },
        ["test", wanted @ ..] => match suites::named(wanted) {
            Ok(wanted) => suites::test(&workspace, &wanted),
            Err(why) => return misused(&why),
        },
        ["fuzz", wanted @ ..] => match fuzz::Wanted::read(wanted) {
            Ok(wanted) => fuzz::fuzz(&workspace, &wanted),
            Err(why) => return misused(&why),
        },
        ["conformance"] => conformance::conformance(&workspace),
        ["bench", words @ ..] => bench::bench(&workspace, words),
        ["audit"] => audit::audit(&workspace),
        ["release", version] => release::release(&workspace, version),
        ["env"] => shell_env::print(&workspace),
        ["clean"] => workspace.clean(),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        [] => return misused("a verb is missing"),
        other => return misused(&format!("no such call: {}", other.join(" "))),
    };
    children::end_all();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn misused(why: &str) -> ExitCode {
    eprintln!("{why}\n\n{USAGE}");
    ExitCode::from(2)
}
