//! What the classes in `elements.js` call. Nobody else does: the public face are the elements.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlElement};

use crate::{downloads, link, list};

/// A `<cab-link>` has come onto the page; the number by which it is known until it leaves.
#[wasm_bindgen(js_name = linkConnected)]
pub fn link_connected(host: &HtmlElement) -> u32 {
    link::connected(host)
}

/// It has left the page.
#[wasm_bindgen(js_name = linkDisconnected)]
pub fn link_disconnected(key: u32) {
    link::disconnected(key);
}

/// Its attributes, properties or label have changed.
#[wasm_bindgen(js_name = linkChanged)]
pub fn link_changed(key: u32) {
    if let Some(view) = link::view(key) {
        view.draw();
    }
}

/// Something has happened in its shadow tree.
#[wasm_bindgen(js_name = linkHeard)]
pub fn link_heard(key: u32, event: &Event) {
    if let Some(view) = link::view(key) {
        view.on(event);
    }
}

/// `download()` of an element.
#[wasm_bindgen(js_name = linkDownload)]
pub fn link_download(host: &HtmlElement) -> Promise {
    link::download(host)
}

/// `cancel()` of an element.
#[wasm_bindgen(js_name = linkCancel)]
pub fn link_cancel(host: &HtmlElement) {
    link::cancel(host);
}

/// `state` of an element.
#[wasm_bindgen(js_name = linkState)]
pub fn link_state(host: &HtmlElement) -> String {
    link::state(host).to_owned()
}

/// A `cablink:state` anywhere on the page; `clicking` says that a click is on its way.
#[wasm_bindgen]
pub fn told(event: &Event, clicking: bool) {
    if let Some(id) = downloads::hear(event, clicking) {
        link::draw_all(Some(&id));
        list::told(&id);
    }
}

/// A `CabLink` was started or stopped, or time has passed; `anew` says that the page's is another.
#[wasm_bindgen]
pub fn look(anew: bool) {
    link::draw_all(None);
    list::look(anew);
}

/// A `<cab-list>` has come onto the page; the number by which it is known until it leaves.
#[wasm_bindgen(js_name = listConnected)]
pub fn list_connected(host: &HtmlElement) -> u32 {
    list::connected(host)
}

/// It has left the page.
#[wasm_bindgen(js_name = listDisconnected)]
pub fn list_disconnected(key: u32) {
    list::disconnected(key);
}

/// Its attributes or properties have changed.
#[wasm_bindgen(js_name = listChanged)]
pub fn list_changed(key: u32) {
    if let Some(view) = list::view(key) {
        view.changed();
    }
}

/// Something has happened in its shadow tree.
#[wasm_bindgen(js_name = listHeard)]
pub fn list_heard(key: u32, event: &Event) {
    if let Some(view) = list::view(key) {
        view.on(event);
    }
}

/// `selectedRows` of an element.
#[wasm_bindgen(js_name = listSelected)]
pub fn list_selected(key: u32) -> Array {
    list::view(key).map_or_else(Array::new, |view| view.selected())
}

/// `downloadSelected()` of an element.
#[wasm_bindgen(js_name = listDownload)]
pub fn list_download(key: u32) {
    if let Some(view) = list::view(key) {
        view.download_selected();
    }
}

/// `cancel()` of an element.
#[wasm_bindgen(js_name = listCancel)]
pub fn list_cancel(key: u32) {
    if let Some(view) = list::view(key) {
        view.cancel();
    }
}
