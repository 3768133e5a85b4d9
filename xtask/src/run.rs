//! Runs steps side by side and says how each went.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::children::{self, ENDED_WITH_OTHERS};
use crate::graph::{self, Node, State};
use crate::log::Log;
use crate::screen::{Screen, spoken};
use crate::steps::{self, Step};
use crate::suites::counts::Counts;
use crate::workspace::Workspace;

/// How a step ended well.
pub(crate) enum Done {
    /// Nothing to do; says what was found.
    There(String),
    /// Did its work.
    Did,
    /// Left it, for want of something that is not ours to have; says what and why.
    Left(String),
    /// Ran tests.
    Tests(Counts),
}

/// What a step works with besides the workspace.
pub(crate) struct Job<'a> {
    pub(crate) log: Log,
    name: &'static str,
    screen: &'a Screen,
}

impl Job<'_> {
    /// Announces work, once it is clear that there is some.
    pub(crate) fn say(&self, text: &str) {
        self.log.write(&format!("# {text}"));
        self.screen.event("start", self.name, text);
    }

    /// Shows a result of more than one line.
    pub(crate) fn show(&self, text: &str) {
        self.screen.line(text);
    }
}

/// How a step ended.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) state: State,
    pub(crate) took: Duration,
    pub(crate) counts: Counts,
    /// Why it failed, or what it left.
    pub(crate) why: Option<String>,
}

/// What one failed step means for the others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnFailure {
    /// The verb has failed: end what runs, start nothing more.
    Stop,
    /// Only what needs it is left out: every suite gets its say.
    GoOn,
}

/// `cargo xtask setup`.
pub(crate) fn setup(workspace: &Workspace, wanted: &[&str]) -> Result<(), String> {
    all_done(workspace, wanted)
}

/// `cargo xtask build`.
pub(crate) fn build(workspace: &Workspace) -> Result<(), String> {
    all_done(workspace, &["build"])
}

/// Runs the wanted steps and all they need, and fails if one of them does.
pub(crate) fn all_done(workspace: &Workspace, wanted: &[&str]) -> Result<(), String> {
    let screen = Screen::new();
    let outcomes = execute(workspace, &screen, wanted, OnFailure::Stop, None);
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| outcome.state == State::Failed)
        .map(|outcome| outcome.name)
        .collect();
    if failed.is_empty() {
        screen.event("ready", "", &format!("in {}", spoken(screen.elapsed())));
        Ok(())
    } else {
        Err(format!("failed: {}", failed.join(", ")))
    }
}

/// Runs the wanted steps and all they need. `echo` names a step whose output is shown as it comes.
pub(crate) fn execute(
    workspace: &Workspace,
    screen: &Screen,
    wanted: &[&str],
    on_failure: OnFailure,
    echo: Option<&str>,
) -> Vec<Outcome> {
    let catalogue: Vec<Node> = steps::ALL.iter().map(|step| step.node).collect();
    let nodes = graph::closure(&catalogue, wanted);
    let mut states = vec![State::Waiting; nodes.len()];
    let mut outcomes: Vec<Option<Outcome>> = nodes.iter().map(|_| None).collect();
    let (sender, receiver) = mpsc::channel();
    let mut echo = echo.map(|name| Echo::new(workspace, name));
    thread::scope(|scope| {
        loop {
            for index in graph::hopeless(&nodes, &states) {
                states[index] = State::Dropped;
            }
            let next = if children::is_stopping() {
                Vec::new()
            } else {
                graph::startable(&nodes, &states)
            };
            for index in next {
                states[index] = State::Running;
                let step = steps::named(nodes[index].name);
                let sender = sender.clone();
                scope.spawn(move || {
                    let _ = sender.send((index, perform(workspace, screen, step)));
                });
            }
            if !states.contains(&State::Running) {
                break;
            }
            let news = receiver.recv_timeout(Duration::from_millis(250));
            if let Some(echo) = &mut echo {
                echo.pass_on(workspace, screen);
            }
            let Ok((index, performed)) = news else {
                if echo.is_none() {
                    show_running(workspace, screen, &nodes, &states);
                }
                continue;
            };
            let is_shown = echo
                .as_ref()
                .is_some_and(|echo| echo.name == performed.name);
            let outcome = report(screen, performed, !is_shown);
            states[index] = outcome.state;
            let stop = outcome.state == State::Failed && on_failure == OnFailure::Stop;
            if stop && !children::is_stopping() {
                children::stop();
            }
            outcomes[index] = Some(outcome);
        }
    });
    screen.end_status();
    let left_out = |index: usize| Outcome {
        name: nodes[index].name,
        state: State::Dropped,
        took: Duration::ZERO,
        counts: Counts::default(),
        why: Some("not run: something it needs failed".to_owned()),
    };
    outcomes
        .into_iter()
        .enumerate()
        .map(|(index, outcome)| outcome.unwrap_or_else(|| left_out(index)))
        .collect()
}

/// What came of a step, to be told on the main thread.
struct Performed {
    name: &'static str,
    result: Result<Done, String>,
    took: Duration,
    log: Log,
}

