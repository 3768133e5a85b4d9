//! Draws what is the case.

use std::rc::Rc;

use cablink::browser::{dom, js};
use cablink::rules::panel::batch::Phase;
use cablink::rules::panel::column::Column;
use cablink::rules::panel::listing::{self, Course};
use cablink::rules::panel::selection::All;
use cablink::rules::panel::table::Row;
use cablink::rules::panel::window::{Window, window};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::ListView;
use super::slot::{Shown, Slot};
use super::tree::Panel;
use crate::drawing::{attribute, flag, focus, number, text, visible};

impl ListView {
    /// Everything.
    pub(super) fn draw(self: &Rc<Self>) {
        self.draw_status();
        self.draw_headings();
        self.draw_panels();
        self.draw_rows(true);
        self.draw_selection();
    }

    pub(super) fn draw_status(&self) {
        let state = self.state.borrow();
        let counts = state.counts();
        let words = listing::status(&state.course, counts, &|count| self.formats.number(count));
        text(&self.tree.status, &words);
        let loading = state.course == Course::Loading;
        attribute(
            &self.tree.table,
            "aria-busy",
            Some(if loading { "true" } else { "false" }),
        );
        visible(&self.tree.skeleton, loading && counts.loaded == 0);
        // An empty frame below a problem would say nothing.
        let failed = matches!(state.course, Course::Problem(_)) && counts.loaded == 0;
        visible(&self.tree.scroller, !failed);
        let instead = listing::instead(&state.course, counts);
        let (words, hint) = instead.unwrap_or_default();
        text(&self.tree.instead_words, words);
        text(&self.tree.instead_hint, hint);
        visible(&self.tree.instead, instead.is_some());
        let zone = ["Times are those of ", &self.formats.zone, "."].concat();
        text(&self.tree.zone, &zone);
        visible(
            &self.tree.zone,
            !self.formats.zone.is_empty() && counts.loaded > 0,
        );
        let known = if counts.filtered || state.course == Course::Complete {
            Some(counts.shown)
        } else {
            counts.total
        };
        // -1 is "not known".
        let rows = known.map_or("-1".to_owned(), |rows| {
            (rows.max(counts.shown) + 1).to_string()
        });
        attribute(&self.tree.table, "aria-rowcount", Some(&rows));
    }

    fn draw_headings(&self) {
        let order = self.order();
        for (column, heading) in Column::ALL.into_iter().zip(&self.tree.headings) {
            let sort = order
                .filter(|(by, _)| *by == column)
                .map(|(_, down)| if down { "descending" } else { "ascending" });
            attribute(heading, "aria-sort", Some(sort.unwrap_or("none")));
        }
    }

    /// What is said above the rows. A host may hear of the focus and do anything: nothing is borrowed by then.
    pub(super) fn draw_panels(&self) {
        let (problem, trouble) = self.troubles();
        show(&self.tree.problem, problem);
        show(&self.tree.trouble, trouble);
        let several = self.batch.borrow();
        let tree = &self.tree.batch;
        visible(&tree.panel, several.is_some());
        let Some(batch) = several.as_ref().map(|several| &several.batch) else {
            return;
        };
        let (phase, counts) = (batch.phase(), batch.counts());
        attribute(&tree.progress, "max", Some(&counts.total.to_string()));
        attribute(
            &tree.progress,
            "value",
            Some(&counts.handed_over.to_string()),
        );
        let mut words = batch.words(&|count| self.formats.number(count));
        if let Some(trouble) = batch.first_failure() {
            words = [&words, " ", &trouble.sentence].concat();
        }
        text(&tree.words, &words);
        let paused = matches!(phase, Phase::Paused(_));
        let ended = matches!(phase, Phase::Ended { .. });
        drop(several);
        let class = if paused || (ended && counts.failed > 0) {
            "panel bad"
        } else {
            "panel"
        };
        attribute(&tree.panel, "class", Some(class));
        let idle = counts.running == 0;
        let buttons = [
            (&tree.cancel, !ended),
            (&tree.resume, paused),
            (&tree.skip, paused && counts.waiting > 0),
            (&tree.failed, ended && idle && counts.failed > 0),
            (&tree.again, ended && idle && counts.handed_over > 1),
            (&tree.close, ended && idle),
        ];
        self.draw_buttons(&buttons, &tree.panel);
    }

