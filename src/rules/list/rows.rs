//! The rows of a slice: the text of a list, as it came wherever that will do.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::rules::list::cab_address::CabAddress;
use crate::rules::list::json::Scanner;
use crate::rules::list::method::List;
use crate::rules::list::row::{self, Fields, Kind};
use crate::rules::list::{batch, details, hits};

/// The rows, as the JSON text of a list of objects. Within a text there may be bytes that are no
/// UTF-8; whoever reads them puts the sign for a lost character there, as browsers do.
#[derive(Clone)]
pub struct Rows {
    text: Vec<u8>,
    range: Range<usize>,
}

impl Rows {
    /// Those that stand there in a text.
    #[must_use]
    pub fn within(text: Vec<u8>, range: Range<usize>) -> Self {
        Self { text, range }
    }

    /// The bytes of the text.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.text.get(self.range.clone()).unwrap_or_default()
    }

    /// The room that they took, for other rows.
    #[must_use]
    pub fn into_room(self) -> Vec<u8> {
        self.text
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes())
    }
}

impl From<Vec<u8>> for Rows {
    fn from(text: Vec<u8>) -> Self {
        let range = 0..text.len();
        Self { text, range }
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Rows {}

/// What stands around them is nobody's business.
impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

/// What a list of rows was found to be.
#[derive(Debug)]
pub struct Found {
    /// Their text.
    pub text: Text,
    /// How many rows there are.
    pub count: usize,
    /// Where the CABs of a batch are, by their ids.
    pub addresses: Vec<(String, CabAddress)>,
}

impl Found {
    /// No rows at all.
    #[must_use]
    pub fn none() -> Self {
        Self {
            text: Text::Anew(b"[]".to_vec()),
            count: 0,
            addresses: Vec::new(),
        }
    }
}

/// Where the text of the rows is.
#[derive(Debug)]
pub enum Text {
    /// There, as it was sent.
    AsSent(Range<usize>),
    /// It had to be written anew.
    Anew(Vec<u8>),
}

/// Passes a list in this text. Its rows are checked, and written anew from the first that may not
/// stay as it is; what is no object is no row. Nothing where it is no JSON.
pub fn read(scanner: &mut Scanner<'_>, text: &[u8], list: List) -> Option<Found> {
    let fields: &Fields = match list {
        List::Hits => hits::FIELDS,
        List::Details => details::FIELDS,
        List::Batch => batch::FIELDS,
    };
    let counts: Vec<_> = fields
        .iter()
        .filter(|(_, kind)| *kind == Kind::Count)
        .copied()
        .collect();
    let from = scanner.at();
    // Up to here everything may stay.
    let mut good = from + 1;
    let mut anew = None;
    let mut count = 0;
    let mut addresses = Vec::new();
    scanner.list(|scanner| {
        let is_row = scanner.peek()? == b'{';
        let start = scanner.at();
        let fit = if is_row {
            row::is_fit(scanner, fields, &counts)? && list != List::Batch
        } else {
            scanner.value(2)?;
            false
        };
        count += usize::from(is_row);
        let end = scanner.at();
        if fit && anew.is_none() {
            good = end;
            return Some(());
        }
        let out = anew.get_or_insert_with(|| begun(text, from..good));
        if !is_row {
            return Some(());
        }
        if out.len() > 1 {
            out.push(b',');
        }
        let row = text.get(start..end)?;
        if fit {
            out.extend_from_slice(row);
        } else if list == List::Batch {
            addresses.extend(batch::write(row, out));
        } else {
            let start = out.len();
            if row::write_changed(row, fields, &counts, out).is_none() {
                out.truncate(start);
                row::write(&row::fields(row), fields, |_| true, out);
            }
        }
        Some(())
    })?;
    let text = match anew {
        None => Text::AsSent(from..scanner.at()),
        Some(mut text) => {
            text.push(b']');
            Text::Anew(text)
        }
    };
    Some(Found {
        text,
        count,
        addresses,
    })
}

/// What was good so far, with room for the rest: written anew, rows become a little longer at most.
fn begun(text: &[u8], good: Range<usize>) -> Vec<u8> {
    let rest = text.len() - good.start;
    let mut out = Vec::with_capacity(rest + rest / 16);
    out.extend_from_slice(text.get(good).unwrap_or_default());
    out
}
