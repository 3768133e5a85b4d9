//! The bytes of a file that looks like a minidump: its header and stream directory, then filler.

use std::io::{self, Read};

const HEADER_BYTES: usize = 32;
const STREAMS: [u32; 3] = [
    7, // SystemInfoStream
    6, // ExceptionStream
    9, // Memory64ListStream
];
/// Filler comes in pairs of a random and an empty cell, so that a compressed CAB is about half the dump.
const CELL_BYTES: usize = 512;

/// A dump of a given length, read as a stream. The same length and seed give the same bytes.
pub(crate) struct Dump {
    left: u64,
    random: u64,
    random_cell_next: bool,
    pending: Vec<u8>,
    taken: usize,
}

impl Dump {
    pub(crate) fn new(bytes: u64, seed: u64) -> Self {
        Self {
            left: bytes,
            random: seed,
            random_cell_next: true,
            pending: header(bytes),
            taken: 0,
        }
    }

    fn refill(&mut self) {
        self.pending.clear();
        self.taken = 0;
        if self.random_cell_next {
            while self.pending.len() < CELL_BYTES {
                let word = self.next_random();
                self.pending.extend_from_slice(&word.to_le_bytes());
            }
        } else {
            self.pending.resize(CELL_BYTES, 0);
        }
        self.random_cell_next = !self.random_cell_next;
    }

    /// SplitMix64: good enough to be incompressible, and small.
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.random;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}

impl Read for Dump {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written < buffer.len() && self.left > 0 {
            if self.taken == self.pending.len() {
                self.refill();
            }
            let room =
                (buffer.len() - written).min(usize::try_from(self.left).unwrap_or(usize::MAX));
            let part = room.min(self.pending.len() - self.taken);
            buffer[written..written + part]
                .copy_from_slice(&self.pending[self.taken..self.taken + part]);
            self.taken += part;
            written += part;
            self.left -= part as u64;
        }
        Ok(written)
    }
}

/// MINIDUMP_HEADER and its directory, as tools that sniff file types look for them.
fn header(dump_bytes: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(b"MDMP");
    let words = [
        0x0000_a793,          // version
        STREAMS.len() as u32, // number of streams
        HEADER_BYTES as u32,  // where the directory lies
        0,                    // checksum, unused
        0x58c7_3400,          // written 2017-03-14 00:03:28 UTC
        0,                    // flags, low half
        0,                    // flags, high half
    ];
    for word in words {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    let content_at = (HEADER_BYTES + STREAMS.len() * 12) as u32;
    let content_bytes = u32::try_from(dump_bytes)
        .unwrap_or(u32::MAX)
        .saturating_sub(content_at);
    for (number, kind) in STREAMS.into_iter().enumerate() {
        let last = number + 1 == STREAMS.len();
        let stream_bytes = if last {
            content_bytes.saturating_sub(112)
        } else {
            56
        };
        for word in [kind, stream_bytes, content_at + 56 * number as u32] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: u64, seed: u64) -> Vec<u8> {
        let mut dump = Vec::new();
        Dump::new(bytes, seed).read_to_end(&mut dump).unwrap();
        dump
    }

    #[test]
    fn has_the_asked_length_and_the_magic_number() {
        for bytes in [100, 4096, 70_001] {
            let dump = all(bytes, 1);
            assert_eq!(dump.len() as u64, bytes);
            assert_eq!(&dump[..4], b"MDMP");
        }
    }

    #[test]
    fn depends_on_the_seed_and_on_nothing_else() {
        assert!(all(10_000, 1) == all(10_000, 1));
        assert!(all(10_000, 1) != all(10_000, 2));
    }
}
