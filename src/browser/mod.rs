//! Carries out what [`rules`](crate::rules) decide; the only home of `web_sys`.

pub(crate) mod address;
pub(crate) mod announce;
pub(crate) mod dom;
pub(crate) mod enhance;
pub(crate) mod enhanced_link;
pub(crate) mod follow;
pub(crate) mod frame;
pub(crate) mod handoff;
pub(crate) mod js;
pub(crate) mod link;
pub(crate) mod listener;
pub(crate) mod msal;
pub(crate) mod options;
pub(crate) mod page;
pub(crate) mod task;
pub(crate) mod timer;
pub(crate) mod token;
pub(crate) mod worker;
