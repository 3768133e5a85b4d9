//! The rows of a `<cab-list>`, sorted and filtered. Ten thousand of them, at every key that is
//! pressed: what can be made ready is made ready when a row comes.

use std::cmp::Ordering;

use crate::rules::panel::column::{Column, natural};
use crate::rules::panel::expiry::Expiry;
use crate::rules::panel::moment::Moment;

/// More rows than anybody looks through; beyond them a list says to narrow it.
pub const MOST_ROWS: usize = 100_000;

/// One row, as it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The CAB's id, where the row has a good one.
    pub cab: Option<String>,
    /// What stands in each column, in the order of [`Column::ALL`].
    pub cells: [String; Column::ALL.len()],
    /// When it happened.
    pub date: Option<Moment>,
    /// When the CAB goes.
    pub expires: Option<Moment>,
    /// All of it in lower case, to be searched.
    search: String,
}

impl Row {
    /// A row; `more` is searched, too, and not shown.
    #[must_use]
    pub fn new(
        cab: Option<String>,
        cells: [String; Column::ALL.len()],
        date: Option<Moment>,
        expires: Option<Moment>,
        more: &str,
    ) -> Self {
        let mut search = String::new();
        for text in cells.iter().map(String::as_str).chain([more]) {
            search.push_str(&text.to_lowercase());
            search.push('\n');
        }
        Self {
            cab,
            cells,
            date,
            expires,
            search,
        }
    }

    /// How long its CAB stays.
    #[must_use]
    pub fn expiry(&self, now_ms: f64) -> Expiry {
        self.expires
            .map_or(Expiry::Unknown, |moment| Expiry::at(moment, now_ms))
    }

    /// Whether its CAB can be downloaded.
    #[must_use]
    pub fn is_available(&self, now_ms: f64) -> bool {
        self.cab.is_some() && !self.expiry(now_ms).is_past()
    }

    fn cell(&self, column: Column) -> &str {
        &self.cells[column as usize]
    }

    fn has(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.search.contains(word.as_str()))
    }
}

/// By which column the rows stand, and whether downwards.
pub type Sort = (Column, bool);

/// See the module's documentation.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    /// Nothing: in the order in which they came.
    sort: Option<Sort>,
    /// The words of the filter; each has to be there.
    words: Vec<String>,
    /// All rows, sorted.
    order: Vec<usize>,
    /// Those that fit the filter, sorted.
    view: Vec<usize>,
}

impl Table {
    /// All rows, by the number that stands in [`view`](Self::view).
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows to show, in their order.
    #[must_use]
    pub fn view(&self) -> &[usize] {
        &self.view
    }

    /// How the rows stand.
    #[must_use]
    pub const fn sort(&self) -> Option<Sort> {
        self.sort
    }

    /// Whether some rows may not be shown.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.words.is_empty()
    }

    /// More rows have come; those beyond [`MOST_ROWS`] are not taken. Whether all were.
    pub fn add(&mut self, rows: impl IntoIterator<Item = Row>) -> bool {
        let mut rows = rows.into_iter();
        let room = MOST_ROWS.saturating_sub(self.rows.len());
        self.rows.extend(rows.by_ref().take(room));
        self.arrange();
        rows.next().is_none()
    }

    /// Sorts by a column.
    pub fn sort_by(&mut self, sort: Option<Sort>) {
        self.sort = sort;
        self.arrange();
    }

    /// Shows the rows in which every word of the text stands, in whichever column.
    pub fn filter(&mut self, text: &str) {
        let text = text.to_lowercase();
        self.words = text.split_whitespace().map(ToOwned::to_owned).collect();
        self.select();
    }

    fn arrange(&mut self) {
        let rows = &self.rows;
        self.order = (0..rows.len()).collect();
        if let Some((column, down)) = self.sort {
            // Stable: what is alike stays as it came.
            self.order
                .sort_by(|one, other| compare(&rows[*one], &rows[*other], column, down));
        }
        self.select();
    }

    fn select(&mut self) {
        let fits = |row: &&usize| self.words.is_empty() || self.rows[**row].has(&self.words);
        self.view = self.order.iter().filter(fits).copied().collect();
    }
}

