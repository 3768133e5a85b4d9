//! Whether what packaging has made of the modules is still wasm: by an engine that browsers have, since what this crate
//! reads wrongly it would also judge wrongly.

use std::path::Path;

use crate::process::ask;
use crate::toolchain;
use crate::workspace::Workspace;

const COMPILE: &str = include_str!("compiles.mjs");

/// Compiles each of these files.
///
/// # Errors
/// When one is no valid module; the engine says why.
pub(crate) fn check<'a>(
    workspace: &Workspace,
    files: impl IntoIterator<Item = &'a Path>,
) -> Result<(), String> {
    let mut node = toolchain::program(workspace, "node");
    node.args(["--input-type=module", "-e", COMPILE, "--"])
        .args(files);
    match ask(&mut node).ok_or("node could not compile the modules: see `node --version`")? {
        said if said.is_empty() => Ok(()),
        said => Err(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_module_that_no_browser_would_take_is_named_with_the_reason() {
        let workspace = Workspace::here();
        let folder = std::env::temp_dir().join(format!("cablink-compiles-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        // One function that gives a number, and one that gives none and should.
        let module = |body: &[u8]| {
            let mut wasm = b"\0asm\x01\0\0\0\x01\x05\x01\x60\0\x01\x7f\x03\x02\x01\0\x0a".to_vec();
            let length = u8::try_from(body.len()).expect("short");
            wasm.extend([length + 2, 1, length]);
            wasm.extend(body);
            wasm
        };
        let (good, bad) = (folder.join("good.wasm"), folder.join("bad.wasm"));
        fs::write(&good, module(&[0, 0x41, 7, 0x0b])).expect("a file");
        fs::write(&bad, module(&[0, 0x0b])).expect("a file");
        let said = [
            check(&workspace, [good.as_path()]),
            check(&workspace, [good.as_path(), bad.as_path()]),
            check(&workspace, [folder.join("none.wasm").as_path()]),
        ];
        let _ = fs::remove_dir_all(&folder);
        assert_eq!(said[0], Ok(()));
        let why = said[1].as_ref().expect_err("one is none");
        assert!(
            why.starts_with("bad.wasm: ") && !why.contains("good"),
            "{why}"
        );
        assert!(said[2].is_err());
    }
}
