//! Shortens the names under which the wasm and its JavaScript know each other, in both alike.
//!
//! wasm-bindgen names each import, and some exports, for its function and mostly a hash of 16 digits, once in either file.
//! Hashes do not compress: they were a tenth of what a visitor loads.

use std::collections::BTreeMap;

use super::exports::{MEMORY, WASM, has_word};
use super::wasm::{self, EXPORT_SECTION, IMPORT_SECTION, Reader, put_name, put_number};

/// The script, as the wasm calls what it imports from.
const MODULE: &str = "_";

/// Long names and the short ones in their place.
type Names = BTreeMap<String, String>;

/// The module and its script with short names.
///
/// # Errors
/// When the bytes are no wasm module, or one that imports from several; when the script asks for an export otherwise than it did.
pub(crate) fn shorten(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String), String> {
    let (mut imported, mut exported) = (Names::new(), Names::new());
    let wasm =
        rewrite(wasm, &mut imported, &mut exported).ok_or("not a wasm module that can be read")?;
    // Asked for in another way only, it would be missed below, and missing in the browser.
    for name in exported.keys() {
        if has_word(script, name) && !has_word(script, &format!("{WASM}.{name}")) {
            return Err(format!("the script has another way to the export {name}"));
        }
    }
    let mut script = renamed(script, &imported, &exported);
    for (module, short) in imported.iter().filter(|(name, _)| name.starts_with('"')) {
        script = script.replace(module, short);
    }
    Ok((wasm, script))
}

/// The module with short names, which are noted.
fn rewrite(wasm: &[u8], imported: &mut Names, exported: &mut Names) -> Option<Vec<u8>> {
    wasm::with_sections(wasm, |id, section| match id {
        IMPORT_SECTION => imports(section, imported),
        EXPORT_SECTION => exports(section, exported),
        _ => Some(section.to_vec()),
    })
}

fn imports(section: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    let mut input = Reader::new(section);
    let count = input.number()?;
    let mut output = Vec::new();
    put_number(&mut output, count);
    for _ in 0..count {
        let module = input.name()?;
        put_name(&mut output, MODULE);
        // In quotes, as the script has it; all have to be of one.
        names.insert(format!("\"{module}\""), format!("\"{MODULE}\""));
        if names.keys().filter(|name| name.starts_with('"')).count() > 1 {
            return None;
        }
        let name = input.name()?;
        if is_inner(name) {
            // Beside the names of imports stands that of the script.
            let next = names.len() - 1;
            let short = names
                .entry(name.to_owned())
                .or_insert_with(|| short_name(next));
            put_name(&mut output, short);
        } else {
            put_name(&mut output, name);
        }
        let from = input.at();
        input.skip_type()?;
        output.extend_from_slice(&section[from..input.at()]);
    }
    input.is_empty().then_some(output)
}

fn exports(section: &[u8], names: &mut Names) -> Option<Vec<u8>> {
    let mut input = Reader::new(section);
    let count = input.number()?;
    let mut output = Vec::new();
    put_number(&mut output, count);
    for _ in 0..count {
        let name = input.name()?;
        if name == MEMORY {
            put_name(&mut output, name);
        } else {
            let short = short_name(names.len());
            put_name(&mut output, &short);
            names.insert(name.to_owned(), short);
        }
        // Its kind and number.
        output.extend_from_slice(input.take(1)?);
        put_number(&mut output, input.number()?);
    }
    input.is_empty().then_some(output)
}

/// Whether wasm-bindgen made the name up. Of the others, such as that of a function in the page, the script has it for itself.
fn is_inner(name: &str) -> bool {
    name.starts_with("__wbg_") || name.starts_with("__wbindgen_")
}

/// `a` to `z`, `aa` and so on: keys of an object, where reserved words are as good as others.
fn short_name(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(
            b'a' + u8::try_from(number % 26).unwrap_or_default(),
        ));
        if number < 26 {
            break;
        }
        number = number / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// The script with each whole identifier of an import replaced, and of an export where it is asked for.
