//! Walks over JSON where it lies, and makes nothing of it.
//!
//! What a list says is read by `JSON.parse` in the end, faster than anything here could. So this
//! only has to find what that would get wrong. It checks the grammar on its way, all of it: what is
//! told of a value holds, however its text was made up. Bytes that are no UTF-8 stand within texts
//! only, where they end nothing, and are replaced by whoever makes characters of them.

use std::borrow::Cow;

/// How deep values may lie in one another: as deep as `serde_json` reads them. A browser would go on.
const MAX_DEPTH: u32 = 127;

/// Where a walk is.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

/// A text, or the name of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// What stands between the quotes.
    pub raw: &'a [u8],
    /// Whether anything of that is an escape.
    pub escaped: bool,
    /// Whether half a surrogate pair is escaped in it.
    pub broken: bool,
}

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Truth(bool),
    /// A number, as it is written.
    Number(&'a [u8]),
    /// A text.
    Text(Text<'a>),
    /// A list or an object.
    Nested {
        /// Its whole text.
        raw: &'a [u8],
        /// Whether `JSON.parse` may have it as it is: it holds neither a number that JavaScript
        /// cannot nor a broken text.
        is_safe: bool,
    },
}

/// A part of a value's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'a> {
    /// A number, as it is written.
    Number(&'a [u8]),
    /// A text, or the name of a member.
    Text(Text<'a>),
    /// One byte of anything else.
    Other(u8),
}

// `None` is never the end of anything but of what can be understood: it is no JSON.
impl<'a> Scanner<'a> {
    /// At the beginning.
    #[must_use]
    pub const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// How many bytes are behind it.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The next byte that is no blank; it is not passed.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.get(self.at)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// Passes this byte, and blanks before it.
    #[inline(always)]
    fn pass(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// Passes an object: `member` is called behind the colon of each, and has to pass its value.
    #[inline(always)]
    pub fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Text<'a>) -> Option<()>,
    ) -> Option<()> {
        self.pass(b'{')?;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            if self.peek()? != b'"' {
                return None;
            }
            let name = self.string()?;
            self.pass(b':')?;
            member(self, name)?;
            if self.is_last(b'}')? {
                return Some(());
            }
        }
    }

    /// Passes a list: `item` has to pass each of its values.
    #[inline(always)]
    pub fn list(&mut self, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.pass(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            item(self)?;
            if self.is_last(b']')? {
                return Some(());
            }
        }
    }

    /// Passes a comma or this end.
    #[inline(always)]
    fn is_last(&mut self, end: u8) -> Option<bool> {
        let byte = self.peek()?;
        self.at += 1;
        (byte == b',' || byte == end).then_some(byte == end)
    }

    /// Passes a value that lies within so many others.
    #[inline(always)]
    pub fn value(&mut self, depth: u32) -> Option<Value<'a>> {
        Some(match self.peek()? {
            b'"' => Value::Text(self.string()?),
            b'-' | b'0'..=b'9' => Value::Number(self.number()?),
            b'n' => self.word(b"null", Value::Null)?,
            b't' => self.word(b"true", Value::Truth(true))?,
            b'f' => self.word(b"false", Value::Truth(false))?,
            _ => {
                let from = self.at;
                let is_safe = self.nested(depth)?;
                let raw = self.text.get(from..self.at)?;
                Value::Nested { raw, is_safe }
            }
        })
    }

    fn word(&mut self, word: &[u8], value: Value<'a>) -> Option<Value<'a>> {
        let end = self.at + word.len();
        (self.text.get(self.at..end)? == word).then(|| {
            self.at = end;
            value
        })
    }

    #[inline(never)]
    fn nested(&mut self, depth: u32) -> Option<bool> {
        let inside = depth + 1;
        if inside > MAX_DEPTH {
            return None;
        }
        let mut all = true;
        if self.peek()? == b'{' {
            self.object(|scanner, name| {
                let is_safe = scanner.value(inside)?.is_safe();
                all &= is_safe && !name.broken;
                Some(())
            })?;
        } else {
            self.list(|scanner| {
                all &= scanner.value(inside)?.is_safe();
                Some(())
            })?;
        }
        Some(all)
    }

    /// Passes a text whose quote is next.
    #[inline(always)]
    fn string(&mut self) -> Option<Text<'a>> {
        let from = self.at + 1;
        let end = plain(self.text, from);
        if *self.text.get(end)? == b'"' {
            self.at = end + 1;
            let raw = self.text.get(from..end)?;
            return Some(Text {
                raw,
                escaped: false,
                broken: false,
            });
        }
        self.escaped(from, end)
    }

    /// Passes whatever is next, of a value that has been passed before.
    pub fn part(&mut self) -> Option<Part<'a>> {
        Some(match *self.text.get(self.at)? {
            b'"' => Part::Text(self.string()?),
            b'-' | b'0'..=b'9' => Part::Number(self.number()?),
            other => {
                self.at += 1;
                Part::Other(other)
            }
        })
    }

    /// Passes a text with escapes, or none at all.
    #[inline(never)]
    fn escaped(&mut self, from: usize, first: usize) -> Option<Text<'a>> {
        let mut end = first;
        let mut broken = false;
        while *self.text.get(end)? != b'"' {
            // Anything else that ends what is plain must not stand in a text.
            let (len, escape) = escape(self.text.get(end..)?)?;
            broken |= escape.is_none();
            end = plain(self.text, end + len);
        }
        self.at = end + 1;
        let raw = self.text.get(from..end)?;
        Some(Text {
            raw,
            escaped: true,
            broken,
        })
    }

    /// Passes a number whose first byte is next.
    #[inline(always)]
    fn number(&mut self) -> Option<&'a [u8]> {
        let from = self.at;
        let digit = |at: usize| self.text.get(at).is_some_and(u8::is_ascii_digit);
        let digits = |mut at: usize| {
            while digit(at) {
                at += 1;
            }
            at
        };
        let is = |at: usize, byte: u8| self.text.get(at) == Some(&byte);
        let whole = from + usize::from(is(from, b'-'));
        let mut end = digits(whole);
        if end == whole || (is(whole, b'0') && end > whole + 1) {
            return None;
        }
        if is(end, b'.') {
            let part = end + 1;
            end = digits(part);
            if end == part {
                return None;
            }
        }
        if is(end, b'e') || is(end, b'E') {
            let part = end + 1 + usize::from(is(end + 1, b'+') || is(end + 1, b'-'));
            end = digits(part);
            if end == part {
                return None;
            }
        }
        self.at = end;
        self.text.get(from..end)
    }
}

