//! A slice as JavaScript gets it, and the chain of slices that one list is.

use std::cell::RefCell;
use std::rc::Rc;

use cablink::browser::js;
use cablink::browser::timer::now;
use cablink::error;
use cablink::rules::list::cab_address::CabAddress;
use cablink::rules::list::envelope::Page;
use cablink::rules::list::method::List;
use cablink::rules::list::query::Query;
use cablink::rules::list::trail::Trail;
use cablink::rules::list::words::{Said, unexpected};
use cablink::rules::problem::Failure;
use js_sys::{Array, Object, Promise, Symbol};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use crate::host::Host;
use crate::{download, iterator, run};

/// What all slices of one list share.
pub(crate) struct Chain {
    pub(crate) host: Rc<Host>,
    pub(crate) list: List,
    /// The caller's signals, for every slice.
    pub(crate) signals: Vec<EventTarget>,
    trail: RefCell<Trail>,
    /// Where the CABs of a batch are, as far as its slices have come.
    addresses: RefCell<Vec<(String, CabAddress)>>,
}

impl Chain {
    /// Asks for the first slice, whose time runs since this moment.
    pub(crate) fn begin(
        host: Rc<Host>,
        query: &Query,
        signals: Vec<EventTarget>,
        began: f64,
    ) -> Promise {
        let trail = Trail::new(query, host.endpoint.base());
        let chain = Rc::new(Self {
            host,
            list: query.asked.list,
            signals,
            trail: RefCell::new(trail),
            addresses: RefCell::default(),
        });
        run::start(&chain, None, query.path_and_query(), began)
    }

    /// Keeps the addresses of a slice, instead of those from before.
    pub(crate) fn keep(&self, page: &Page) {
        let mut addresses = self.addresses.borrow_mut();
        addresses.retain(|(id, _)| page.addresses.iter().all(|(other, _)| other != id));
        addresses.extend(page.addresses.iter().cloned());
    }

    /// Where this CAB is.
    pub(crate) fn address(&self, id: &str) -> Option<CabAddress> {
        let addresses = self.addresses.borrow();
        let found = addresses.iter().find(|(other, _)| other == id)?;
        Some(found.1.clone())
    }

    /// Forgets an address that has led nowhere.
    pub(crate) fn forget(&self, id: &str) {
        self.addresses.borrow_mut().retain(|(other, _)| other != id);
    }
}

#[wasm_bindgen]
extern "C" {
    /// The browser's, which reads the module's memory where it is.
    type TextDecoder;
    #[wasm_bindgen(constructor)]
    fn new() -> TextDecoder;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, text: &[u8]) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &JsValue) -> Result<Array, JsValue>;
}

/// Parsed by the browser, in one go; neither the text nor what stands in it is made here.
fn parsed(rows: &[u8]) -> Result<Array, JsValue> {
    parse(&TextDecoder::new().decode(rows)?)
}

/// A slice that has arrived.
pub(crate) struct Slice {
    pub(crate) chain: Rc<Chain>,
    /// By which it was asked for.
    pub(crate) path_and_query: String,
    rows: Array,
    total: Option<u64>,
    /// Where the next one is.
    next: Result<Option<String>, Failure>,
    /// The promise of the next one, from its first being asked for.
    asked: RefCell<Option<Promise>>,
    /// The next one, once it is there.
    after: RefCell<Option<Rc<Slice>>>,
}

impl Slice {
    /// Takes in what was decoded.
    pub(crate) fn of(
        chain: &Rc<Chain>,
        path_and_query: &str,
        page: &Page,
    ) -> Result<Rc<Self>, Failure> {
        let next = chain.trail.borrow_mut().arrived(page)?;
        chain.keep(page);
        // Parsed by the browser, in one go: making 10,000 objects from here takes far longer. What
        // it would get wrong has been mended in the text.
        let rows = parsed(page.rows.bytes()).ok();
        Ok(Rc::new(Self {
            chain: Rc::clone(chain),
            path_and_query: path_and_query.to_owned(),
            rows: rows.ok_or_else(|| unexpected(Said::Nonsense))?,
            total: page.total,
            next,
            asked: RefCell::default(),
            after: RefCell::default(),
        }))
    }

    /// How many rows it has.
    pub(crate) fn length(&self) -> u32 {
        self.rows.length()
    }

    /// Whether one of its rows is about this CAB.
    pub(crate) fn has(&self, id: &str) -> bool {
        let is_it = |row: JsValue| js::text(&row, "cabIdHash").is_some_and(|other| other == id);
        self.rows.iter().any(is_it)
    }

    /// One of its rows.
    pub(crate) fn row(&self, index: u32) -> JsValue {
        self.rows.get(index)
    }

    /// `next()`: the same promise for everybody who asks, until it fails.
    pub(crate) fn next(self: &Rc<Self>) -> Promise {
        let path_and_query = match &self.next {
            Ok(Some(path_and_query)) => path_and_query.clone(),
            Ok(None) => return Promise::resolve(&JsValue::UNDEFINED),
            Err(failure) => return Promise::reject(&error::to_js(failure)),
        };
        let asked = self.asked.borrow().clone();
        asked.unwrap_or_else(|| {
            let promise = run::start(&self.chain, Some(Rc::clone(self)), path_and_query, now());
            // A signal that is aborted already has settled it by now.
            if !js::flag(&self.chain.host.stop, "aborted")
                && !self
                    .chain
                    .signals
                    .iter()
                    .any(|signal| js::flag(signal, "aborted"))
            {
                self.asked.replace(Some(promise.clone()));
            }
            promise
        })
    }

    /// The next one is there.
    pub(crate) fn followed_by(&self, slice: Rc<Self>) {
        self.after.replace(Some(slice));
    }

    /// The next one did not come; it may be asked for again.
    pub(crate) fn not_followed(&self) {
        self.asked.take();
    }

    /// The next one, where it has been asked for and has come.
    pub(crate) fn after(&self) -> Option<Rc<Self>> {
        self.after.borrow().clone()
    }

    /// `{rows, totalCount}`, with `next()`, the iterator and, of a batch, `download()` as properties
    /// that do not show when the object is printed or turned into JSON.
    pub(crate) fn to_js(self: &Rc<Self>) -> JsValue {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
        let total = self.total.map(|total| total as f64);
        let object = js::object(&[
            ("rows", (&self.rows).into()),
            (
                "totalCount",
                total.map_or(JsValue::UNDEFINED, JsValue::from),
            ),
        ]);
        let slice = Rc::clone(self);
        let next = Closure::<dyn Fn() -> Promise>::new(move || slice.next());
        hidden(&object, &"next".into(), next.into_js_value());
        let slice = Rc::clone(self);
        let iterate = Closure::<dyn Fn() -> JsValue>::new(move || iterator::over(&slice));
        hidden(&object, &Symbol::async_iterator(), iterate.into_js_value());
        if self.chain.list == List::Batch {
            let slice = Rc::clone(self);
            let download =
                Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |id, options| {
                    download::start(&slice, &id, &options)
                });
            hidden(&object, &"download".into(), download.into_js_value());
        }
        object
    }
}

/// Adds a method that does not show.
pub(crate) fn hidden(object: &JsValue, name: &JsValue, method: JsValue) {
    let descriptor = js::object(&[
        ("value", method),
        ("configurable", JsValue::TRUE),
        ("writable", JsValue::TRUE),
    ]);
    let object: &Object = object.unchecked_ref();
    Object::define_property(object, name, descriptor.unchecked_ref());
}
