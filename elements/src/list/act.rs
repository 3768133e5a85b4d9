//! What a person does.

use std::rc::Rc;

use cablink::browser::js;
use cablink::rules::panel::batch::Batch;
use cablink::rules::panel::column::Column;
use cablink::rules::panel::window::scroll_to;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

use super::ListView;
use crate::drawing::{focus, number, tell};

impl ListView {
    /// Something has happened in the shadow tree.
    pub(crate) fn on(self: &Rc<Self>, event: &Event) {
        let Some(target) = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
        else {
            return;
        };
        match event.type_().as_str() {
            "scroll" => self.draw_rows(false),
            "input" if target == self.tree.filter => self.filtered(),
            "click" => self.clicked(&target, event),
            "keydown" => self.key(&target, event),
            _ => {}
        }
    }

    fn filtered(self: &Rc<Self>) {
        let text = js::text(&self.tree.filter, "value").unwrap_or_default();
        self.state.borrow_mut().table.filter(&text);
        self.rearranged();
    }

    /// Other rows are in view: from the top, and none is where it was.
    fn rearranged(self: &Rc<Self>) {
        js::set(&self.tree.scroller, "scrollTop", &0.into());
        self.draw();
        self.more();
    }

    fn clicked(self: &Rc<Self>, target: &Element, event: &Event) {
        if let Some(place) = self.place_of(target)
            && target.local_name() == "input"
        {
            let checked = js::flag(target, "checked");
            return self.select(place, checked, js::flag(event, "shiftKey"));
        }
        let button = target.closest("[data-do]").ok().flatten();
        let Some(button) = button.filter(|button| !button.has_attribute("aria-disabled")) else {
            return;
        };
        match button.get_attribute("data-do").unwrap_or_default().as_str() {
            "sort" => self.sort(&button),
            "all" => self.select_all(js::flag(&button, "checked")),
            "download" => self.download_selected(),
            "clear" => {
                self.state.borrow_mut().selection.clear();
                self.selected_anew();
            }
            "retry" => {
                self.retry();
                focus(&self.tree.scroller);
            }
            "dismiss" => {
                self.state.borrow_mut().trouble = None;
                self.draw_panels();
                focus(&self.tree.scroller);
            }
            "cancel" => self.cancel(),
            "resume" => self.step(Batch::resume),
            "skip" => self.step(Batch::skip),
            "again" => self.step(Batch::again),
            "close" => {
                self.batch.take();
                self.draw_panels();
                self.draw_selection();
                focus(&self.tree.scroller);
            }
            _ => {}
        }
    }

    /// Upwards first, and then the other way; of dates the newest first.
    fn sort(self: &Rc<Self>, button: &Element) {
        let name = button.get_attribute("data-column").unwrap_or_default();
        let Some(column) = Column::parse(&name) else {
            return;
        };
        let down = match self.order() {
            Some((by, down)) if by == column => !down,
            _ => column == Column::Date,
        };
        {
            let mut state = self.state.borrow_mut();
            state.sorted = true;
            state.table.sort_by(Some((column, down)));
        }
        self.rearranged();
    }

    /// The place in view of the row that an element stands in.
    fn place_of(&self, element: &Element) -> Option<usize> {
        let line = element.closest("[data-at]").ok().flatten()?;
        let at: usize = line.get_attribute("data-at")?.parse().ok()?;
        Some(self.drawn.get()?.first + at)
    }

    fn select(self: &Rc<Self>, place: usize, selected: bool, range: bool) {
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let view = state.table.view();
            let Some(row) = view.get(place).copied() else {
                return;
            };
            if range {
                let (now, rows) = (js_sys::Date::now(), state.table.rows());
                let can_be = |row: usize| !selected || rows[row].is_available(now);
                state.selection.set_range(row, selected, view, can_be);
            } else {
                state.selection.set(row, selected);
            }
        }
        self.selected_anew();
    }

    fn select_all(self: &Rc<Self>, selected: bool) {
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let (now, rows) = (js_sys::Date::now(), state.table.rows());
            let can_be = |row: usize| rows[row].is_available(now);
            state
                .selection
                .set_all(selected, state.table.view(), can_be);
        }
        self.selected_anew();
    }

    fn selected_anew(self: &Rc<Self>) {
        self.draw_selection();
        self.draw_rows(true);
        self.tell_selected();
    }

    pub(super) fn tell_selected(&self) {
        let count = self.state.borrow().selection.len();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let detail = js::object(&[("count", JsValue::from(count as f64))]);
        tell(&self.host, "cablink:selected", detail);
    }

    /// Arrows go from row to row, with Shift they select; Control with A selects all in view.
    fn key(self: &Rc<Self>, target: &Element, event: &Event) {
        let flag = |name| js::flag(event, name);
        let key = js::text(event, "key").unwrap_or_default();
        let in_rows = self.tree.scroller.contains(Some(target));
        if in_rows && (flag("ctrlKey") || flag("metaKey")) && key.eq_ignore_ascii_case("a") {
            event.prevent_default();
            return self.select_all(true);
        }
        let Some(place) = self.place_of(target) else {
            return;
        };
        let is_check = target.local_name() == "input";
        if is_check && key == " " && flag("shiftKey") {
            event.prevent_default();
            return self.select(place, !js::flag(target, "checked"), true);
        }
        let last = self.state.borrow().table.view().len().saturating_sub(1);
        let next = match key.as_str() {
            "ArrowDown" => (place + 1).min(last),
            "ArrowUp" => place.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        self.show_row(next);
        self.focus_row(next, is_check);
        if is_check && flag("shiftKey") && next != place {
            self.extend(place, next);
        }
    }

    /// Selects from one row to the next, both.
    fn extend(self: &Rc<Self>, from: usize, to: usize) {
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let view = state.table.view();
            let (now, rows) = (js_sys::Date::now(), state.table.rows());
            for row in [from, to].iter().filter_map(|place| view.get(*place)) {
                if rows[*row].is_available(now) {
                    state.selection.set(*row, true);
                }
            }
        }
        self.selected_anew();
    }

    /// Scrolls until a row can be seen.
    fn show_row(self: &Rc<Self>, place: usize) {
        let scroller = &self.tree.scroller;
        let scrolled = scroll_to(
            place,
            self.row_px.get(),
            number(scroller, "scrollTop"),
            number(scroller, "clientHeight"),
            number(&self.tree.head, "offsetHeight"),
        );
        if let Some(scrolled) = scrolled {
            js::set(scroller, "scrollTop", &scrolled.into());
        }
        self.draw_rows(false);
    }
}
