//! The crates that Cargo.lock names, those for other systems included: `cargo metadata`, which wasm-pack asks, wants them
//! all, and the suites run without the network.

use crate::process::{Limits, ask, run};
use crate::run::{Done, Job};
use crate::toolchain;
use crate::workspace::Workspace;

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let fetch = |more: &[&str]| {
        let mut cargo = toolchain::cargo(workspace);
        cargo.args(["fetch", "--locked"]).args(more);
        cargo
    };
    if ask(&mut fetch(&["--offline"])).is_some() {
        return Ok(Done::There("all crates of Cargo.lock".to_owned()));
    }
    job.say("cargo fetch, for every system");
    run(&mut fetch(&[]), &job.log, Limits::default())?;
    Ok(Done::Did)
}
