//! The processes under way, so that none outlives us.
//!
//! Each child leads a process group of its own, since most of them (cargo, wasm-pack, the drivers)
//! start others: the group is ended, not only its leader. The price is that Ctrl-C in a terminal no
//! longer reaches the children by itself, so [`end_on_signals`] passes it on.

use std::io;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How a child wants to be ended.
pub(crate) enum Ending {
    /// By a signal: compilers, test runners.
    Signal,
    /// By closing its standard input, which it watches and which works on every system.
    Stdin(ChildStdin),
    /// Left to finish when another step fails, since half an installation of a system package is
    /// worse than the wait. A signal to us is passed on to it all the same.
    Finish,
}

struct Running {
    pid: u32,
    ending: Ending,
}

static RUNNING: Mutex<Vec<Running>> = Mutex::new(Vec::new());

/// Set once a signal told us to end.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Set once a step has failed and the verb with it.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Why a child was ended, or not even started: another step had failed. A step that gets this has
/// not failed by itself, so it neither tries another way nor reports anything.
pub(crate) const ENDED_WITH_OTHERS: &str = "ended with the others";

/// How long a child may take to end in its own way.
const GRACE: Duration = Duration::from_secs(6);

fn running() -> MutexGuard<'static, Vec<Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the command lead its own process group, where there is such a thing.
fn own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Starts the command as the leader of its own group, unless everything is being ended.
///
/// # Errors
/// [`ENDED_WITH_OTHERS`], or why it cannot start.
pub(crate) fn start(
    command: &mut Command,
    ending: impl FnOnce(&mut Child) -> Ending,
) -> Result<Child, String> {
    own_group(command);
    let started = {
        // Those who end the children set their mark first and then take this lock: a child is either
        // on the list by then, or never started.
        let mut running = running();
        if is_stopping() || ENDING.load(Ordering::SeqCst) {
            None
        } else {
            let started = command.spawn();
            Some(started.map(|mut child| {
                let pid = child.id();
                let ending = ending(&mut child);
                running.push(Running { pid, ending });
                child
            }))
        }
    };
    stay_if_ending();
    match started {
        None => Err(ENDED_WITH_OTHERS.to_owned()),
        Some(Ok(child)) => Ok(child),
        Some(Err(error)) => Err(error.to_string()),
    }
}

/// To be called once the child was waited for: its number may be another process's from then on.
///
/// Does not return once a signal told us to end. The child then failed by our own doing: that is no
/// failure to report, and no reason to start what comes next.
pub(crate) fn left(pid: u32) {
    running().retain(|entry| entry.pid != pid);
    stay_if_ending();
}

fn stay_if_ending() {
    while ENDING.load(Ordering::SeqCst) {
        thread::park();
    }
}

/// Whether a step has failed, so that nothing more is started.
pub(crate) fn is_stopping() -> bool {
    STOPPING.load(Ordering::SeqCst)
}

/// Ctrl-C, SIGTERM, SIGHUP: end the children, then ourselves.
pub(crate) fn end_on_signals() {
    let handled = ctrlc::set_handler(|| {
        ENDING.store(true, Ordering::SeqCst);
        end(true);
        std::process::exit(130);
    });
    if let Err(error) = handled {
        eprintln!("children may outlive a Ctrl-C: {error}");
    }
}

/// Ends the children because a step has failed, and lets no other start.
pub(crate) fn stop() {
    STOPPING.store(true, Ordering::SeqCst);
    end(false);
}

/// Ends the children when a verb is over.
pub(crate) fn end_all() {
    end(false);
}

fn end(by_signal: bool) {
    let mut asked = Vec::new();
    for entry in running().iter_mut() {
        let group = entry.pid;
        match std::mem::replace(&mut entry.ending, Ending::Finish) {
            Ending::Stdin(stdin) => {
                drop(stdin);
                asked.push(group);
            }
            Ending::Signal => {
                signal(group, "TERM");
                asked.push(group);
            }
            Ending::Finish if by_signal => signal(group, "INT"),
            Ending::Finish => {}
        }
    }
    let deadline = Instant::now() + GRACE;
    let still = |asked: &[u32]| running().iter().any(|entry| asked.contains(&entry.pid));
    while still(&asked) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
    for group in asked {
        // The leader may be gone while its group is not.
        signal(group, "KILL");
    }
}

/// Ends one child and what it started. It is asked first: what it started may lead a group of its
/// own, as browsers' drivers do, and only the child itself can end that.
pub(crate) fn end_one(child: &mut Child) -> io::Result<ExitStatus> {
    end_within(child, GRACE)
}

fn end_within(child: &mut Child, grace: Duration) -> io::Result<ExitStatus> {
    let group = child.id();
    signal(group, "TERM");
    let deadline = Instant::now() + grace;
    while child.try_wait()?.is_none() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(20));
    }
    signal(group, "KILL");
    child.wait()
}

fn signal(group: u32, name: &str) {
    // std can only kill a single process; the shell's own `kill` is everywhere, the program is not.
    let mut command = if cfg!(windows) {
        let mut taskkill = Command::new("taskkill");
        taskkill.args(["/T", "/F", "/PID", &group.to_string()]);
        taskkill
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("kill -s {name} -- -{group}")]);
        shell
    };
    // Fails when the group has ended meanwhile, which is what was wanted.
    let _ = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::os::unix::process::ExitStatusExt;

    /// A shell that runs the script and has come to where it says so.
    fn shell(script: &str) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(Stdio::piped());
        // The shell tells that its own children were ended.
        command.stderr(Stdio::null());
        let mut child = start(&mut command, |_| Ending::Signal).expect("there is a shell");
        let stdout = child.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the script speaks");
        assert_eq!(line, "ready\n");
        child
    }

    fn ended(mut child: Child, grace: Duration) -> ExitStatus {
        let status = end_within(&mut child, grace).expect("it can be waited for");
        left(child.id());
        status
    }

    #[test]
    fn a_child_that_took_too_long_may_end_what_it_started() {
        let child = shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.05; done");
        assert_eq!(ended(child, Duration::from_secs(60)).code(), Some(7));
    }

    #[test]
    fn a_child_that_does_not_listen_is_killed() {
        let child = shell("trap '' TERM; echo ready; while :; do sleep 0.05; done");
        assert_eq!(ended(child, Duration::from_millis(50)).signal(), Some(9));
    }
}
