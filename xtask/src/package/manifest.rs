//! pkg/package.json, from what Cargo.toml says of the crate.

use crate::setup::lock_file::value_of;

/// What the package must hold besides package.json itself.
pub(crate) const FILES: &[&str] = &[
    "cablink.js",
    "cablink.d.ts",
    "cablink_bg.wasm",
    "cablink_lists.js",
    "cablink_lists_bg.wasm",
    "elements.js",
    "elements.d.ts",
    "cablink_elements.js",
    "cablink_elements_bg.wasm",
    "custom-elements.json",
    "cablink_doctor.js",
    "cablink_doctor_bg.wasm",
    "doctor.js",
    "doctor.d.ts",
    "worker.js",
    "worker.d.ts",
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// The elements, and what describes them to editors.
const ELEMENTS: &str = "elements.js";
const ELEMENTS_TYPES: &str = "elements.d.ts";
const CUSTOM_ELEMENTS: &str = "custom-elements.json";

/// How the files of the module begin that every page loads.
pub(crate) const PAGE: &str = "cablink";

/// The text of package.json.
pub(crate) fn package_json(cargo_toml: &str) -> Result<String, String> {
    let found = |key: &str| {
        package_section(cargo_toml)
            .find_map(|line| value_of(line, key))
            .map(quoted)
    };
    let value = |key: &str| found(key).ok_or_else(|| format!("Cargo.toml: [package] has no {key}"));
    let mut fields = vec![
        ("name", quoted("cablink")),
        ("version", value("version")?),
        ("description", value("description")?),
        (
            "keywords",
            keywords(cargo_toml).ok_or("Cargo.toml: [package] has no keywords")?,
        ),
        ("license", value("license")?),
    ];
    if let Some(url) = found("repository") {
        let url = url.trim_matches('"').to_owned();
        fields.push((
            "repository",
            object(
                &[
                    ("type", quoted("git")),
                    ("url", quoted(&format!("git+{url}"))),
                ],
                1,
            ),
        ));
    }
    // What has an effect by being loaded. The rest is left out where nothing of it is used.
    let effects = [ELEMENTS, "worker.js"];
    let files = FILES.iter().copied();
    fields.extend([
        ("type", quoted("module")),
        // For what does not read "exports".
        ("main", quoted("./cablink.js")),
        ("types", quoted("./cablink.d.ts")),
        ("exports", exports()),
        (
            "sideEffects",
            list(effects.into_iter().map(|file| format!("./{file}"))),
        ),
        ("files", list(files.map(str::to_owned))),
    ]);
    fields.push(("customElements", quoted(CUSTOM_ELEMENTS)));
    let publish = object(
        &[
            ("access", quoted("public")),
            ("provenance", "true".to_owned()),
        ],
        1,
    );
    fields.push(("publishConfig", publish));
    Ok(object(&fields, 0) + "\n")
}

/// What may be imported, or looked up by name. "types" comes first, since resolvers take the first condition that fits.
fn exports() -> String {
    let file = |name: &str| quoted(&format!("./{name}"));
    let module =
        |types: &str, script: &str| object(&[("types", file(types)), ("default", file(script))], 2);
    object(
        &[
            (".", module("cablink.d.ts", "cablink.js")),
            ("./elements.js", module(ELEMENTS_TYPES, ELEMENTS)),
            ("./doctor.js", module("doctor.d.ts", "doctor.js")),
            ("./worker.js", module("worker.d.ts", "worker.js")),
            ("./custom-elements.json", file(CUSTOM_ELEMENTS)),
            ("./package.json", file("package.json")),
        ],
        1,
    )
}

/// The list as it stands in Cargo.toml, which is JSON as well.
fn keywords(cargo_toml: &str) -> Option<String> {
    let line = package_section(cargo_toml).find(|line| line.starts_with("keywords"))?;
    let (_, value) = line.split_once('=')?;
    Some(value.trim().to_owned())
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.map(|item| quoted(&item)).collect();
    format!("[{}]", items.join(", "))
}

fn object(fields: &[(&str, String)], depth: usize) -> String {
    let indent = "  ".repeat(depth + 1);
    let fields: Vec<String> = fields
        .iter()
        .map(|(key, value)| format!("{indent}{}: {value}", quoted(key)))
        .collect();
    format!("{{\n{}\n{}}}", fields.join(",\n"), "  ".repeat(depth))
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
keywords = [\"wasm\", \"msal\"]

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
        assert!(
            text.contains("\"keywords\": [\"wasm\", \"msal\"]"),
            "{text}"
        );
        assert!(!text.contains("9.9.9") && !text.contains("7.7.7"), "{text}");
        assert!(
            !text.contains("repository"),
            "no address is invented: {text}"
        );
    }

    #[test]
    fn names_the_repository_that_cargo_toml_names() {
        let cargo = CARGO.replace(
            "license =",
            "repository = \"https://git.example/cablink\"\nlicense =",
        );
        let text = package_json(&cargo).expect("all keys are there");
        assert!(
            text.contains("\"url\": \"git+https://git.example/cablink\""),
            "{text}"
        );
    }

    #[test]
    fn types_stand_first_in_every_branch_of_exports() {
        let text = package_json(CARGO).expect("all keys are there");
        let exports = &text[text.find("\"exports\"").expect("an exports map")..];
        let branches: Vec<&str> = exports.split("{\n      ").skip(1).collect();
        assert_eq!(branches.len(), 4, "{exports}");
        for branch in branches {
            assert!(branch.starts_with("\"types\": "), "{branch}");
        }
    }

    #[test]
    fn licence_and_readme_go_with_it() {
        let text = package_json(CARGO).expect("all keys are there");
        let files = &text[text.find("\"files\"").expect("a list of files")..];
        for name in [
            "\"LICENSE-APACHE\"",
            "\"LICENSE-MIT\"",
            "\"README.md\"",
            "\"worker.js\"",
        ] {
            assert!(files.contains(name), "{text}");
        }
    }

    #[test]
    fn names_the_missing_key() {
        let why = package_json("[package]\nversion = \"1.0.0\"\n").expect_err("keys are missing");
        assert!(why.contains("description"), "{why}");
    }
}
