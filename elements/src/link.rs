//! One `<cab-link>` while it is on the page.

use std::cell::RefCell;
use std::rc::Rc;

use cablink::browser::{dom, js};
use cablink::error;
use cablink::rules::click::{Click, Decision, decide};
use cablink::rules::id::{BadCab, Cab, IdReason};
use cablink::rules::panel::expiry::Expiry;
use cablink::rules::panel::link::{
    Cabs, Facts, Named, Shown, facts_line, label, not_a_cablink, shown,
};
use cablink::rules::panel::told::is_joined_by_waiting;
use cablink::rules::problem::{Failure, Problem};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use web_sys::{Element, Event, HtmlElement};

use crate::pool::{Pool, each};
use crate::{downloads, drawing, style};

thread_local! {
    static LINKS: RefCell<Pool<LinkView>> = const { RefCell::new(Pool::new()) };
}

/// See the module's documentation.
pub(crate) struct LinkView {
    host: HtmlElement,
    anchor: Element,
    /// What stands in the link where the host has put nothing.
    name: Element,
    facts: Element,
    state: Element,
    cancel: Element,
    problem: Element,
    sentence: Element,
    next_step: Element,
    retry: Element,
    /// Hidden from eyes, read out when it changes.
    live: Element,
    /// What is drawn, and of which CAB.
    last: RefCell<Option<(String, Shown)>>,
}

/// What an element names.
struct Wanted {
    cab: Result<Cab, Named>,
    /// The id's text, good or bad.
    id: String,
    row: JsValue,
    cabs: JsValue,
}

/// An element has come onto the page.
pub(crate) fn connected(host: &HtmlElement) -> u32 {
    let view = Rc::new(LinkView::build(host));
    let key = LINKS.with_borrow_mut(|links| links.enter(Rc::clone(&view)));
    view.draw();
    key
}

/// An element has left the page. A download goes on: it is the person's, not the element's.
pub(crate) fn disconnected(key: u32) {
    let view = LINKS.with_borrow_mut(|links| links.leave(key));
    drop(view);
}

/// A drawn element.
pub(crate) fn view(key: u32) -> Option<Rc<LinkView>> {
    LINKS.with_borrow(|links| links.get(key))
}

/// Draws every link anew, or those of one CAB.
pub(crate) fn draw_all(id: Option<&str>) {
    each(&LINKS, |view| {
        let concerned = id.is_none_or(|id| view.is_about(id));
        if concerned {
            view.draw();
        }
    });
}

/// `download()` of an element, also of one that is not on the page.
pub(crate) fn download(host: &HtmlElement) -> Promise {
    let Wanted { cab, id, row, cabs } = wanted(host);
    let refuse = |failure: Failure| Promise::reject(&error::to_js(&failure));
    let cab = match cab {
        Ok(cab) => cab,
        Err(Named::Bad(bad)) => return refuse(bad.into()),
        Err(_) => {
            let sentence = "No CAB was collected for this occurrence.";
            return refuse(Failure::explained(Problem::InvalidCabId, sentence, None));
        }
    };
    match kind_of(&cabs) {
        Cabs::Started => {}
        Cabs::Nobody => {
            let sentence = "No CabLink has been started on this page.";
            return refuse(Failure::explained(Problem::InvalidOptions, sentence, None));
        }
        Cabs::Other => return refuse(not_a_cablink()),
    }
    let own = downloads::is_own(&id);
    if expiry(&row).is_past() && !downloads::told(&id).is_some_and(|told| told.is_running(own)) {
        let sentence = "The service keeps this CAB no longer.";
        return refuse(Failure::explained(Problem::NotFound, sentence, None));
    }
    let promise = downloads::begin(&cabs, &cab, host, |id, _| draw_all(Some(id)));
    // Now it can be cancelled.
    draw_all(Some(&id));
    promise
}

/// `cancel()` of an element.
pub(crate) fn cancel(host: &HtmlElement) {
    downloads::cancel(&wanted(host).id);
}

/// `state` of an element.
pub(crate) fn state(host: &HtmlElement) -> &'static str {
    shown_of(&wanted(host)).name
}

/// A `CabLink` is known by what it can do.
pub(crate) fn kind_of(cabs: &JsValue) -> Cabs {
    if !js::given(cabs) {
        return Cabs::Nobody;
    }
    let can = |method| js::function(cabs, method).is_some();
    if can("download") && can("href") {
        Cabs::Started
    } else {
        Cabs::Other
    }
}

fn expiry(row: &JsValue) -> Expiry {
    let text = js::text(row, "cabExpirationTime");
    Expiry::of(text.as_deref(), js_sys::Date::now())
}

