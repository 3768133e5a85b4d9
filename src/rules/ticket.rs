//! Tickets: the reason why an address inside the scope does nothing for anybody but the page
//! whose link was clicked.

use crate::rules::id::Cab;

/// How long an unused ticket of a link lives, in milliseconds: long enough for a context menu.
pub const LINK_LIFE_MS: f64 = 120_000.0;

/// How long an unused ticket of a hidden frame lives, in milliseconds; the flow gives up before.
pub const FRAME_LIFE_MS: f64 = 60_000.0;

/// Unused tickets kept at once; each pointer-down on a link makes one.
const MAX_UNUSED: usize = 64;

/// 128 random bits, as 32 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket(String);

impl Ticket {
    /// Writes the bits out.
    #[must_use]
    pub fn from_bits(bits: [u8; 16]) -> Self {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = String::with_capacity(32);
        for byte in bits {
            text.push(DIGITS[usize::from(byte >> 4)] as char);
            text.push(DIGITS[usize::from(byte & 15)] as char);
        }
        Self(text)
    }

    /// Reads one from an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = text.len() == 32
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
        good.then(|| Self(text.to_owned()))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a ticket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A hidden frame: once for the frame itself, or once for the CAB inside it.
    Frame,
    /// A tab or a frame of the host's: once for the CAB.
    Link,
}

#[derive(Clone, Debug)]
struct Entry {
    wanted: Wanted,
    owner: u32,
    purpose: Use,
    /// The navigation that has it; only that one is answered from then on.
    bound: Option<String>,
    expires: f64,
}

/// What a ticket is good for, and what a navigation asks for, read from its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The hidden frame's own document.
    Frame(Ticket),
    /// A CAB.
    Cab(Ticket, Cab),
}

/// Whose navigation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// No live ticket of this page's fits.
    NotMine,
    /// The frame of this owner.
    Frame(u32),
    /// The CAB of this owner; `first` the first time that this navigation asks.
    Cab {
        /// The number given at minting.
        owner: u32,
        /// For which use the ticket was minted.
        purpose: Use,
        /// Whether this is the navigation's first question.
        first: bool,
    },
}

/// The tickets that one page has minted.
#[derive(Clone, Debug, Default)]
pub struct Book(Vec<Entry>);

impl Book {
    /// Enters a fresh ticket. `now` in milliseconds, of a clock that does not run back.
    pub fn mint(&mut self, wanted: Wanted, owner: u32, purpose: Use, now: f64) {
        self.0
            .retain(|entry| entry.bound.is_some() || entry.expires > now);
        let unused = |entry: &Entry| entry.bound.is_none() && entry.purpose == Use::Link;
        if self.0.iter().filter(|entry| unused(entry)).count() >= MAX_UNUSED
            && let Some(oldest) = self.0.iter().position(unused)
        {
            self.0.remove(oldest);
        }
        let life = match purpose {
            Use::Frame => FRAME_LIFE_MS,
            Use::Link => LINK_LIFE_MS,
        };
        self.0.push(Entry {
            wanted,
            owner,
            purpose,
            bound: None,
            expires: now + life,
        });
    }

    /// Decides whose a navigation is, and uses the ticket up.
    pub fn claim(&mut self, wanted: &Wanted, navigation: &str, now: f64) -> Claim {
        let Some(at) = self.0.iter().position(|entry| entry.wanted == *wanted) else {
            return Claim::NotMine;
        };
        let entry = &mut self.0[at];
        let (owner, purpose) = (entry.owner, entry.purpose);
        let first = entry.bound.is_none();
        let fits = match &entry.bound {
            None => entry.expires > now,
            Some(bound) => bound == navigation,
        };
        if !fits {
            return Claim::NotMine;
        }
        if matches!(wanted, Wanted::Frame(_)) {
            // It asks once.
            self.0.remove(at);
            return Claim::Frame(owner);
        }
        entry.bound = Some(navigation.to_owned());
        Claim::Cab {
            owner,
            purpose,
            first,
        }
    }

    /// Gives the tickets of one owner to another: the download that a navigation belongs to from now on, so that what
    /// becomes of the link or the frame that they were minted for leaves it alone.
    pub fn hand_over(&mut self, from: u32, to: u32) {
        for entry in &mut self.0 {
            if entry.owner == from {
                entry.owner = to;
            }
        }
    }

