//! Leaves out what the wasm exports and the script does not ask for, so that optimising finds what is behind it unused.

use super::wasm::{self, EXPORT_SECTION, Reader, put_name, put_number};

/// Where the script has what is exported.
pub(super) const WASM: &str = "wasm";
/// The export that those outside know: what a module holds is measured by it.
pub(super) const MEMORY: &str = "memory";

/// The module with the exports that the script names.
///
/// # Errors
/// When the bytes are no wasm module.
pub(crate) fn only_used(wasm: &[u8], script: &str) -> Result<Vec<u8>, String> {
    rewrite(wasm, script).ok_or_else(|| "not a wasm module that can be read".to_owned())
}

fn rewrite(wasm: &[u8], script: &str) -> Option<Vec<u8>> {
    wasm::with_sections(wasm, |id, section| match id {
        EXPORT_SECTION => exports(section, script),
        _ => Some(section.to_vec()),
    })
}

fn exports(section: &[u8], script: &str) -> Option<Vec<u8>> {
    let mut input = Reader::new(section);
    let (mut kept, mut count) = (Vec::new(), 0);
    for _ in 0..input.number()? {
        let name = input.name()?;
        let kind = input.take(1)?[0];
        let number = input.number()?;
        if name == MEMORY || script.contains(&format!("{WASM}.{name}")) {
            put_name(&mut kept, name);
            kept.push(kind);
            put_number(&mut kept, number);
            count += 1;
        }
    }
    let mut output = Vec::new();
    put_number(&mut output, count);
    output.extend(kept);
    input.is_empty().then_some(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(names: &[&str]) -> Vec<u8> {
        let mut section = Vec::new();
        put_number(&mut section, names.len());
        for name in names {
            put_name(&mut section, name);
            section.push(0);
            put_number(&mut section, 200);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([1, 4, 1, 0x60, 0, 0, EXPORT_SECTION]);
        put_number(&mut wasm, section.len());
        wasm.extend(section);
        wasm
    }

    #[test]
    fn what_the_script_asks_for_stays_and_so_does_the_memory() {
        let wasm = module(&["free", "memory", "realloc"]);
        let kept = only_used(&wasm, "wasm.free(realloc);").expect("a module");
        assert_eq!(kept, module(&["free", "memory"]));
        assert_eq!(only_used(&wasm, "wasm.free; wasm.realloc"), Ok(wasm));
        assert!(only_used(b"", "").is_err());
    }
}