/// Reads the element's attributes and properties; an attribute comes before the row's field.
fn wanted(host: &HtmlElement) -> Wanted {
    let row = js::get(host, "row");
    let part = |attribute: &str, field: &str| {
        host.get_attribute(attribute)
            .or_else(|| js::text(&row, field))
    };
    let id = part("cab-id-hash", "cabIdHash");
    let method = host.get_attribute("method");
    let application = part("application-id", "applicationId");
    let cab = match &id {
        None if row.is_object() && !js::given(&js::get(&row, "cabIdHash")) => Err(Named::NoCab),
        None if row.is_object() => Err(Named::Bad(BadCab {
            field: "cabIdHash",
            reason: IdReason::NotText,
        })),
        id => Cab::from_parts(
            id.as_deref().unwrap_or_default(),
            method.as_deref(),
            application.as_deref(),
            true,
        )
        .map_err(Named::Bad),
    };
    let id = match &cab {
        Ok(cab) => cab.id.as_str().to_owned(),
        Err(_) => id.unwrap_or_default(),
    };
    let cabs = js::get(host, "cabs");
    Wanted { cab, id, row, cabs }
}

fn shown_of(wanted: &Wanted) -> Shown {
    let told = downloads::told(&wanted.id);
    shown(&Facts {
        named: match &wanted.cab {
            Ok(_) => Named::Cab,
            Err(named) => named.clone(),
        },
        cabs: kind_of(&wanted.cabs),
        expiry: expiry(&wanted.row),
        told: told.as_ref(),
        own: downloads::is_own(&wanted.id),
    })
}

impl LinkView {
    fn build(host: &HtmlElement) -> Self {
        let name = drawing::element("span", &[]);
        let slot = drawing::with("slot", &[], &[&name]);
        let anchor = drawing::with(
            "a",
            &[("part", "link"), ("referrerpolicy", "no-referrer")],
            &[&slot],
        );
        dom::set(&anchor, "aria-describedby", Some("facts state problem"));
        let facts = drawing::element("span", &[("part", "facts"), ("id", "facts")]);
        let state = drawing::element("span", &[("id", "state")]);
        let cancel = drawing::button("cancel", "Cancel");
        let line = drawing::with(
            "span",
            &[("class", "line")],
            &[&anchor, &facts, &state, &cancel],
        );
        let sentence = drawing::element("span", &[("part", "sentence")]);
        let next_step = drawing::element("span", &[("part", "next-step")]);
        let standard = drawing::with("slot", &[("name", "problem")], &[&sentence]);
        // A text of its own, so that the two are not read as one word.
        js::call(&standard, "append", &[&" ".into(), &next_step]);
        let text = drawing::with("span", &[("id", "problem")], &[&standard]);
        let retry = drawing::button("retry", "Try again");
        let problem = drawing::with("span", &[("part", "problem")], &[&text, &retry]);
        let live = drawing::element("span", &[("class", "unseen"), ("role", "status")]);
        let all = drawing::with("span", &[("class", "all")], &[&line, &problem, &live]);
        // On an element below the shadow root, which a press needs to be known by.
        let heard = ["pointerdown", "contextmenu", "auxclick", "click"];
        drawing::listen(&all, &heard, host, false);
        if let Some(root) = host.shadow_root() {
            style::adopt_link(&root);
            js::call(&root, "replaceChildren", &[&all]);
        }
        Self {
            host: host.clone(),
            anchor,
            name,
            facts,
            state,
            cancel,
            problem,
            sentence,
            next_step,
            retry,
            live,
            last: RefCell::default(),
        }
    }

    fn is_about(&self, id: &str) -> bool {
        let last = self.last.borrow();
        last.as_ref().is_some_and(|(drawn, _)| drawn == id)
    }

    /// Draws what is the case now.
    pub(crate) fn draw(&self) {
        let wanted = wanted(&self.host);
        let shown = shown_of(&wanted);
        self.draw_address(&wanted, &shown);
        drawing::text(&self.name, &label(&wanted.id));
        let cab_type = js::text(&wanted.row, "cabType");
        let expiry = expiry(&wanted.row);
        let facts = facts_line(cab_type.as_deref(), expiry);
        drawing::text(&self.facts, &facts);
        drawing::attribute(&self.facts, "class", Some(expiry.urgency().as_str()));
        drawing::visible(&self.facts, !facts.is_empty());

        drawing::text(&self.state, shown.state);
        drawing::visible(&self.state, !shown.state.is_empty());
        drawing::attribute(&self.state, "part", Some(&["state ", shown.name].concat()));
        drawing::attribute(&self.state, "class", Some(shown.tone.as_str()));

        let label = self.label();
        self.show_button(&self.cancel, shown.cancel, "Cancel", &label);
        drawing::text(&self.sentence, &shown.sentence);
        drawing::text(&self.next_step, &shown.next_step);
        drawing::attribute(&self.problem, "class", Some(shown.name));
        drawing::visible(&self.problem, !shown.sentence.is_empty() || shown.retry);
        self.show_button(&self.retry, shown.retry, "Try again", &label);
        self.speak(wanted.id, shown, &label);
    }

