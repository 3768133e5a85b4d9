//! The worker's scope: which addresses below it mean what.

use crate::rules::endpoint::Address;
use crate::rules::id::Cab;
use crate::rules::ticket::{Ticket, Wanted};

/// The default address of the worker's script.
pub const DEFAULT_WORKER: &str = "/cablink/worker.js";

/// The name of the hidden frame's address below the scope. `src/worker.js` knows it too.
pub const FRAME: &str = "frame";

/// The folder that the worker's script lies in: what it may answer for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    base: String,
    script: String,
}

impl Scope {
    /// Derives the scope from the address of the script.
    ///
    /// # Errors
    /// The end of the sentence "The option worker …".
    pub fn new(script: &Address, page_origin: &str) -> Result<Self, &'static str> {
        // A sandboxed page's origin is `null`, and so is that of any `data:` address.
        if script.origin != page_origin || !script.protocol.starts_with("http") {
            return Err("must be a path on this site");
        }
        if script.credentials || !script.fragment.is_empty() {
            return Err("must be a plain path");
        }
        let folder = script.path.bytes().rposition(|byte| byte == b'/');
        let folder = folder.map_or(0, |slash| slash + 1);
        if folder == script.path.len() {
            return Err("must name the worker's script, not a folder");
        }
        Ok(Self {
            base: [&script.origin, script.path.get(..folder).unwrap_or("/")].concat(),
            script: [&script.origin, script.path.as_str(), &script.query].concat(),
        })
    }

    /// The scope, ending in a slash.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether it lies at this origin, which is then the page's own.
    #[must_use]
    pub fn is_at(&self, origin: &str) -> bool {
        let rest = self.base.strip_prefix(origin);
        !origin.is_empty() && rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// The address of the worker's script.
    #[must_use]
    pub fn script(&self) -> &str {
        &self.script
    }

    /// The address of a CAB; without a ticket it only explains itself.
    #[must_use]
    pub fn cab_address(&self, cab: &Cab, ticket: Option<&Ticket>) -> String {
        let mut address = [self.base.as_str(), &cab.path_and_query()].concat();
        if let Some(ticket) = ticket {
            address.push_str("&ticket=");
            address.push_str(ticket.as_str());
        }
        address
    }

    /// The address of the hidden frame.
    #[must_use]
    pub fn frame_address(&self, ticket: &Ticket) -> String {
        [self.base.as_str(), FRAME, "?ticket=", ticket.as_str()].concat()
    }

    /// What a navigation inside the scope asks for; nothing where it carries no ticket, or two.
    #[must_use]
    pub fn read(&self, address: &Address) -> Option<Wanted> {
        let path = address.below(&self.base)?;
        let mut tickets = address.pairs().filter(|(name, _)| *name == "ticket");
        let ticket = Ticket::parse(tickets.next()?.1)?;
        if tickets.next().is_some() {
            return None;
        }
        if path == FRAME {
            return Some(Wanted::Frame(ticket));
        }
        let cab = Cab::from_path(path, address.pairs())?.ok()?;
        Some(Wanted::Cab(ticket, cab))
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::endpoint::tests::address;
    use crate::rules::id::CabIdHash;

    const PAGE: &str = "https://portal.example";

    fn scope() -> Scope {
        Scope::new(
            &address("https://portal.example/cablink/worker.js?v=1"),
            PAGE,
        )
        .unwrap()
    }

    #[test]
    fn the_folder_of_the_script_is_the_scope() {
        assert_eq!(scope().base(), "https://portal.example/cablink/");
        assert!(scope().script().ends_with("/cablink/worker.js?v=1"));
        let root = Scope::new(&address("https://portal.example/worker.js"), PAGE).unwrap();
        assert_eq!(root.base(), "https://portal.example/");
        for text in [
            "https://elsewhere.example/worker.js",
            "https://portal.example/cablink/",
            "https://portal.example/w.js#x",
        ] {
            assert!(Scope::new(&address(text), PAGE).is_err(), "{text}");
        }
        let data = Address {
            protocol: "data:".to_owned(),
            origin: "null".to_owned(),
            path: "text/javascript,/".to_owned(),
            ..Address::default()
        };
        assert!(Scope::new(&data, "null").is_err());
    }

    #[test]
    fn it_is_at_one_origin() {
        assert!(scope().is_at(PAGE));
        for other in [
            "",
            "null",
            "https://portal",
            "https://portal.example:1",
            "http://portal.example",
        ] {
            assert!(!scope().is_at(other), "{other}");
        }
    }

    #[test]
    fn addresses_are_read_back() {
        let cab = Cab::ihv(CabIdHash::parse("c1a5").unwrap());
        let ticket = Ticket::from_bits([3; 16]);
        let read = |text: &str| scope().read(&address(text));
        assert_eq!(
            read(&scope().cab_address(&cab, Some(&ticket))),
            Some(Wanted::Cab(ticket.clone(), cab.clone()))
        );
        assert_eq!(
            read(&scope().frame_address(&ticket)),
            Some(Wanted::Frame(ticket.clone()))
        );
        let plain = scope().cab_address(&cab, None);
        assert_eq!(
            plain,
            "https://portal.example/cablink/ihvdriver/cabdownload?cabIdHash=c1a5"
        );
        assert_eq!(read(&plain), None, "no ticket");
        let twice = [&scope().cab_address(&cab, Some(&ticket)), "&ticket=x"].concat();
        assert_eq!(read(&twice), None, "two tickets");
        let other = [
            "https://portal.example/other/frame?ticket=",
            ticket.as_str(),
        ]
        .concat();
        assert_eq!(read(&other), None, "another scope");
        let longer = [
            "https://portal.example/cablink/frame/x?ticket=",
            ticket.as_str(),
        ]
        .concat();
        assert_eq!(read(&longer), None);
    }
}
