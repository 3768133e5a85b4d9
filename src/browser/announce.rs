//! Tells about a download: the badge for eyes, the live region for ears.

use std::cell::{Cell, RefCell};

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use crate::browser::dom::{self, body, document};
use crate::browser::js;
use crate::rules::flow::State;
use crate::rules::problem::Failure;
use crate::rules::text;

thread_local! {
    /// The live region and how many use it.
    static REGION: RefCell<(u32, Option<HtmlElement>)> = const { RefCell::new((0, None)) };
    static BADGES: Cell<u32> = const { Cell::new(0) };
}

/// The beginning of a link's words, without the line ends and blanks of its HTML.
fn brief(words: &str) -> String {
    let mut brief = String::new();
    let mut blank = false;
    for c in words.trim_ascii().chars() {
        if c.is_ascii_whitespace() {
            blank = true;
            continue;
        }
        if brief.len() + usize::from(blank) >= 80 {
            break;
        }
        if std::mem::take(&mut blank) {
            brief.push(' ');
        }
        brief.push(c);
    }
    brief
}

/// What a person reads about the state.
fn words(state: State, failure: Option<&Failure>) -> String {
    match failure {
        Some(failure) => [failure.message(), " ", failure.next_step()].concat(),
        None => state.label().to_owned(),
    }
}

/// The state beside a link, as a value: dropping it puts the link back as it was.
pub(crate) struct Badge {
    link: Element,
    span: Element,
    /// What the host had in `aria-describedby`, and what stands there by us.
    described_by: Option<String>,
    ours: String,
}

impl Badge {
    /// Adds an empty badge behind the link and ties it to the link's description.
    pub(crate) fn add(link: &Element) -> Option<Self> {
        let span = dom::create(&document()?, "span");
        let number = BADGES.get();
        BADGES.set(number + 1);
        let id = ["cablink-state-", &text::decimal(number)].concat();
        dom::set(&span, "id", Some(&id));
        dom::set(&span, "class", Some("cablink-state"));
        js::call(link, "after", &[&span])?;
        let described_by = dom::attribute(link, "aria-describedby");
        let joined = match &described_by {
            Some(before) => [before, " ", &id].concat(),
            None => id,
        };
        dom::set(link, "aria-describedby", Some(&joined));
        Some(Self {
            link: link.clone(),
            span,
            described_by,
            ours: joined,
        })
    }

    /// Follows its link, where the host has moved it.
    pub(crate) fn follow(&self) {
        let next = js::get(&self.link, "nextSibling");
        if next != *AsRef::<JsValue>::as_ref(&self.span) {
            js::call(&self.link, "after", &[&self.span]);
        }
    }

    /// Shows a state, and announces those that a person waits for.
    pub(crate) fn show(&self, state: State, failure: Option<&Failure>) {
        let text = words(state, failure);
        for element in [&self.link, &self.span] {
            dom::set(element, "data-cab-state", Some(state.as_str()));
        }
        js::set(&self.span, "textContent", &(&text).into());
        // The others pass too quickly to be of use to somebody who listens.
        if matches!(
            state,
            State::Requesting | State::Retrying | State::Downloading | State::Failed
        ) {
            let name = js::text(&self.link, "textContent").unwrap_or_default();
            announce(&[&brief(&name), ": ", &text].concat());
        }
    }
}

impl Drop for Badge {
    fn drop(&mut self) {
        self.span.remove();
        dom::set(&self.link, "data-cab-state", None);
        // What the host has set since stays.
        if dom::attribute(&self.link, "aria-describedby").as_ref() == Some(&self.ours) {
            dom::set(&self.link, "aria-describedby", self.described_by.as_deref());
        }
    }
}

/// Adds the live region for one more user. It must be there before its first words, or they are
/// not read.
pub(crate) fn prepare() {
    REGION.with_borrow_mut(|(users, region)| {
        *users += 1;
        if region.is_none() {
            *region = create_region();
        }
    });
}

/// One user less; after the last the region is removed.
pub(crate) fn retire(users_gone: u32) {
    REGION.with_borrow_mut(|(users, region)| {
        *users = users.saturating_sub(users_gone);
        if *users == 0
            && let Some(region) = region.take()
        {
            region.remove();
        }
    });
}

fn create_region() -> Option<HtmlElement> {
    let region: HtmlElement = dom::create(&document()?, "div").unchecked_into();
    dom::set(&region, "class", Some("cablink-announcer"));
    dom::set(&region, "role", Some("status"));
    // Hidden from eyes only. Through the object model, since a policy may forbid the attribute.
    let style = js::get(&region, "style");
    let hidden = "position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
    js::set(&style, "cssText", &hidden.into());
    dom::append(body()?.as_ref(), &region);
    Some(region)
}

fn announce(text: &str) {
    REGION.with_borrow(|(_, region)| {
        if let Some(region) = region {
            js::set(region, "textContent", &text.into());
        }
    });
}
