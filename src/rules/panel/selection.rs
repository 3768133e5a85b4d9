//! Which rows of a `<cab-list>` are selected.

use std::collections::BTreeSet;

/// See the module's documentation. Rows are numbers of the table's, whatever is shown of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    rows: BTreeSet<usize>,
    /// Where a range begins: the row that was changed last.
    anchor: Option<usize>,
}

/// What the box above all rows shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum All {
    /// None of the rows in view is selected.
    None,
    /// Some are.
    Some,
    /// All that can be are.
    All,
}

impl Selection {
    /// Whether a row is.
    #[must_use]
    pub fn has(&self, row: usize) -> bool {
        self.rows.contains(&row)
    }

    /// How many are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Selects one row, or takes it out.
    pub fn set(&mut self, row: usize, selected: bool) {
        self.put(row, selected);
        self.anchor = Some(row);
    }

    /// The same for all rows in view between the last one changed and this one. Those that cannot be
    /// had stay out.
    pub fn set_range(
        &mut self,
        row: usize,
        selected: bool,
        view: &[usize],
        can_be: impl Fn(usize) -> bool,
    ) {
        let place = |wanted| view.iter().position(|row| *row == wanted);
        let from = self.anchor.and_then(place);
        if let (Some(from), Some(to)) = (from, place(row)) {
            for between in &view[from.min(to)..=from.max(to)] {
                if can_be(*between) {
                    self.put(*between, selected);
                }
            }
        }
        if can_be(row) {
            self.put(row, selected);
        }
        self.anchor = Some(row);
    }

    /// Selects all rows in view that can be had, or takes all in view out.
    pub fn set_all(&mut self, selected: bool, view: &[usize], can_be: impl Fn(usize) -> bool) {
        for row in view {
            self.put(*row, selected && can_be(*row));
        }
        self.anchor = None;
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The selected rows: those in view first, in its order.
    #[must_use]
    pub fn in_order(&self, view: &[usize]) -> Vec<usize> {
        let mut rest = self.rows.clone();
        let mut all: Vec<usize> = view
            .iter()
            .filter(|row| rest.remove(row))
            .copied()
            .collect();
        all.extend(rest);
        all
    }

    /// How many of them are not in view.
    #[must_use]
    pub fn hidden(&self, view: &[usize]) -> usize {
        let seen = view.iter().filter(|row| self.has(**row)).count();
        self.len() - seen
    }

    /// What the box above all rows shows.
    #[must_use]
    pub fn of_all(&self, view: &[usize], can_be: impl Fn(usize) -> bool) -> All {
        let mut seen = (false, false);
        for row in view {
            if self.has(*row) {
                seen.0 = true;
            } else if can_be(*row) {
                seen.1 = true;
            }
        }
        match seen {
            (false, _) => All::None,
            (true, true) => All::Some,
            (true, false) => All::All,
        }
    }

    fn put(&mut self, row: usize, selected: bool) {
        if selected {
            self.rows.insert(row);
        } else {
            self.rows.remove(&row);
        }
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sorted downwards, with row 3 filtered out.
    const VIEW: [usize; 5] = [5, 4, 2, 1, 0];
    const ANY: fn(usize) -> bool = |_| true;

    fn all(selection: &Selection) -> Vec<usize> {
        selection.in_order(&VIEW)
    }

    #[test]
    fn a_range_follows_what_is_seen() {
        let mut selection = Selection::default();
        selection.set(4, true);
        selection.set_range(1, true, &VIEW, ANY);
        assert_eq!(all(&selection), [4, 2, 1]);
        // From where the last one ended, in the other direction, and out again.
        selection.set_range(2, false, &VIEW, ANY);
        assert_eq!(all(&selection), [4]);
        selection.set(0, true);
        selection.set_range(5, true, &VIEW, |row| row != 2);
        assert_eq!(all(&selection), [5, 4, 1, 0]);
    }

    #[test]
    fn a_range_without_a_beginning_is_one_row() {
        let mut selection = Selection::default();
        selection.set_range(2, true, &VIEW, ANY);
        assert_eq!(all(&selection), [2]);
        // The beginning is no longer in view.
        selection.set(3, true);
        selection.set_range(0, true, &VIEW, ANY);
        assert_eq!(all(&selection), [2, 0, 3]);
        assert_eq!(selection.hidden(&VIEW), 1);
    }

    #[test]
    fn all_in_view_that_can_be_had() {
        let mut selection = Selection::default();
        let can_be = |row| row != 2;
        selection.set(3, true);
        assert_eq!(selection.of_all(&VIEW, can_be), All::None);
        selection.set_all(true, &VIEW, can_be);
        assert_eq!(all(&selection), [5, 4, 1, 0, 3]);
        assert_eq!(selection.of_all(&VIEW, can_be), All::All);
        selection.set(5, false);
        assert_eq!(selection.of_all(&VIEW, can_be), All::Some);
        selection.set_all(false, &VIEW, can_be);
        assert_eq!(all(&selection), [3]);
        selection.clear();
        assert!(selection.is_empty());
        assert_eq!(selection.of_all(&[], can_be), All::None);
    }

    proptest! {
        #[test]
        fn what_cannot_be_had_is_never_taken_in_by_many(
            steps in prop::collection::vec((0_usize..12, any::<bool>(), 0_u8..3), 0..30),
        ) {
            let view: Vec<usize> = (0..12).filter(|row| row % 5 != 0).collect();
            let can_be = |row: usize| row % 3 != 0;
            let mut selection = Selection::default();
            for (row, selected, how) in steps {
                match how {
                    0 if can_be(row) => selection.set(row, selected),
                    1 => selection.set_range(row, selected, &view, can_be),
                    _ => selection.set_all(selected, &view, can_be),
                }
                prop_assert!(selection.in_order(&view).into_iter().all(can_be));
                prop_assert_eq!(selection.in_order(&view).len(), selection.len());
                prop_assert!(selection.hidden(&view) <= selection.len());
            }
        }
    }
}
