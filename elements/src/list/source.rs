//! Where the rows come from: a host's own, or the service by the `CabLink`, slice by slice.

use std::rc::Rc;

use cablink::browser::js;
use cablink::rules::panel::column::Column;
use cablink::rules::panel::link::{Trouble, not_a_cablink};
use cablink::rules::panel::listing::{self, Course, SLICE};
use cablink::rules::problem::{Failure, Problem};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};

use super::{ListView, State, reading};
use crate::drawing::tell;
use crate::link::kind_of;

/// What the service is asked to sort by where nothing else is said.
const NEWEST_FIRST: &str = "date desc";

impl ListView {
    /// What was asked for is no longer wanted.
    pub(super) fn forget(&self) -> u32 {
        let generation = self.generation.get().wrapping_add(1);
        self.generation.set(generation);
        let controller = self.state.borrow().controller.clone();
        js::call(&controller, "abort", &[]);
        generation
    }

    /// Begins anew.
    pub(crate) fn reload(self: &Rc<Self>) {
        let generation = self.forget();
        let method = self.host.get_attribute("method");
        let mut state = State::default();
        {
            // The person's own filter and order stay.
            let before = self.state.borrow();
            state.sorted = before.sorted;
            state.table.sort_by(before.table.sort());
        }
        let text = js::text(&self.tree.filter, "value").unwrap_or_default();
        state.table.filter(&text);
        let own = js::get(&self.host, "rows");
        let hash = self.host.get_attribute("failure-hash");
        let application = self.host.get_attribute("application-id");
        let checked = listing::check(
            if js::given(&own) {
                Some("own")
            } else {
                hash.as_deref()
            },
            method.as_deref(),
            application.as_deref(),
        );
        let promise = match checked {
            Err(failure) => {
                state.course = Course::Problem(failure.into());
                None
            }
            Ok(method) => {
                state.method = method;
                if js::given(&own) {
                    self.replace(state);
                    return self.take_own(&own);
                }
                match listing::without(kind_of(&self.cabs())) {
                    Some(course) => {
                        state.course = course;
                        None
                    }
                    None => {
                        state.course = Course::Loading;
                        state.cabs = self.cabs();
                        state.controller =
                            js::construct("AbortController", &[]).unwrap_or_default();
                        Some(self.ask(
                            &hash.unwrap_or_default(),
                            method.as_str(),
                            application,
                            &mut state,
                        ))
                    }
                }
            }
        };
        self.replace(state);
        self.draw();
        if let Some(promise) = promise {
            self.wait(generation, promise);
        }
    }

    /// Nothing of before is in view or selected any more.
    fn replace(&self, state: State) {
        let had = !self.state.borrow().selection.is_empty();
        self.state.replace(state);
        self.drawn.set(None);
        js::set(&self.tree.scroller, "scrollTop", &0.into());
        if had {
            self.tell_selected();
        }
    }

    fn ask(
        &self,
        hash: &str,
        method: &str,
        application: Option<String>,
        state: &mut State,
    ) -> Promise {
        let attribute = |name: &str| {
            self.host
                .get_attribute(name)
                .filter(|text| !text.trim_ascii().is_empty())
                .map_or(JsValue::UNDEFINED, JsValue::from)
        };
        let orderby = self
            .host
            .get_attribute("orderby")
            .unwrap_or_else(|| NEWEST_FIRST.to_owned());
        if !state.sorted {
            // The headings show how the service has sorted; the rows stand as they come.
            state.table.sort_by(None);
        }
        // Only the method that takes it may be given it.
        let application = application.filter(|_| state.method.needs_application());
        #[expect(clippy::cast_possible_truncation, reason = "small")]
        let query = js::object(&[
            ("method", method.into()),
            (
                "applicationId",
                application.map_or(JsValue::UNDEFINED, |id| id.trim_ascii().into()),
            ),
            ("startDate", attribute("start-date")),
            ("endDate", attribute("end-date")),
            ("filter", attribute("filter")),
            (
                "orderby",
                if orderby.is_empty() {
                    JsValue::UNDEFINED
                } else {
                    orderby.into()
                },
            ),
            ("top", (SLICE as u32).into()),
            ("signal", js::get(&state.controller, "signal")),
        ]);
        let asked = js::call(
            &state.cabs,
            "failureDetails",
            &[&hash.trim_ascii().into(), &query],
        );
        promised(asked)
    }

    /// Asks for the next slice, where one is wanted by now.
    pub(super) fn more(self: &Rc<Self>) {
        let drawn_end = self.drawn.get().map_or(0, |window| window.end());
        let slice = {
            let mut state = self.state.borrow_mut();
            if !listing::wants_more(&state.course, state.counts(), drawn_end, state.sorted) {
                return;
            }
            state.course = Course::Loading;
            state.slice.clone()
        };
        // A host's own source may do anything within: nothing is borrowed, and another list may be asked for.
        let generation = self.generation.get();
        let asked = promised(js::call(&slice, "next", &[]));
        self.draw_status();
        self.wait(generation, asked);
    }