    /// Sentence and next step of what is wrong with the list, and with one of its rows.
    fn troubles(&self) -> (Option<Words>, Option<Words>) {
        let state = self.state.borrow();
        let problem = match &state.course {
            Course::Problem(trouble) => Some((trouble.sentence.clone(), trouble.next_step.clone())),
            _ => None,
        };
        let of_row = state.trouble.as_ref().map(|of_row| {
            let sentence = [&of_row.name, ": ", &of_row.trouble.sentence].concat();
            (sentence, of_row.trouble.next_step.clone())
        });
        (problem, of_row)
    }

    /// The focus stays with the buttons when the one that has it goes.
    fn draw_buttons(&self, buttons: &[(&Element, bool)], panel: &Element) {
        let active = self.active();
        for (button, shown) in buttons {
            visible(button, *shown);
        }
        let lost = buttons
            .iter()
            .any(|(button, shown)| !shown && active.as_ref() == Some(button));
        if lost {
            let next = buttons.iter().find(|(_, shown)| *shown);
            match next {
                Some((button, _)) => focus(button),
                None => focus(panel),
            }
        }
    }

    /// What has the focus in this list.
    pub(super) fn active(&self) -> Option<Element> {
        let root = js::get(&self.host, "shadowRoot");
        js::get(&root, "activeElement").dyn_into().ok()
    }

    pub(super) fn draw_selection(&self) {
        let state = self.state.borrow();
        let (view, selection) = (state.table.view(), &state.selection);
        let count = selection.len();
        let hidden = selection.hidden(view);
        let busy = self.is_busy();
        let mut words = match count {
            0 => "None selected".to_owned(),
            _ => [&self.formats.number(count), " selected"].concat(),
        };
        if hidden > 0 {
            words.push_str(&[" (", &self.formats.number(hidden), " not in view)"].concat());
        }
        text(&self.tree.selected, &words);
        let label = match count {
            0 => "Download".to_owned(),
            _ => ["Download ", &self.formats.number(count)].concat(),
        };
        text(&self.tree.download, &label);
        // Not the attribute: what is disabled loses the focus.
        let off = (count == 0 || busy).then_some("true");
        attribute(&self.tree.download, "aria-disabled", off);
        attribute(
            &self.tree.clear,
            "aria-disabled",
            (count == 0).then_some("true"),
        );
        visible(&self.tree.notice, count > 1 || busy);
        let now = js_sys::Date::now();
        let rows = state.table.rows();
        let all = selection.of_all(view, |row| rows[row].is_available(now));
        flag(&self.tree.select_all, "checked", all == All::All);
        flag(&self.tree.select_all, "indeterminate", all == All::Some);
    }

    /// The rows that can be seen. On a scroll most often nothing has to be done.
    pub(super) fn draw_rows(self: &Rc<Self>, anew: bool) {
        let before = self.drawn.get();
        let (wanted, count) = self.wanted();
        if anew || before != Some(wanted) {
            let held = self.held(before);
            self.fill(wanted);
            // The first rows show how high a row is.
            let (wanted, count) = if self.measure() {
                let (wanted, count) = self.wanted();
                self.fill(wanted);
                (wanted, count)
            } else {
                (wanted, count)
            };
            self.draw_spaces(wanted, count);
            self.drawn.set(Some(wanted));
            self.hold(held, wanted);
        }
        self.more();
    }

    /// The rows to draw, and how many there are.
    fn wanted(&self) -> (Window, usize) {
        let scroller = &self.tree.scroller;
        let count = self.state.borrow().table.view().len();
        let (scrolled, height) = (
            number(scroller, "scrollTop"),
            number(scroller, "clientHeight"),
        );
        (window(count, self.row_px.get(), scrolled, height), count)
    }

