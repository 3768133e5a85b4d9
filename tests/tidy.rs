//! Checks of the repository itself: what stands in two places agrees, and layers stay layers.
#![cfg(not(target_family = "wasm"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cablink::rules::doctor;
use cablink::rules::flow::State;
use cablink::rules::id::Method;
use cablink::rules::list::method::{List, rules};
use cablink::rules::list::row::Kind;
use cablink::rules::list::{details, hits};
use cablink::rules::problem::Problem;
use cablink::rules::protocol::{HOLD_MS, PROTOCOL};
use cablink::rules::scope::FRAME;
use sha2::{Digest, Sha256};

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path));
    text.unwrap_or_else(|why| panic!("{path} cannot be read: {why}"))
        .replace("\r\n", "\n")
}

/// The files that are or would be committed, as paths with forward slashes.
fn files() -> Vec<String> {
    let mut git = Command::new("git");
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let output = git.current_dir(root()).output().expect("git runs");
    assert!(output.status.success(), "git ls-files: {}", output.status);
    let list = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let files: Vec<_> = list
        .split('\0')
        // Deleted, but still in the index.
        .filter(|path| !path.is_empty() && root().join(path).is_file())
        .map(ToOwned::to_owned)
        .collect();
    assert!(
        files.iter().any(|path| path == "tests/tidy.rs"),
        "{files:?}"
    );
    files
}

/// The lines of a Rust file that are no comments.
fn code(path: &str) -> String {
    let text = read(path);
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The lists, the elements and the doctor are at home in the browser as a whole; what they decide
/// stands in the rules.
#[test]
fn the_other_modules_use_what_the_crate_shares() {
    let all = files();
    for folder in ["lists/src/", "elements/src/", "doctor/src/"] {
        let is_theirs = |path: &&String| path.starts_with(folder) && path.ends_with(".rs");
        let theirs: Vec<_> = all.iter().filter(is_theirs).collect();
        assert!(theirs.len() > 5, "{folder}");
        for path in theirs {
            let code = code(path);
            for name in ["cablink::api", "serde"] {
                assert!(!code.contains(name), "{path} names {name}");
            }
        }
    }
}

fn rust_files_of_the_crate() -> Vec<String> {
    let is_ours = |path: &String| path.starts_with("src/") && path.ends_with(".rs");
    let files: Vec<_> = files().into_iter().filter(is_ours).collect();
    assert!(files.len() > 20, "{files:?}");
    files
}

/// What stands between two marks.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after)
        .unwrap_or_else(|| panic!("no {after} after {before}"))
        .0
}

