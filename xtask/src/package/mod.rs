//! `pkg/`: the npm package with the optimised wasm.

mod compiles;
mod exports;
mod glue;
mod locals;
mod manifest;
mod order;
mod panics;
mod short_names;
pub(crate) mod sizes;
mod wasm;

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::process::{Limits, run};
use crate::run::{Done, Job};
use crate::setup::wasm_bindgen;
use crate::suites::counts::Counts;
use crate::toolchain::{self, WASM};
use crate::workspace::{Workspace, home};

/// A wasm module of the package.
struct Module {
    /// The workspace's member.
    member: &'static str,
    /// The names of its files begin so.
    name: &'static str,
    /// Whether it formats otherwise than in a panic; `tests/tidy.rs` sees to it that the page's does not.
    formats: bool,
    /// Below the target folder. The lists depend on cablink without some of it, and cargo would put
    /// both kinds of it at one place.
    target: &'static str,
}

/// What every page loads, what it loads when it asks for a list, and when an element stands on it, and the doctor.
const MODULES: &[Module] = &[
    Module {
        member: "cablink",
        name: "cablink",
        formats: false,
        target: ".",
    },
    Module {
        member: "cablink-lists",
        name: "cablink_lists",
        formats: true,
        target: "lists",
    },
    Module {
        member: "cablink-elements",
        name: "cablink_elements",
        formats: true,
        // Of the same kind as the lists: what they depend on is compiled once.
        target: "lists",
    },
    Module {
        member: "cablink-doctor",
        name: "cablink_doctor",
        formats: true,
        target: "lists",
    },
];

/// What tells cargo that the members meant are those that ship as wasm.
pub(crate) fn member_arguments() -> impl Iterator<Item = &'static str> {
    MODULES
        .iter()
        .flat_map(|module| ["--package", module.member])
}

impl Module {
    fn target(&self, workspace: &Workspace) -> PathBuf {
        match self.target {
            "." => workspace.target.clone(),
            folder => workspace.target.join(folder),
        }
    }

    fn compiled(&self, workspace: &Workspace) -> PathBuf {
        let folder = self.target(workspace).join(WASM).join("release");
        folder.join(self.name).with_extension("wasm")
    }

    /// Where it lies in the package.
    fn packed(&self, package: &Path) -> PathBuf {
        package.join(format!("{}_bg.wasm", self.name))
    }
}

