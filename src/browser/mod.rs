//! Carries out what [`rules`](crate::rules) decide; the only home of `web_sys`.
//!
//! What is public here is shared with the lists and the doctor, modules of their own; the rest makes the page's.

pub mod active_worker;
pub mod address;
pub mod answer;
pub mod dom;
pub mod event_queue;
pub(crate) mod frame;
pub mod frame_element;
pub mod js;
pub mod listener;
pub mod options;
pub mod state_event;
pub mod storage_frame;
pub(crate) mod task;
pub mod timer;
pub mod token;

#[cfg(feature = "page")]
pub(crate) mod announce;
#[cfg(feature = "page")]
pub(crate) mod click;
#[cfg(feature = "page")]
pub(crate) mod enhance;
#[cfg(feature = "page")]
pub(crate) mod enhanced_link;
#[cfg(feature = "page")]
pub(crate) mod follow;
#[cfg(feature = "page")]
pub(crate) mod handoff;
#[cfg(feature = "page")]
pub(crate) mod link;
#[cfg(feature = "page")]
pub(crate) mod lists;
#[cfg(feature = "page")]
pub(crate) mod msal;
#[cfg(feature = "page")]
pub(crate) mod page;
#[cfg(feature = "page")]
pub(crate) mod port;
#[cfg(feature = "page")]
pub(crate) mod ready_frame;
#[cfg(feature = "page")]
pub(crate) mod stopping;
#[cfg(feature = "page")]
pub(crate) mod worker;
