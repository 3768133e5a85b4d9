//! `cargo xtask test`: the suites, what they need, and the sum at the end.

pub(crate) mod counts;
pub(crate) mod docs;
pub(crate) mod node;
pub(crate) mod rust;

use crate::graph::State;
use crate::run::{self, OnFailure, Outcome};
use crate::screen::{Screen, spoken};
use crate::workspace::Workspace;
use counts::Counts;

/// In the order of the table.
pub(crate) const NAMES: &[&str] = &[
    "fmt", "clippy", "docs", "native", "build", "npm", "stack", "web", "e2e",
];

/// The suites of those names; all of them for no name.
pub(crate) fn named(words: &[&str]) -> Result<Vec<&'static str>, String> {
    if words.is_empty() {
        return Ok(NAMES.to_vec());
    }
    let find = |word: &&str| NAMES.iter().copied().find(|name| name == word);
    words
        .iter()
        .map(|word| find(word).ok_or_else(|| format!("no such suite: {word}")))
        .collect()
}

/// Runs the suites. One that fails does not keep the others from running.
pub(crate) fn test(workspace: &Workspace, wanted: &[&'static str]) -> Result<(), String> {
    let screen = Screen::new();
    // A single suite is what somebody works on: show what it says as it says it.
    let echo = (wanted.len() == 1).then(|| wanted[0]);
    let outcomes = run::execute(workspace, &screen, wanted, OnFailure::GoOn, echo);
    let sum = sum(&outcomes, wanted);
    println!("\n{}", table(&outcomes, wanted));
    println!("after {}", spoken(screen.elapsed()));
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed == 0 {
        Ok(())
    } else {
        Err(String::new())
    }
}

fn table(outcomes: &[Outcome], wanted: &[&str]) -> String {
    let mut lines = vec![format!(
        "{:<14}{:>7}{:>8}{:>13}",
        "suite", "passed", "failed", "time"
    )];
    for outcome in outcomes {
        let is_suite = wanted.contains(&outcome.name);
        if !is_suite && outcome.state != State::Failed {
            continue;
        }
        let counts = counted(outcome);
        let why = outcome
            .why
            .as_deref()
            .and_then(|why| why.lines().next())
            .unwrap_or_default();
        let line = format!(
            "{:<14}{:>7}{:>8}{:>13}  {why}",
            outcome.name,
            counts.passed,
            counts.failed,
            spoken(outcome.took)
        );
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

fn sum(outcomes: &[Outcome], wanted: &[&str]) -> Counts {
    let mut sum = Counts::default();
    for outcome in outcomes {
        if wanted.contains(&outcome.name) || outcome.state == State::Failed {
            sum.add(&counted(outcome));
        }
    }
    sum
}

/// A step that failed or never ran counts as one failure, however many tests it would have had.
fn counted(outcome: &Outcome) -> Counts {
    let mut counts = outcome.counts.clone();
    if outcome.state != State::Done && counts.failed == 0 {
        counts.failed = 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn outcome(name: &'static str, state: State, passed: u64, failed: u64) -> Outcome {
        let counts = Counts {
            passed,
            failed,
            ..Counts::default()
        };
        Outcome {
            name,
            state,
            took: Duration::from_secs(3),
            counts,
            why: None,
        }
    }

    #[test]
    fn no_name_means_every_suite_and_a_wrong_one_is_named() {
        assert_eq!(named(&[]).as_deref(), Ok(NAMES));
        assert_eq!(
            named(&["web", "e2e"]).as_deref(),
            Ok(["web", "e2e"].as_slice())
        );
        assert_eq!(
            named(&["web", "ever"]),
            Err("no such suite: ever".to_owned())
        );
    }

    #[test]
    fn what_never_ran_counts_as_failed() {
        let outcomes = [
            outcome("native", State::Done, 20, 0),
            outcome("compile", State::Failed, 0, 0),
            outcome("e2e", State::Dropped, 0, 0),
            outcome("package", State::Dropped, 0, 0),
        ];
        let sum = sum(&outcomes, &["native", "e2e"]);
        assert_eq!((sum.passed, sum.failed), (20, 2));
        let table = table(&outcomes, &["native", "e2e"]);
        assert!(
            table.contains("compile") && !table.contains("package"),
            "{table}"
        );
    }
}
