//! One drawn row. There are as many as can be seen; each shows now this row, now that one.

use cablink::browser::{dom, js};
use cablink::rules::panel::column::Column;
use cablink::rules::panel::table::Row;
use wasm_bindgen::JsValue;
use web_sys::Element;

use crate::drawing::{attribute, element, flag, text, with};

/// The parts of a link in a row that a page may style.
const PARTS: &str = "link, state, cancel, retry";

/// See the module's documentation.
pub(crate) struct Slot {
    pub(crate) line: Element,
    pub(crate) check: Element,
    pub(crate) link: Element,
    cells: Vec<(Column, Element)>,
    /// How long the CAB stays, and until which day.
    left: Element,
    day: Element,
}

/// What a row is shown by.
pub(crate) struct Shown<'a> {
    /// Its place among the rows in view.
    pub(crate) place: usize,
    pub(crate) row: &'a Row,
    /// As it came.
    pub(crate) given: JsValue,
    pub(crate) selected: bool,
    pub(crate) now_ms: f64,
    pub(crate) cabs: &'a JsValue,
    pub(crate) method: Option<&'a str>,
    pub(crate) application: Option<&'a str>,
}

impl Slot {
    pub(crate) fn new(number: usize) -> Self {
        let check = element("input", &[("type", "checkbox")]);
        let link = element("cab-link", &[("compact", ""), ("exportparts", PARTS)]);
        let select = with("td", &[("role", "cell"), ("class", "select")], &[&check]);
        let line = with("tr", &[("role", "row"), ("part", "row")], &[&select]);
        dom::set(&line, "data-at", Some(&number.to_string()));
        let cells = Column::ALL.map(|column| {
            let role = match column {
                Column::Cab => "rowheader",
                _ => "cell",
            };
            let cell = element("td", &[("role", role), ("class", column.as_str())]);
            dom::append(&line, &cell);
            (column, cell)
        });
        dom::append(&cells[0].1, &link);
        let (left, day) = (element("span", &[]), element("span", &[("class", "day")]));
        dom::append(&cells[Column::Expires as usize].1, &left);
        dom::append(&cells[Column::Expires as usize].1, &day);
        Self {
            line,
            check,
            link,
            cells: cells.into(),
            left,
            day,
        }
    }

    pub(crate) fn show(&self, shown: &Shown<'_>) {
        let Shown {
            place, row, now_ms, ..
        } = *shown;
        let available = row.is_available(now_ms);
        let expiry = row.expiry(now_ms);
        attribute(&self.line, "aria-rowindex", Some(&(place + 2).to_string()));
        attribute(&self.line, "class", shown.selected.then_some("selected"));
        let name = &row.cells[Column::Cab as usize];
        attribute(&self.check, "aria-label", Some(&["Select ", name].concat()));
        flag(&self.check, "checked", shown.selected);
        // What is selected may expire; it can still be taken out.
        flag(&self.check, "disabled", !available && !shown.selected);
        for (column, cell) in &self.cells {
            let words = &row.cells[*column as usize];
            match column {
                Column::Cab => text(&self.link, name),
                Column::Expires => {
                    let left = expiry.words();
                    attribute(cell, "title", Some(words));
                    let class = ["expires ", expiry.urgency().as_str()].concat();
                    attribute(cell, "class", Some(&class));
                    let day = match (left.is_empty(), words.is_empty()) {
                        (false, false) => [", ", words].concat(),
                        _ => words.clone(),
                    };
                    text(&self.left, &left);
                    text(&self.day, &day);
                }
                _ => text(cell, words),
            }
        }
        attribute(&self.link, "method", shown.method);
        attribute(&self.link, "application-id", shown.application);
        for (name, value) in [("cabs", shown.cabs), ("row", &shown.given)] {
            if js::get(&self.link, name) != *value {
                js::set(&self.link, name, value);
            }
        }
    }
}
