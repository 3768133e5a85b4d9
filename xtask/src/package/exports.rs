//! Leaves out what the wasm exports and the script does not ask for, so that optimising finds what is behind it unused.

use super::wasm::{self, EXPORT_SECTION, Reader, put_name, put_number};

/// Where the script has what is exported.
pub(super) const WASM: &str = "wasm";
/// The export that those outside know: what a module holds is measured by it.
pub(super) const MEMORY: &str = "memory";

/// The module with the exports that the script names.
///
/// # Errors
/// When the bytes are no wasm module, the script names an export that there is not, or one that is left out in another way.
pub(crate) fn only_used(wasm: &[u8], script: &str) -> Result<Vec<u8>, String> {
    let asked = asked_for(script);
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    let shorter = wasm::with_sections(wasm, |id, section| match id {
        EXPORT_SECTION => exports(section, |name| {
            let stays = name == MEMORY || asked.contains(&name);
            let names = if stays { &mut kept } else { &mut left_out };
            names.push(name.to_owned());
            stays
        }),
        _ => Some(section.to_vec()),
    });
    let shorter = shorter.ok_or("not a wasm module that can be read")?;
    // Either would be `undefined`, and only in the browser, and only once it is called.
    if let Some(name) = asked
        .iter()
        .find(|name| !kept.iter().any(|one| one == *name))
    {
        return Err(format!(
            "the script asks for the export {name}, which there is not"
        ));
    }
    if let Some(name) = left_out.iter().find(|name| has_word(script, name)) {
        return Err(format!("the script has another way to the export {name}"));
    }
    Ok(shorter)
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Whether the name stands there, and not only as a part of another.
pub(super) fn has_word(script: &str, name: &str) -> bool {
    script.match_indices(name).any(|(at, _)| {
        let (before, after) = (&script[..at], &script[at + name.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

/// The names that the script asks the wasm for.
fn asked_for(script: &str) -> Vec<&str> {
    let object = format!("{WASM}.");
    let places = script.match_indices(&object);
    // After a dot it is the end of a file's name, as in a comment.
    let names = places.filter(|(at, _)| !script[..*at].ends_with(|c| is_part(c) || c == '.'));
    names
        .map(|(at, _)| {
            let rest = &script[at + object.len()..];
            &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())]
        })
        // The end of a sentence.
        .filter(|name| !name.is_empty())
        .collect()
}

fn exports(section: &[u8], mut stays: impl FnMut(&str) -> bool) -> Option<Vec<u8>> {
    let mut input = Reader::new(section);
    let (mut kept, mut count) = (Vec::new(), 0);
    for _ in 0..input.number()? {
        let name = input.name()?;
        let kind = input.take(1)?[0];
        let number = input.number()?;
        if stays(name) {
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
        let kept = only_used(&wasm, "wasm.free(wasm.memory); // The wasm.").expect("a module");
        assert_eq!(kept, module(&["free", "memory"]));
        assert_eq!(only_used(&wasm, "wasm.free; wasm.realloc"), Ok(wasm));
        assert!(only_used(b"", "").is_err());
    }

    #[test]
    fn a_name_within_another_is_not_that_name() {
        let wasm = module(&["free", "free2", "memory"]);
        let kept = only_used(&wasm, "wasm.free2(setfree) // cablink_bg.wasm.gz");
        assert_eq!(kept, Ok(module(&["free2", "memory"])));
    }

    #[test]
    fn what_would_be_missing_in_the_browser_is_an_error() {
        let wasm = module(&["free", "memory", "realloc"]);
        for script in [
            "wasm.freed()",
            "wasm.free(realloc)",
            "wasm.free(); wasm[\"realloc\"]()",
            "wasm.free(); mywasm.realloc()",
        ] {
            assert!(only_used(&wasm, script).is_err(), "{script}");
        }
    }
}
