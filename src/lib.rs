//! Download links for the CAB files behind Microsoft's Store analytics API, in the browser.
//!
//! A person clicks a link in a web portal; the file arrives through the browser's own download
//! manager. The portal's MSAL sign-in authorises it, no byte of the file passes through the page,
//! and script never sees the storage address.
//!
//! ```js
//! import init, { CabLink, msalToken } from "cablink";
//! await init();
//! const cabs = await CabLink.start({ getToken: msalToken(pca), endpoint: "/devcenter/" });
//! cabs.enhance(document.body);
//! ```
//!
//! The crate is built for `wasm32-unknown-unknown` and used from JavaScript; `api` is what
//! JavaScript sees of it. On any other target only [`rules`] exists: every decision of the crate,
//! as plain Rust.

pub mod rules;

#[cfg(all(target_family = "wasm", feature = "page"))]
pub mod api;
#[cfg(target_family = "wasm")]
pub mod browser;
#[cfg(target_family = "wasm")]
pub mod error;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
