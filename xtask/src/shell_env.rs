//! `cargo xtask env`: lines for the person's own shell.

use std::env;

use crate::toolchain::{self, DEBIAN, ForWasm};
use crate::workspace::Workspace;

pub(crate) fn print(workspace: &Workspace) -> Result<(), String> {
    let toolchain = ForWasm::find(workspace)
        .ok_or("nothing to print before set-up: run `cargo xtask setup` first")?;
    let own = toolchain::own_folders(workspace);
    let own = env::join_paths(&own).map_err(|error| error.to_string())?;
    let own = own.to_string_lossy();
    if cfg!(windows) {
        println!("# cargo xtask env | Out-String | Invoke-Expression");
        if !own.is_empty() {
            println!("$env:PATH = \"{own};$env:PATH\"");
        }
        if toolchain == ForWasm::Debian {
            println!("$env:RUSTUP_TOOLCHAIN = \"{DEBIAN}\"");
        }
    } else {
        println!("# eval \"$(cargo xtask env)\"");
        if !own.is_empty() {
            println!("export PATH=\"{own}:$PATH\"");
        }
        if toolchain == ForWasm::Debian {
            println!("export RUSTUP_TOOLCHAIN={DEBIAN}");
        }
    }
    Ok(())
}
