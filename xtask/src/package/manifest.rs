//! pkg/package.json, from what Cargo.toml says of the crate.

use crate::setup::lock_file::value_of;

/// What the package must hold besides package.json itself.
pub(crate) const FILES: &[&str] = &[
    "cablink.js",
    "cablink.d.ts",
    "cablink_bg.wasm",
    "cablink_bg.wasm.d.ts",
    "cablink_lists.js",
    "cablink_lists_bg.wasm",
    "cablink_doctor.js",
    "cablink_doctor_bg.wasm",
    "doctor.js",
    "doctor.d.ts",
    "worker.js",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// How the files of the module begin that every page loads.
pub(crate) const PAGE: &str = "cablink";

/// The text of package.json.
pub(crate) fn package_json(cargo_toml: &str) -> Result<String, String> {
    let value = |key: &str| {
        package_section(cargo_toml)
            .find_map(|line| value_of(line, key))
            .map(quoted)
            .ok_or_else(|| format!("Cargo.toml: [package] has no {key}"))
    };
    let (version, description, license) =
        (value("version")?, value("description")?, value("license")?);
    let files: Vec<String> = FILES.iter().map(|file| quoted(file)).collect();
    let files = files.join(", ");
    // "types" comes first, since resolvers take the first condition that fits.
    Ok(format!(
        r#"{{
  "name": "cablink",
  "version": {version},
  "description": {description},
  "license": {license},
  "type": "module",
  "main": "./cablink.js",
  "types": "./cablink.d.ts",
  "exports": {{
    ".": {{
      "types": "./cablink.d.ts",
      "default": "./cablink.js"
    }},
    "./doctor.js": {{
      "types": "./doctor.d.ts",
      "default": "./doctor.js"
    }},
    "./worker.js": "./worker.js",
    "./cablink_bg.wasm": "./cablink_bg.wasm",
    "./cablink_lists_bg.wasm": "./cablink_lists_bg.wasm",
    "./cablink_doctor_bg.wasm": "./cablink_doctor_bg.wasm",
    "./package.json": "./package.json"
  }},
  "sideEffects": ["./snippets/*"],
  "files": [{files}, "snippets"]
}}
"#
    ))
}

fn package_section(cargo_toml: &str) -> impl Iterator<Item = &str> {
    cargo_toml
        .lines()
        .skip_while(|line| line.trim() != "[package]")
        .skip(1)
        .take_while(|line| !line.trim_start().starts_with('['))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "\
[workspace]
version = \"9.9.9\"

[package]
name = \"cablink\"
version = \"0.3.1\" # a reason
description = \"Links to CABs\"
license = \"MIT OR Apache-2.0\"

[dependencies]
version = \"7.7.7\"
";

    #[test]
    fn takes_version_and_licence_from_the_package_section_alone() {
        let text = package_json(CARGO).expect("all keys are there");
        assert!(text.contains("\"version\": \"0.3.1\""), "{text}");
        assert!(
            text.contains("\"license\": \"MIT OR Apache-2.0\""),
            "{text}"
        );
        assert!(!text.contains("9.9.9") && !text.contains("7.7.7"), "{text}");
    }

    #[test]
    fn types_stand_before_the_module_in_exports() {
        let text = package_json(CARGO).expect("all keys are there");
        let exports = &text[text.find("\"exports\"").expect("an exports map")..];
        assert!(
            exports.find("\"types\"") < exports.find("\"default\""),
            "{text}"
        );
    }

    #[test]
    fn the_licence_goes_with_it() {
        let text = package_json(CARGO).expect("all keys are there");
        let files = &text[text.find("\"files\"").expect("a list of files")..];
        for name in ["\"LICENSE-APACHE\"", "\"LICENSE-MIT\"", "\"worker.js\""] {
            assert!(files.contains(name), "{text}");
        }
    }

    #[test]
    fn names_the_missing_key() {
        let why = package_json("[package]\nversion = \"1.0.0\"\n").expect_err("keys are missing");
        assert!(why.contains("description"), "{why}");
    }
}
