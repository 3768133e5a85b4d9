//! Looks at the page itself: where it is and what is around it.

use cablink::browser::dom::window;
use cablink::browser::js;
use cablink::browser::timer::within;
use cablink::rules::doctor::page::{Embedding, Parts};
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

use crate::violations::Violations;

/// How long the package's scripts may take to load, in milliseconds.
const PARTS_MS: u32 = 15_000;

pub(crate) fn is_secure() -> bool {
    js::flag(&window(), "isSecureContext")
}

/// The frames around the page, up to one that belongs to another origin.
pub(crate) fn embedding() -> Embedding {
    let mut embedding = Embedding::default();
    let mut inner: JsValue = window().into();
    let top = js::get(&inner, "top");
    while inner != top {
        let frame = js::get(&inner, "frameElement");
        if !js::given(&frame) {
            embedding.by_another_origin = true;
            break;
        }
        let sandbox = js::call(&frame, "getAttribute", &[&"sandbox".into()]);
        embedding
            .sandboxes
            .extend(sandbox.and_then(|text| text.as_string()));
        inner = js::get(&inner, "parent");
    }
    embedding
}

/// Loads the package's other scripts, as the page would.
pub(crate) async fn parts(load: &Function, violations: &Violations) -> Option<Parts> {
    violations.begin().await;
    let called = load.call0(&JsValue::UNDEFINED).ok()?;
    let loaded = within(PARTS_MS, Promise::resolve(&called)).await?;
    let forbidden = violations.heard(&["script-src", "default-src"]).await;
    Some(match (loaded, forbidden) {
        (Ok(_), _) => Parts::Loaded,
        (Err(_), Some(_)) => Parts::Forbidden,
        (Err(_), None) => Parts::Missing,
    })
}

/// Address of the page without query and fragment, which may hold what is nobody's business.
pub(crate) fn address() -> String {
    let location = js::get(&window(), "location");
    let part = |name| js::text(&location, name).unwrap_or_default();
    [part("origin"), part("pathname")].concat()
}