/// Files of the crate that ship: from, to.
const COPIED: &[(&str, &str)] = &[
    ("src/worker.js", "worker.js"),
    ("src/worker.d.ts", "worker.d.ts"),
    ("docs/PACKAGE.md", "README.md"),
    ("src/elements.js", ELEMENTS),
    ("src/elements.d.ts", "elements.d.ts"),
    ("src/doctor.js", "doctor.js"),
    ("src/doctor.d.ts", "doctor.d.ts"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
];

/// How a module is loaded, in script and types.
const INIT: &str = "src/init.js";
const INIT_TYPES: &str = "src/init.d.ts";
/// The classes of the custom elements.
const ELEMENTS: &str = "elements.js";

/// The import of the lists, for the end of cablink.js.
const LISTS_IMPORT: &str = "src/lists.js";

/// `-Oz`, and the wasm features that rustc turns on by itself: all in browsers since 2022 or before.
const WASM_OPT: &[&str] = &[
    "-Oz",
    "--converge",
    // A function with one caller stays one unless it is tiny: alike things then lie close to each
    // other, which gzip likes better than one function fewer. The number was found by trying.
    "--one-caller-inline-max-function-size=10",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    // It would leave out short runs of zeros, each for an address and a length, which compress worse than the zeros.
    "--skip-pass=memory-packing",
    // Rust keeps its stack there, and nothing at the very bottom of it.
    "--low-memory-unused",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// The way of packaging itself, so that a package is made anew when that changes. The measuring of sizes is no part of it.
const RECIPE: &[&str] = &[
    include_str!("exports.rs"),
    include_str!("glue.rs"),
    include_str!("locals.rs"),
    include_str!("manifest.rs"),
    include_str!("mod.rs"),
    include_str!("order.rs"),
    include_str!("panics.rs"),
    include_str!("short_names.rs"),
    include_str!("wasm.rs"),
];

/// The words after terser's input file. What is no module keeps its names at the top.
const TERSER: &[&str] = &[
    "--ecma",
    "2020",
    "--compress",
    "passes=3,unsafe_arrows",
    "--mangle",
    // What bundlers read stays.
    "--comments",
    "/webpackIgnore|@vite-ignore/",
];

/// Step `compile`: the modules as wasm, optimised for size by rustc.
pub(crate) fn compile(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    for module in MODULES {
        let mut cargo = toolchain::for_wasm(workspace, "cargo")?;
        // The cdylib alone: with the rlib beside it cargo leaves out fat LTO without a word.
        cargo
            .args(["rustc", "--package", module.member, "--lib"])
            .args(["--crate-type", "cdylib"])
            .args(["--release", "--target", WASM, "--target-dir"])
            .arg(module.target(workspace))
            .env("CARGO_ENCODED_RUSTFLAGS", flags_without_paths(workspace));
        job.say(&format!("{} for wasm, in the size profile", module.member));
        run(&mut cargo, &job.log, Limits::default())?;
    }
    Ok(Done::Did)
}

/// Step `package`: JavaScript, types, smaller wasm, worker and package.json.
pub(crate) fn package(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let made_from = fingerprint(workspace)?;
    let stamp = workspace.target.join("package.stamp");
    let pkg = workspace.pkg();
    let is_current = fs::read_to_string(&stamp).is_ok_and(|old| old == made_from)
        && manifest::FILES.iter().all(|file| pkg.join(file).exists());
    if is_current {
        return Ok(Done::There("pkg/ is up to date".to_owned()));
    }
    job.say("wasm-bindgen, wasm-opt, package.json");
    let _ = fs::remove_file(&stamp);
    let out = workspace.target.join("package");
    let _ = fs::remove_dir_all(&out);
    for module in MODULES {
        let mut bindgen = toolchain::program(workspace, "wasm-bindgen");
        bindgen.args(["--target", "web", "--out-name", module.name]);
        if module.name != manifest::PAGE {
            // The package's own types declare what these do; nobody else calls them.
            bindgen.arg("--no-typescript");
        }
        let silent = workspace.target.join(module.name).with_extension("wasm");
        silence_panics(&module.compiled(workspace), &silent, module.formats)?;
        bindgen.arg("--out-dir").arg(&out).arg(&silent);
        run(&mut bindgen, &job.log, Limits::default())?;
        let wasm = module.packed(&out);
        let script = out.join(module.name).with_extension("js");
        load_our_way(workspace, module, &script)?;
        // Before the wasm is optimised: what nobody calls any more goes.
        leave_out_exports(&wasm, &script)?;
        optimise(workspace, &wasm, job)?;
        shorten_names(&wasm, &script)?;
        minify(workspace, &script, &["--module"], job)?;
    }
    for (from, to) in COPIED {
        copy(&workspace.root.join(from), &out.join(to))?;
    }
    minify(workspace, &out.join("worker.js"), &["--toplevel"], job)?;
    describe_elements(workspace, &out, job)?;
    minify(workspace, &out.join(ELEMENTS), &["--module"], job)?;
    minify(workspace, &out.join("doctor.js"), &["--module"], job)?;
    let text = manifest::package_json(&workspace.read("Cargo.toml")?)?;
    fs::write(out.join("package.json"), text).map_err(|error| error.to_string())?;
    let modules: Vec<PathBuf> = MODULES.iter().map(|module| module.packed(&out)).collect();
    compiles::check(workspace, modules.iter().map(PathBuf::as_path))?;
    // Nothing of an older package may stay and be shipped.
    match fs::remove_dir_all(&pkg) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(format!("{}: {error}", pkg.display()));
        }
        _ => copy(&out, &pkg)?,
    }
    fs::write(&stamp, made_from).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(Done::Did)
}

