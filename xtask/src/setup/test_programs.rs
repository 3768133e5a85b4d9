//! Browsers, their drivers, a screen for one of them, and cabextract: what only the tests need.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{ask, find, find_in};
use crate::run::{Done, Job};
use crate::setup::debian;
use crate::toolchain::{self, ForWasm};
use crate::workspace::Workspace;

/// A program, the names it goes by, where else than on the PATH it may be, and how to get it.
struct Program {
    what: &'static str,
    names: &'static [&'static str],
    /// Full paths on systems that keep programs off the PATH; `%X%` is an environment variable, a
    /// folder named `*` is any one.
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

const WEBKIT_DRIVER: Program = Program {
    what: "WebKitWebDriver, the driver of WebKitGTK",
    names: &["WebKitWebDriver"],
    places: &["/usr/libexec/WebKitWebDriver"],
    debian: "webkit2gtk-driver",
    advice: "package webkit2gtk-driver (Debian, Ubuntu), elsewhere that of WebKitGTK",
};

/// The driver's package depends on the library that brings it.
const WEBKIT_BROWSER: Program = Program {
    what: "MiniBrowser of WebKitGTK",
    names: &["MiniBrowser"],
    places: &[
        "/usr/lib/*/webkit2gtk-4.1/MiniBrowser",
        "/usr/lib/*/webkitgtk-6.0/MiniBrowser",
        "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
        "/usr/libexec/webkitgtk-6.0/MiniBrowser",
        "/usr/lib/webkit2gtk-4.1/MiniBrowser",
        "/usr/lib/webkitgtk-6.0/MiniBrowser",
    ],
    debian: "webkit2gtk-driver",
    advice: "comes with the driver's package (Debian, Ubuntu), elsewhere with WebKitGTK",
};

const XVFB: Program = Program {
    what: "Xvfb, a screen that nobody sees, for WebKitGTK",
    names: &["Xvfb"],
    places: &[],
    debian: "xvfb",
    advice: "package xvfb (Debian, Ubuntu), xorg-x11-server-Xvfb (Fedora), xorg-server-xvfb (Arch)",
};

const EVERYWHERE: &[&Program] = &[&CHROMIUM, &CHROMEDRIVER, &FIREFOX, &CABEXTRACT];

/// WebKitGTK, the one WebKit with a driver that any machine may have, exists on Linux only.
const ON_LINUX: &[&Program] = &[&WEBKIT_DRIVER, &WEBKIT_BROWSER, &XVFB];

fn needed() -> impl Iterator<Item = &'static Program> {
    let more: &[_] = if cfg!(target_os = "linux") {
        ON_LINUX
    } else {
        &[]
    };
    EVERYWHERE.iter().chain(more).copied()
}

/// On Ubuntu.
const SNAPS: [&str; 3] = ["chromium", "chromium-driver", "firefox-esr"];

pub(crate) fn ensure(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let missing = || {
        needed()
            .filter(|program| program.find().is_none())
            .collect::<Vec<_>>()
    };
    let mut packages: Vec<&str> = missing().iter().map(|program| program.debian).collect();
    packages.dedup();
    if lacks_debian_clippy(workspace) {
        packages.push("rust-web-clippy");
    }
    if packages.is_empty() {
        let webkit = if cfg!(target_os = "linux") {
            "WebKitGTK"
        } else {
            "without WebKitGTK, which exists on Linux only"
        };
        let what = format!("browsers, drivers, cabextract, {webkit}");
        return Ok(Done::There(what));
    }
    if debian::is_ubuntu() {
        // These are snaps there; what is confined cannot be driven from outside.
        packages.retain(|name| !SNAPS.contains(name));
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
    if debian::is_ubuntu() && missing.iter().any(|each| SNAPS.contains(&each.debian)) {
        why.push_str(
            "\nUbuntu's own chromium and firefox are snaps, which drivers cannot start: take the \
             .deb packages of Google and Mozilla, or their archives.",
        );
    }
    if debian::is_here() && !packages.is_empty() {
        why.push_str(&format!("\nHere: {}", debian::command_for(&packages)));
    }
    Err(why)
}

/// What the tests read to find the browsers, where it is known.
pub(crate) fn variables(workspace: &Workspace) -> Vec<(&'static str, PathBuf)> {
    let path = toolchain::search_path(workspace);
    let geckodriver = find_in(env::split_paths(&path), "geckodriver");
    let mut all = vec![
        ("CHROME_BIN", CHROMIUM.find()),
        ("FIREFOX_BIN", FIREFOX.find()),
        ("CHROMEDRIVER", CHROMEDRIVER.find()),
        ("GECKODRIVER", geckodriver),
    ];
    if cfg!(target_os = "linux") {
        all.extend([
            ("WEBKIT_BROWSER", WEBKIT_BROWSER.find()),
            ("WEBKIT_DRIVER", WEBKIT_DRIVER.find()),
            ("XVFB", XVFB.find()),
        ]);
    }
    all.into_iter()
        .filter_map(|(name, found)| Some((name, found?)))
        .collect()
}

impl Program {
    fn find(&self) -> Option<PathBuf> {
        let on_path = self.names.iter().find_map(|name| find(name));
        on_path.or_else(|| {
            self.places
                .iter()
                .flat_map(|place| folders(&expand(place)))
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

/// The path, once for each folder that may stand in the place of `*`.
fn folders(path: &Path) -> Vec<PathBuf> {
    let mut parts = path.iter();
    let before: PathBuf = parts.by_ref().take_while(|part| *part != "*").collect();
    let after = parts.as_path();
    if after.as_os_str().is_empty() {
        return vec![before];
    }
    let found = fs::read_dir(&before).into_iter().flatten().flatten();
    let mut found: Vec<_> = found.map(|entry| entry.path().join(after)).collect();
    found.sort();
    found
}

/// rustup's clippy cannot read the standard library of another Rust.
fn lacks_debian_clippy(workspace: &Workspace) -> bool {
    ForWasm::find(workspace) != Some(ForWasm::Default)
        && debian::is_here()
        && ask(std::process::Command::new("/usr/bin/cargo-clippy").arg("--version")).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_one_folder() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = folders(&here.join("*").join("setup").join("mod.rs"));
        assert_eq!(
            files
                .iter()
                .filter(|path| path.exists())
                .collect::<Vec<_>>(),
            [&here.join("src").join("setup").join("mod.rs")]
        );
        assert_eq!(folders(here), [here]);
        assert!(folders(&here.join("nowhere").join("*").join("x")).is_empty());
    }

    #[test]
    fn webkit_is_needed_on_linux_only() {
        let wanted = needed().any(|program| program.what.contains("WebKit"));
        assert_eq!(wanted, cfg!(target_os = "linux"));
    }
}