fn perform(workspace: &Workspace, screen: &Screen, step: &'static Step) -> Performed {
    let name = step.node.name;
    let job = Job {
        log: Log::new(steps::log_path(workspace, name)),
        name,
        screen,
    };
    let started = Instant::now();
    let result = guarded(|| (step.run)(workspace, &job));
    Performed {
        name,
        result,
        took: started.elapsed(),
        log: job.log,
    }
}

/// A step that panics has failed. Without this nobody would hear of its end, and the verb would wait
/// for it for ever.
fn guarded(run: impl FnOnce() -> Result<Done, String>) -> Result<Done, String> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().copied();
        let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        Err(format!("panicked: {}", said.unwrap_or("(no message)")))
    })
}

/// Says how the step went, on failure with the end of its log if asked to. What we ended ourselves,
/// because another step had failed, is not told.
fn report(screen: &Screen, performed: Performed, with_log: bool) -> Outcome {
    let Performed {
        name,
        result,
        took,
        log,
    } = performed;
    let mut counts = Counts::default();
    let mut left = None;
    let why = match result {
        Ok(Done::There(what)) => {
            screen.event("there", name, &what);
            None
        }
        Ok(Done::Did) => {
            screen.event("done", name, &format!("in {}", spoken(took)));
            None
        }
        Ok(Done::Left(what)) => {
            screen.event("left", name, &what);
            left = Some(what);
            None
        }
        Ok(Done::Tests(ran)) => {
            counts = ran;
            let why = counts.failure();
            if why.is_none() {
                screen.event("done", name, &format!("{counts} in {}", spoken(took)));
            }
            why
        }
        Err(why) => Some(why),
    };
    let was_ended = why.as_deref() == Some(ENDED_WITH_OTHERS);
    if let Some(why) = why.as_ref().filter(|_| !was_ended) {
        let excerpt = log.excerpt();
        if with_log && !excerpt.is_empty() {
            screen.line(&format!(
                "{excerpt}\n(the whole log: {})",
                log.path.display()
            ));
        }
        screen.event("FAILED", name, why);
    }
    let state = match why {
        None => State::Done,
        Some(_) if was_ended => State::Dropped,
        Some(_) => State::Failed,
    };
    Outcome {
        name,
        state,
        took,
        counts,
        why: why.or(left),
    }
}

fn show_running(workspace: &Workspace, screen: &Screen, nodes: &[Node], states: &[State]) {
    let running: Vec<(&str, String)> = nodes
        .iter()
        .zip(states)
        .filter(|(_, state)| **state == State::Running)
        .map(|(node, _)| (node.name, last_line(workspace, node.name)))
        .collect();
    screen.running(&running);
}

fn last_line(workspace: &Workspace, name: &str) -> String {
    let mut file = match File::open(steps::log_path(workspace, name)) {
        Ok(file) => file,
        Err(_) => return String::new(),
    };
    // The end of the log is enough: some logs are long, and this is read four times a second.
    let _ = file.seek(SeekFrom::End(-400));
    let mut bytes = Vec::new();
    let _ = file.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    text.lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("")
        .to_owned()
}

/// Passes a growing log on to the screen.
struct Echo {
    name: String,
    offset: u64,
}

impl Echo {
    fn new(workspace: &Workspace, name: &str) -> Self {
        // What an earlier run wrote is not to be passed on while this one sets up.
        let _ = fs::remove_file(steps::log_path(workspace, name));
        Self {
            name: name.to_owned(),
            offset: 0,
        }
    }

    fn pass_on(&mut self, workspace: &Workspace, screen: &Screen) {
        let Ok(mut file) = File::open(steps::log_path(workspace, &self.name)) else {
            return;
        };
        let mut bytes = Vec::new();
        if file.seek(SeekFrom::Start(self.offset)).is_ok() && file.read_to_end(&mut bytes).is_ok() {
            self.offset += bytes.len() as u64;
            if !bytes.is_empty() {
                screen.raw(&bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(result: Result<Done, String>) -> Outcome {
        let path = std::env::temp_dir().join(format!("cablink-run-{}.log", std::process::id()));
        let performed = Performed {
            name: "step",
            result,
            took: Duration::ZERO,
            log: Log::new(path),
        };
        report(&Screen::new(), performed, true)
    }

    #[test]
    fn what_was_ended_with_the_others_has_not_failed() {
        assert!(told(Err("broken".to_owned())).state == State::Failed);
        assert!(told(Err(ENDED_WITH_OTHERS.to_owned())).state == State::Dropped);
        assert!(told(Ok(Done::Did)).state == State::Done);
    }

    #[test]
    fn tests_that_failed_or_never_ran_are_a_failed_step() {
        assert!(told(Ok(Done::Tests(Counts::one_check()))).state == State::Done);
        assert!(told(Ok(Done::Tests(Counts::default()))).state == State::Failed);
    }

    #[test]
    fn a_panic_is_a_failure_with_its_message() {
        let why = |result: Result<Done, String>| result.err().unwrap_or_default();
        let plain = guarded(|| panic!("no such step"));
        assert_eq!(why(plain), "panicked: no such step");
        let formatted = guarded(|| panic!("step {}", 7));
        assert_eq!(why(formatted), "panicked: step 7");
        assert!(guarded(|| Ok(Done::Did)).is_ok());
    }
}
