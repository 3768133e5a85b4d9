//! How many tests ran: read from what the test runners print, because a runner that finds no test
//! ends as well as one that passes them all.

use std::fmt;

/// Tests of one or more runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    /// What went wrong besides failed tests.
    pub(crate) trouble: Option<String>,
}

impl Counts {
    /// One check that passed, for suites that are no tests: formatting, lints, the build.
    pub(crate) fn one_check() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.trouble = self.trouble.take().or_else(|| other.trouble.clone());
    }

    /// Why this is no success, if it is none.
    pub(crate) fn failure(&self) -> Option<String> {
        if let Some(trouble) = &self.trouble {
            return Some(trouble.clone());
        }
        if self.failed > 0 {
            return Some(format!(
                "{} of {} failed",
                self.failed,
                self.passed + self.failed
            ));
        }
        if self.skipped > 0 {
            return Some(format!("{} skipped: no test may be", self.skipped));
        }
        (self.passed == 0).then(|| "no test ran".to_owned())
    }

    /// From `cargo test` and `wasm-pack test`: the `test result:` line of every test binary.
    pub(crate) fn from_cargo(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines() {
            let Some((_, fields)) = line.split_once("test result: ") else {
                continue;
            };
            // "ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s"
            let fields = fields.split_once(". ").map_or(fields, |(_, rest)| rest);
            for field in fields.split(';') {
                match number_and_word(field) {
                    Some((number, "passed")) => counts.passed += number,
                    Some((number, "failed")) => counts.failed += number,
                    Some((number, "ignored")) => counts.skipped += number,
                    _ => {}
                }
            }
        }
        counts
    }

    /// From `node --test`: the summary of every run, in the "spec" or the "tap" form.
    pub(crate) fn from_node(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines() {
            // "ℹ pass 12" or "# pass 12"
            let mut words = line.split_whitespace();
            let (Some("ℹ" | "#"), Some(word), Some(number), None) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match word {
                "pass" => counts.passed += number,
                "fail" | "cancelled" => counts.failed += number,
                "skipped" | "todo" => counts.skipped += number,
                _ => {}
            }
        }
        counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

fn number_and_word(field: &str) -> Option<(u64, &str)> {
    let (number, word) = field.trim().split_once(' ')?;
    Some((number.parse().ok()?, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
            trouble: None,
        }
    }

    #[test]
    fn adds_up_every_binary_of_cargo_test() {
        let output = "\
running 3 tests
test rules::id::tests::accepts ... ok
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
running 2 tests
test result: FAILED. 1 passed; 1 failed; 4 ignored; 0 measured; 0 filtered out; finished in 0.00s
   Doc-tests cablink
test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        assert_eq!(Counts::from_cargo(output), counts(4, 1, 4));
    }

    #[test]
    fn takes_the_browser_runner_whose_line_ends_earlier() {
        let output =
            "no tests to run!\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 filtered out\n";
        assert_eq!(Counts::from_cargo(output), counts(2, 0, 0));
    }

    #[test]
    fn adds_up_every_run_of_node_in_both_forms() {
        let spec =
            "ℹ tests 5\nℹ suites 1\nℹ pass 4\nℹ fail 0\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n";
        let tap = "# Subtest: pass 7\n# tests 3\n# pass 1\n# fail 1\n# cancelled 1\n# skipped 0\n";
        assert_eq!(Counts::from_node(spec), counts(4, 0, 1));
        assert_eq!(Counts::from_node(&format!("{spec}{tap}")), counts(5, 2, 1));
    }

    #[test]
    fn no_test_at_all_is_a_failure() {
        assert_eq!(
            Counts::from_cargo("no tests to run!").failure().as_deref(),
            Some("no test ran")
        );
        assert_eq!(
            Counts::from_node("").failure().as_deref(),
            Some("no test ran")
        );
        assert_eq!(counts(1, 0, 0).failure(), None);
        assert_eq!(counts(1, 2, 0).failure().as_deref(), Some("2 of 3 failed"));
    }

    #[test]
    fn a_skipped_test_is_a_failure() {
        assert_eq!(
            counts(3, 0, 1).failure().as_deref(),
            Some("1 skipped: no test may be")
        );
        assert_eq!(counts(3, 1, 1).failure().as_deref(), Some("1 of 4 failed"));
    }
}
