//! Where a CAB of a batch is: a SAS address. Everybody who has it has the CAB until it ends.

use std::fmt;

use crate::rules::endpoint::Address;

/// The longest address taken, in bytes. Azure's own stay below 1 KiB.
const MAX_LEN: usize = 8 * 1024;

/// An address that has less time left than this, in milliseconds, is taken to have aged: the
/// person's clock may be wrong by as much, and the request has to reach storage before the end.
const MARGIN_MS: f64 = 60_000.0;

/// The address. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct CabAddress(String);

impl CabAddress {
    /// Takes what a service sent, unless it is empty or too long to be one. Where it leads is looked
    /// at by the browser's URL parser, before it is gone to.
    #[must_use]
    pub fn new(url: String) -> Option<Self> {
        (!url.is_empty() && url.len() <= MAX_LEN).then_some(Self(url))
    }

    /// The raw address, for the one frame that goes there.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CabAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CabAddress(…)")
    }
}

/// What may be known of an address where it is decided about: never the address itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its origin; empty where that alone would not tell where it leads.
    pub origin: String,
    /// Whether its time is over, or nearly.
    pub aged: bool,
}

impl Target {
    /// Looks at an address that the browser has parsed; `now` in milliseconds since 1970.
    #[must_use]
    pub fn of(address: &Address, now: f64) -> Self {
        let ends = address
            .pairs()
            .find(|(name, _)| *name == "se")
            .and_then(|(_, value)| moment(value));
        Self {
            // A name and password before the host would be sent to it.
            origin: if address.credentials {
                String::new()
            } else {
                address.origin.clone()
            },
            aged: ends.is_some_and(|end| end - now < MARGIN_MS),
        }
    }
}

/// Reads `se`, in milliseconds since 1970: `YYYY-MM-DD`, with `Thh:mmZ` or `Thh:mm:ssZ` behind it,
/// colons as they are or escaped. These are the forms that Azure documents.
fn moment(text: &str) -> Option<f64> {
    let text = text.replace("%3A", ":").replace("%3a", ":");
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, time.strip_suffix('Z')?),
        None => (text.as_str(), "00:00"),
    };
    let [year, month, day] = numbers::<3>(date, '-')?;
    let [hour, minute, second] = match numbers::<3>(time, ':') {
        Some(time) => time,
        None => {
            let [hour, minute] = numbers::<2>(time, ':')?;
            [hour, minute, 0]
        }
    };
    let real = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && year >= 1970
        && hour < 24
        && minute < 60
        && second < 61;
    if !real {
        return None;
    }
    // Days since 1970, the year taken to begin in March, so that the odd day of leap years is last.
    let years = year - u32::from(month <= 2);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * years + years / 4 - years / 100 + years / 400 + of_year - 719_468;
    Some((f64::from(days) * 86_400.0 + f64::from(hour * 3_600 + minute * 60 + second)) * 1_000.0)
}

/// So many numbers of at most four digits.
fn numbers<const N: usize>(text: &str, separator: char) -> Option<[u32; N]> {
    let mut found = [0; N];
    let mut pieces = text.split(separator);
    for number in &mut found {
        let piece = pieces.next()?;
        let digits = (1..=4).contains(&piece.len()) && piece.bytes().all(|b| b.is_ascii_digit());
        *number = digits.then(|| piece.parse().ok())??;
    }
    pieces.next().is_none().then_some(found)
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::list::day::Day;
    use proptest::prelude::*;

    fn address(query: &str) -> Address {
        Address {
            origin: "https://a.blob.core.windows.net".into(),
            query: query.to_owned(),
            ..Address::default()
        }
    }

    #[test]
    fn ends_are_read_in_every_form_that_azure_documents() {
        for (text, ms) in [
            ("2017-04-28T02%3A37%3A28Z", Some(1_493_347_048_000.0)),
            ("2017-04-28T02:37:28Z", Some(1_493_347_048_000.0)),
            ("2017-04-28T02%3a37Z", Some(1_493_347_020_000.0)),
            ("2017-04-28", Some(1_493_337_600_000.0)),
            ("2016-02-29T00:00Z", Some(1_456_704_000_000.0)),
            ("1970-01-01", Some(0.0)),
            ("2017-04-28T02:37:28", None),
            ("2017-13-28", None),
            ("2017-04-32", None),
            ("2017-04-28T24:00Z", None),
            ("2017-04-28T02:37:28.5Z", None),
            ("1969-12-31", None),
            ("20170428", None),
            ("+2017-04-28", None),
            ("", None),
            ("Z", None),
        ] {
            assert_eq!(moment(text), ms, "{text}");
        }
    }

    #[test]
    fn an_address_has_aged_a_minute_before_its_end() {
        let end = 1_493_347_048_000.0;
        let query = "?sv=1&se=2017-04-28T02%3A37%3A28Z&sig=x";
        for (now, aged) in [
            (end - 60_001.0, false),
            (end - 60_000.0, false),
            (end - 59_999.0, true),
            (end, true),
            (end + 1e9, true),
            (0.0, false),
        ] {
            assert_eq!(Target::of(&address(query), now).aged, aged, "{now}");
        }
        // What does not say when it ends is tried.
        assert!(!Target::of(&address("?sig=x"), end).aged);
        assert!(!Target::of(&address("?se=soon"), end).aged);
    }

    #[test]
    fn an_address_with_a_password_leads_nowhere() {
        let mut address = address("");
        assert_eq!(Target::of(&address, 0.0).origin, address.origin);
        address.credentials = true;
        assert_eq!(Target::of(&address, 0.0).origin, "");
    }

    #[test]
    fn nothing_shows_it() {
        let address = CabAddress::new("https://a.example/?sig=secret".into()).unwrap();
        assert!(!format!("{address:?}").contains("secret"));
        assert_eq!(CabAddress::new(String::new()), None);
        assert_eq!(CabAddress::new("a".repeat(MAX_LEN + 1)), None);
    }

    proptest! {
        #[test]
        fn days_are_those_of_the_calendar(days in 0_i32..2_000_000) {
            let ms = f64::from(days) * 86_400_000.0;
            let day = Day::at(ms).unwrap().iso();
            prop_assert_eq!(moment(&day), Some(ms));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,24}|[-0-9T:Z%A]{0,24}") {
            let _ = moment(&text);
        }
    }
}
