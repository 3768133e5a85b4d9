//! The way through a list, slice by slice: where the next one is, and whether it leads in a circle.

use crate::rules::list::envelope::{NextLink, Page};
use crate::rules::list::next_link;
use crate::rules::list::query::{Asked, Query};
use crate::rules::list::words::{self, Said};
use crate::rules::problem::Failure;

/// See the module's documentation.
#[derive(Debug)]
pub struct Trail {
    asked: Asked,
    /// The configured endpoint's base.
    base: String,
    /// The addresses of all slices so far, and of the next.
    addresses: Vec<String>,
    /// The slices so far that have others after them, by a hash of their rows.
    slices: Vec<u64>,
    /// The rows of all slices so far.
    rows: u64,
}

impl Trail {
    /// Begins with a query below the endpoint's base.
    #[must_use]
    pub fn new(query: &Query, base: &str) -> Self {
        Self {
            asked: query.asked.clone(),
            base: base.to_owned(),
            addresses: vec![query.path_and_query()],
            slices: Vec::new(),
            rows: 0,
        }
    }

    /// Takes in a slice and tells where the next one is: its path and query below the base, nothing
    /// after the last, a failure where the service's link is not to be followed. The slice's own
    /// rows are good all the same.
    ///
    /// # Errors
    /// The slice is one that has been there before.
    pub fn arrived(&mut self, page: &Page) -> Result<Result<Option<String>, Failure>, Failure> {
        // The last slice closes no circle.
        if page.next.is_some() {
            let slice = digest(page.rows.bytes());
            if self.slices.contains(&slice) && self.proves_a_circle(page) {
                return Err(words::unexpected(Said::Circle));
            }
            self.slices.push(slice);
        }
        self.rows += page.count as u64;
        Ok(self.next(page.next.as_ref()))
    }

    /// Whether a slice that looks like one before must be the same. Two occurrences may well be
    /// alike, so a single row proves it only when all rows have been there.
    fn proves_a_circle(&self, page: &Page) -> bool {
        page.count != 1 || page.total.is_none_or(|total| self.rows >= total)
    }

    fn next(&mut self, link: Option<&NextLink>) -> Result<Option<String>, Failure> {
        let address = match link {
            None => return Ok(None),
            Some(NextLink::Text(link)) => next_link::path_and_query(link, &self.base, &self.asked),
            Some(NextLink::Unreadable) => None,
        };
        let address = address.ok_or_else(|| words::unexpected(Said::LinkElsewhere))?;
        if self.addresses.contains(&address) {
            return Err(words::unexpected(Said::Circle));
        }
        self.addresses.push(address.clone());
        Ok(Some(address))
    }
}

/// A number that tells texts apart, by their length and eight bytes at a time. Nobody gains by two
/// slices of one number: they only end a list of their own.
fn digest(text: &[u8]) -> u64 {
    let (chunks, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = chunks.iter().chain([&last]);
    words.fold(text.len() as u64, |digest, word| {
        let mixed = (digest ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    })
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::list::given::Given;
    use crate::rules::list::query;
    use crate::rules::problem::Problem;

    fn trail() -> Trail {
        let query = query::hits(&Given::Missing).unwrap();
        Trail::new(&query, "https://portal.example/devcenter/")
    }

    fn page(rows: &str, count: usize, total: Option<u64>, link: &str) -> Page {
        Page {
            rows: rows.as_bytes().to_vec().into(),
            count,
            total,
            next: (!link.is_empty()).then(|| NextLink::Text(link.to_owned())),
            addresses: Vec::new(),
        }
    }

    fn skip(number: u32) -> String {
        format!("ihvdriver/failurehits?skip={number}")
    }

    #[test]
    fn slices_follow_their_links_to_the_end() {
        let mut trail = trail();
        let first = trail.arrived(&page("a", 2, Some(3), &skip(2)));
        assert_eq!(first, Ok(Ok(Some(skip(2)))));
        assert_eq!(trail.arrived(&page("b", 1, Some(3), "")), Ok(Ok(None)));
    }

    #[test]
    fn a_link_that_was_there_is_a_circle() {
        let mut trail = trail();
        assert!(
            trail
                .arrived(&page("a", 2, None, &skip(2)))
                .unwrap()
                .is_ok()
        );
        let again = trail
            .arrived(&page("b", 2, None, &skip(2)))
            .unwrap()
            .unwrap_err();
        assert_eq!(again.problem, Problem::UnexpectedResponse);
        // The rows of the first request by its very address.
        let mut trail = self::trail();
        trail.addresses = vec![skip(0)];
        assert!(
            trail
                .arrived(&page("a", 2, None, &skip(0)))
                .unwrap()
                .is_err()
        );
    }

    #[test]
    fn a_slice_that_was_there_is_a_circle_whatever_its_link() {
        let mut trail = trail();
        assert!(trail.arrived(&page("a", 2, None, &skip(2))).is_ok());
        assert!(trail.arrived(&page("b", 2, None, &skip(4))).is_ok());
        let again = trail.arrived(&page("a", 2, None, &skip(6))).unwrap_err();
        assert_eq!(again.problem, Problem::UnexpectedResponse);
        // Empty slices with links go on for ever, too.
        let mut trail = self::trail();
        assert!(trail.arrived(&page("[]", 0, Some(5), &skip(2))).is_ok());
        assert!(trail.arrived(&page("[]", 0, Some(5), &skip(4))).is_err());
    }

    #[test]
    fn occurrences_that_look_alike_are_no_circle() {
        let mut trail = trail();
        for number in 1..3 {
            assert!(trail.arrived(&page("a", 1, Some(3), &skip(number))).is_ok());
        }
        assert!(
            trail.arrived(&page("a", 1, Some(3), "")).is_ok(),
            "the last"
        );
        let mut trail = self::trail();
        for number in 1..3 {
            assert!(trail.arrived(&page("a", 1, Some(2), &skip(number))).is_ok());
        }
        assert!(
            trail.arrived(&page("a", 1, Some(2), &skip(4))).is_err(),
            "more than all"
        );
    }

    #[test]
    fn a_link_elsewhere_leaves_the_rows_good() {
        let mut trail = trail();
        for link in [
            "https://evil.example/ihvdriver/failurehits?skip=1",
            "javascript:alert(1)",
        ] {
            let failure = trail
                .arrived(&page(link, 1, None, link))
                .unwrap()
                .unwrap_err();
            assert_eq!(failure.problem, Problem::UnexpectedResponse);
            assert!(!failure.message().contains("evil"), "{}", failure.message());
        }
        let mut odd = page("x", 1, None, "");
        odd.next = Some(NextLink::Unreadable);
        assert!(trail.arrived(&odd).unwrap().is_err());
    }
}
