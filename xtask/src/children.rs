//! The processes under way, so that none outlives us.
//!
//! Each child leads a process group of its own, since most of them (cargo, wasm-pack, the drivers)
//! start others: the group is ended, not only its leader. The price is that Ctrl-C in a terminal no
//! longer reaches the children by itself, so [`end_on_signals`] passes it on.

use std::process::{Child, ChildStdin, Command, Stdio};
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

/// How long a child may take to end in its own way.
const GRACE: Duration = Duration::from_secs(6);

fn running() -> MutexGuard<'static, Vec<Running>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the command lead its own process group, where there is such a thing.
pub(crate) fn own_group(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

pub(crate) fn entered(child: &Child, ending: Ending) {
    let pid = child.id();
    running().push(Running { pid, ending });
}

/// To be called once the child was waited for: its number may be another process's from then on.
///
/// Does not return once a signal told us to end. The child then failed by our own doing: that is no
/// failure to report, and no reason to start what comes next.
pub(crate) fn left(pid: u32) {
    running().retain(|entry| entry.pid != pid);
    while ENDING.load(Ordering::SeqCst) {
        thread::park();
    }
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

/// Ends the children when a verb is over or a step has failed.
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

/// Ends one child and what it started, at once.
pub(crate) fn kill(pid: u32) {
    signal(pid, "KILL");
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
