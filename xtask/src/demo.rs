//! `demo` and `stack`: the portal and its surroundings, in the foreground.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::children::{self, Ending};
use crate::run;
use crate::steps;
use crate::toolchain;
use crate::workspace::Workspace;

/// `cargo xtask demo`.
pub(crate) fn demo(workspace: &Workspace) -> Result<(), String> {
    let wanted: Vec<&str> = steps::FOR_DEMO.iter().copied().chain(["package"]).collect();
    run::all_done(workspace, &wanted)?;
    serve(workspace, &[], |address| {
        println!(
            "\nThe portal is at    {address}\nThe dashboard is at {address}dashboard.html\n\n  Open one, sign in by a click on a \
             name, click a link in the list: the CAB is in\n  your browser's downloads.\n\n  Ctrl-C ends all of it.\n"
        );
    })
}

/// What of the words behind `stack` is for tests/stack/main.mjs; that one says whether an origin is one.
pub(crate) fn stack_flags(words: &[&str]) -> Result<Vec<String>, String> {
    let mut flags = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        flags.push((*word).to_owned());
        match *word {
            "--any-ports" => {}
            "--page" => flags.push(
                words
                    .next()
                    .map(|origin| (*origin).to_owned())
                    .ok_or("--page needs an origin, such as http://localhost:5173")?,
            ),
            other => return Err(format!("stack knows no {other}")),
        }
    }
    Ok(flags)
}

/// `cargo xtask stack`.
pub(crate) fn stack(workspace: &Workspace, flags: &[String]) -> Result<(), String> {
    run::all_done(workspace, &["node-packages", "cabs"])?;
    if !workspace.pkg().join("cablink.js").exists() {
        println!(
            "There is no pkg/ yet, so the portal's own page stays empty: `cargo xtask build`."
        );
    }
    serve(workspace, flags, |address| {
        println!("\nThe surroundings run; the portal is at {address}. Ctrl-C ends all of it.\n");
    })
}

/// Starts the stack, calls `ready` with the portal's address, and stays until the stack ends.
fn serve(workspace: &Workspace, flags: &[String], ready: impl Fn(&str)) -> Result<(), String> {
    let mut command = stack_command(workspace);
    command.args(flags);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let by_stdin = |child: &mut Child| child.stdin.take().map_or(Ending::Signal, Ending::Stdin);
    let mut child = children::start(&mut command, by_stdin)
        .map_err(|why| format!("cannot start node: {why}"))?;
    let stdout = child.stdout.take().ok_or("node has no standard output")?;
    for line in BufReader::new(stdout).lines() {
        let line = line.map_err(|error| error.to_string())?;
        match line.strip_prefix("ready ") {
            Some(address) => ready(address),
            None => println!("{line}"),
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    children::left(child.id());
    if status.success() {
        Ok(())
    } else {
        Err(format!("the stack ended with {status}"))
    }
}

/// The stack ends with its standard input: so it ends with us, however we end.
fn stack_command(workspace: &Workspace) -> Command {
    let mut node = toolchain::program(workspace, "node");
    node.arg("tests/stack/main.mjs").arg("--until-stdin-closes");
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_and_free_ports_are_what_a_stack_may_be_given() {
        let flags = stack_flags(&["--page", "http://localhost:5173", "--any-ports"]);
        let expected = ["--page", "http://localhost:5173", "--any-ports"].map(str::to_owned);
        assert_eq!(flags, Ok(expected.to_vec()));
        assert_eq!(stack_flags(&[]), Ok(Vec::new()));
        assert!(stack_flags(&["--page"]).is_err_and(|why| why.contains("origin")));
        assert!(stack_flags(&["--loud"]).is_err_and(|why| why.contains("--loud")));
    }
}
