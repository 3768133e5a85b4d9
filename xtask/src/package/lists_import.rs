//! Writes out the import of the lists, which cablink.js makes when a list is first asked for.

use std::fs;
use std::path::Path;

/// The call in wasm-bindgen's script, as src/browser/lists.rs names it.
const CALL: &str = "importCabLinkLists()";

/// Written so that bundlers see it, and relative to the module itself.
const IMPORT: &str = "import(\"./cablink_lists.js\")";

/// Puts the import in the place of the call.
pub(crate) fn write_out(script: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", script.display());
    let text = fs::read_to_string(script).map_err(said)?;
    fs::write(script, written_out(&text)?).map_err(said)
}

fn written_out(text: &str) -> Result<String, String> {
    match text.matches(CALL).count() {
        1 => Ok(text.replace(CALL, IMPORT)),
        count => Err(format!("the script has {CALL} {count} times, not once")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_becomes_an_import() {
        assert_eq!(
            written_out("const ret = importCabLinkLists();").as_deref(),
            Ok("const ret = import(\"./cablink_lists.js\");")
        );
    }

    #[test]
    fn a_script_without_the_call_or_with_two_is_refused() {
        assert!(written_out("importCabLinkLists").is_err());
        assert!(written_out(&CALL.repeat(2)).is_err());
    }
}
