//! Writes the CAB files that the test surroundings serve, from a seed, the same bytes every time.
//!
//! `cargo run -p cabs --release -- <folder>` fills the folder with the files of [`recipe::RECIPES`] and an
//! `index.json` that names them with size and SHA-256. Files that are already there are left alone.

mod cabinet;
mod digest;
mod dump;
mod index;
mod recipe;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        return fail("usage: cabs <folder to write into>");
    };
    match fill(&PathBuf::from(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("cabs: {error}")),
    }
}

fn fail(sentence: &str) -> ExitCode {
    // Nothing is left to do if even standard error is closed.
    let _ = writeln!(io::stderr(), "{sentence}");
    ExitCode::FAILURE
}

fn fill(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let index_path = folder.join(index::FILE_NAME);
    if index::describes(&index_path, folder) {
        // Written anew, so that whoever compares times sees that it is younger than this program.
        fs::write(&index_path, fs::read(&index_path)?)?;
        return writeln!(
            io::stdout(),
            "{} CAB files are there",
            recipe::RECIPES.len()
        );
    }

    // The index is written last, so an interrupted run leaves no index that promises too much.
    if index_path.exists() {
        fs::remove_file(&index_path)?;
    }
    let mut entries = Vec::new();
    for recipe in recipe::RECIPES {
        let entry = cabinet::write(recipe, folder)?;
        writeln!(
            io::stdout(),
            "{}: {} bytes",
            entry.cab.name,
            entry.cab.bytes
        )?;
        entries.push(entry);
    }
    fs::write(&index_path, index::render(&entries))
}