    /// The person tries again what did not come.
    pub(super) fn retry(self: &Rc<Self>) {
        let leads_on = {
            let state = self.state.borrow();
            // A slice whose `CabLink` was stopped gives no other any more.
            let stopped = matches!(&state.course, Course::Problem(trouble) if trouble.is_cancel());
            js::given(&state.slice) && !stopped
        };
        if leads_on {
            self.state.borrow_mut().course = Course::More;
            self.draw();
            // Whatever is in view: it was wanted.
            self.more();
        } else {
            self.reload();
        }
    }

    fn wait(self: &Rc<Self>, generation: u32, promise: Promise) {
        let view = Rc::downgrade(self);
        js::spawn(async move {
            let result = js::wait(promise).await;
            let Some(view) = view.upgrade() else {
                return;
            };
            if view.generation.get() == generation {
                match result {
                    Ok(slice) => view.take(&slice),
                    Err(problem) => view.fail(crate::downloads::trouble(&problem)),
                }
            }
        });
    }

    fn take(self: &Rc<Self>, slice: &JsValue) {
        if !js::given(slice) {
            self.state.borrow_mut().course = Course::Complete;
            return self.draw();
        }
        let rows = js::get(slice, "rows");
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast of a float saturates"
        )]
        let total = js::get(slice, "totalCount")
            .as_f64()
            .map(|total| total as usize);
        let has_rows = js::get(&rows, "length")
            .as_f64()
            .is_some_and(|length| length > 0.0);
        if !self.add(&rows) {
            return self.fail(not_a_list("the list"));
        }
        {
            let mut state = self.state.borrow_mut();
            state.slice = slice.clone();
            state.total = total.or(state.total);
            let loaded = state.table.rows().len();
            state.course = listing::after_slice(loaded, has_rows);
        }
        self.came();
    }

    fn take_own(self: &Rc<Self>, own: &JsValue) {
        if self.add(own) {
            let mut state = self.state.borrow_mut();
            let all = js::get(own, "length").as_f64();
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let taken = state.table.rows().len() as f64;
            state.course = if all.is_some_and(|all| all > taken) {
                Course::Enough
            } else {
                Course::Complete
            };
            drop(state);
            self.came();
        } else {
            self.fail(not_a_list("The property rows of this element"));
        }
    }

    /// Takes rows in; whether it was a list.
    fn add(&self, given: &JsValue) -> bool {
        if !Array::is_array(given) {
            return false;
        }
        let list: &Array = given.unchecked_ref();
        let method = self.state.borrow().method;
        let Some(read) = reading::rows(&self.host, list, method, &self.formats) else {
            return false;
        };
        let rows = self.state.borrow().rows.clone();
        let rows = rows.concat(list);
        let mut state = self.state.borrow_mut();
        state.rows = rows;
        state.table.add(read);
        true
    }

    fn came(self: &Rc<Self>) {
        self.draw();
        let (loaded, total) = {
            let state = self.state.borrow();
            (state.table.rows().len(), state.total)
        };
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let number = |count: usize| JsValue::from(count as f64);
        let detail = js::object(&[
            ("loaded", number(loaded)),
            ("total", total.map_or(JsValue::UNDEFINED, number)),
        ]);
        tell(&self.host, "cablink:rows", detail);
        self.more();
    }

    fn fail(self: &Rc<Self>, trouble: Trouble) {
        self.state.borrow_mut().course = Course::Problem(trouble);
        self.draw();
    }

    /// How the service has sorted, or the person has.
    pub(super) fn order(&self) -> Option<(Column, bool)> {
        let state = self.state.borrow();
        let own = js::given(&js::get(&self.host, "rows"));
        let asked = self.host.get_attribute("orderby");
        state.table.sort().or_else(|| {
            let orderby = asked.as_deref().unwrap_or(NEWEST_FIRST);
            Column::sorted_by(orderby, state.method).filter(|_| !own)
        })
    }
}

/// What was given, waited for; nothing was where it was no `CabLink` that was asked.
fn promised(given: Option<JsValue>) -> Promise {
    match given {
        // Also one of another frame's, whose class is not ours.
        Some(given) => Promise::resolve(&given),
        None => Promise::reject(&cablink::error::to_js(&not_a_cablink())),
    }
}

fn not_a_list(what: &str) -> Trouble {
    let sentence = [what, " is not a list of rows."].concat();
    Failure::explained(Problem::InvalidOptions, &sentence, None).into()
}