#[test]
fn the_browser_is_touched_in_its_own_layer_only() {
    for path in rust_files_of_the_crate() {
        let may =
            path.starts_with("src/browser/") || path == "src/api.rs" || path == "src/error.rs";
        let code = code(&path);
        for name in ["web_sys", "js_sys", "wasm_bindgen", "gloo"] {
            assert!(may || !code.contains(name), "{path} names {name}");
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    for path in rust_files_of_the_crate() {
        let above: &[&str] = if path.starts_with("src/rules/") {
            &["crate::browser", "crate::api", "crate::error"]
        } else if path.starts_with("src/browser/") {
            &["crate::api"]
        } else {
            &[]
        };
        for module in above {
            assert!(!code(&path).contains(module), "{path} uses {module}");
        }
    }
}

/// What formats would trap: packaging takes formatting out of the page's module, where only panics need it.
#[test]
fn the_pages_module_formats_nothing() {
    for path in rust_files_of_the_crate() {
        let code = code(&path);
        // Tests come last in a file, or stand in files of their own.
        let code = code.split("#[cfg(all(test").next().unwrap_or_default();
        // Lists, panels and the doctor are in modules of their own.
        let of_others = ["src/rules/list/", "src/rules/panel/", "src/rules/doctor"];
        let is_apart =
            of_others.iter().any(|start| path.starts_with(start)) || path.contains("/tests");
        for name in [
            "format!",
            "write!",
            ".to_string()",
            "println!",
            "dbg!",
            "format_args!",
            ".fmt(",
            "write_fmt(",
            "writeln!",
        ] {
            assert!(is_apart || !code.contains(name), "{path} uses {name}");
        }
    }
}

/// A portal that signs people in already replaces that one file.
#[test]
fn only_the_host_file_uses_msal() {
    // Its bridge page is MSAL's by nature.
    let apart = ["www/host.js", "www/redirect.js"];
    let uses = [
        "globalThis.msal",
        "window.msal",
        "@azure/msal",
        "PublicClientApplication",
        "acquireToken",
        "ActiveAccount",
        "loginPopup",
        "loginRedirect",
        "logoutPopup",
        "logoutRedirect",
    ];
    let is_ours = |path: &String| path.starts_with("www/") && path.ends_with(".js");
    let scripts: Vec<_> = files().into_iter().filter(is_ours).collect();
    assert!(scripts.len() > 5, "{scripts:?}");
    for path in scripts {
        let code = code(&path);
        let used = uses.iter().find(|name| code.contains(*name));
        assert_eq!(
            used.is_some(),
            apart.contains(&path.as_str()),
            "{path}: {used:?}"
        );
    }
}

/// It is compiled before it can say a word.
#[test]
fn xtask_depends_on_next_to_nothing() {
    let manifest = read("xtask/Cargo.toml");
    let section = between(&manifest, "\n[dependencies]\n", "\n[");
    let names: Vec<_> = section
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["ctrlc"]);
    assert!(!manifest.contains("[build-dependencies]"));
}

fn worker() -> String {
    read("src/worker.js")
}

fn number_in_worker(name: &str) -> u32 {
    let text = worker();
    let value = between(&text, &format!("\nconst {name} = "), ";").to_owned();
    value
        .parse()
        .unwrap_or_else(|_| panic!("{name} is {value}"))
}

#[test]
fn page_and_worker_agree() {
    assert_eq!(number_in_worker("PROTOCOL"), PROTOCOL);
    assert_eq!(number_in_worker("HOLD_MS"), HOLD_MS);
    // The worker answers for the hidden frame under the name that the page gives it.
    assert!(worker().contains(&format!("/^({FRAME}|")));
}

/// Browsers stop a worker at will: whatever it kept outside a call would be lost, or worse, stay.
#[test]
fn the_worker_keeps_nothing() {
    for line in worker().lines() {
        for word in ["let ", "var ", "export ", "import "] {
            assert!(!line.starts_with(word), "{line}");
        }
    }
    let text = worker();
    let mut constants = 0;
    for declaration in text.split("\nconst ").skip(1) {
        let (name, value) = declaration.split_once('=').expect("a constant has a value");
        let plain = value
            .trim_start()
            .starts_with(|c: char| c.is_ascii_digit() || c == '"');
        assert!(plain, "{name} is neither a number nor a text");
        constants += 1;
    }
    assert!(constants >= 3);
    for store in [
        "caches.",
        "indexedDB",
        "self.registration.active",
        "globalThis.",
    ] {
        assert!(!text.contains(store), "{store}");
    }
}

#[test]
fn the_worker_names_the_hash_of_its_style() {
    let text = worker();
    let style = between(&text, "\nconst STYLE =\n  \"", "\";");
    assert!(
        !style.contains('\\'),
        "an escape would be hashed as it stands"
    );
    let hash = base64(&Sha256::digest(style));
    assert!(
        text.contains(&format!("style-src 'sha256-{hash}'")),
        "it is {hash}"
    );
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let group = group << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place > chunk.len() { '=' } else { digit });
        }
    }
    text
}

#[test]
fn base64_is_base64() {
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
    ] {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
}

fn codes() -> BTreeSet<String> {
    Problem::ALL
        .iter()
        .map(|problem| problem.code().to_owned())
        .collect()
}

#[test]
fn the_readme_has_every_error_code_and_no_other() {
    let readme = read("README.md");
    let header = |line: &&str| line.to_lowercase().starts_with("| code |");
    let rows = readme.lines().skip_while(|line| !header(line)).skip(2);
    let listed: Vec<_> = rows
        .map_while(|row| row.strip_prefix("| `")?.split_once('`'))
        .map(|(code, _)| code.to_owned())
        .collect();
    let unique: BTreeSet<_> = listed.iter().cloned().collect();
    assert_eq!(unique, codes(), "the table whose first column is `code`");
    assert_eq!(listed.len(), unique.len(), "one row each");
}

