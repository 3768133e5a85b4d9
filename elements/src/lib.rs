//! The custom elements `<cab-link>` and `<cab-list>`: what they draw and what a person's acts do.
//!
//! A wasm module beside `cablink`'s own, which `elements.js` loads when the first of them stands on
//! a page: a page without them does not pay for it. What is decided is decided in
//! `cablink::rules::panel`; here it is drawn. The classes in `elements.js` only forward to `api`.
//! To the page's `CabLink` it speaks as any host does, by its public methods: neither module sees
//! the other's memory. On any other target there is nothing.
#![cfg(target_family = "wasm")]

pub mod api;

mod downloads;
mod drawing;
mod link;
mod list;
mod pool;
mod style;