/// Step `build`: what must be true of the finished package. A step of its own, so that a package
/// that has grown too big can still be looked at and tested.
pub(crate) fn check(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    for module in MODULES {
        let wasm = module.packed(&workspace.pkg());
        let bytes = fs::read(&wasm).map_err(|error| format!("{}: {error}", wasm.display()))?;
        for folder in private_folders(workspace) {
            let name = folder.to_string_lossy();
            if bytes
                .windows(name.len())
                .any(|window| window == name.as_bytes())
            {
                let wasm = wasm.display();
                return Err(format!("{wasm} contains a path of this machine: {name}"));
            }
        }
    }
    let sizes = sizes::of_package(workspace)?;
    job.show(&sizes.table);
    sizes.judged()?;
    Ok(Done::Tests(Counts::one_check()))
}

fn silence_panics(from: &Path, to: &Path, formats: bool) -> Result<(), String> {
    let said = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = fs::read(from).map_err(|error| said(from, error))?;
    fs::write(to, panics::silence(&bytes, formats)?).map_err(|error| said(to, error))
}

/// Puts our loading, and for the page's module the import of the lists, into what wasm-bindgen wrote, and takes out what
/// no browser needs.
fn load_our_way(workspace: &Workspace, module: &Module, script: &Path) -> Result<(), String> {
    let said = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| said(path, error));
    let write = |path: &Path, text| fs::write(path, text).map_err(|error| said(path, error));
    let wasm = format!("{}_bg.wasm", module.name);
    let mut text = glue::with_loading(&read(script)?, &workspace.read(INIT)?, &wasm)?;
    text = glue::without_detours(&text)?;
    if module.name == manifest::PAGE {
        text = glue::without_constructor(&text)?;
        text = [text, workspace.read(LISTS_IMPORT)?].join("\n");
        let types = script.with_extension("d.ts");
        let told = glue::with_loading_types(&read(&types)?, &workspace.read(INIT_TYPES)?)?;
        write(&types, told)?;
        // The exports of the wasm, which nobody calls but the script.
        let inner = script.with_file_name(format!("{wasm}.d.ts"));
        fs::remove_file(&inner).map_err(|error| said(&inner, error))?;
    }
    write(script, text)
}

fn leave_out_exports(wasm: &Path, script: &Path) -> Result<(), String> {
    let said = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = fs::read(wasm).map_err(|error| said(wasm, error))?;
    let text = fs::read_to_string(script).map_err(|error| said(script, error))?;
    fs::write(wasm, exports::only_used(&bytes, &text)?).map_err(|error| said(wasm, error))
}

fn shorten_names(wasm: &Path, script: &Path) -> Result<(), String> {
    let said = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = fs::read(wasm).map_err(|error| said(wasm, error))?;
    let text = fs::read_to_string(script).map_err(|error| said(script, error))?;
    let (bytes, text) = short_names::shorten(&bytes, &text)?;
    fs::write(wasm, bytes).map_err(|error| said(wasm, error))?;
    fs::write(script, text).map_err(|error| said(script, error))
}

/// What is written for readers is a third comments and long names.
fn minify(
    workspace: &Workspace,
    script: &Path,
    kind: &[&str],
    job: &Job<'_>,
) -> Result<(), String> {
    let mut terser = toolchain::node_program(workspace, "terser")?;
    terser
        .arg(script)
        .args(TERSER)
        .args(kind)
        .arg("--output")
        .arg(script);
    run(&mut terser, &job.log, Limits::default())
}

/// custom-elements.json, from what stands above the classes. Editors and catalogues read it.
fn describe_elements(workspace: &Workspace, out: &Path, job: &Job<'_>) -> Result<(), String> {
    let mut analyzer = toolchain::node_program(workspace, "cem")?;
    // Where the file lies in the package is how the description names it.
    analyzer
        .current_dir(out)
        .args(["analyze", "--quiet", "--globs", ELEMENTS]);
    run(&mut analyzer, &job.log, Limits::default())
}