/// The table of docs/ARCHITECTURE.md that says how each code is provoked, as rows of cells.
fn provocations() -> Vec<Vec<String>> {
    let text = read("docs/ARCHITECTURE.md");
    let rows = between(&text, "\n| code | provoked by |", "\n\n");
    let cells = |row: &str| {
        let row = row.strip_prefix("| ").expect("a row begins with a bar");
        let row = row.strip_suffix(" |").expect("a row ends with a bar");
        row.split(" | ").map(ToOwned::to_owned).collect()
    };
    rows.lines().skip(2).map(cells).collect()
}

/// What stands from a test's name to the next test of the file, the name included.
fn end_to_end_test(file: &str, name: &str) -> String {
    let text = read(&format!("tests/e2e/{file}"));
    // In two engines, or with WebKit in three.
    const CALLS: [&str; 2] = ["test(", "testEverywhere("];
    let titles = ['"', '`'].map(|quote| format!("{quote}{name}{quote}, "));
    let titles = CALLS
        .iter()
        .flat_map(|call| titles.each_ref().map(|title| format!("{call}{title}")));
    let at = titles.into_iter().find_map(|title| text.find(&title));
    let at = at.unwrap_or_else(|| panic!("{file} has no test \"{name}\""));
    let rest = &text[at + "test(".len()..];
    let next = CALLS.map(|call| [format!("\n{call}"), format!("\n  {call}")]);
    let next = next.iter().flatten().filter_map(|call| rest.find(call));
    let end = next.min().unwrap_or(rest.len());
    rest[..end].to_owned()
}

fn has_word(text: &str, word: &str) -> bool {
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.split(|c| !of_word(c)).any(|each| each == word)
}

#[test]
fn every_code_is_provoked_in_a_browser_by_a_test_that_names_it() {
    let rows = provocations();
    let listed: Vec<_> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let expected: Vec<_> = Problem::ALL.iter().map(|problem| problem.code()).collect();
    assert_eq!(listed, expected, "one row each, in the order of the codes");
    for row in &rows {
        let [code, provoked_by, person_sees, test, cannot_tell] = row.as_slice() else {
            panic!("five cells: {row:?}");
        };
        for cell in [provoked_by, person_sees, cannot_tell] {
            assert!(cell.len() > 3, "{code}: {row:?}");
        }
        let code = code.trim_matches('`');
        let (file, name) = test
            .strip_prefix('`')
            .and_then(|test| test.split_once("`: "))
            .unwrap_or_else(|| panic!("{code}: `file.test.mjs`: the test's name, not {test}"));
        let body = end_to_end_test(file, name);
        assert!(has_word(&body, code), "\"{name}\" does not name {code}");
    }
}

/// The texts of a union type of texts.
fn union_of(declaration: &str) -> BTreeSet<String> {
    let types = read("src/api.d.ts");
    texts_of(between(
        &types,
        &format!("export type {declaration} ="),
        ";",
    ))
}

/// The texts of a union, each of which stands there once.
fn texts_of(body: &str) -> BTreeSet<String> {
    let texts: BTreeSet<_> = body
        .split('|')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| text.trim_matches('"').to_owned())
        .collect();
    assert_eq!(body.matches('"').count(), 2 * texts.len(), "each once");
    texts
}

#[test]
fn the_types_have_every_error_code_and_no_other() {
    assert_eq!(union_of("CabLinkErrorCode"), codes());
}

#[test]
fn the_types_have_every_state_and_no_other() {
    let states: BTreeSet<_> = State::ALL
        .iter()
        .map(|state| state.as_str().to_owned())
        .collect();
    assert_eq!(union_of("CabState"), states);
}

