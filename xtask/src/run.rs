//! Runs steps side by side and says how each went.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::children;
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
    let mut echo = echo.map(Echo::new);
    let mut stopping = false;
    thread::scope(|scope| {
        loop {
            for index in graph::hopeless(&nodes, &states) {
                states[index] = State::Dropped;
            }
            let next = if stopping {
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
            // What we end ourselves because of a failure need not be explained.
            let outcome = report(screen, performed, !is_shown && !stopping);
            states[index] = outcome.state;
            if outcome.state == State::Failed && on_failure == OnFailure::Stop && !stopping {
                stopping = true;
                children::end_all();
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
    let result = (step.run)(workspace, &job);
    Performed {
        name,
        result,
        took: started.elapsed(),
        log: job.log,
    }
}

/// Says how the step went, on failure with the end of its log if asked to.
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
    if let Some(why) = &why {
        let excerpt = log.excerpt();
        if with_log && !excerpt.is_empty() {
            screen.line(&format!(
                "{excerpt}\n(the whole log: {})",
                log.path.display()
            ));
        }
        screen.event("FAILED", name, why);
    }
    let state = if why.is_none() {
        State::Done
    } else {
        State::Failed
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
    fn new(name: &str) -> Self {
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
