//! Style sheets that no policy forbids: made by script, adopted by shadow trees, shared by all.

use cablink::browser::js;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::ShadowRoot;

const SHARED: &str = include_str!("style/shared.css");
const LINK: &str = include_str!("style/link.css");
const LIST: &str = include_str!("style/list.css");

thread_local! {
    static SHEETS: [JsValue; 3] = [SHARED, LINK, LIST].map(|text| {
        let sheet = js::construct("CSSStyleSheet", &[]).unwrap_or_default();
        js::call(&sheet, "replaceSync", &[&text.into()]);
        sheet
    });
}

/// For a `<cab-link>`.
pub(crate) fn adopt_link(root: &ShadowRoot) {
    adopt(root, 1);
}

/// For a `<cab-list>`.
pub(crate) fn adopt_list(root: &ShadowRoot) {
    adopt(root, 2);
}

fn adopt(root: &ShadowRoot, own: usize) {
    SHEETS.with(|sheets| {
        let list: Array = [&sheets[0], &sheets[own]].into_iter().collect();
        js::set(root, "adoptedStyleSheets", &list);
    });
}
