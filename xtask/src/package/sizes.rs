//! What a portal's visitors load: sizes raw and compressed, and the limit.

use crate::process::ask;
use crate::toolchain;
use crate::workspace::Workspace;

/// Node compresses as a web server would; a compression crate would slow xtask's own build.
const MEASURE: &str = include_str!("sizes.mjs");

/// All that a page loads before the first click can work.
const LOADED: &[&str] = &["cablink_bg.wasm", "cablink.js", "worker.js"];

/// What it loads besides, and when.
const ON_DEMAND: &[(&str, &[&str])] = &[
    (
        "on the first list",
        &["cablink_lists_bg.wasm", "cablink_lists.js"],
    ),
    (
        "with elements",
        &[
            "cablink_elements_bg.wasm",
            "cablink_elements.js",
            "elements.js",
        ],
    ),
    (
        "the doctor",
        &["cablink_doctor_bg.wasm", "cablink_doctor.js", "doctor.js"],
    ),
];

/// Bytes after gzip, of all [`LOADED`] together. A download link is a small part of a portal's page;
/// 60 kB is what a page on a slow phone line (1 Mbit/s) loads in half a second.
const BUDGET: u64 = 60_000;

/// A file's name, and its bytes raw, after gzip and after brotli.
type Row = (String, [u64; 3]);

/// The sizes of the package.
pub(crate) struct Sizes {
    pub(crate) table: String,
    gzip: u64,
}

/// Measures the files in pkg/.
pub(crate) fn of_package(workspace: &Workspace) -> Result<Sizes, String> {
    let mut node = toolchain::program(workspace, "node");
    node.args(["--input-type=module", "-e", MEASURE, "--"])
        .args(
            LOADED
                .iter()
                .chain(ON_DEMAND.iter().flat_map(|(_, files)| *files))
                .map(|file| workspace.pkg().join(file)),
        );
    let text = ask(&mut node).ok_or("cannot measure the files in pkg/ by node")?;
    let counts = ON_DEMAND.iter().map(|(_, files)| files.len());
    let rows = parse(&text).filter(|rows| rows.len() == LOADED.len() + counts.sum::<usize>());
    let rows = rows.ok_or_else(|| format!("not a table of sizes: {text}"))?;
    let (loaded, mut rest) = rows.split_at(LOADED.len());
    let mut on_demand = Vec::new();
    for (when, files) in ON_DEMAND {
        let (these, others) = rest.split_at(files.len());
        on_demand.push(((*when).to_owned(), sum(these)));
        rest = others;
    }
    Ok(Sizes::of(loaded, &on_demand))
}

impl Sizes {
    /// `on_demand` are sums, one for each occasion.
    fn of(loaded: &[Row], on_demand: &[Row]) -> Self {
        let total = ("together".to_owned(), sum(loaded));
        let mut table = format!("{:<18}{:>10}{:>10}{:>10}", "bytes", "raw", "gzip", "brotli");
        for (name, [raw, gzip, brotli]) in loaded.iter().chain([&total]).chain(on_demand) {
            table.push_str(&format!("\n{name:<18}{raw:>10}{gzip:>10}{brotli:>10}"));
        }
        let gzip = total.1[1];
        table.push_str(&format!("\nafter gzip {gzip} of {BUDGET} bytes"));
        Self { table, gzip }
    }

    /// Whether the package is within its budget.
    pub(crate) fn judged(&self) -> Result<(), String> {
        if self.gzip > BUDGET {
            let gzip = self.gzip;
            return Err(format!(
                "too big: {gzip} bytes after gzip, {BUDGET} at most"
            ));
        }
        Ok(())
    }
}

fn sum(rows: &[Row]) -> [u64; 3] {
    let mut sum = [0; 3];
    for (_, sizes) in rows {
        for (total, size) in sum.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    sum
}

fn parse(text: &str) -> Option<Vec<Row>> {
    text.lines()
        .map(|line| {
            let mut fields = line.split('\t');
            let name = fields.next()?.to_owned();
            let mut number = || fields.next()?.parse().ok();
            Some((name, [number()?, number()?, number()?]))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_and_accepts_what_is_within_the_budget() {
        let rows =
            parse("a.wasm\t100000\t50000\t40000\nb.js\t20000\t10000\t9000").expect("a table");
        let later = [("on the first list".to_owned(), [7, 6, 5])];
        let sizes = Sizes::of(&rows, &later);
        sizes.judged().expect("exactly the budget is within it");
        let table = sizes.table;
        assert!(
            table.contains("together              120000     60000     49000"),
            "{table}"
        );
        // Beside the sum, not in it.
        assert!(
            table.contains("on the first list          7         6         5"),
            "{table}"
        );
    }

    #[test]
    fn refuses_one_byte_too_much() {
        let rows = parse("a.wasm\t1\t60001\t1").expect("a table");
        let why = Sizes::of(&rows, &[]).judged().expect_err("over the budget");
        assert!(why.contains("60001"), "{why}");
    }

    #[test]
    fn does_not_take_anything_else_for_a_table() {
        assert_eq!(parse("Error: ENOENT"), None);
        assert_eq!(parse("a.wasm\t1\tmany\t1"), None);
    }
}
