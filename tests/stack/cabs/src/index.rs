//! `index.json`: what was written, for the servers and for the next run.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::digest::Digested;
use crate::recipe::{RECIPES, VERSION};

pub(crate) const FILE_NAME: &str = "index.json";

/// One CAB and what lies in it.
pub(crate) struct Entry {
    pub(crate) cab: Digested,
    pub(crate) compression: &'static str,
    pub(crate) contents: Vec<Digested>,
}

/// JSON, one line per CAB, so that [`recorded_bytes`] can read it back without a JSON parser.
pub(crate) fn render(entries: &[Entry]) -> String {
    let mut text = format!("{{\"version\": {VERSION}, \"cabs\": [\n");
    for (number, entry) in entries.iter().enumerate() {
        let contents: Vec<String> = entry
            .contents
            .iter()
            .map(|file| format!("{{{}}}", facts(file)))
            .collect();
        let comma = if number + 1 == entries.len() { "" } else { "," };
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "  {{{}, \"compression\": \"{}\", \"contents\": [{}]}}{comma}",
            facts(&entry.cab),
            entry.compression,
            contents.join(", ")
        );
    }
    text.push_str("]}\n");
    text
}

fn facts(file: &Digested) -> String {
    format!(
        "\"name\": \"{}\", \"bytes\": {}, \"sha256\": \"{}\"",
        file.name, file.bytes, file.sha256
    )
}

/// Whether the index is of this version and every file it should list is there in the recorded size.
pub(crate) fn describes(index: &Path, folder: &Path) -> bool {
    let Ok(text) = fs::read_to_string(index) else {
        return false;
    };
    text.starts_with(&format!("{{\"version\": {VERSION},"))
        && RECIPES.iter().all(|recipe| {
            let there = fs::metadata(folder.join(recipe.name))
                .map(|file| file.len())
                .ok();
            there.is_some() && there == recorded_bytes(&text, recipe.name)
        })
}

fn recorded_bytes(text: &str, name: &str) -> Option<u64> {
    let start = format!("  {{\"name\": \"{name}\", \"bytes\": ");
    let rest = text.lines().find_map(|line| line.strip_prefix(&start))?;
    rest.split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_sizes_back() {
        let digested = |name: &str, bytes| Digested {
            name: name.to_owned(),
            bytes,
            sha256: "00".repeat(32),
        };
        let text = render(&[
            Entry {
                cab: digested("a.cab", 11),
                compression: "none",
                contents: vec![digested("x", 1)],
            },
            Entry {
                cab: digested("b.cab", 22),
                compression: "mszip",
                contents: vec![digested("a.cab", 2)],
            },
        ]);
        assert_eq!(recorded_bytes(&text, "a.cab"), Some(11));
        assert_eq!(recorded_bytes(&text, "b.cab"), Some(22));
        assert_eq!(recorded_bytes(&text, "x"), None);
    }
}