    /// Showing a row asks the host's `CabLink` for an address: nothing is borrowed meanwhile.
    fn fill(&self, wanted: Window) {
        let mut slots = self.slots.borrow().clone();
        while slots.len() < wanted.count {
            let slot = Rc::new(Slot::new(slots.len()));
            dom::append(&self.tree.body, &slot.line);
            slots.push(slot);
        }
        self.slots.replace(slots.clone());
        let (now_ms, cabs) = (js_sys::Date::now(), self.cabs());
        let method = self.host.get_attribute("method");
        let application = self.host.get_attribute("application-id");
        for (at, slot) in slots.iter().enumerate() {
            let place = wanted.first + at;
            let found = if at < wanted.count {
                self.row_at(place)
            } else {
                None
            };
            visible(&slot.line, found.is_some());
            let Some((row, given, selected)) = found else {
                continue;
            };
            slot.show(&Shown {
                place,
                row: &row,
                given,
                selected,
                now_ms,
                cabs: &cabs,
                method: method.as_deref(),
                application: application.as_deref(),
            });
        }
    }

    /// The row at a place in view, as it came, and whether it is selected.
    fn row_at(&self, place: usize) -> Option<(Row, JsValue, bool)> {
        let state = self.state.borrow();
        let number = *state.table.view().get(place)?;
        let given = state.rows.get(u32::try_from(number).unwrap_or(u32::MAX));
        let row = state.table.rows()[number].clone();
        Some((row, given, state.selection.has(number)))
    }

    /// The place of the row that has the focus, and whether its box has it.
    fn held(&self, before: Option<Window>) -> Option<(usize, bool)> {
        let active = self.active()?;
        let slots = self.slots.borrow();
        let at = slots
            .iter()
            .position(|slot| slot.line.contains(Some(&active)))?;
        Some((before?.first + at, slots[at].check == active))
    }

    /// The focus stays with its row; where that is no longer drawn, with the list.
    fn hold(&self, held: Option<(usize, bool)>, wanted: Window) {
        let Some((place, is_check)) = held else {
            return;
        };
        if wanted.has(place) {
            self.focus_row(place, is_check);
        } else {
            focus(&self.tree.scroller);
        }
    }

    pub(super) fn focus_row(&self, place: usize, is_check: bool) {
        let Some(window) = self.drawn.get().filter(|window| window.has(place)) else {
            return;
        };
        let slots = self.slots.borrow();
        if let Some(slot) = slots.get(place - window.first) {
            // The box of a row that cannot be had takes no focus.
            let is_check = is_check && !js::flag(&slot.check, "disabled");
            let target = if is_check { &slot.check } else { &slot.link };
            let target = target.clone();
            drop(slots);
            focus(&target);
        }
    }

    /// Whether rows turn out to be of another height.
    fn measure(&self) -> bool {
        let slots = self.slots.borrow();
        let Some(first) = slots
            .first()
            .filter(|slot| !slot.line.has_attribute("hidden"))
        else {
            return false;
        };
        let rectangle = js::call(&first.line, "getBoundingClientRect", &[]).unwrap_or_default();
        let height = js::get(&rectangle, "height").as_f64().unwrap_or_default();
        // A hidden list has no heights.
        let changed = height >= 1.0 && (height - self.row_px.get()).abs() > 0.1;
        if changed {
            self.row_px.set(height);
        }
        changed
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few million"
    )]
    fn draw_spaces(&self, wanted: Window, count: usize) {
        let spaces = [
            (&self.tree.above, wanted.first),
            (&self.tree.below, count - wanted.end()),
        ];
        for (space, rows) in spaces {
            let height = (rows as f64 * self.row_px.get()).round() as u64;
            let height = [&height.to_string(), "px"].concat();
            // Through the object model, since a policy may forbid the attribute.
            js::set(&js::get(space, "style"), "height", &height.into());
            visible(space, rows > 0);
        }
    }
}

/// A sentence and a next step.
type Words = (String, String);

fn show(panel: &Panel, words: Option<Words>) {
    let (sentence, next_step) = words.clone().unwrap_or_default();
    text(&panel.sentence, &sentence);
    text(&panel.next_step, &next_step);
    visible(&panel.panel, words.is_some());
    visible(&panel.button, words.is_some());
}
