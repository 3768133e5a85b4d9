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

    /// The address that an expression gives, as for a segment of data.
    pub(crate) fn address(&mut self) -> Option<usize> {
        let from = self.at;
        let value = self.constant()?;
        // Signed: an address in the upper half of memory would be negative, and data lies low.
        let last = self.bytes[from..self.at - 1].last()?;
        (last & 0x40 == 0).then_some(value)
    }

    /// The constant that an expression gives; of a negative one its low bits, without the sign.
    pub(crate) fn constant(&mut self) -> Option<usize> {
        const I32_CONST: u8 = 0x41;
        const END: u8 = 0x0b;
        if self.take(1)?[0] != I32_CONST {
            return None;
        }
        let value = self.number()?;
        (self.take(1)?[0] == END).then_some(value)
    }

    pub(crate) fn name(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// A type that is no more than this byte: a number, or a reference to any function or any value of the script's.
    /// References to types of the module's own go on after it.
    pub(crate) fn plain_type(&mut self) -> Option<u8> {
        let of = self.take(1)?[0];
        matches!(of, 0x6f | 0x70 | 0x7b..=0x7f).then_some(of)
    }

    /// The type of a block: none, one of its own, or the number of a signature.
    fn skip_block_type(&mut self) -> Option<()> {
        const NONE: u8 = 0x40;
        match self.peek()? {
            NONE => self.take(1).map(|_| ()),
            // What else is negative.
            0x41..=0x7f => self.plain_type().map(|_| ()),
            _ => self.number().map(|_| ()),
        }
    }

    /// How large a table or a memory is, and may become. Other flags say that more follows, or longer numbers.
    fn skip_limits(&mut self) -> Option<()> {
        let numbers = match self.number()? {
            0 => 1,
            1 => 2,
            _ => return None,
        };
        (0..numbers).try_for_each(|_| self.number().map(|_| ()))
    }

    /// The type of a table that begins with nothing in it.
    pub(crate) fn skip_table_type(&mut self) -> Option<()> {
        self.plain_type()?;
        self.skip_limits()
    }

    /// The type of a global, and whether it changes.
    pub(crate) fn skip_global_type(&mut self) -> Option<()> {
        self.plain_type()?;
        self.take(1).map(|_| ())
    }

    /// The kind of an import and what belongs to it.
    pub(crate) fn skip_type(&mut self) -> Option<()> {
        match self.take(1)?[0] {
            0 => self.number().map(|_| ()),
            1 => self.skip_table_type(),
            2 => self.skip_limits(),
            3 => self.skip_global_type(),
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
        input.plain_type()?;
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

/// Where the body of a function calls others by their numbers; nothing where [`mentions`] cannot tell.
pub(crate) fn calls_in(body: &[u8]) -> Option<Vec<Mention>> {
    mentions(body, &[CALL])
}

/// The functions that it calls.
pub(crate) fn calls(body: &[u8]) -> Option<Vec<usize>> {
    let called = calls_in(body)?;
    Some(called.into_iter().map(|found| found.number).collect())
}

/// Skips what follows the first byte of an instruction. Signed numbers end where unsigned ones do.
fn skip_immediates(instruction: u8, input: &mut Reader<'_>) -> Option<()> {
    let numbers = match instruction {
        0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => 0,
        0x02..=0x04 => input.skip_block_type().map(|()| 0)?,
        // Branches, locals, globals, tables, the size of memory, constants, references.
        0x0c | 0x0d | CALL | 0x20..=0x26 | 0x3f | 0x40 | 0x41 | 0xd0 | 0xd2 => 1,
        // Calls by table.
        0x11 => 2,
        // Loads and stores: how they lie, and the offset. In between may stand which memory, where there are several.
        0x28..=0x3e => (input.number()? <= 4).then_some(1)?,
        // A table of branches, and a choice with its types.
        0x0e => input.number()? + 1,
        0x1c => {
            for _ in 0..input.number()? {
                input.plain_type()?;
            }
            0
        }
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

    #[test]
    fn what_would_be_read_as_something_else_is_refused() {
        for (body, what) in [
            (
                &[1, 1, 0x63, 0x10, 0x0b][..],
                "a local of a type of its own",
            ),
            (&[0, 0x02, 0x63, 0x10, 0x00, 0x0b, 0x0b], "a block of one"),
            (&[0, 0x1c, 1, 0x63, 0x10, 0x00, 0x0b], "a choice of one"),
            (&[0, 0x28, 0x42, 1, 0x10, 0x00, 0x0b], "a second memory"),
            (&[0, 0x12, 0x10, 0x0b], "a call that ends the function"),
            (&[0, 0xfd, 0x10, 0x0b], "a vector"),
        ] {
            assert_eq!(calls(body), None, "{what}");
        }
        let known = [
            0, 0x02, 0x7f, 0x03, 0x83, 0x01, 0x1c, 1, 0x7b, 0x10, 7, 0x0b, 0x0b, 0x0b,
        ];
        assert_eq!(calls(&known), Some(vec![7]));
    }

    #[test]
    fn imports_are_counted_where_every_one_of_them_is_understood() {
        // A function, a table, a memory, a global, a function.
        let plain: &[u8] = &[
            5, 0, 0, 0, 1, 0, 0, 1, 0x6f, 1, 1, 2, 0, 0, 2, 0, 17, 0, 0, 3, 0x7f, 1, 0, 0, 0, 0,
        ];
        assert_eq!(imported_functions(plain), Some(2));
        for (kind, what) in [
            (&[1, 0x63, 0, 0, 1][..], "a table of references of its own"),
            (&[2, 4, 1], "a memory of 64 bits"),
            (&[2, 8, 1, 0], "pages of another size"),
            (&[3, 0x64, 0, 0], "a global of a type of its own"),
            (&[4, 0, 0], "an exception"),
        ] {
            let section = [&[1, 0, 0], kind].concat();
            assert_eq!(imported_functions(&section), None, "{what}");
        }
    }

    #[test]
    fn a_constant_is_no_negative_one() {
        let constant = |bytes: &[u8]| Reader::new(bytes).address();
        assert_eq!(constant(&[0x41, 0xc0, 0x00, 0x0b]), Some(64));
        assert_eq!(
            constant(&[0x41, 0x80, 0x80, 0xc0, 0x80, 0x00, 0x0b]),
            Some(1 << 20)
        );
        assert_eq!(constant(&[0x41, 0x40, 0x0b]), None);
        assert_eq!(constant(&[0x41, 0x80, 0x80, 0x80, 0x80, 0x78, 0x0b]), None);
        assert_eq!(constant(&[0x41, 1, 0x41, 1, 0x6a, 0x0b]), None, "a sum");
    }
}
