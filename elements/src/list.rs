//! One `<cab-list>` while it is on the page.

mod act;
mod draw;
mod formats;
mod queue;
mod reading;
mod slot;
mod source;
mod tree;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use cablink::browser::js;
use cablink::rules::id::{Cab, Method};
use cablink::rules::panel::batch::Batch;
use cablink::rules::panel::link::{Cabs, Trouble};
use cablink::rules::panel::listing::{Counts, Course};
use cablink::rules::panel::selection::Selection;
use cablink::rules::panel::table::Table;
use cablink::rules::panel::window::Window;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use crate::drawing::Observer;
use crate::link::kind_of;
use crate::pool::{Pool, each};
use crate::{downloads, style};
use formats::Formats;
use slot::Slot;
use tree::Tree;

thread_local! {
    static LISTS: RefCell<Pool<ListView>> = const { RefCell::new(Pool::new()) };
}

/// See the module's documentation.
pub(crate) struct ListView {
    host: HtmlElement,
    tree: Tree,
    formats: Formats,
    state: RefCell<State>,
    batch: RefCell<Option<Several>>,
    slots: RefCell<Vec<Rc<Slot>>>,
    /// The rows that are drawn.
    drawn: Cell<Option<Window>>,
    /// How high a row is, as the browser has made it.
    row_px: Cell<f64>,
    /// What was asked for since is no longer wanted.
    generation: Cell<u32>,
    /// Whether a change is about to be looked at.
    due: Cell<bool>,
    observer: RefCell<Option<Observer>>,
}

/// What the list holds.
struct State {
    /// The rows as they came; numbers of the table are places in it.
    rows: Array,
    table: Table,
    selection: Selection,
    course: Course,
    method: Method,
    /// Rows of the whole list, where the service says so.
    total: Option<usize>,
    /// The last slice.
    slice: JsValue,
    /// The `CabLink` that was asked.
    cabs: JsValue,
    /// Ends what was asked for.
    controller: JsValue,
    /// Whether the person has sorted: by a part of the rows it would be wrong.
    sorted: bool,
    /// What went wrong last with one of the rows.
    trouble: Option<RowTrouble>,
}

/// What went wrong with a row.
struct RowTrouble {
    id: String,
    /// What the row is called; others may be called the same.
    name: String,
    trouble: Trouble,
}

/// Several downloads.
struct Several {
    batch: Batch,
    cabs: Vec<Cab>,
    /// Those of an earlier one do not count.
    number: u32,
}

impl Default for State {
    fn default() -> Self {
        Self {
            rows: Array::new(),
            table: Table::default(),
            selection: Selection::default(),
            course: Course::Unready,
            method: Method::default(),
            total: None,
            slice: JsValue::UNDEFINED,
            cabs: JsValue::UNDEFINED,
            controller: JsValue::UNDEFINED,
            sorted: false,
            trouble: None,
        }
    }
}

impl State {
    fn counts(&self) -> Counts {
        Counts {
            loaded: self.table.rows().len(),
            total: self.total,
            shown: self.table.view().len(),
            filtered: self.table.is_filtered(),
        }
    }

    /// Whether a row can be downloaded.
    fn can_be(&self, row: usize) -> bool {
        let now = js_sys::Date::now();
        self.table.rows()[row].is_available(now)
    }
}

/// An element has come onto the page.
pub(crate) fn connected(host: &HtmlElement) -> u32 {
    let view = Rc::new(ListView {
        host: host.clone(),
        tree: Tree::build(host),
        formats: Formats::of(host),
        state: RefCell::default(),
        batch: RefCell::default(),
        slots: RefCell::default(),
        drawn: Cell::new(None),
        row_px: Cell::new(44.0),
        generation: Cell::new(0),
        due: Cell::new(false),
        observer: RefCell::default(),
    });
    if let Some(root) = host.shadow_root() {
        style::adopt_list(&root);
        js::call(&root, "replaceChildren", &[&view.tree.all]);
    }
    view.observe();
    let key = LISTS.with_borrow_mut(|lists| lists.enter(Rc::clone(&view)));
    view.reload();
    key
}

/// An element has left the page: what is under way goes on, and nothing more is begun.
pub(crate) fn disconnected(key: u32) {
    let Some(view) = LISTS.with_borrow_mut(|lists| lists.leave(key)) else {
        return;
    };
    view.observer.take();
    view.batch.take();
    view.forget();
}

/// A drawn element.
pub(crate) fn view(key: u32) -> Option<Rc<ListView>> {
    LISTS.with_borrow(|lists| lists.get(key))
}

/// A `CabLink` was started or stopped, or time has passed; `anew` says that the page's is another.
pub(crate) fn look(anew: bool) {
    each(&LISTS, |view| view.look(anew));
}

/// Something was told of a CAB.
pub(crate) fn told(id: &str) {
    each(&LISTS, |view| view.told(id));
}

impl ListView {
    /// The `CabLink` to ask.
    fn cabs(&self) -> JsValue {
        js::get(&self.host, "cabs")
    }

    /// A change of the element's size changes what can be seen.
    fn observe(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let observer = Observer::of_size(&self.tree.scroller, move || {
            if let Some(view) = weak.upgrade() {
                view.draw_rows(false);
            }
        });
        self.observer.replace(observer);
    }

    /// An attribute or a property has changed; several in one go are one change.
    pub(crate) fn changed(self: &Rc<Self>) {
        if self.due.replace(true) {
            return;
        }
        // Nothing is asked for by one that has left the page since.
        let weak = Rc::downgrade(self);
        js::spawn(async move {
            if let Some(view) = weak.upgrade() {
                view.due.set(false);
                view.reload();
            }
        });
    }

    fn look(self: &Rc<Self>, anew: bool) {
        let cabs = self.cabs();
        let kind = kind_of(&cabs);
        let own = js::given(&js::get(&self.host, "rows"));
        let (unready, empty) = {
            let state = self.state.borrow();
            // The slices of one that was stopped lead nowhere.
            let other = anew && state.cabs != cabs;
            (
                other || state.course == Course::Unready,
                state.counts().loaded == 0,
            )
        };
        if kind != Cabs::Started && self.is_busy() {
            self.cancel();
        }
        if !own && ((kind == Cabs::Started && unready) || (kind != Cabs::Started && empty)) {
            self.reload();
        } else {
            self.draw();
        }
    }

    /// What went wrong with a row is said above the list: the row has no room for it.
    fn told(&self, id: &str) {
        if self.is_busy() {
            return;
        }
        let trouble = downloads::told(id).and_then(|told| told.trouble);
        let mut state = self.state.borrow_mut();
        let known = state
            .table
            .rows()
            .iter()
            .find(|row| row.cab.as_deref() == Some(id));
        let name = known.map(|row| row.cells[0].clone());
        let (Some(name), trouble) = (name, trouble.filter(|trouble| !trouble.is_cancel())) else {
            return;
        };
        let same = |other: &RowTrouble| other.id == id;
        match trouble {
            Some(trouble) => {
                state.trouble = Some(RowTrouble {
                    id: id.to_owned(),
                    name,
                    trouble,
                });
            }
            // Its next try is under way.
            None if state.trouble.as_ref().is_some_and(same) => state.trouble = None,
            None => return,
        }
        drop(state);
        self.draw_panels();
    }

    /// The selected rows, as they came.
    pub(crate) fn selected(&self) -> Array {
        let state = self.state.borrow();
        let selected = state.selection.in_order(state.table.view());
        selected
            .into_iter()
            .map(|row| state.rows.get(u32::try_from(row).unwrap_or(u32::MAX)))
            .collect()
    }
}