/// What docs/DEPLOY.md says of the doctor, and what the portal's own policy and the types say.
#[test]
fn the_deployment_notes_name_what_there_is() {
    let notes = read("docs/DEPLOY.md");
    let first_cells = |header: &str| -> Vec<String> {
        between(&notes, header, "\n\n")
            .lines()
            .skip(2)
            .map(|row| {
                row.trim_start_matches("| ")
                    .split(" | ")
                    .next()
                    .unwrap_or_default()
            })
            .map(|cell| cell.trim_matches('`').to_owned())
            .collect()
    };
    // Every check of the doctor has its row, in the order of the report.
    assert_eq!(first_cells("\n| check |"), doctor::NAMES);
    let types = read("src/doctor.d.ts");
    let declared = texts_of(between(&types, "export type DoctorCheckName =", ";"));
    let names: BTreeSet<_> = doctor::NAMES.iter().map(ToString::to_string).collect();
    assert_eq!(declared, names);
    // The example portal's policy, under which the tests run, has each directive of the sheet with these sources.
    let policy = read("tests/stack/portal/policy.mjs");
    let sheet = between(&notes, "\n| directive |", "\n\n");
    let rows: Vec<_> = sheet.lines().skip(2).collect();
    assert!(rows.len() >= 5, "{rows:?}");
    for row in rows {
        let cells: Vec<_> = row.split('`').collect();
        let [_, directive, _, sources, ..] = cells.as_slice() else {
            panic!("a directive and its sources: {row}");
        };
        assert!(policy.contains(&format!("{directive} {sources}")), "{row}");
    }
    // Options that the notes name are options, and the headers of the recovery page are those that are tested.
    let options = read("src/api.d.ts");
    for option in [
        "getToken", "endpoint", "worker", "storage", "scopes", "handoff", "coep",
    ] {
        assert!(notes.contains(&format!("`{option}")), "{option}");
        assert!(options.contains(&format!("\n  {option}")), "{option}");
    }
    let portal = read("tests/stack/portal/portal.mjs");
    for header in [
        "frame-ancestors 'none'",
        "inline; filename=\"this-is-not-the-CAB.html\"",
    ] {
        assert!(
            notes.contains(header) && portal.contains(header),
            "{header}"
        );
    }
}

#[test]
fn the_types_have_the_fields_of_every_clause_and_no_other() {
    let types = read("src/lists.d.ts");
    let all = between(&types, "export interface ListFields {", "\n}");
    for method in Method::ALL {
        let family = between(all, &format!("\n  {}: {{", method.as_str()), "\n  };");
        for (list, name) in [(List::Hits, "hits"), (List::Details, "details")] {
            let clauses = between(family, &format!("\n    {name}: {{"), "\n    };");
            let rules = rules(method, list);
            for (clause, fields) in [
                ("filter", Some(rules.filter)),
                ("orderby", Some(rules.orderby)),
                ("groupby", rules.groupby),
            ] {
                let place = format!("{} of {name} of {}", clause, method.as_str());
                let mark = format!("\n      {clause}:");
                let Some(fields) = fields else {
                    assert!(!clauses.contains(&mark), "{place}");
                    continue;
                };
                let expected: BTreeSet<_> = fields.iter().map(ToString::to_string).collect();
                assert_eq!(texts_of(between(clauses, &mark, ";")), expected, "{place}");
            }
        }
    }
}

/// Every field of a row is declared, as the type that the decoder makes of it.
#[test]
fn the_types_have_every_field_of_a_row() {
    let types = read("src/lists.d.ts");
    for (name, kind) in hits::FIELDS.iter().chain(details::FIELDS) {
        let declared = match kind {
            Kind::Text => format!("\n  {name}?: Text;"),
            Kind::Count => format!("\n  {name}?: number | null;"),
        };
        assert!(types.contains(&declared), "{declared}");
    }
}

#[test]
fn the_changelog_begins_with_the_current_version() {
    let changelog = read("CHANGELOG.md");
    let mut headings = changelog
        .lines()
        .filter_map(|line| line.strip_prefix("## ["))
        .filter(|heading| !heading.starts_with("Unreleased]"));
    let newest = headings.next().expect("a version");
    assert!(newest.starts_with(&format!("{VERSION}]")), "{newest}");
}

/// The value of a key in a section of a manifest, as it stands there without the quotes.
fn manifest_value(manifest: &str, section: &str, key: &str) -> Option<String> {
    let text = format!("\n{manifest}\n[");
    let body = between(&text, &format!("\n[{section}]\n"), "\n[").to_owned();
    let mut values = body.lines().filter_map(|line| line.split_once('='));
    let (_, value) = values.find(|(name, _)| name.trim() == key)?;
    Some(value.split('#').next()?.trim().trim_matches('"').to_owned())
}

