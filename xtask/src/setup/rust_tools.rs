//! rustfmt and clippy: rustup's minimal profile and the systems' packages of Rust come without them.

use std::process::Command;

use crate::children::ENDED_WITH_OTHERS;
use crate::process::{Limits, ask, run};
use crate::run::{Done, Job};
use crate::setup::debian;
use crate::toolchain::{self, ForWasm};
use crate::workspace::Workspace;

/// Something that cargo calls.
#[derive(Debug, PartialEq, Eq)]
struct Tool {
    /// What rustup calls it.
    component: &'static str,
    /// What cargo calls it.
    verb: &'static str,
    /// Debian's packages: beside `rustc`, and beside `rustc-web`.
    debian: &'static str,
    debian_web: &'static str,
}

const ALL: &[Tool] = &[
    Tool {
        component: "rustfmt",
        verb: "fmt",
        debian: "rustfmt",
        debian_web: "rustfmt-web",
    },
    Tool {
        component: "clippy",
        verb: "clippy",
        debian: "rust-clippy",
        debian_web: "rust-web-clippy",
    },
];

/// How what is missing is to be had.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Rustup(Vec<&'static str>),
    Packages(Vec<&'static str>),
    /// Packages that only root may install.
    AskForRoot(Vec<&'static str>),
    AskThePerson(Vec<&'static str>),
}

struct Facts {
    has_rustup: bool,
    is_debian: bool,
    /// The compiler comes from the package `rustc-web`.
    is_debian_web: bool,
    may_install: bool,
}

fn next(missing: &[&'static Tool], facts: &Facts) -> Next {
    let components = || missing.iter().map(|tool| tool.component).collect();
    let package = |tool: &&'static Tool| {
        if facts.is_debian_web {
            tool.debian_web
        } else {
            tool.debian
        }
    };
    let packages = || missing.iter().map(package).collect();
    if facts.has_rustup {
        Next::Rustup(components())
    } else if !facts.is_debian {
        Next::AskThePerson(components())
    } else if facts.may_install {
        Next::Packages(packages())
    } else {
        Next::AskForRoot(packages())
    }
}

/// Step `rust-tools`: those of the default Rust.
pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let missing = missing(workspace);
    if missing.is_empty() {
        return Ok(Done::There("rustfmt, clippy".to_owned()));
    }
    let facts = Facts {
        has_rustup: toolchain::has_rustup(),
        is_debian: debian::is_here(),
        is_debian_web: ask(Command::new("dpkg-query").args(["-S", "/usr/bin/rustc"]))
            .is_some_and(|owner| owner.starts_with("rustc-web")),
        may_install: debian::may_install(),
    };
    match next(&missing, &facts) {
        Next::Rustup(components) => add_by_rustup(workspace, job, &components)?,
        Next::Packages(packages) => {
            job.say(&format!("apt-get install {}", packages.join(" ")));
            debian::install(&packages, job)?;
        }
        Next::AskForRoot(packages) => {
            let command = debian::command_for(&packages);
            return Err(format!("the tests need tools of Rust's: {command}"));
        }
        Next::AskThePerson(components) => {
            let names = components.join(" and ");
            return Err(format!(
                "the tests need {names} of the same version as your rustc: your system's packages \
                 of that name, or a Rust by rustup (https://rustup.rs)"
            ));
        }
    }
    let still: Vec<&str> = self::missing(workspace)
        .iter()
        .map(|tool| tool.component)
        .collect();
    if still.is_empty() {
        Ok(Done::Did)
    } else {
        Err(format!("installed, but cargo has no {}", still.join(", ")))
    }
}

fn missing(workspace: &Workspace) -> Vec<&'static Tool> {
    let lacks =
        |tool: &&Tool| ask(toolchain::cargo(workspace).args([tool.verb, "--version"])).is_none();
    ALL.iter().filter(lacks).collect()
}

fn add_by_rustup(
    workspace: &Workspace,
    job: &Job<'_>,
    components: &[&'static str],
) -> Result<(), String> {
    let names = components.join(" ");
    job.say(&format!("rustup component add {names}"));
    let mut rustup = toolchain::program(workspace, "rustup");
    rustup.args(["component", "add"]).args(components);
    run(&mut rustup, &job.log, Limits::default()).map_err(|why| {
        if why == ENDED_WITH_OTHERS {
            why
        } else {
            format!("{why}.\nThe tests need {names}: `rustup component add {names}`")
        }
    })
}

/// Step `wasm-clippy`: rustup's clippy cannot read the standard library of another Rust.
pub(crate) fn ensure_for_wasm(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    const PACKAGE: &[&str] = &["rust-web-clippy"];
    if !lacks_debian_clippy(workspace) {
        return Ok(Done::There("clippy of the Rust for wasm".to_owned()));
    }
    if debian::may_install() {
        job.say(&format!("apt-get install {}", PACKAGE.join(" ")));
        debian::install(PACKAGE, job)?;
    }
    if lacks_debian_clippy(workspace) {
        let command = debian::command_for(PACKAGE);
        return Err(format!("clippy for Debian's Rust is missing: {command}"));
    }
    Ok(Done::Did)
}

fn lacks_debian_clippy(workspace: &Workspace) -> bool {
    ForWasm::find(workspace) != Some(ForWasm::Default)
        && debian::is_here()
        && ask(Command::new("/usr/bin/cargo-clippy").arg("--version")).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEBIAN: Facts = Facts {
        has_rustup: false,
        is_debian: true,
        is_debian_web: false,
        may_install: true,
    };

    #[test]
    fn rustup_adds_what_is_missing_wherever_it_is() {
        for is_debian in [true, false] {
            let facts = Facts {
                has_rustup: true,
                is_debian,
                ..DEBIAN
            };
            assert_eq!(next(&[&ALL[1]], &facts), Next::Rustup(vec!["clippy"]));
        }
    }

    #[test]
    fn debian_has_packages_that_go_with_its_compiler() {
        let both = [&ALL[0], &ALL[1]];
        assert_eq!(
            next(&both, &DEBIAN),
            Next::Packages(vec!["rustfmt", "rust-clippy"])
        );
        let person = Facts {
            is_debian_web: true,
            may_install: false,
            ..DEBIAN
        };
        assert_eq!(
            next(&both, &person),
            Next::AskForRoot(vec!["rustfmt-web", "rust-web-clippy"])
        );
    }

    #[test]
    fn elsewhere_the_person_is_told_what_is_missing() {
        let facts = Facts {
            is_debian: false,
            ..DEBIAN
        };
        assert_eq!(
            next(&[&ALL[0]], &facts),
            Next::AskThePerson(vec!["rustfmt"])
        );
    }
}
