//! Reads and writes the few parts of a wasm module that packaging changes.

use std::ops::Range;

pub(super) const CUSTOM_SECTION: u8 = 0;
pub(super) const TYPE_SECTION: u8 = 1;
pub(super) const IMPORT_SECTION: u8 = 2;
pub(super) const FUNCTION_SECTION: u8 = 3;
pub(super) const TABLE_SECTION: u8 = 4;
pub(super) const MEMORY_SECTION: u8 = 5;
pub(super) const GLOBAL_SECTION: u8 = 6;
pub(super) const EXPORT_SECTION: u8 = 7;
pub(super) const ELEMENT_SECTION: u8 = 9;
pub(super) const CODE_SECTION: u8 = 10;
pub(super) const DATA_SECTION: u8 = 11;
pub(super) const DATA_COUNT_SECTION: u8 = 12;

/// Reads bytes from the first to the last; nothing where they end too early.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    /// An unsigned number in LEB128, wasm's own encoding.
    pub(crate) fn number(&mut self) -> Option<usize> {
        let mut value = 0_usize;
        for shift in (0..35).step_by(7) {
            let byte = self.take(1)?[0];
            value |= usize::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// The constant that an expression gives, as for the address of a segment of data.
    pub(crate) fn constant(&mut self) -> Option<usize> {
        const I32_CONST: u8 = 0x41;
        const END: u8 = 0x0b;
        if self.take(1)?[0] != I32_CONST {
            return None;
        }
        // Signed, so that an address in the upper half of memory would be negative; data lies low.
        let value = self.number()?;
        (self.take(1)?[0] == END).then_some(value)
    }

    pub(crate) fn name(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// The kind of an import and what belongs to it.
    pub(crate) fn skip_type(&mut self) -> Option<()> {
        let limits = |input: &mut Self| {
            let flags = input.number()?;
            input.number()?;
            if flags & 1 == 1 {
                input.number().map(|_| ())
            } else {
                Some(())
            }
        };
        match self.take(1)?[0] {
            0 => self.number().map(|_| ()),
            1 => {
                self.take(1)?;
                limits(self)
            }
            2 => limits(self),
            3 => self.take(2).map(|_| ()),
            _ => None,
        }
    }
}

/// The sections of a module: number and content of each, in order.
pub(crate) struct Sections<'a>(Vec<(u8, &'a [u8])>);

/// The magic number and the version.
const START_BYTES: usize = 8;

impl<'a> Sections<'a> {
    /// Nothing where it is no module.
    pub(crate) fn of_module(wasm: &'a [u8]) -> Option<Self> {
        let mut input = Reader::new(wasm);
        if !input.take(START_BYTES)?.starts_with(b"\0asm") {
            return None;
        }
        let mut sections = Vec::new();
        while !input.is_empty() {
            let id = input.take(1)?[0];
            let length = input.number()?;
            sections.push((id, input.take(length)?));
        }
        Some(Self(sections))
    }

    /// What all of this number hold.
    pub(crate) fn all(&self, wanted: u8) -> impl Iterator<Item = &'a [u8]> {
        let found = self.0.iter().filter(move |(id, _)| *id == wanted);
        found.map(|(_, content)| *content)
    }

    /// What the first of this number holds; empty where there is none.
    pub(crate) fn content(&self, wanted: u8) -> &'a [u8] {
        self.all(wanted).next().unwrap_or_default()
    }
}

