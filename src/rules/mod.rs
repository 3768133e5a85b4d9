//! Every decision of the crate, as plain Rust: no browser type, no clock, no randomness.
//!
//! Time, random bits and what the browser saw come in as arguments; what to do comes out as
//! values. `src/browser` carries them out.

pub mod click;
pub mod doctor;
pub mod endpoint;
pub mod flow;
pub mod frame;
pub mod id;
pub mod list;
pub mod msal;
pub mod options;
pub mod outcome;
pub mod pages;
pub mod panel;
pub mod problem;
pub mod protocol;
pub mod queue;
pub mod ready;
pub mod registration;
pub mod request;
pub mod retry;
pub mod scope;
pub mod scrub;
pub mod storage;
pub mod text;
pub mod ticket;
pub mod token;
