//! The JavaScript and the types of wasm-bindgen, with our own way of loading in the place of its own.

/// Where its loading begins; it ends with the file.
const LOADING: &str = "\nlet wasmModule, wasmInstance, wasm;\n";
/// What our loading calls, in the part that stays.
const IMPORTS: &str = "function __wbg_get_imports(";
/// What our loading calls as theirs does, in the part that goes.
const START: &str = "__wbindgen_start";
/// Where the types of its loading begin; they end with the file, too.
const LOADING_TYPES: &str = "\nexport type InitInput = ";
/// The class that only a function of its own makes.
const CLASS: &str = "export class CabLink {\n";
/// The file that `src/init.js` names.
const WASM: &str = "\"cablink_bg.wasm\"";

/// The script with `init` in the place of wasm-bindgen's loading; `file` is the wasm beside it.
///
/// # Errors
/// When wasm-bindgen or `init` have changed, so that the places to change are not found.
pub(crate) fn with_loading(script: &str, init: &str, file: &str) -> Result<String, String> {
    let (kept, theirs) = script
        .split_once(LOADING)
        .ok_or("wasm-bindgen writes its loading otherwise than it did")?;
    let as_before = kept.contains(IMPORTS) && theirs.contains(START) && !theirs.contains(CLASS);
    if !as_before || !init.contains(WASM) {
        return Err("src/init.js or wasm-bindgen's order has changed".to_owned());
    }
    let init = init.replace(WASM, &format!("\"{file}\""));
    Ok(format!("{kept}\n{init}"))
}

/// The script in which `new CabLink()` says what to do instead, and not later calls what a null pointer is.
///
/// # Errors
/// When there is no such class.
pub(crate) fn without_constructor(script: &str) -> Result<String, String> {
    let told = format!("{CLASS}    constructor() {{ tooEarly(); }}\n");
    if script.matches(CLASS).count() != 1 {
        return Err("wasm-bindgen writes no class CabLink".to_owned());
    }
    Ok(script.replace(CLASS, &told))
}

/// What wasm-bindgen writes for browsers that cannot compile this wasm at all, since they have no `externref`, and what
/// stands there instead. All others have a registry of finalizers and `encodeInto`, and a memory that grows is another buffer.
const FALLBACKS: &[(&str, &str)] = &[
    (
        "(typeof FinalizationRegistry === 'undefined')\n    ? { register: () => {}, unregister: () => {} }\n    : ",
        "",
    ),
    (
        "if (!('encodeInto' in cachedTextEncoder)) {\n    cachedTextEncoder.encodeInto = function (arg, view) {\n        const buf = cachedTextEncoder.encode(arg);\n        view.set(buf);\n        return {\n            read: arg.length,\n            written: buf.length\n        };\n    };\n}\n",
        "",
    ),
    (
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
    ),
];

/// How it passes texts: letter by letter as long as they are ASCII, and the rest into memory that it first makes larger
/// and then smaller. What stands instead, and how that is called, is its own way for what cannot make memory larger.
const TEXTS: &[(&str, &str)] = &[
    (
        "(arg, malloc, realloc) {\n    if (realloc === undefined) {\n        const buf = cachedTextEncoder.encode(arg);\n        const ptr = malloc(buf.length, 1) >>> 0;\n        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);\n        WASM_VECTOR_LEN = buf.length;\n        return ptr;\n    }\n\n    let len = arg.length;\n    let ptr = malloc(len, 1) >>> 0;\n\n    const mem = getUint8ArrayMemory0();\n\n    let offset = 0;\n\n    for (; offset < len; offset++) {\n        const code = arg.charCodeAt(offset);\n        if (code > 0x7F) break;\n        mem[ptr + offset] = code;\n    }\n    if (offset !== len) {\n        if (offset !== 0) {\n            arg = arg.slice(offset);\n        }\n        ptr = realloc(ptr, len, len = offset + arg.length * 3, 1) >>> 0;\n        const view = getUint8ArrayMemory0().subarray(ptr + offset, ptr + len);\n        const ret = cachedTextEncoder.encodeInto(arg, view);\n\n        offset += ret.written;\n        ptr = realloc(ptr, len, offset, 1) >>> 0;\n    }\n\n    WASM_VECTOR_LEN = offset;\n    return ptr;\n}",
        "(arg) {\n    const buf = cachedTextEncoder.encode(arg);\n    const ptr = wasm.__wbindgen_malloc(buf.length, 1) >>> 0;\n    getUint8ArrayMemory0().set(buf, ptr);\n    WASM_VECTOR_LEN = buf.length;\n    return ptr;\n}",
    ),
    (", wasm.__wbindgen_malloc, wasm.__wbindgen_realloc)", ")"),
];