    fn draw_address(&self, wanted: &Wanted, shown: &Shown) {
        let address = match &wanted.cab {
            Ok(cab) if shown.works => js::call(&wanted.cabs, "href", &[&downloads::argument(cab)])
                .and_then(|address| address.as_string()),
            _ => None,
        };
        drawing::attribute(&self.anchor, "href", address.as_deref());
        // What is no link now is still found by keyboard, with the reason.
        let disabled = address.is_none();
        drawing::attribute(&self.anchor, "role", disabled.then_some("link"));
        drawing::attribute(&self.anchor, "aria-disabled", disabled.then_some("true"));
        drawing::attribute(&self.anchor, "tabindex", disabled.then_some("0"));
    }

    fn show_button(&self, button: &Element, visible: bool, words: &str, label: &str) {
        let name = [words, ": ", label].concat();
        drawing::attribute(button, "aria-label", Some(&name));
        let root = js::get(&self.host, "shadowRoot");
        let focused = js::get(&root, "activeElement") == *AsRef::<JsValue>::as_ref(button);
        drawing::visible(button, visible);
        if focused && !visible {
            // The focus must not fall to the page when the button goes.
            drawing::focus(&self.anchor);
        }
    }

    /// What the link is called.
    fn label(&self) -> String {
        let own = self.host.text_content().unwrap_or_default();
        let own = drawing::brief(&own);
        if own.is_empty() {
            self.name.text_content().unwrap_or_default()
        } else {
            own
        }
    }

    fn speak(&self, id: String, shown: Shown, label: &str) {
        let before = self.last.replace(Some((id.clone(), shown.clone())));
        let silent = self.host.has_attribute("compact");
        match before {
            // The same CAB, in another state.
            Some((of, before)) if of == id => {
                if before != shown && shown.spoken && !silent {
                    let words = [label, ": ", &shown.words()].concat();
                    drawing::text(&self.live, &words);
                }
            }
            _ => drawing::text(&self.live, ""),
        }
    }

    /// The person does something with it.
    pub(crate) fn on(&self, event: &Event) {
        let is_click = event.type_() == "click";
        if drawing::went_through(event, &self.anchor) {
            self.pressed(event);
            if is_click {
                self.clicked(event);
            }
        } else if is_click && drawing::went_through(event, &self.cancel) {
            cancel(&self.host);
        } else if is_click && drawing::went_through(event, &self.retry) {
            self.begin();
        }
    }

    /// Before the browser acts: an address that works once, for a new tab, a middle click or the
    /// context menu.
    fn pressed(&self, event: &Event) {
        let wanted = wanted(&self.host);
        let Ok(cab) = &wanted.cab else {
            return;
        };
        if !shown_of(&wanted).works {
            // It may have expired since it was drawn.
            return self.draw();
        }
        let address = js::call(&wanted.cabs, "href", &[&downloads::argument(cab), event])
            .and_then(|address| address.as_string());
        if let Some(address) = address {
            dom::set(&self.anchor, "href", Some(&address));
        }
    }

    fn clicked(&self, event: &Event) {
        let flag = |name| js::flag(event, name);
        #[expect(clippy::cast_possible_truncation, reason = "a button's number")]
        let button = js::get(event, "button").as_f64().unwrap_or(-1.0) as i16;
        let decision = decide(Click {
            default_prevented: flag("defaultPrevented"),
            button,
            ctrl: flag("ctrlKey"),
            meta: flag("metaKey"),
            shift: flag("shiftKey"),
            alt: flag("altKey"),
            target: "",
        });
        if decision == Decision::Take && self.anchor.has_attribute("href") {
            event.prevent_default();
            self.begin();
        }
    }

    fn begin(&self) {
        let id = wanted(&self.host).id;
        if is_joined_by_waiting(downloads::told(&id).as_ref(), downloads::is_own(&id)) {
            // The address of the press goes.
            return self.draw();
        }
        // Nobody else holds the promise, and the element tells about a failure.
        let promise = download(&self.host);
        js::spawn(async move {
            let _ = js::wait(promise).await;
        });
    }
}
