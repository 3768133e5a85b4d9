//! The lists of the API: `failurehits` and `failuredetails` for each family of methods, and
//! `cabdownloadbatch` for drivers, whose rows lead straight to the CABs.
//!
//! A query becomes an address, a body becomes rows, and what went wrong becomes a problem. Requests
//! are sent by the crate `cablink-lists`, a wasm module of its own that a page loads on first use.

pub mod batch;
pub mod cab_address;
pub mod course;
pub mod day;
pub mod details;
pub mod direct;
pub mod envelope;
pub mod filter;
pub mod given;
pub mod hits;
pub mod json;
pub mod method;
pub mod next_link;
pub mod number;
pub mod query;
pub mod row;
pub mod rows;
pub mod trail;
#[cfg(all(any(test, fuzzing), not(target_family = "wasm")))]
pub mod tree;
pub mod words;
