//! Browsers, their drivers, a screen for one of them, and cabextract: what only some of the tests
//! need.

use std::env;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::process::find_in;
use crate::run::{Done, Job};
use crate::setup::{debian, nginx};
use crate::toolchain;
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

/// Windows' own program for the same; there is nothing to install.
const EXPAND: Program = Program {
    what: "expand",
    names: &["expand"],
    places: &["%SystemRoot%\\System32\\expand.exe"],
    debian: "",
    advice: "a part of Windows",
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

const BROWSERS: &[&Program] = &[&CHROMIUM, &CHROMEDRIVER, &FIREFOX];
const WEBKIT: &[&Program] = &[&WEBKIT_DRIVER, &WEBKIT_BROWSER, &XVFB];

/// On Ubuntu.
const SNAPS: [&str; 3] = ["chromium", "chromium-driver", "firefox-esr"];

/// What the suites `web` and `e2e` drive.
pub(crate) fn browsers(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    ensure(workspace, job, BROWSERS)
}

/// The third browser of `e2e`: WebKitGTK, the one WebKit with a driver that any machine may have.
pub(crate) fn webkit(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    if cfg!(target_os = "linux") {
        ensure(workspace, job, WEBKIT)
    } else {
        Ok(Done::There("left out: it exists on Linux only".to_owned()))
    }
}

/// With which the suite `stack` looks into CAB files.
pub(crate) fn cabextract(workspace: &Workspace, job: &Job<'_>) -> Result<Done, String> {
    let program = if cfg!(windows) { &EXPAND } else { &CABEXTRACT };
    ensure(workspace, job, &[program])
}

fn ensure(
    workspace: &Workspace,
    job: &Job<'_>,
    programs: &[&'static Program],
) -> Result<Done, String> {
    let missing = || {
        programs
            .iter()
            .filter(|program| program.find(workspace).is_none())
            .collect::<Vec<_>>()
    };
    let mut packages: Vec<&str> = missing().iter().map(|program| program.debian).collect();
    packages.dedup();
    if packages.is_empty() {
        let what: Vec<&str> = programs.iter().map(|program| program.what).collect();
        return Ok(Done::There(what.join(", ")));
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
    if missing.is_empty() {
        return Ok(Done::Did);
    }
    let mut why = "the tests need programs that are not here:".to_owned();
    for program in &missing {
        why.push_str(&format!("\n  {}: {}", program.what, program.advice));
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
    let mut all = vec![
        ("CHROME_BIN", CHROMIUM.find(workspace)),
        ("FIREFOX_BIN", FIREFOX.find(workspace)),
        ("CHROMEDRIVER", CHROMEDRIVER.find(workspace)),
        ("GECKODRIVER", geckodriver(workspace)),
    ];
    if cfg!(target_os = "linux") {
        all.extend([
            ("WEBKIT_BROWSER", WEBKIT_BROWSER.find(workspace)),
            ("WEBKIT_DRIVER", WEBKIT_DRIVER.find(workspace)),
            ("XVFB", XVFB.find(workspace)),
            ("NGINX", nginx::program(workspace)),
        ]);
    }
    all.into_iter()
        .filter_map(|(name, found)| Some((name, found?)))
        .collect()
}

/// Compiled by a step of its own.
pub(crate) fn geckodriver(workspace: &Workspace) -> Option<PathBuf> {
    on_path(workspace, "geckodriver")
}

impl Program {
    fn find(&self, workspace: &Workspace) -> Option<PathBuf> {
        let named = self.names.iter().find_map(|name| on_path(workspace, name));
        named.or_else(|| {
            self.places
                .iter()
                .flat_map(|place| folders(&expand(place)))
                .find(|path| path.exists())
        })
    }
}

/// The first program of that name on the PATH that is no snap; there may be a real one behind one.
fn on_path(workspace: &Workspace, name: &str) -> Option<PathBuf> {
    let path = toolchain::search_path(workspace);
    env::split_paths(&path)
        .filter_map(|folder| find_in([folder], name))
        .find(|program| !is_snap(program))
}

/// Whether what would run is a snap: confined, so that a driver cannot give it a profile, nor a test
/// a folder for downloads. Snaps are links to the program `snap`, and Ubuntu's packages named like
/// browsers bring scripts that start one.
fn is_snap(program: &Path) -> bool {
    let real = fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
    let in_snaps = |path: &Path| path.starts_with("/snap") || path.starts_with("/var/lib/snapd");
    in_snaps(program)
        || in_snaps(&real)
        || real.file_name().is_some_and(|name| name == "snap")
        || script(&real).is_some_and(|text| text.contains("/snap/bin/"))
}

/// The text of a program that is a script.
fn script(program: &Path) -> Option<String> {
    const LONGEST: u64 = 64 * 1024;
    let mut file = File::open(program).ok()?;
    let mut mark = [0; 2];
    file.read_exact(&mut mark).ok()?;
    if &mark != b"#!" {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_may_name_a_variable() {
        assert_eq!(expand("/usr/bin/x"), PathBuf::from("/usr/bin/x"));
        let cargo = env::var("CARGO_PKG_NAME").unwrap_or_default();
        let expected = PathBuf::from(format!("{cargo}/x"));
        assert_eq!(expand("%CARGO_PKG_NAME%/x"), expected);
    }

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

    /// As on Ubuntu: a link to `snap`, a script that starts a snap, and Debian's script, which does not.
    #[cfg(unix)]
    #[test]
    fn snaps_and_the_scripts_that_start_them_are_no_browsers() {
        let folder = env::temp_dir().join(format!("cablink-snaps-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("it can be made");
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).expect("it can be written");
            path
        };
        let snap = write("snap", "\x7fELF");
        let link = folder.join("chromium");
        std::os::unix::fs::symlink(&snap, &link).expect("it can be linked");
        let stub = write("firefox", "#!/bin/sh\nexec /snap/bin/firefox \"$@\"\n");
        let debian = write(
            "chromium-browser",
            "#!/bin/sh\nexec /usr/lib/chromium/chromium \"$@\"\n",
        );
        let binary = write("chrome", "\x7fELF with /snap/bin/ somewhere");
        assert!(is_snap(&link) && is_snap(&stub));
        assert!(is_snap(Path::new("/snap/bin/firefox")));
        assert!(!is_snap(&debian) && !is_snap(&binary));
        let _ = fs::remove_dir_all(&folder);
    }
}
