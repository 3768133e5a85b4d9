//! Makes and changes nodes. Nothing is ever read as markup.

use cablink::browser::{dom, js};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
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

/// Moves the focus, and nothing else.
pub(crate) fn focus(element: &Element) {
    let options = js::object(&[("preventScroll", JsValue::TRUE)]);
    js::call(element, "focus", &[&options]);
}

/// Dispatches an event of an element's own.
pub(crate) fn tell(host: &Element, name: &str, detail: JsValue) {
    let options = js::object(&[
        ("bubbles", JsValue::TRUE),
        ("composed", JsValue::TRUE),
        ("detail", detail),
    ]);
    if let Some(event) = js::construct("CustomEvent", &[&name.into(), &options]) {
        dom::dispatch(host, &event);
    }
}

/// Whether a truth value of an element is another, and sets it then.
pub(crate) fn flag(element: &Element, name: &str, value: bool) {
    if js::flag(element, name) != value {
        js::set(element, name, &value.into());
    }
}

/// A number of an element's, such as where it is scrolled to.
pub(crate) fn number(element: &Element, name: &str) -> f64 {
    js::get(element, name).as_f64().unwrap_or_default()
}

/// Watches an element until it is dropped.
pub(crate) struct Observer {
    observer: JsValue,
    _changed: Closure<dyn Fn(JsValue)>,
}

impl Observer {
    /// Calls back when the element's size has changed.
    pub(crate) fn of_size(element: &Element, changed: impl Fn() + 'static) -> Option<Self> {
        let changed = js::callback(move |_| changed());
        let observer = js::construct("ResizeObserver", &[changed.as_ref()])?;
        js::call(&observer, "observe", &[element]);
        Some(Self {
            observer,
            _changed: changed,
        })
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        js::call(&self.observer, "disconnect", &[]);
    }
}