fn optimise(workspace: &Workspace, wasm: &Path, job: &Job<'_>) -> Result<(), String> {
    let mut wasm_opt = toolchain::node_program(workspace, "wasm-opt")?;
    wasm_opt.args(WASM_OPT).arg(wasm).arg("-o").arg(wasm);
    run(&mut wasm_opt, &job.log, Limits::default())?;
    let said = |error: std::io::Error| format!("{}: {error}", wasm.display());
    let sorted = locals::sort_locals(&fs::read(wasm).map_err(said)?)?;
    let sorted = order::sort_functions(&sorted)?;
    fs::write(wasm, sorted).map_err(said)
}

/// Panic messages carry the names of source files; these flags leave this machine's folders out.
fn flags_without_paths(workspace: &Workspace) -> String {
    let mut flags: Vec<String> = match env::var("CARGO_ENCODED_RUSTFLAGS") {
        Ok(given) => given.split('\x1f').map(str::to_owned).collect(),
        Err(_) => env::var("RUSTFLAGS")
            .map(|given| given.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default(),
    };
    // rustc takes the last that fits, so the folders inside of others come last.
    let registry = workspace.cargo_home.join("registry").join("src");
    let names = [
        (home(), "/home"),
        (registry, "/cargo"),
        (workspace.root.clone(), "/cablink"),
    ];
    for (folder, name) in names {
        if folder.parent().is_some() {
            flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
        }
    }
    flags.retain(|flag| !flag.is_empty());
    flags.join("\x1f")
}

fn private_folders(workspace: &Workspace) -> Vec<PathBuf> {
    let mut folders = vec![workspace.root.clone(), workspace.cargo_home.clone(), home()];
    folders.retain(|folder| folder.parent().is_some());
    folders
}

/// Everything the package is made from, so that an unchanged one is left alone.
fn fingerprint(workspace: &Workspace) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    let mut add = |path: &Path| -> Result<(), String> {
        fs::read(path)
            .map_err(|error| format!("{}: {error}", path.display()))
            .map(|bytes| bytes.hash(&mut hasher))
    };
    for module in MODULES {
        add(&module.compiled(workspace))?;
    }
    add(&workspace.root.join("Cargo.toml"))?;
    // Which wasm-opt and which terser.
    add(&workspace.root.join("package-lock.json"))?;
    for file in [LISTS_IMPORT, INIT, INIT_TYPES] {
        add(&workspace.root.join(file))?;
    }
    for (from, _) in COPIED {
        add(&workspace.root.join(from))?;
    }
    RECIPE.hash(&mut hasher);
    let bindgen = wasm_bindgen::locked_version(workspace).unwrap_or_default();
    Ok(format!("{:016x} wasm-bindgen {bindgen}\n", hasher.finish()))
}

/// Copies a file, or a folder with all below it.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let said = |error: std::io::Error| format!("{}: {error}", from.display());
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ()).map_err(said);
    }
    fs::create_dir_all(to).map_err(said)?;
    for entry in fs::read_dir(from).map_err(said)? {
        let entry = entry.map_err(said)?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_packaging_consists_of_is_part_of_the_recipe() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/package");
        let mut left_out = Vec::new();
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("a file").path();
            // An editor or a file manager may have left others.
            if !path
                .extension()
                .is_some_and(|end| end == "rs" || end == "mjs")
            {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a text");
            if !RECIPE.contains(&text.as_str()) {
                left_out.push(path.file_name().expect("a name").to_owned());
            }
        }
        left_out.sort();
        // These look at the package, and change nothing.
        assert_eq!(
            left_out,
            ["compiles.mjs", "compiles.rs", "sizes.mjs", "sizes.rs"]
        );
    }
}