/// Rows without a value come last, in whichever direction.
fn compare(one: &Row, other: &Row, column: Column, down: bool) -> Ordering {
    let turned = |order: Ordering| if down { order.reverse() } else { order };
    let moments = match column {
        Column::Date => Some((one.date, other.date)),
        Column::Expires => Some((one.expires, other.expires)),
        _ => None,
    };
    if let Some((one, other)) = moments {
        return match (one, other) {
            (Some(one), Some(other)) => turned(one.ms.total_cmp(&other.ms)),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
    }
    let (one, other) = (one.cell(column), other.cell(column));
    match (one.is_empty(), other.is_empty()) {
        (false, false) => turned(natural(one, other)),
        (one_is_empty, other_is_empty) => one_is_empty.cmp(&other_is_empty),
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(date: &str, market: &str, version: &str) -> Row {
        let moment = Moment::parse(date);
        let mut cells: [String; 7] = std::array::from_fn(|_| String::new());
        cells[Column::Market as usize] = market.to_owned();
        cells[Column::Version as usize] = version.to_owned();
        Row::new(Some("a".to_owned()), cells, moment, moment, "ÖSTERREICH")
    }

    fn table() -> Table {
        let mut table = Table::default();
        assert!(table.add([
            row("2017-03-14", "US", "2.1.10.0"),
            row("2017-03-16 10:00:00", "DE", "2.1.9.0"),
            row("?", "", "10.0.0.0"),
            row("2017-03-15", "us", ""),
        ]));
        table
    }

    #[test]
    fn each_column_sorts_in_its_own_way_with_the_unknown_last() {
        let mut table = table();
        for (sort, expected) in [
            (None, [0, 1, 2, 3]),
            (Some((Column::Date, false)), [0, 3, 1, 2]),
            (Some((Column::Date, true)), [1, 3, 0, 2]),
            (Some((Column::Expires, true)), [1, 3, 0, 2]),
            (Some((Column::Market, false)), [1, 0, 3, 2]),
            (Some((Column::Market, true)), [0, 3, 1, 2]),
            (Some((Column::Version, false)), [1, 0, 2, 3]),
            (Some((Column::Version, true)), [2, 0, 1, 3]),
            (Some((Column::Cab, true)), [0, 1, 2, 3]),
        ] {
            table.sort_by(sort);
            assert_eq!(table.view(), expected, "{sort:?}");
        }
    }

    #[test]
    fn every_word_of_the_filter_has_to_be_there() {
        let mut table = table();
        table.sort_by(Some((Column::Date, true)));
        for (text, expected) in [
            ("us", &[3, 0][..]),
            ("US 2.1", &[0]),
            ("2.1 us", &[0]),
            ("österreich", &[1, 3, 0, 2]),
            ("nowhere", &[]),
            ("  ", &[1, 3, 0, 2]),
            ("us\n2.1", &[0]),
        ] {
            table.filter(text);
            assert_eq!(table.view(), expected, "{text:?}");
            assert_eq!(table.is_filtered(), !text.trim().is_empty());
        }
    }

    #[test]
    fn rows_that_come_later_take_their_place() {
        let mut table = table();
        table.sort_by(Some((Column::Date, true)));
        table.filter("us");
        assert!(table.add([row("2018-01-01", "US", ""), row("2018-01-02", "FR", "")]));
        assert_eq!(table.view(), [4, 3, 0]);
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut table = Table::default();
        assert!(table.add(vec![Row::default(); MOST_ROWS]));
        assert!(!table.add([Row::default()]));
        assert_eq!(table.rows().len(), MOST_ROWS);
    }

    #[test]
    fn only_a_cab_that_is_there_can_be_had() {
        let good = row("2017-03-14", "", "");
        let now = good.date.unwrap().ms;
        assert!(good.is_available(now));
        assert!(good.is_available(now + 1.5 * 86_400_000.0), "in doubt");
        assert!(!good.is_available(now + 2.0 * 86_400_000.0));
        assert!(!Row { cab: None, ..good }.is_available(now));
    }

    proptest! {
        #[test]
        fn a_view_is_a_sorted_part_of_the_rows(
            texts in prop::collection::vec(("(2017-03-1[0-9]|x)", "[a-c]{0,2}", "[0-9.]{0,4}"), 0..40),
            column in prop::sample::select(Column::ALL.to_vec()),
            down in any::<bool>(),
            filter in "[a-c ]{0,2}",
        ) {
            let mut table = Table::default();
            table.add(texts.iter().map(|(date, market, version)| row(date, market, version)));
            table.sort_by(Some((column, down)));
            table.filter(&filter);
            let rows = table.rows();
            for pair in table.view().windows(2) {
                let order = compare(&rows[pair[0]], &rows[pair[1]], column, down);
                prop_assert!(order.is_lt() || (order.is_eq() && pair[0] < pair[1]));
            }
            let words: Vec<String> = filter.split_whitespace().map(ToOwned::to_owned).collect();
            let mut seen = vec![false; rows.len()];
            for row in table.view() {
                prop_assert!(!std::mem::replace(&mut seen[*row], true));
            }
            for (row, seen) in rows.iter().zip(seen) {
                prop_assert_eq!(row.has(&words), seen);
            }
        }
    }
}
