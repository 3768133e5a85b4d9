//! The doctor in the browser: gathers what `cablink::rules::doctor` judges.
//!
//! A wasm module beside `cablink`'s own, which a page loads by `doctor.js` and only then. It looks and provokes, and never
//! downloads: no address it asks for names a CAB. On any other target there is nothing.
#![cfg(target_family = "wasm")]

pub mod api;

mod ask;
mod endpoint;
mod frame;
mod page;
mod run;
mod violations;
mod worker;
