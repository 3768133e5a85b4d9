//! `cargo xtask fuzz`: every target in turn, for a while each, and what came of it.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::children::Ending;
use crate::log::Log;
use crate::process::{Limits, run, run_for_status};
use crate::run::{self, Done, Job};
use crate::screen::{Screen, spoken};
use crate::setup::cargo_fuzz::Nightly;
use crate::workspace::Workspace;

/// Where the targets are: a file each.
const TARGETS: &str = "fuzz/src/bin";

/// How long each target runs where nothing else is asked for.
const SECONDS: u64 = 60;

/// An input that keeps a target for longer, in seconds, is a finding.
const SLOW: u64 = 10;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// All targets, if none is named.
    target: Option<String>,
    seconds: u64,
}

impl Wanted {
    /// Reads `[target] [--seconds N]`, in either order.
    pub(crate) fn read(words: &[&str]) -> Result<Self, String> {
        let mut wanted = Self {
            target: None,
            seconds: SECONDS,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if *word == "--seconds" {
                let number = words.next().and_then(|number| number.parse().ok());
                wanted.seconds = number
                    .filter(|seconds| *seconds > 0)
                    .ok_or("--seconds wants a whole number above 0")?;
            } else if word.starts_with('-') || wanted.target.is_some() {
                return Err(format!("fuzz does not take: {word}"));
            } else {
                wanted.target = Some((*word).to_owned());
            }
        }
        Ok(wanted)
    }
}

/// `cargo xtask fuzz`.
pub(crate) fn fuzz(workspace: &Workspace, wanted: &Wanted) -> Result<(), String> {
    let targets = chosen(targets(workspace)?, wanted.target.as_deref())?;
    run::all_done(workspace, &["fuzz-build"])?;
    let screen = Screen::new();
    let mut ends = Vec::new();
    for target in targets {
        let time = Duration::from_secs(wanted.seconds);
        screen.event("start", &target, &format!("for {}", spoken(time)));
        let end = run_target(workspace, &screen, &target, wanted.seconds)?;
        let word = if end.failed { "FAILED" } else { "done" };
        let runs = end.stats.runs;
        screen.event(
            word,
            &target,
            &format!("{runs} runs in {}", spoken(end.took)),
        );
        ends.push(end);
    }
    println!("\n{}", table(&ends));
    let failed: Vec<&str> = ends
        .iter()
        .filter(|end| end.failed)
        .map(|end| end.target.as_str())
        .collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "\nfound something: {}. The input that did it lies under {}; make it a test beside the rule.",
        failed.join(", "),
        folder(workspace, "artifacts").display()
    ))
}

/// Where cargo-fuzz's output goes: its build, and what the targets write.
fn folder(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.target.join("fuzz").join(name)
}

/// The names of the targets: those of the files.
fn targets(workspace: &Workspace) -> Result<Vec<String>, String> {
    let files = fs::read_dir(workspace.root.join(TARGETS))
        .map_err(|error| format!("{TARGETS}: {error}"))?;
    let mut names: Vec<String> = files
        .flatten()
        .filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            name.strip_suffix(".rs").map(str::to_owned)
        })
        .collect();
    names.sort();
    Ok(names)
}

fn chosen(targets: Vec<String>, wanted: Option<&str>) -> Result<Vec<String>, String> {
    let chosen: Vec<String> = match wanted {
        None => targets.clone(),
        Some(wanted) => targets.iter().filter(|t| *t == wanted).cloned().collect(),
    };
    if chosen.is_empty() {
        let wanted = wanted.unwrap_or("any");
        let known = targets.join(" ");
        return Err(format!("no such target: {wanted}. There are: {known}"));
    }
    Ok(chosen)
}

/// The step that compiles all targets.
pub(crate) fn build(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("the fuzz targets");
    let mut cargo = Nightly::cargo(workspace)?;
    cargo
        .args(["fuzz", "build", "--fuzz-dir", "fuzz", "--target-dir"])
        .arg(workspace.target.join("fuzz"));
    run(&mut cargo, &job.log, Limits::default())?;
    Ok(Done::Did)
}

/// How a target ended.
struct End {
    target: String,
    failed: bool,
    took: Duration,
    stats: Stats,
}

fn run_target(
    workspace: &Workspace,
    screen: &Screen,
    target: &str,
    seconds: u64,
) -> Result<End, String> {
    let log = Log::new(folder(workspace, "logs").join(format!("{target}.log")));
    // What a run has learnt is where the next one begins.
    let corpus = folder(workspace, "corpus").join(target);
    let artifacts = folder(workspace, "artifacts").join(target);
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut cargo = Nightly::cargo(workspace)?;
    cargo
        .args(["fuzz", "run", "--fuzz-dir", "fuzz", "--target-dir"])
        .arg(workspace.target.join("fuzz"))
        .arg(target)
        .arg(&corpus);
    let seeds = workspace.root.join("fuzz/seeds").join(target);
    if seeds.is_dir() {
        cargo.arg(seeds);
    }
    // The last of two equal flags counts: cargo-fuzz has set the folder of artifacts before.
    cargo
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={SLOW}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg("-print_final_stats=1");
    let limits = Limits {
        deadline: Duration::from_secs(seconds + 600),
        ending: Ending::Signal,
    };
    let started = Instant::now();
    let status = run_for_status(&mut cargo, &log, limits)?;
    let text = log.text();
    let stats = Stats::read(&text);
    // A target that never ran proves nothing.
    let failed = !status.success() || stats.runs == 0;
    if failed {
        let whole = log.path.display();
        screen.line(&format!("{}\n(the whole log: {whole})", log.excerpt()));
    }
    Ok(End {
        target: target.to_owned(),
        failed,
        took: started.elapsed(),
        stats,
    })
}

