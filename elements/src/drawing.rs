//! Makes and changes nodes. Nothing is ever read as markup.

use cablink::browser::{dom, js};
use wasm_bindgen::JsValue;
use web_sys::{Element, Event};

/// A new element with these attributes.
pub(crate) fn element(name: &str, attributes: &[(&str, &str)]) -> Element {
    let document = dom::document().unwrap_or_else(|| unreachable!("elements stand in documents"));
    let element = dom::create(&document, name);
    for (name, value) in attributes {
        dom::set(&element, name, Some(value));
    }
    element
}

/// A new element with these attributes and children.
pub(crate) fn with(name: &str, attributes: &[(&str, &str)], children: &[&Element]) -> Element {
    let element = element(name, attributes);
    for child in children {
        dom::append(&element, child);
    }
    element
}

/// A button of ours.
pub(crate) fn button(part: &str, label: &str) -> Element {
    let button = element("button", &[("type", "button"), ("part", part)]);
    button.set_text_content(Some(label));
    button
}

/// Sets a text where it is another.
pub(crate) fn text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Sets an attribute, or removes it, where it is another.
pub(crate) fn attribute(element: &Element, name: &str, value: Option<&str>) {
    if element.get_attribute(name).as_deref() != value {
        dom::set(element, name, value);
    }
}

/// Shows an element, or takes it out.
pub(crate) fn visible(element: &Element, visible: bool) {
    attribute(element, "hidden", (!visible).then_some(""));
}

/// Has an object with `handleEvent` hear these events of an element.
pub(crate) fn listen(element: &Element, names: &[&str], handler: &JsValue, capture: bool) {
    for name in names {
        js::call(
            element,
            "addEventListener",
            &[&(*name).into(), handler, &capture.into()],
        );
    }
}

/// Whether an event went through an element.
pub(crate) fn went_through(event: &Event, element: &Element) -> bool {
    event.composed_path().includes(element, 0)
}

/// The words that name something, without the line ends and blanks of its markup.
pub(crate) fn brief(words: &str) -> String {
    const LONGEST: usize = 80;
    let words: Vec<&str> = words.split_ascii_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

/// Moves the focus.
pub(crate) fn focus(element: &Element) {
    js::call(element, "focus", &[]);
}
