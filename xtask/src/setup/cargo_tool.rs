//! Installs programs from crates.io.

use std::path::PathBuf;

use crate::children::ENDED_WITH_OTHERS;
use crate::process::{Limits, run};
use crate::run::Job;
use crate::toolchain;
use crate::workspace::Workspace;

/// A program to be compiled on this machine.
pub(crate) struct CargoTool<'a> {
    pub(crate) package: &'a str,
    pub(crate) version: Option<&'a str>,
    /// Where its `bin` folder is to be, if not cargo's own.
    pub(crate) root: Option<PathBuf>,
    pub(crate) more: &'a [&'a str],
    pub(crate) work: Work,
}

/// What a tool does with its time.
pub(crate) enum Work {
    /// Computes for seconds: worth a little optimising, but not minutes of it.
    Computes,
    /// Starts other programs, or passes on what they say: worth none, which takes a third off its compile time.
    Passes,
}

const QUICK_PROFILE: &[(&str, &str)] = &[
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];

impl Work {
    const fn opt_level(&self) -> &'static str {
        match self {
            Self::Computes => "1",
            Self::Passes => "0",
        }
    }
}

impl CargoTool<'_> {
    pub(crate) fn install(&self, workspace: &Workspace, job: &Job<'_>) -> Result<(), String> {
        let locked = self.call(workspace, job, &["--locked"]);
        // A mirror of crates.io may lag behind the versions in the tool's own lock file.
        let why = match locked {
            Ok(()) => return Ok(()),
            Err(why) if why == ENDED_WITH_OTHERS => return Err(why),
            Err(why) => why,
        };
        job.log.write(&format!(
            "# {why}; once more with the newest versions there are"
        ));
        self.call(workspace, job, &[])
    }

    fn call(&self, workspace: &Workspace, job: &Job<'_>, more: &[&str]) -> Result<(), String> {
        let mut cargo = toolchain::cargo(workspace);
        // Outside of the repository, whose own cargo settings are none of the tool's.
        cargo
            .current_dir(&workspace.cargo_home)
            .arg("install")
            .args(more)
            .args(self.more);
        if let Some(root) = &self.root {
            cargo.arg("--root").arg(root);
        }
        match self.version {
            Some(version) => cargo.arg(format!("{}@{version}", self.package)),
            None => cargo.arg(self.package),
        };
        cargo
            .envs(QUICK_PROFILE.iter().copied())
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.work.opt_level())
            .env_remove("CARGO_TARGET_DIR");
        run(&mut cargo, &job.log, Limits::default())
    }
}