#[test]
fn the_packages_agree() {
    let manifest = read("Cargo.toml");
    let own = |key| manifest_value(&manifest, "package", key);
    assert_eq!(own("version").as_deref(), Some(VERSION));
    for key in ["edition", "rust-version", "license"] {
        let shared = manifest_value(&manifest, "workspace.package", key);
        assert!(shared.is_some() && own(key) == shared, "{key}");
    }
    let lock = read("Cargo.lock");
    for name in [
        "cablink",
        "cablink-lists",
        "cablink-elements",
        "cablink-doctor",
    ] {
        let mark = format!("\nname = \"{name}\"\nversion = \"");
        assert_eq!(between(&lock, &mark, "\""), VERSION, "{name}");
    }
    for member in [
        "elements/Cargo.toml",
        "lists/Cargo.toml",
        "doctor/Cargo.toml",
        "xtask/Cargo.toml",
        "tests/stack/cabs/Cargo.toml",
    ] {
        let text = read(member);
        for key in ["edition", "rust-version", "license"] {
            let inherited = manifest_value(&text, "package", &format!("{key}.workspace"));
            assert_eq!(inherited.as_deref(), Some("true"), "{key} in {member}");
        }
        // What is never published has no version that anybody could rely on.
        let publish = manifest_value(&text, "package", "publish");
        assert_eq!(publish.as_deref(), Some("false"), "{member}");
    }
    let node = read("package.json");
    assert!(node.contains("\"private\": true"));
}

/// The dependencies of a package.json, as name and version.
fn node_dependencies(manifest: &str) -> Vec<(String, String)> {
    let sections = ["dependencies", "devDependencies"];
    let bodies = sections.map(|name| manifest.split_once(&format!("\"{name}\": {{")));
    let lines = bodies
        .iter()
        .flatten()
        .flat_map(|(_, rest)| rest.split('}').next().unwrap_or_default().lines());
    lines
        .filter_map(|line| line.trim().trim_end_matches(',').split_once(": "))
        .map(|(name, version)| {
            let plain = |text: &str| text.trim_matches('"').to_owned();
            (plain(name), plain(version))
        })
        .collect()
}

/// They are built with what the repository has, so they name just that.
#[test]
fn the_examples_name_the_versions_that_they_are_tested_with() {
    let ours = node_dependencies(&read("package.json"));
    let is_manifest =
        |path: &String| path.starts_with("examples/") && path.ends_with("/package.json");
    let manifests: Vec<_> = files().into_iter().filter(is_manifest).collect();
    assert_eq!(manifests.len(), 3, "{manifests:?}");
    for path in manifests {
        let named = node_dependencies(&read(&path));
        assert!(named.len() >= 2, "{path}: {named:?}");
        for (name, version) in named {
            if name == "cablink" {
                assert_eq!(version, VERSION, "{path}");
            } else {
                let pair = (name, version);
                assert!(ours.contains(&pair), "{path} names {pair:?}");
            }
        }
    }
}

/// Else cargo compiles what they share anew for each, at every build.
#[test]
fn the_modules_beside_the_page_s_have_the_same_features() {
    let [lists, elements, doctor] = ["lists", "elements", "doctor"].map(|member| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["tree", "--locked", "--prefix", "none"])
            .args(["--target", "wasm32-unknown-unknown"])
            .args(["--edges", "normal,no-proc-macro", "--format", "{p} [{f}]"])
            .args(["--package", &format!("cablink-{member}")]);
        let output = cargo.current_dir(root()).output().expect("cargo runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo tree: {said}");
        let tree = String::from_utf8(output.stdout).expect("names are UTF-8");
        let line = |line: &str| line.trim_end_matches(" (*)").to_owned();
        tree.lines().skip(1).map(line).collect::<BTreeSet<_>>()
    });
    assert!(elements.iter().any(|line| line.starts_with("web-sys ")));
    assert_eq!(elements, doctor);
    // They have gloo-net in addition, and what it needs.
    let missing: Vec<_> = elements.difference(&lists).collect();
    assert!(missing.is_empty(), "of the lists: {missing:?}");
}

