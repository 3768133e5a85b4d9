//! pkg/package.json, from what Cargo.toml says of the crate.

use crate::setup::lock_file::value_of;

/// What the package must hold besides package.json itself.
pub(crate) const FILES: &[&str] = &[
    "cablink.js",
    "cablink.d.ts",
    "cablink_bg.wasm",
    "cablink_lists.js",
    "cablink_lists_bg.wasm",
    "worker.js",
    "worker.d.ts",
    "README.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
];

/// The elements, and what describes them to editors: they are named where they are there.
const ELEMENTS: &str = "elements.js";
const ELEMENTS_TYPES: &str = "elements.d.ts";
const CUSTOM_ELEMENTS: &str = "custom-elements.json";

/// How the files of the lists begin, a module that is loaded on first use.
pub(crate) const LISTS: &str = "cablink_lists";

/// The text of package.json for a folder that has these files.
pub(crate) fn package_json(cargo_toml: &str, has: impl Fn(&str) -> bool) -> Result<String, String> {
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
    let exports = exports(&has);
    // What has an effect by being loaded. The rest is left out where nothing of it is used.
    let effects: Vec<&str> = [ELEMENTS, "worker.js"]
        .into_iter()
        .filter(|file| has(file))
        .collect();
    let optional = [ELEMENTS, ELEMENTS_TYPES, CUSTOM_ELEMENTS];
    let files = FILES
        .iter()
        .copied()
        .chain(optional.into_iter().filter(|file| has(file)));
    fields.extend([
        ("type", quoted("module")),
        // For what does not read "exports".
        ("main", quoted("./cablink.js")),
        ("types", quoted("./cablink.d.ts")),
        ("exports", exports),
        (
            "sideEffects",
            list(effects.into_iter().map(|file| format!("./{file}"))),
        ),
        ("files", list(files.map(str::to_owned))),
    ]);
    if has(CUSTOM_ELEMENTS) {
        fields.push(("customElements", quoted(CUSTOM_ELEMENTS)));
    }
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
fn exports(has: &impl Fn(&str) -> bool) -> String {
    let module = |types: &str, script: &str| {
        let default = ("default", quoted(&format!("./{script}")));
        if has(types) {
            object(&[("types", quoted(&format!("./{types}"))), default], 2)
        } else {
            object(&[default], 2)
        }
    };
    let mut entries = vec![(".".to_owned(), module("cablink.d.ts", "cablink.js"))];
    if has(ELEMENTS) {
        entries.push((format!("./{ELEMENTS}"), module(ELEMENTS_TYPES, ELEMENTS)));
    }
    entries.push(("./worker.js".to_owned(), module("worker.d.ts", "worker.js")));
    for file in [CUSTOM_ELEMENTS, "package.json"] {
        if has(file) || file == "package.json" {
            entries.push((format!("./{file}"), quoted(&format!("./{file}"))));
        }
    }
    let entries: Vec<(&str, String)> = entries
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    object(&entries, 1)
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

    /// A folder with all files of the package and these.
    fn with(others: &'static [&str]) -> impl Fn(&str) -> bool {
        move |file| FILES.contains(&file) || others.contains(&file)
    }

    #[test]
    fn takes_version_and_licence_from_the_package_section_alone() {
        let text = package_json(CARGO, with(&[])).expect("all keys are there");
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
        let text = package_json(&cargo, with(&[])).expect("all keys are there");
        assert!(
            text.contains("\"url\": \"git+https://git.example/cablink\""),
            "{text}"
        );
    }

    #[test]
    fn types_stand_first_in_every_branch_of_exports() {
        let text = package_json(CARGO, with(&[ELEMENTS, ELEMENTS_TYPES, CUSTOM_ELEMENTS]))
            .expect("all keys are there");
        let exports = &text[text.find("\"exports\"").expect("an exports map")..];
        let branches: Vec<&str> = exports.split("{\n      ").skip(1).collect();
        assert_eq!(branches.len(), 3, "{exports}");
        for branch in branches {
            assert!(branch.starts_with("\"types\": "), "{branch}");
        }
    }

    #[test]
    fn the_elements_are_named_where_they_are_there() {
        let without = package_json(CARGO, with(&[])).expect("all keys are there");
        assert!(!without.contains("lements"), "{without}");
        assert!(
            without.contains("\"sideEffects\": [\"./worker.js\"]"),
            "{without}"
        );
        let with_them =
            package_json(CARGO, with(&[ELEMENTS, CUSTOM_ELEMENTS])).expect("all keys are there");
        assert!(
            with_them.contains("\"./elements.js\": {\n      \"default\""),
            "{with_them}"
        );
        assert!(
            with_them.contains("\"sideEffects\": [\"./elements.js\", \"./worker.js\"]"),
            "{with_them}"
        );
        for key in ["\"./custom-elements.json\": ", "\"customElements\": "] {
            assert!(with_them.contains(key), "{with_them}");
        }
    }

    #[test]
    fn licence_and_readme_go_with_it() {
        let text = package_json(CARGO, with(&[])).expect("all keys are there");
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
        let why = package_json("[package]\nversion = \"1.0.0\"\n", with(&[]))
            .expect_err("keys are missing");
        assert!(why.contains("description"), "{why}");
    }
}
