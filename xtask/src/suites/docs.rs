//! The documentation of the public face: for Rust, on this machine and for wasm, and for TypeScript.

use crate::package::member_arguments;
use crate::process::{Limits, run};
use crate::run::{Done, Job};
use crate::suites::counts::Counts;
use crate::toolchain::{self, WASM};
use crate::workspace::Workspace;

/// Made without one warning. It stays in target/ to be looked at: doc/ and typedoc/.
pub(crate) fn docs(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    job.say("cargo doc, native and wasm, and typedoc, warnings denied");
    let mut native = toolchain::cargo(workspace);
    native.args(["doc", "--no-deps"]).args(member_arguments());
    let mut wasm = toolchain::for_wasm(workspace, "cargo")?;
    wasm.args(["doc", "--no-deps", "--target", WASM])
        .args(member_arguments());
    for cargo in [&mut native, &mut wasm] {
        cargo.env("RUSTDOCFLAGS", "-D warnings");
    }
    let mut typedoc = toolchain::node_program(workspace, "typedoc")?;
    typedoc
        .args(["--options", "typedoc.json", "--out"])
        .arg(workspace.target.join("typedoc"));
    // These take the place of the one in typedoc.json.
    let types =
        ["cablink.d.ts", "elements.d.ts", "doctor.d.ts"].map(|file| workspace.pkg().join(file));
    for file in types.iter().filter(|file| file.exists()) {
        typedoc.arg("--entryPoints").arg(file);
    }
    let mut counts = Counts::default();
    for command in [&mut native, &mut wasm, &mut typedoc] {
        run(command, &job.log, Limits::default())?;
        counts.add(&Counts::one_check());
    }
    Ok(Done::Tests(counts))
}