/// The module with what `change` makes of the content of each section.
pub(crate) fn with_sections(
    wasm: &[u8],
    mut change: impl FnMut(u8, &[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let sections = Sections::of_module(wasm)?;
    let mut output = wasm.get(..START_BYTES)?.to_vec();
    for (id, content) in sections.0 {
        let changed = change(id, content)?;
        output.push(id);
        put_number(&mut output, changed.len());
        output.extend(changed);
    }
    Some(output)
}

/// How many functions the import section brings, which come before those of the code section.
pub(crate) fn imported_functions(section: &[u8]) -> Option<usize> {
    let mut input = Reader::new(section);
    if section.is_empty() {
        return Some(0);
    }
    let mut functions = 0;
    for _ in 0..input.number()? {
        input.name()?;
        input.name()?;
        functions += usize::from(input.peek()? == 0);
        input.skip_type()?;
    }
    Some(functions)
}

/// The bodies of the code section, one for each function.
pub(crate) fn bodies(section: &[u8]) -> Option<Vec<&[u8]>> {
    let mut input = Reader::new(section);
    (0..input.number()?)
        .map(|_| input.number().and_then(|length| input.take(length)))
        .collect()
}

/// Calls a function by its number.
const CALL: u8 = 0x10;
/// What names a function by its number: calling it, and referring to it.
pub(crate) const OF_FUNCTIONS: &[u8] = &[CALL, 0xd2];
/// What names a local by its number: getting it, setting it, and doing both.
pub(crate) const OF_LOCALS: &[u8] = &[0x20, 0x21, 0x22];

/// Where the body of a function has a number of something, and that number.
pub(crate) struct Mention {
    pub(crate) at: Range<usize>,
    pub(crate) number: usize,
}

/// What the body of a function names by number in these instructions; nothing where it holds one that rustc is not
/// known to write.
pub(crate) fn mentions(body: &[u8], instructions: &[u8]) -> Option<Vec<Mention>> {
    let mut input = Reader::new(body);
    for _ in 0..input.number()? {
        input.number()?;
        input.number()?;
    }
    let mut found = Vec::new();
    while !input.is_empty() {
        let instruction = input.take(1)?[0];
        if instructions.contains(&instruction) {
            let from = input.at();
            let number = input.number()?;
            found.push(Mention {
                at: from..input.at(),
                number,
            });
        } else {
            skip_immediates(instruction, &mut input)?;
        }
    }
    Some(found)
}

/// The bytes from there on, with other numbers in these places.
pub(crate) fn renumbered(
    body: &[u8],
    from: usize,
    mentions: &[Mention],
    number: impl Fn(usize) -> Option<usize>,
) -> Option<Vec<u8>> {
    let mut output = Vec::new();
    let mut copied = from;
    for found in mentions {
        output.extend_from_slice(&body[copied..found.at.start]);
        put_number(&mut output, number(found.number)?);
        copied = found.at.end;
    }
    output.extend_from_slice(&body[copied..]);
    Some(output)
}

/// The functions that the body of a function calls by their numbers; nothing where [`mentions`] cannot tell.
pub(crate) fn calls(body: &[u8]) -> Option<Vec<usize>> {
    let called = mentions(body, &[CALL])?;
    Some(called.into_iter().map(|found| found.number).collect())
}

/// Skips what follows the first byte of an instruction. Signed numbers end where unsigned ones do.
fn skip_immediates(instruction: u8, input: &mut Reader<'_>) -> Option<()> {
    let numbers = match instruction {
        0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => 0,
        // Blocks, branches, locals, globals, tables, the size of memory, constants, references.
        0x02..=0x04 | 0x0c | 0x0d | CALL | 0x20..=0x26 | 0x3f | 0x40 | 0x41 | 0xd0 | 0xd2 => 1,
        // Calls by table, loads and stores.
        0x11 | 0x28..=0x3e => 2,
        // A table of branches, and a choice with its types.
        0x0e => input.number()? + 1,
        0x1c => input.number()?,
        0x42 => {
            while input.take(1)?[0] & 0x80 != 0 {}
            0
        }
        0x43 => input.take(4).map(|_| 0)?,
        0x44 => input.take(8).map(|_| 0)?,
        0xfc => match input.number()? {
            0..=7 => 0,
            9 | 11 | 13 | 15..=17 => 1,
            8 | 10 | 12 | 14 => 2,
            _ => return None,
        },
        _ => return None,
    };
    for _ in 0..numbers {
        input.number()?;
    }
    Some(())
}

/// Writes an unsigned number in LEB128.
pub(crate) fn put_number(output: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            output.push(low);
            return;
        }
        output.push(low | 0x80);
    }
}

/// Writes a text behind its length.
pub(crate) fn put_name(output: &mut Vec<u8>, name: &str) {
    put_number(output, name.len());
    output.extend_from_slice(name.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_between_all_kinds_of_instructions() {
        let body: &[u8] = &[
            1, 2, 0x7f, // two locals
            0x02, 0x40, // a block without a type
            0x20, 0x00, 0x41, 0xff, 0x7e, // a local, a negative constant
            0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, // a long one
            0x44, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
            0x10, // a float full of what looks like calls
            0x0e, 0x02, 0x10, 0x10, 0x10, // a table of branches
            0x10, 0x83, 0x01, // a call of 131
            0x11, 0x10, 0x00, // one by table
            0x28, 0x02, 0x10, // a load
            0xfc, 0x0a, 0x00, 0x00, // a copy of memory
            0x10, 0x05, 0x0b, 0x0b,
        ];
        assert_eq!(calls(body), Some(vec![131, 5]));
        assert_eq!(calls(&[0, 0xfb, 0x0b]), None, "no such instruction");
        assert_eq!(calls(&[0, 0x10]), None, "ends early");
        assert_eq!(calls(&[0, 0xfc, 0x7f]), None, "no such instruction");
    }
}
