//! Reads and writes the few parts of a wasm module that packaging changes.

/// Reads bytes from the first to the last; nothing where they end too early.
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Behind the magic number and the version of a module; nothing where it is none.
    pub(crate) fn of_module(wasm: &'a [u8]) -> Option<Self> {
        let mut input = Self::new(wasm);
        input.take(8)?.starts_with(b"\0asm").then_some(input)
    }

    /// The sections that are left: number and content of each.
    pub(crate) fn sections(&mut self) -> Option<Vec<(u8, &'a [u8])>> {
        let mut sections = Vec::new();
        while !self.is_empty() {
            let id = self.take(1)?[0];
            let length = self.number()?;
            sections.push((id, self.take(length)?));
        }
        Some(sections)
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