/// What libFuzzer counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Stats {
    /// Inputs tried.
    runs: u64,
    /// Edges of the program seen, the largest number told.
    edges: u64,
    /// The file with the input of a finding.
    finding: Option<String>,
}

impl Stats {
    fn read(log: &str) -> Self {
        let mut stats = Self::default();
        for line in log.lines() {
            if let Some(runs) = line.strip_prefix("stat::number_of_executed_units:") {
                stats.runs = runs.trim().parse().unwrap_or_default();
            } else if let Some((_, rest)) = line.split_once(" cov: ") {
                let edges = rest.split(' ').next().and_then(|n| n.parse().ok());
                stats.edges = stats.edges.max(edges.unwrap_or_default());
            } else if let Some((_, path)) = line.split_once("Test unit written to ") {
                stats.finding = Some(path.trim().to_owned());
            }
        }
        stats
    }
}

fn table(ends: &[End]) -> String {
    let mut lines = vec![format!(
        "{:<14}{:>12}{:>8}{:>13}",
        "target", "runs", "edges", "time"
    )];
    for end in ends {
        let finding = match (&end.stats.finding, end.failed) {
            (Some(path), _) => path,
            (None, true) => "ended badly, see its log",
            (None, false) => "",
        };
        let line = format!(
            "{:<14}{:>12}{:>8}{:>13}  {finding}",
            end.target,
            end.stats.runs,
            end.stats.edges,
            spoken(end.took)
        );
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn target_and_time_come_in_either_order() {
        let wanted = |target: Option<&str>, seconds| {
            Ok(Wanted {
                target: target.map(str::to_owned),
                seconds,
            })
        };
        assert_eq!(Wanted::read(&[]), wanted(None, SECONDS));
        assert_eq!(Wanted::read(&["link"]), wanted(Some("link"), SECONDS));
        assert_eq!(
            Wanted::read(&["--seconds", "5", "link"]),
            wanted(Some("link"), 5)
        );
        assert_eq!(
            Wanted::read(&["link", "--seconds", "5"]),
            wanted(Some("link"), 5)
        );
        for bad in [
            &["--seconds"][..],
            &["--seconds", "0"],
            &["--seconds", "-1"],
            &["--seconds", "soon"],
            &["a", "b"],
            &["--jobs"],
        ] {
            assert!(Wanted::read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_targets_are_the_files_and_each_has_seeds() {
        let workspace = Workspace::here();
        let targets = targets(&workspace).expect("there are some");
        assert!(targets.contains(&"protocol".to_owned()), "{targets:?}");
        for target in &targets {
            let seeds = workspace.root.join("fuzz/seeds").join(target);
            let files = fs::read_dir(seeds).map_or(0, Iterator::count);
            assert!(files > 0, "fuzz/seeds/{target} has no seed");
        }
        assert_eq!(chosen(targets.clone(), None), Ok(targets.clone()));
        assert_eq!(
            chosen(targets.clone(), Some("link")),
            Ok(vec!["link".to_owned()])
        );
        let why = chosen(targets, Some("links")).expect_err("there is none");
        assert!(why.contains("link") && why.contains("scrub"), "{why}");
    }

    #[test]
    fn the_counts_of_a_log_are_read() {
        let good = "\
#5\tINITED cov: 1777 ft: 2556 corp: 4/1331b exec/s: 0 rss: 42Mb
#45662\tDONE   cov: 2425 ft: 5619 corp: 537/153Kb lim: 595 exec/s: 2853 rss: 481Mb
stat::number_of_executed_units: 45662
stat::average_exec_per_sec:     2853
";
        let stats = Stats::read(good);
        assert_eq!((stats.runs, stats.edges), (45_662, 2425));
        assert_eq!(stats.finding, None);
        let bad = "\
#2\tNEW    cov: 30 ft: 40 corp: 1/1b
artifact_prefix='x/'; Test unit written to x/crash-da39
stat::number_of_executed_units: 2
";
        assert_eq!(Stats::read(bad).finding.as_deref(), Some("x/crash-da39"));
        assert_eq!(Stats::read("error: could not compile"), Stats::default());
    }

    #[test]
    fn the_table_names_what_was_found() {
        let end = |target: &str, failed, finding: Option<&str>| End {
            target: target.to_owned(),
            failed,
            took: Duration::from_secs(3),
            stats: Stats {
                runs: 7,
                edges: 5,
                finding: finding.map(str::to_owned),
            },
        };
        let table = table(&[
            end("link", false, None),
            end("scrub", true, Some("x/crash-1")),
            end("frame", true, None),
        ]);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[1].ends_with("3.0 s"), "{table}");
        assert!(lines[2].ends_with("x/crash-1"), "{table}");
        assert!(lines[3].ends_with("see its log"), "{table}");
    }
}