fn renamed(script: &str, imported: &Names, exported: &Names) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut output = String::with_capacity(script.len());
    let mut rest = script;
    let mut word_before = "";
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        output.push_str(before);
        let names = if word_before == WASM && before == "." {
            exported
        } else {
            imported
        };
        output.push_str(names.get(word).map_or(word, String::as_str));
        word_before = word;
        rest = after;
    }
    output.push_str(rest);
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "__wbg_style_f499e599ac70277f";
    const FROM: &str = "./cablink_bg.js";
    const PLAIN: &str = "alert";

    /// A module with one type, these imports (each a function of that type, from `script`), and a custom section.
    fn module(script: &str, imports: &[&str]) -> Vec<u8> {
        let mut section = Vec::new();
        put_number(&mut section, imports.len());
        for name in imports {
            put_name(&mut section, script);
            put_name(&mut section, name);
            section.extend([0, 0]);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([1, 4, 1, 0x60, 0, 0]);
        wasm.push(IMPORT_SECTION);
        put_number(&mut wasm, section.len());
        wasm.extend(section);
        wasm.extend([0, 3, 2, b'h', b'i']);
        wasm
    }

    #[test]
    fn inner_names_become_letters_in_both_files_and_nothing_else_changes() {
        let script =
            format!("const i = {{ {LONG}(a) {{ }}, {PLAIN}: f, {LONG}_: 1 }}; // ö \"{FROM}\": i");
        let (wasm, script) = shorten(&module(FROM, &[PLAIN, LONG]), &script).expect("a module");
        assert_eq!(wasm, module(MODULE, &[PLAIN, "a"]));
        assert_eq!(
            script,
            format!("const i = {{ a(a) {{ }}, {PLAIN}: f, {LONG}_: 1 }}; // ö \"{MODULE}\": i")
        );
    }

    #[test]
    fn exports_become_letters_where_the_script_asks_the_wasm_for_them() {
        let with = |names: [&str; 3]| {
            let mut section = vec![3];
            for (kind, name) in [2, 0, 0].into_iter().zip(names) {
                put_name(&mut section, name);
                section.push(kind);
                put_number(&mut section, 200);
            }
            let mut wasm = b"\0asm\x01\0\0\0".to_vec();
            wasm.push(EXPORT_SECTION);
            put_number(&mut wasm, section.len());
            wasm.extend(section);
            wasm
        };
        let script =
            "export function token() { wasm.token(wasm.memory.buffer); mywasm.of_; wasm.of_ }";
        let (wasm, script) = shorten(&with(["memory", "token", "of_"]), script).expect("a module");
        assert_eq!(wasm, with(["memory", "a", "b"]));
        assert_eq!(
            script,
            "export function token() { wasm.a(wasm.memory.buffer); mywasm.of_; wasm.b }"
        );
    }

    #[test]
    fn long_sections_keep_their_lengths_right() {
        let names: Vec<String> = (0..200).map(|n| format!("__wbg_f{n}_{n:016x}")).collect();
        let long: Vec<&str> = names.iter().map(String::as_str).collect();
        let short: Vec<String> = (0..200).map(short_name).collect();
        let short: Vec<&str> = short.iter().map(String::as_str).collect();
        let (wasm, _) = shorten(&module(FROM, &long), "").expect("a module");
        assert_eq!(wasm, module(MODULE, &short));
    }

    #[test]
    fn short_names_are_all_different() {
        let mut all: Vec<String> = (0..2000).map(short_name).collect();
        assert_eq!(&all[25..28], ["z", "aa", "ab"]);
        assert_eq!(&all[701..703], ["zz", "aaa"]);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 2000);
    }

    #[test]
    fn what_is_no_module_or_ends_early_is_refused() {
        assert!(shorten(b"", "").is_err());
        assert!(shorten(b"\0asn\x01\0\0\0", "").is_err());
        let whole = module(FROM, &[LONG]);
        assert!(shorten(&whole[..whole.len() - 1], "").is_err());
    }
}
