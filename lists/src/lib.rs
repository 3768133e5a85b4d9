//! The lists of the API in the browser: `failureHits`, `failureDetails` and `failureCabs`, with the
//! downloads of the last.
//!
//! A wasm module beside `cablink`'s own, which loads it when a list is asked for the first time: a
//! page that only has links does not pay for it. What is decided about a list is decided in
//! `cablink::rules::list`; here it is carried out. On any other target there is nothing.
#![cfg(target_family = "wasm")]

pub mod api;

mod body;
mod download;
mod given;
mod host;
mod iterator;
mod request;
mod run;
mod slice;