    /// Forgets every ticket of this owner: its work is done.
    pub fn close(&mut self, owner: u32) {
        self.0.retain(|entry| entry.owner != owner);
    }

    /// Whether a ticket of this owner is known.
    #[must_use]
    pub fn holds(&self, owner: u32) -> bool {
        self.0.iter().any(|entry| entry.owner == owner)
    }

    /// How many tickets are known, for tests of growth.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::id::CabIdHash;
    use proptest::prelude::*;

    fn cab(id: &str) -> Cab {
        Cab::ihv(CabIdHash::parse(id).unwrap())
    }

    fn ticket(byte: u8) -> Ticket {
        Ticket::from_bits([byte; 16])
    }

    fn book(purpose: Use) -> Book {
        let mut book = Book::default();
        book.mint(Wanted::Cab(ticket(1), cab("a")), 7, purpose, 0.0);
        book
    }

    const CAB_OF_7: fn(Use, bool) -> Claim = |purpose, first| Claim::Cab {
        owner: 7,
        purpose,
        first,
    };

    #[test]
    fn a_ticket_is_32_hexadecimal_digits() {
        let written = Ticket::from_bits(*b"\0\x01\x0f\x10\xffabcdefghijk");
        assert_eq!(written.as_str().len(), 32);
        assert!(written.as_str().starts_with("00010f10ff"));
        assert_eq!(Ticket::parse(written.as_str()), Some(written));
        for text in [
            "",
            "0",
            &"0".repeat(31),
            &"0".repeat(33),
            &"A".repeat(32),
            &"g".repeat(32),
        ] {
            assert_eq!(Ticket::parse(text), None);
        }
    }

    #[test]
    fn a_frame_is_asked_for_once_and_forgotten() {
        let mut book = Book::default();
        let frame = Wanted::Frame(ticket(1));
        book.mint(frame.clone(), 7, Use::Frame, 0.0);
        let inner = Wanted::Cab(ticket(1), cab("a"));
        assert_eq!(book.claim(&inner, "n1", 1.0), Claim::NotMine, "no CAB's");
        assert_eq!(book.claim(&frame, "n1", 1.0), Claim::Frame(7));
        assert!(book.is_empty());
        assert_eq!(book.claim(&frame, "n1", 1.0), Claim::NotMine, "replayed");
        book.mint(frame.clone(), 7, Use::Frame, 0.0);
        let late = book.claim(&frame, "n", FRAME_LIFE_MS);
        assert_eq!(late, Claim::NotMine);
        book.close(7);
        assert!(book.is_empty());
    }

    #[test]
    fn the_cab_inside_a_frame_is_asked_for_by_one_navigation() {
        let mut book = book(Use::Frame);
        let (frame, inner) = (Wanted::Frame(ticket(1)), Wanted::Cab(ticket(1), cab("a")));
        assert_eq!(book.claim(&frame, "n1", 1.0), Claim::NotMine, "no frame's");
        assert_eq!(book.claim(&inner, "n4", 1.0), CAB_OF_7(Use::Frame, true));
        assert_eq!(book.claim(&inner, "n4", 1.0), CAB_OF_7(Use::Frame, false));
        assert_eq!(book.claim(&inner, "n5", 1.0), Claim::NotMine, "replayed");
        book.close(7);
        assert_eq!(book.claim(&inner, "n4", 1.0), Claim::NotMine, "closed");
        assert!(book.is_empty());
    }

    #[test]
    fn a_link_is_for_one_cab_and_never_for_a_frame() {
        let mut book = book(Use::Link);
        let other = Wanted::Cab(ticket(1), cab("b"));
        assert_eq!(book.claim(&other, "n1", 1.0), Claim::NotMine);
        assert_eq!(
            book.claim(&Wanted::Frame(ticket(1)), "n1", 1.0),
            Claim::NotMine
        );
        let own = Wanted::Cab(ticket(1), cab("a"));
        assert_eq!(book.claim(&own, "n1", 1.0), CAB_OF_7(Use::Link, true));
        assert_eq!(book.claim(&own, "n2", 1.0), Claim::NotMine);
    }

