//! Writes one CAB file as a stream: memory does not grow with its size.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use cab::{CabinetBuilder, CompressionType};
use time::{Date, Month, PrimitiveDateTime, Time};

use crate::digest::{self, Digesting};
use crate::dump::Dump;
use crate::index::Entry;
use crate::recipe::{Recipe, Size};

const DUMP_NAME: &str = "minidump.dmp";
const SYSINFO_NAME: &str = "sysinfo.xml";

/// Every uncompressed byte costs its share of a block header; the format allows no larger block.
const BLOCK_BYTES: u64 = 0x8000;
const BLOCK_HEADER_BYTES: u64 = 8;

pub(crate) fn write(recipe: &Recipe, folder: &Path) -> io::Result<Entry> {
    let path = folder.join(recipe.name);
    // A file appears under its name only when it is whole.
    let unfinished = path.with_extension("cab.part");
    let sysinfo = sysinfo(recipe);
    let dump_bytes = match recipe.size {
        Size::Dump(bytes) => bytes,
        Size::Cab(bytes) => stored_content_bytes(bytes)? - sysinfo.len() as u64,
    };

    let mut builder = CabinetBuilder::new();
    let files = builder.add_folder(recipe.compression);
    for name in [DUMP_NAME, SYSINFO_NAME] {
        files.add_file(name).set_datetime(written_at()?);
    }
    let mut cabinet = builder.build(BufWriter::new(File::create(&unfinished)?))?;
    let mut contents = Vec::new();
    for name in [DUMP_NAME, SYSINFO_NAME] {
        let Some(file) = cabinet.next_file()? else {
            return Err(io::Error::other(format!(
                "{}: {name} has no place in the cabinet",
                recipe.name
            )));
        };
        let mut file = Digesting::new(file);
        if name == DUMP_NAME {
            io::copy(&mut Dump::new(dump_bytes, recipe.seed), &mut file)?;
        } else {
            file.write_all(sysinfo.as_bytes())?;
        }
        contents.push(file.finish(name));
    }
    cabinet.finish()?.flush()?;
    fs::rename(&unfinished, &path)?;

    Ok(Entry {
        cab: digest::of_file(&path, recipe.name)?,
        compression: label(recipe.compression),
        contents,
    })
}

/// How many content bytes make a stored cabinet of exactly `cab_bytes`.
fn stored_content_bytes(cab_bytes: u64) -> io::Result<u64> {
    let fixed = 36 + 8 + (17 + DUMP_NAME.len() as u64) + (17 + SYSINFO_NAME.len() as u64);
    let blocks_and_content = cab_bytes - fixed;
    let blocks = blocks_and_content.div_ceil(BLOCK_BYTES + BLOCK_HEADER_BYTES);
    let content = blocks_and_content - blocks * BLOCK_HEADER_BYTES;
    if content.div_ceil(BLOCK_BYTES) == blocks {
        Ok(content)
    } else {
        Err(io::Error::other(format!(
            "no stored cabinet has exactly {cab_bytes} bytes"
        )))
    }
}

/// Small, and plain to read for whoever unpacks the download by hand.
fn sysinfo(recipe: &Recipe) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n\
         <SystemInfo>\r\n  \
           <OperatingSystem name=\"Windows 8.1\" build=\"6.3.9600.9600\" architecture=\"x64\"/>\r\n  \
           <Machine manufacturer=\"Contoso\" model=\"C-122\"/>\r\n  \
           <Driver name=\"fastboot.sys\" version=\"2.1.1.0\"/>\r\n  \
           <Report file=\"{}\"/>\r\n\
         </SystemInfo>\r\n",
        recipe.name
    )
}

fn written_at() -> io::Result<PrimitiveDateTime> {
    let date = Date::from_calendar_date(2017, Month::March, 14).map_err(io::Error::other)?;
    Ok(PrimitiveDateTime::new(date, Time::MIDNIGHT))
}

fn label(compression: CompressionType) -> &'static str {
    match compression {
        CompressionType::None => "none",
        CompressionType::MsZip => "mszip",
        CompressionType::Quantum(..) => "quantum",
        CompressionType::Lzx(..) => "lzx",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_stored_cabinet_has_exactly_the_size_asked_for() {
        for (number, bytes) in [8 * 1024, 40_000, 65_536, 1_000_000]
            .into_iter()
            .enumerate()
        {
            let folder =
                std::env::temp_dir().join(format!("cabs-size-{}-{number}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let recipe = Recipe {
                name: "t.cab",
                compression: CompressionType::None,
                size: Size::Cab(bytes),
                seed: 1,
            };
            let entry = write(&recipe, &folder).unwrap();
            assert_eq!(entry.cab.bytes, bytes);
            assert_eq!(fs::metadata(folder.join("t.cab")).unwrap().len(), bytes);
            fs::remove_dir_all(folder).unwrap();
        }
    }

    #[test]
    fn what_was_put_in_comes_out_again_compressed_or_not() {
        for compression in [CompressionType::None, CompressionType::MsZip] {
            let folder = std::env::temp_dir().join(format!(
                "cabs-content-{}-{}",
                std::process::id(),
                label(compression)
            ));
            fs::create_dir_all(&folder).unwrap();
            let recipe = Recipe {
                name: "t.cab",
                compression,
                size: Size::Dump(100_000),
                seed: 7,
            };
            write(&recipe, &folder).unwrap();

            let mut cabinet = cab::Cabinet::new(File::open(folder.join("t.cab")).unwrap()).unwrap();
            let mut dump = Vec::new();
            cabinet
                .read_file(DUMP_NAME)
                .unwrap()
                .read_to_end(&mut dump)
                .unwrap();
            let mut expected = Vec::new();
            Dump::new(100_000, 7).read_to_end(&mut expected).unwrap();
            assert!(dump == expected, "the dump differs");
            assert_eq!(&dump[..4], b"MDMP");
            let mut text = String::new();
            cabinet
                .read_file(SYSINFO_NAME)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text, sysinfo(&recipe));
            fs::remove_dir_all(folder).unwrap();
        }
    }
}
