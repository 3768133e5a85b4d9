//! One link while it is enhanced, and what it was before.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement};

use crate::browser::announce::Badge;
use crate::browser::{address, dom, js};
use crate::rules::endpoint::{self, cab_of_link};
use crate::rules::flow::{Config, State};
use crate::rules::id::{BadCab, Cab};
use crate::rules::problem::Failure;
use crate::rules::scope::Scope;
use crate::rules::ticket::Ticket;

/// Links that may be ours; which are is decided by their address.
pub(crate) const SELECTOR: &str = "a[data-cab-id-hash],a[href*=\"cabdownload\"]";

/// What names a CAB on a link without an address.
pub(crate) const DATA: [&str; 3] = ["data-cab-id-hash", "data-cab-method", "data-application-id"];

/// The attributes that are ours while a link is enhanced.
const ATTRIBUTES: [&str; 3] = ["href", "download", "referrerpolicy"];

/// See the module's documentation.
pub(crate) struct EnhancedLink {
    element: HtmlAnchorElement,
    /// The owner of its tickets.
    number: u32,
    cab: Result<Cab, BadCab>,
    scope: Scope,
    data: [Option<String>; 3],
    /// What the host had in each of [`ATTRIBUTES`].
    before: [Option<String>; 3],
    /// What stands there now, by us.
    ours: [Option<String>; 3],
    badge: Option<Badge>,
}

impl EnhancedLink {
    /// Enhances a link that names a CAB, well or badly; leaves every other alone.
    pub(crate) fn new(element: &HtmlAnchorElement, number: u32, config: &Config) -> Option<Self> {
        let cab = cab_of(element, config)?;
        let before = read(element, ATTRIBUTES);
        let mut link = Self {
            element: element.clone(),
            number,
            cab,
            scope: config.scope.clone(),
            data: read(element, DATA),
            // A bad id has no address of ours; the click is taken all the same, to say so.
            ours: [before[0].clone(), None, Some("no-referrer".to_owned())],
            before,
            badge: None,
        };
        link.write(&link.ours);
        link.set_ticket(None);
        Some(link)
    }

    pub(crate) const fn number(&self) -> u32 {
        self.number
    }

    pub(crate) fn element(&self) -> HtmlAnchorElement {
        self.element.clone()
    }

    pub(crate) fn to_cab(&self) -> Result<Cab, BadCab> {
        self.cab.clone()
    }

    /// Gives the link its address inside the scope, with a ticket or without.
    pub(crate) fn set_ticket(&mut self, ticket: Option<&Ticket>) {
        if let Ok(cab) = &self.cab {
            let address = self.scope.cab_address(cab, ticket);
            if self.ours[0].as_ref() != Some(&address) {
                dom::set(&self.element, ATTRIBUTES[0], Some(&address));
                self.ours[0] = Some(address);
            }
        }
    }

    /// Whether everything is as we set it.
    pub(crate) fn stands(&self) -> bool {
        read(&self.element, ATTRIBUTES) == self.ours && read(&self.element, DATA) == self.data
    }

    /// Shows a state beside the link.
    pub(crate) fn show(&mut self, state: State, failure: Option<&Failure>) {
        if self.badge.is_none() {
            self.badge = Badge::add(&self.element);
        }
        if let Some(badge) = &self.badge {
            badge.show(state, failure);
        }
    }

    /// The host has put the link somewhere, perhaps elsewhere.
    pub(crate) fn moved(&self) {
        if let Some(badge) = &self.badge {
            badge.follow();
        }
    }

    /// Puts back what the host had, except where the host has set something else since.
    pub(crate) fn restore(self) {
        let now = read(&self.element, ATTRIBUTES);
        let mut back = now.clone();
        for index in 0..ATTRIBUTES.len() {
            if now[index] == self.ours[index] {
                back[index].clone_from(&self.before[index]);
            }
        }
        self.write(&back);
    }

    fn write(&self, values: &[Option<String>; 3]) {
        for (name, value) in ATTRIBUTES.iter().zip(values) {
            if dom::attribute(&self.element, name) != *value {
                dom::set(&self.element, name, value.as_deref());
            }
        }
    }
}

fn read(element: &Element, names: [&str; 3]) -> [Option<String>; 3] {
    names.map(|name| dom::attribute(element, name))
}

/// The CAB that a link names: by its data, else by its address.
fn cab_of(element: &HtmlAnchorElement, config: &Config) -> Option<Result<Cab, BadCab>> {
    let [id, method, application] = read(element.unchecked_ref(), DATA);
    if let Some(id) = id {
        return Some(Cab::from_parts(
            &id,
            method.as_deref(),
            application.as_deref(),
            true,
        ));
    }
    // Resolved against the document, as the browser would.
    let address = address::parse(&js::text(element, "href")?)?;
    let bases = [
        endpoint::DEFAULT,
        config.endpoint.base(),
        config.scope.base(),
    ];
    cab_of_link(&address, &bases)
}