/// The first place from here on that is a quote, a backslash or a control character.
#[inline(always)]
fn plain(text: &[u8], from: usize) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let mut at = from;
    while let Some(eight) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let bytes = u64::from_le_bytes(*eight);
        let quote = bytes ^ (ONES * 0x22);
        let backslash = bytes ^ (ONES * 0x5c);
        // A byte below the number that is taken away sets the top bit of its place. Borrowing may
        // set others, but only behind one that is right, and the first is all that is looked at.
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (bytes.wrapping_sub(ONES * 0x20) & !bytes);
        let found = found & TOPS;
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while text
        .get(at)
        .is_some_and(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        at += 1;
    }
    at
}

/// The escape that stands at the beginning: its length and its character, unless that is half a
/// surrogate pair.
fn escape(text: &[u8]) -> Option<(usize, Option<char>)> {
    let [b'\\', kind, rest @ ..] = text else {
        return None;
    };
    let character = match kind {
        b'"' | b'\\' | b'/' => char::from(*kind),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let unit = unit(rest)?;
            if !(0xd800..0xdc00).contains(&unit) {
                return Some((6, char::from_u32(unit)));
            }
            let low = match rest.get(4..) {
                Some([b'\\', b'u', digits @ ..]) => self::unit(digits),
                _ => None,
            };
            return Some(match low {
                Some(low @ 0xdc00..=0xdfff) => {
                    let whole = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    (12, char::from_u32(whole))
                }
                _ => (6, None),
            });
        }
        _ => return None,
    };
    Some((2, Some(character)))
}

/// Four hexadecimal digits.
fn unit(text: &[u8]) -> Option<u32> {
    text.first_chunk::<4>()?.iter().try_fold(0, |unit, &byte| {
        Some(unit << 4 | char::from(byte).to_digit(16)?)
    })
}

impl<'a> Text<'a> {
    /// What it says.
    #[must_use]
    pub fn decoded(&self) -> Cow<'a, str> {
        if !self.escaped {
            return String::from_utf8_lossy(self.raw);
        }
        let mut out = String::with_capacity(self.raw.len());
        self.pieces(|plain, escape| {
            out.push_str(&String::from_utf8_lossy(plain));
            if let Some((_, character)) = escape {
                out.push(character.unwrap_or('\u{fffd}'));
            }
        });
        Cow::Owned(out)
    }

    /// The same between quotes, with the sign for a lost character in the place of half a pair.
    #[must_use]
    pub fn mended(&self) -> Cow<'a, [u8]> {
        if !self.broken {
            return Cow::Borrowed(self.raw);
        }
        let mut out = Vec::with_capacity(self.raw.len());
        self.pieces(|plain, escape| {
            out.extend_from_slice(plain);
            match escape {
                Some((_, None)) => out.extend_from_slice(b"\\ufffd"),
                Some((raw, _)) => out.extend_from_slice(raw),
                None => {}
            }
        });
        Cow::Owned(out)
    }

    /// What is plain up to each escape and up to the end, and the escape behind it.
    fn pieces(&self, mut piece: impl FnMut(&'a [u8], Option<(&'a [u8], Option<char>)>)) {
        let mut rest = self.raw;
        loop {
            let (before, from) = rest.split_at(plain(rest, 0));
            let Some((len, character)) = escape(from) else {
                return piece(before, None);
            };
            let (raw, after) = from.split_at(len);
            piece(before, Some((raw, character)));
            rest = after;
        }
    }
}

impl Value<'_> {
    /// See [`Value::Nested`].
    #[inline(always)]
    fn is_safe(&self) -> bool {
        match self {
            Value::Null | Value::Truth(_) => true,
            Value::Number(number) => super::number::is_safe(number),
            Value::Text(text) => !text.broken,
            Value::Nested { is_safe, .. } => *is_safe,
        }
    }
}
