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
        "    if (realloc === undefined) {\n        const buf = cachedTextEncoder.encode(arg);\n        const ptr = malloc(buf.length, 1) >>> 0;\n        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);\n        WASM_VECTOR_LEN = buf.length;\n        return ptr;\n    }\n",
        "",
    ),
    (
        "cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer.detached === true || (cachedDataViewMemory0.buffer.detached === undefined && cachedDataViewMemory0.buffer !== wasm.memory.buffer)",
        "cachedDataViewMemory0?.buffer !== wasm.memory.buffer",
    ),
];

/// The script without them.
///
/// # Errors
/// When wasm-bindgen writes one of them otherwise.
pub(crate) fn without_fallbacks(script: &str) -> Result<String, String> {
    FALLBACKS
        .iter()
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
    fn what_every_browser_has_is_not_made_again() {
        let all: String = FALLBACKS.iter().map(|(theirs, _)| *theirs).collect();
        let script = format!("const CLASS = {all}new FinalizationRegistry(drop);");
        let script = without_fallbacks(&script).expect("all are there");
        assert_eq!(
            script,
            "const CLASS = cachedDataViewMemory0?.buffer !== wasm.memory.buffernew FinalizationRegistry(drop);"
        );
        let (first, _) = FALLBACKS[0];
        assert!(without_fallbacks(&all.replace(first, "")).is_err());
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
