//! Browsers, their drivers and cabextract, which only the tests need.

use std::env;
use std::path::PathBuf;

use crate::process::{ask, find, find_in};
use crate::run::{Done, Job};
use crate::setup::debian;
use crate::toolchain::{self, ForWasm};
use crate::workspace::Workspace;

/// A program, the names it goes by, where else than on the PATH it may be, and how to get it.
struct Program {
    what: &'static str,
    names: &'static [&'static str],
    /// Full paths on systems that keep programs off the PATH; `%X%` is an environment variable.
    places: &'static [&'static str],
    debian: &'static str,
    advice: &'static str,
}

const CHROMIUM: Program = Program {
    what: "Chromium or Chrome",
    names: &[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ],
    places: &[
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "%ProgramFiles%\\Google\\Chrome\\Application\\chrome.exe",
        "%ProgramFiles(x86)%\\Google\\Chrome\\Application\\chrome.exe",
        "%LOCALAPPDATA%\\Google\\Chrome\\Application\\chrome.exe",
    ],
    debian: "chromium",
    advice: "https://www.google.com/chrome/",
};

const CHROMEDRIVER: Program = Program {
    what: "chromedriver of the browser's version",
    names: &["chromedriver"],
    places: &["/usr/lib/chromium-browser/chromedriver"],
    debian: "chromium-driver",
    advice: "https://googlechromelabs.github.io/chrome-for-testing/ (put it on the PATH)",
};

const FIREFOX: Program = Program {
    what: "Firefox",
    names: &["firefox", "firefox-esr"],
    places: &[
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        "%ProgramFiles%\\Mozilla Firefox\\firefox.exe",
        "%ProgramFiles(x86)%\\Mozilla Firefox\\firefox.exe",
    ],
    debian: "firefox-esr",
    advice: "https://www.mozilla.org/firefox/",
};

const CABEXTRACT: Program = Program {
    what: "cabextract",
    names: &["cabextract"],
    places: &[],
    debian: "cabextract",
    advice: "https://www.cabextract.org.uk/ (macOS: brew install cabextract)",
};

const ALL: &[&Program] = &[&CHROMIUM, &CHROMEDRIVER, &FIREFOX, &CABEXTRACT];

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let missing = || {
        ALL.iter()
            .filter(|program| program.find().is_none())
            .collect::<Vec<_>>()
    };
    let mut packages: Vec<&str> = missing().iter().map(|program| program.debian).collect();
    if lacks_debian_clippy(workspace) {
        packages.push("rust-web-clippy");
    }
    if packages.is_empty() {
        return Ok(Done::There("browsers, chromedriver, cabextract".to_owned()));
    }
    if debian::is_ubuntu() {
        // These two are snaps there; what is confined cannot be driven from outside.
        packages.retain(|name| !["chromium", "chromium-driver", "firefox-esr"].contains(name));
    }
    if !packages.is_empty() && debian::may_install() {
        job.say(&format!("apt-get install {}", packages.join(" ")));
        debian::install(&packages, job)?;
    }
    let missing = missing();
    let lacks_clippy = lacks_debian_clippy(workspace);
    if missing.is_empty() && !lacks_clippy {
        return Ok(Done::Did);
    }
    let mut why = "the tests need programs that are not here:".to_owned();
    for program in &missing {
        why.push_str(&format!("\n  {}: {}", program.what, program.advice));
    }
    if lacks_clippy {
        why.push_str("\n  clippy for Debian's Rust: package rust-web-clippy");
    }
    if debian::is_ubuntu() {
        why.push_str(
            "\nUbuntu's own chromium and firefox are snaps, which drivers cannot start: take the \
             .deb packages of Google and Mozilla, or their archives.",
        );
    } else if debian::is_here() {
        why.push_str(&format!("\nOn Debian: {}", debian::command_for(&packages)));
    }
    Err(why)
}

/// What the tests read to find the browsers, where it is known.
pub(crate) fn variables(workspace: &Workspace) -> Vec<(&'static str, PathBuf)> {
    let path = toolchain::search_path(workspace);
    let geckodriver = find_in(env::split_paths(&path), "geckodriver");
    [
        ("CHROME_BIN", CHROMIUM.find()),
        ("FIREFOX_BIN", FIREFOX.find()),
        ("CHROMEDRIVER", CHROMEDRIVER.find()),
        ("GECKODRIVER", geckodriver),
    ]
    .into_iter()
    .filter_map(|(name, found)| Some((name, found?)))
    .collect()
}

impl Program {
    fn find(&self) -> Option<PathBuf> {
        let on_path = self.names.iter().find_map(|name| find(name));
        on_path.or_else(|| {
            self.places
                .iter()
                .map(|place| expand(place))
                .find(|path| path.exists())
        })
    }
}

/// Puts the environment's value in place of `%NAME%`.
fn expand(place: &str) -> PathBuf {
    let Some((name, rest)) = place
        .strip_prefix('%')
        .and_then(|rest| rest.split_once('%'))
    else {
        return PathBuf::from(place);
    };
    PathBuf::from(format!("{}{rest}", env::var(name).unwrap_or_default()))
}

/// rustup's clippy cannot read the standard library of another Rust.
fn lacks_debian_clippy(workspace: &Workspace) -> bool {
    ForWasm::find(workspace) != Some(ForWasm::Default)
        && debian::is_here()
        && ask(std::process::Command::new("/usr/bin/cargo-clippy").arg("--version")).is_none()
}
