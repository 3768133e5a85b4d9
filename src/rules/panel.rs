//! What the elements `<cab-link>` and `<cab-list>` show, and what they do when a person acts.
//!
//! Facts in, words and decisions out. The crate `cablink-elements`, a wasm module of its own, draws
//! them; nothing of this is in the module that a page with links loads.

pub mod batch;
pub mod column;
pub mod expiry;
pub mod link;
pub mod listing;
pub mod moment;
pub mod selection;
pub mod table;
pub mod told;
pub mod window;
