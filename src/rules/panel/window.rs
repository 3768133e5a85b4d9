//! Which rows are drawn: those that can be seen, and some around them.

/// The part of the rows that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first of them.
    pub first: usize,
    /// How many.
    pub count: usize,
}

impl Window {
    /// Whether a row is drawn.
    #[must_use]
    pub const fn has(self, row: usize) -> bool {
        row >= self.first && row - self.first < self.count
    }

    /// Where the drawn rows end.
    #[must_use]
    pub const fn end(self) -> usize {
        self.first + self.count
    }
}

/// How many rows are drawn together: the first one is a multiple of it, so that most steps of a
/// scroll change nothing.
const STEP: usize = 8;

/// Nobody's screen has more.
const MOST_SEEN: f64 = 200.0;

/// The rows to draw.
///
/// `rows` there are, each `row_px` high; `scrolled_px` are above what is seen, which is `height_px`
/// high. Whatever a browser gives, also while nothing has a size, it is a small part of the rows.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float saturates, and what is no number is 0"
)]
pub fn window(rows: usize, row_px: f64, scrolled_px: f64, height_px: f64) -> Window {
    let row_px = if row_px >= 1.0 { row_px } else { 1.0 };
    let seen = (height_px / row_px).clamp(1.0, MOST_SEEN).ceil() as usize + 1;
    let top = ((scrolled_px / row_px) as usize).min(rows.saturating_sub(1));
    let first = (top / STEP).saturating_sub(1) * STEP;
    let end = ((top + seen) / STEP + 2) * STEP;
    Window {
        first,
        count: end.min(rows).saturating_sub(first),
    }
}

/// How far to scroll so that a row can be seen; nothing where it can be already. `head_px` at the
/// top are covered by the headings.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn scroll_to(
    row: usize,
    row_px: f64,
    scrolled_px: f64,
    height_px: f64,
    head_px: f64,
) -> Option<f64> {
    let top = row as f64 * row_px;
    let bottom = top + row_px + head_px;
    if top < scrolled_px {
        Some(top)
    } else if bottom > scrolled_px + height_px {
        Some(bottom - height_px)
    } else {
        None
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ten_thousand_rows_are_some_forty() {
        let at = |scrolled| window(10_000, 44.0, scrolled, 500.0);
        assert_eq!(
            at(0.0),
            Window {
                first: 0,
                count: 24
            }
        );
        assert_eq!(at(43.9), at(0.0), "a small step changes nothing");
        assert_eq!(
            at(44.0 * 5_000.0),
            Window {
                first: 4_992,
                count: 32
            }
        );
        assert_eq!(at(1e9).end(), 10_000);
        assert!(at(1e9).count <= 48);
    }

    #[test]
    fn without_sizes_there_is_still_a_window() {
        for (row, scrolled, height) in [
            (0.0, 0.0, 0.0),
            (f64::NAN, f64::NAN, f64::NAN),
            (44.0, -50.0, f64::INFINITY),
            (-1.0, f64::INFINITY, -3.0),
        ] {
            let window = window(10_000, row, scrolled, height);
            assert!((1..=240).contains(&window.count), "{window:?}");
        }
        assert_eq!(window(0, 44.0, 0.0, 500.0), Window { first: 0, count: 0 });
        assert_eq!(window(1, 44.0, 0.0, 500.0), Window { first: 0, count: 1 });
    }

    #[test]
    fn a_row_is_scrolled_to_only_where_it_cannot_be_seen() {
        assert_eq!(scroll_to(3, 40.0, 0.0, 400.0, 40.0), None);
        assert_eq!(scroll_to(3, 40.0, 200.0, 400.0, 40.0), Some(120.0));
        assert_eq!(scroll_to(20, 40.0, 0.0, 400.0, 40.0), Some(480.0));
    }

    proptest! {
        #[test]
        fn what_can_be_seen_is_drawn(rows in 1_usize..200_000, scrolled in 0.0..9e6_f64, height in 0.0..3_000.0_f64) {
            let row_px = 40.0;
            let drawn = window(rows, row_px, scrolled, height);
            prop_assert!(drawn.end() <= rows);
            prop_assert!(drawn.count <= 120);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let (top, bottom) = ((scrolled / row_px) as usize, ((scrolled + height) / row_px) as usize);
            for row in [top, bottom] {
                prop_assert!(row >= rows || drawn.has(row), "{row} of {drawn:?}");
            }
        }
    }
}
