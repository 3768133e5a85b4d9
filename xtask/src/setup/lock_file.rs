//! Reads versions from Cargo.lock: the one place that says which wasm-bindgen is used.

/// The version of a package that stands in the lock file once.
pub(crate) fn version_of(lock: &str, package: &str) -> Option<String> {
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "[[package]]"
            && lines.next().and_then(|name| value_of(name, "name")) == Some(package)
        {
            return lines
                .next()
                .and_then(|v| value_of(v, "version"))
                .map(str::to_owned);
        }
    }
    None
}

/// The text behind `key = "text"`, for the plain lines of cargo's own files.
pub(crate) fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line
        .trim()
        .strip_prefix(key)?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    rest.strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
version = 4

[[package]]
name = \"wasm-bindgen-futures\"
version = \"0.4.80\"
dependencies = [
 \"wasm-bindgen\",
]

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
source = \"registry+https://github.com/rust-lang/crates.io-index\"
";

    #[test]
    fn finds_the_package_and_not_its_namesakes_or_mentions() {
        assert_eq!(version_of(LOCK, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(
            version_of(LOCK, "wasm-bindgen-futures").as_deref(),
            Some("0.4.80")
        );
        assert_eq!(version_of(LOCK, "wasm"), None);
        assert_eq!(version_of("", "wasm-bindgen"), None);
    }

    #[test]
    fn takes_windows_line_ends() {
        let lock = LOCK.replace('\n', "\r\n");
        assert_eq!(
            version_of(&lock, "wasm-bindgen").as_deref(),
            Some("0.2.130")
        );
    }

    #[test]
    fn reads_a_value_only_for_its_own_key() {
        assert_eq!(
            value_of("version = \"1.2.3\" # why", "version"),
            Some("1.2.3")
        );
        assert_eq!(value_of("rust-version = \"1.88\"", "version"), None);
        assert_eq!(value_of("versions = \"1\"", "version"), None);
        assert_eq!(value_of("version.workspace = true", "version"), None);
    }
}
