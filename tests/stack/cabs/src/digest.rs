//! Name, size and SHA-256 of what was written.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

/// One file as the index lists it.
pub(crate) struct Digested {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// Lower-case hexadecimal.
    pub(crate) sha256: String,
}

/// Passes bytes on to `inner` and takes their digest on the way.
pub(crate) struct Digesting<W> {
    inner: W,
    bytes: u64,
    hash: Sha256,
}

impl<W: Write> Digesting<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self {
            inner,
            bytes: 0,
            hash: Sha256::new(),
        }
    }

    pub(crate) fn finish(self, name: &str) -> Digested {
        let sha256 = self
            .hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Digested {
            name: name.to_owned(),
            bytes: self.bytes,
            sha256,
        }
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        self.hash.update(&bytes[..taken]);
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads the file back: a cabinet's header is patched after its content, so its digest cannot be taken on the way.
pub(crate) fn of_file(path: &Path, name: &str) -> io::Result<Digested> {
    let mut sink = Digesting::new(io::sink());
    io::copy(
        &mut io::BufReader::with_capacity(1 << 20, File::open(path)?),
        &mut sink,
    )?;
    Ok(sink.finish(name))
}