/// A version with a range would be another one tomorrow.
#[test]
fn npm_packages_are_pinned() {
    let named = node_dependencies(&read("package.json"));
    assert!(named.len() > 10, "{named:?}");
    for (name, version) in named {
        let is_exact = version.starts_with(|c: char| c.is_ascii_digit());
        assert!(is_exact, "{name} {version}");
    }
}

/// What stands in the documentation is what is tested: the examples, and nginx's configuration.
#[test]
fn the_package_s_readme_shows_the_examples_as_they_are() {
    let readme = read("docs/PACKAGE.md");
    for path in [
        "examples/vite-react/vite.config.js",
        "examples/webpack/webpack.config.js",
        "examples/plain/build.js",
    ] {
        assert!(readme.contains(read(path).trim_end()), "{path}");
    }
    let page = read("examples/plain/index.html");
    let map = between(&page, "<script type=\"importmap\">", "</script>");
    assert!(readme.contains(&format!("<script type=\"importmap\">{map}</script>")));
    let hash = base64(&Sha256::digest(map));
    assert!(
        readme.contains(&format!("'sha256-{hash}'")),
        "it is sha256-{hash}"
    );
}

/// What a portal's relay lets through is said twice.
#[test]
fn nginx_and_the_tests_relay_let_the_same_paths_through() {
    let ours = read("tests/stack/portal/relay.mjs");
    let families = "(?:ihvdriver|driver|hardware)";
    let methods = "(?:cabdownload|failurehits|failuredetails|cabdownloadbatch)";
    assert!(ours.contains(&format!("/^{families}\\/{methods}$/")));
    let nginx = read("docs/relay/nginx/relay.conf");
    assert!(nginx.contains(&format!("location ~ ^/devcenter/{families}/{methods}$ {{")));
}

/// Only what every clone shares may be named: no home directory, no registry.
#[test]
fn no_file_names_a_machine_or_a_registry() {
    // In halves, so that this file does not contain them.
    let forbidden = [
        ["/ro", "ot/"],
        ["/ho", "me/"],
        ["/Us", "ers/"],
        ["\\Us", "ers\\"],
        ["/wo", "rk/"],
        ["/tm", "p/"],
        ["regis", "try.npm"],
        ["regis", "try.yarn"],
        ["index.cra", "tes.io"],
        ["static.cra", "tes.io"],
        ["static.rust", "-lang.org/dist"],
        ["deb.deb", "ian.org"],
    ]
    .map(|halves| halves.concat());
    let mut found = Vec::new();
    for path in files() {
        let bytes = fs::read(root().join(&path)).expect("a listed file is there");
        let text = String::from_utf8_lossy(&bytes);
        for (number, line) in text.lines().enumerate() {
            for pattern in &forbidden {
                if line.contains(pattern.as_str()) {
                    found.push(format!("{path}:{}: {pattern}", number + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_file_is_named_after_nothing() {
    for path in files() {
        let stem = PathBuf::from(&path);
        let stem = stem
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let vague = [
            "util", "utils", "helper", "helpers", "common", "manager", "misc",
        ];
        assert!(!vague.contains(&stem.to_lowercase().as_str()), "{path}");
    }
}

/// A test that is left out is a test that nobody misses.
#[test]
fn no_test_is_left_out() {
    let rust = [["#[ign", "ore"]].map(|halves| halves.concat());
    let script = [
        ["test.sk", "ip("],
        ["it.sk", "ip("],
        ["describe.sk", "ip("],
        ["test.on", "ly("],
        ["it.on", "ly("],
        ["describe.on", "ly("],
        ["test.to", "do("],
        ["sk", "ip: true"],
        ["on", "ly: true"],
    ]
    .map(|halves| halves.concat());
    let mut looked_at = 0;
    for path in files() {
        let patterns: &[String] = match Path::new(&path).extension().and_then(|end| end.to_str()) {
            Some("rs") => &rust,
            Some("mjs" | "js") => &script,
            _ => continue,
        };
        let text = read(&path);
        for pattern in patterns {
            assert!(!text.contains(pattern.as_str()), "{path} has {pattern}");
        }
        looked_at += 1;
    }
    assert!(looked_at > 50);
}