/// The script without the fallbacks and with our way of passing texts.
///
/// # Errors
/// When wasm-bindgen writes one of them otherwise.
pub(crate) fn without_detours(script: &str) -> Result<String, String> {
    FALLBACKS
        .iter()
        .chain(TEXTS)
        .try_fold(script.to_owned(), |script, (theirs, ours)| {
            if script.contains(theirs) {
                Ok(script.replace(theirs, ours))
            } else {
                Err(format!(
                    "wasm-bindgen writes otherwise than it did: {theirs}"
                ))
            }
        })
}

/// A type that only a host's newest library of types knows; to all others its name would be an error.
const DISPOSE: &str = "    [Symbol.dispose](): void;\n";

/// The types with those of `init` in the place of wasm-bindgen's, which name every export of the wasm.
///
/// # Errors
/// When the place is not found.
pub(crate) fn with_loading_types(types: &str, init: &str) -> Result<String, String> {
    let (kept, _) = types
        .split_once(LOADING_TYPES)
        .ok_or("wasm-bindgen writes the types of its loading otherwise than it did")?;
    Ok(format!("{}\n{init}", kept.replace(DISPOSE, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "export class CabLink {\n    free() {}\n}\nfunction __wbg_get_imports() {}\nlet WASM_VECTOR_LEN = 0;\n\n\
                          let wasmModule, wasmInstance, wasm;\nfunction initSync() { wasm.__wbindgen_start(); }\n\
                          export { initSync };\n";

    #[test]
    fn our_loading_takes_the_place_of_theirs_and_names_the_module_s_own_file() {
        let init = "let wasm;\nnew URL(\"cablink_bg.wasm\", import.meta.url);\n";
        let script = with_loading(SCRIPT, init, "x_bg.wasm").expect("the mark is there");
        assert!(
            script.contains("let WASM_VECTOR_LEN = 0;\n\nlet wasm;\nnew URL(\"x_bg.wasm\", "),
            "{script}"
        );
        assert!(!script.contains("initSync"), "{script}");
        assert!(with_loading("let wasm;\n", init, "x").is_err());
        assert!(with_loading(SCRIPT, "", "x").is_err());
        for part in [IMPORTS, START] {
            let other = SCRIPT.replace(part, "renamed(");
            assert!(with_loading(&other, init, "x").is_err(), "{part}");
        }
    }

    #[test]
    fn the_class_has_a_constructor_that_tells() {
        let script = without_constructor(SCRIPT).expect("the class is there");
        assert!(
            script.starts_with("export class CabLink {\n    constructor() { tooEarly(); }\n"),
            "{script}"
        );
        assert!(without_constructor("").is_err());
    }

    #[test]
    fn what_no_browser_needs_is_not_there() {
        let all = FALLBACKS.iter().chain(TEXTS);
        let all: String = all.map(|(theirs, _)| *theirs).collect();
        let script = format!("const CLASS = {all}new FinalizationRegistry(drop);");
        let script = without_detours(&script).expect("all are there");
        let shorter = "const CLASS = cachedDataViewMemory0?.buffer !== wasm.memory.buffer(arg) {\n";
        assert!(script.starts_with(shorter), "{script}");
        assert!(
            script.ends_with("})new FinalizationRegistry(drop);"),
            "{script}"
        );
        let (first, _) = FALLBACKS[0];
        assert!(without_detours(&all.replace(first, "")).is_err());
    }

    #[test]
    fn no_type_names_an_export_of_the_wasm() {
        let types =
            "export class CabLink {}\n\nexport type InitInput = 1;\nreadonly __wbg_free: 1;\n";
        assert_eq!(
            with_loading_types(types, "export default function init(): void;\n").as_deref(),
            Ok("export class CabLink {}\n\nexport default function init(): void;\n")
        );
        assert!(with_loading_types("", "").is_err());
    }
}