    #[test]
    fn an_unused_ticket_expires_a_bound_one_does_not() {
        let own = Wanted::Cab(ticket(1), cab("a"));
        assert_eq!(
            book(Use::Link).claim(&own, "n", LINK_LIFE_MS),
            Claim::NotMine
        );
        let mut bound = book(Use::Link);
        bound.claim(&own, "n", 1.0);
        let late = bound.claim(&own, "n", LINK_LIFE_MS * 2.0);
        assert_eq!(late, CAB_OF_7(Use::Link, false));
    }

    #[test]
    fn a_tab_keeps_its_ticket_when_its_link_is_pressed_again() {
        let mut book = book(Use::Link);
        let own = Wanted::Cab(ticket(1), cab("a"));
        book.claim(&own, "n", 1.0);
        book.hand_over(6, 9);
        book.hand_over(7, 8);
        book.close(7);
        book.mint(Wanted::Cab(ticket(2), cab("a")), 7, Use::Link, 2.0);
        let still = Claim::Cab {
            owner: 8,
            purpose: Use::Link,
            first: false,
        };
        assert_eq!(book.claim(&own, "n", 2.0), still);
        book.close(8);
        assert_eq!(book.claim(&own, "n", 2.0), Claim::NotMine);
        assert_eq!(book.len(), 1, "the link's new one stays");
    }

    #[test]
    fn the_ticket_of_a_press_is_the_downloads_after_the_click_whether_it_has_been_used_or_not() {
        let own = Wanted::Cab(ticket(1), cab("a"));
        for asked_before in [true, false] {
            let mut book = book(Use::Frame);
            if asked_before {
                assert_eq!(book.claim(&own, "n", 1.0), CAB_OF_7(Use::Frame, true));
            }
            book.hand_over(7, 8);
            book.close(7);
            let claim = Claim::Cab {
                owner: 8,
                purpose: Use::Frame,
                first: !asked_before,
            };
            assert_eq!(book.claim(&own, "n", 2.0), claim);
            assert_eq!(book.claim(&own, "another", 2.0), Claim::NotMine);
        }
    }

    #[test]
    fn unused_tickets_of_links_do_not_pile_up() {
        let mut book = Book::default();
        for n in 0..1000_u32 {
            let mut bits = [0; 16];
            bits[..4].copy_from_slice(&n.to_be_bytes());
            let wanted = Wanted::Cab(Ticket::from_bits(bits), cab("a"));
            book.mint(wanted, n, Use::Link, 0.0);
        }
        assert_eq!(book.len(), MAX_UNUSED);
        book.mint(
            Wanted::Cab(ticket(9), cab("a")),
            1,
            Use::Link,
            LINK_LIFE_MS + 1.0,
        );
        assert_eq!(book.len(), 1);
    }

    proptest! {
        #[test]
        fn no_sequence_of_questions_is_answered_to_two_navigations(
            steps in prop::collection::vec((0u8..3, 0u8..2, 0u8..2, 0u8..4), 1..40),
            frame in any::<bool>(),
        ) {
            let mut book = book(if frame { Use::Frame } else { Use::Link });
            book.mint(Wanted::Frame(ticket(2)), 8, Use::Frame, 0.0);
            let mut bound: Option<String> = None;
            let mut frames = 0;
            for (t, c, kind, n) in steps {
                let navigation = n.to_string();
                let wanted = if kind == 0 {
                    Wanted::Frame(ticket(t))
                } else {
                    Wanted::Cab(ticket(t), cab(if c == 0 { "a" } else { "b" }))
                };
                match book.claim(&wanted, &navigation, 1.0) {
                    Claim::NotMine => {}
                    Claim::Frame(owner) => {
                        prop_assert!(t == 2 && kind == 0 && owner == 8);
                        frames += 1;
                    }
                    Claim::Cab { owner, first, .. } => {
                        prop_assert!(t == 1 && c == 0 && owner == 7);
                        prop_assert_eq!(first, bound.is_none());
                        prop_assert_eq!(bound.get_or_insert(navigation.clone()), &navigation);
                    }
                }
            }
            prop_assert!(frames <= 1);
        }

        #[test]
        fn guessing_finds_nothing(bits in prop::array::uniform16(any::<u8>())) {
            prop_assume!(bits != [1; 16]);
            let guess = Wanted::Cab(Ticket::from_bits(bits), cab("a"));
            prop_assert_eq!(book(Use::Link).claim(&guess, "n", 1.0), Claim::NotMine);
        }
    }
}
