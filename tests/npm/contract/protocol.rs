//! What the page and `src/worker.js` say to each other.
//!
//! The worker asks, the page answers, on a `MessageChannel` for each question. Both sides check
//! the version: after an update of the portal an old page may meet a new worker, or the reverse.

use crate::rules::outcome::Outcome;
use crate::rules::request::Request;

/// The protocol's version. `src/worker.js` carries the same number; a test compares them.
pub const PROTOCOL: u32 = 1;

/// The longest time, in milliseconds, that a navigation is held for its page. Firefox gives a
/// navigation up after 60 s; the worker itself ends one after this. A test compares both sides.
pub const HOLD_MS: u32 = 20_000;

/// A message from the worker, as plain fields; what was missing or of another type is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Message {
    /// `cablink`: the protocol's version.
    pub version: Option<f64>,
    /// `navigation`: names one navigation, unique for each.
    pub navigation: Option<String>,
    /// `destination`: what the navigation is for, as the Fetch standard names it.
    pub destination: Option<String>,
    /// `report`: what became of the request, once there is one.
    pub report: Option<Report>,
}

/// The field `report` of a [`Message`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// `kind`: how the request ended.
    pub kind: String,
    /// The answer's facts, for the kind `answered`.
    pub answered: Option<crate::rules::outcome::Answered>,
}

/// A message that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Names the navigation.
    pub navigation: String,
    /// Whether the navigation has a tab of its own.
    pub tab: bool,
    /// What became of the request.
    pub report: Option<Outcome>,
}

/// Why a message was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not one of ours: some other message of the host's.
    Foreign,
    /// One of ours, of another version.
    Version,
    /// One of ours, but broken.
    Broken,
}

impl Message {
    /// Understands the message, or says why not.
    ///
    /// # Errors
    /// The reason; the page then answers `not_mine` to those of ours and nothing to others.
    pub fn understand(self) -> Result<Question, Refused> {
        let version = self.version.ok_or(Refused::Foreign)?;
        if version.to_bits() != f64::from(PROTOCOL).to_bits() {
            return Err(Refused::Version);
        }
        let navigation = self.navigation.ok_or(Refused::Broken)?;
        if navigation.is_empty() || navigation.len() > 64 {
            return Err(Refused::Broken);
        }
        let report = match self.report {
            None => None,
            Some(report) => Some(match (report.kind.as_str(), report.answered) {
                ("redirected", _) => Outcome::Redirected,
                ("answered", Some(answered)) => Outcome::Answered(Box::new(answered)),
                ("unreachable", _) => Outcome::Unreachable,
                ("timed-out", _) => Outcome::TimedOut,
                _ => return Err(Refused::Broken),
            }),
        };
        Ok(Question {
            navigation,
            tab: self.destination.as_deref() == Some("document"),
            report,
        })
    }
}

/// What the page answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `{not_mine}`: another page may answer.
    NotMine,
    /// `{wait}`: it is this page's; the answer follows on the same channel.
    Wait,
    /// `{request}`: send this.
    Request(Request),
    /// `{document}`: answer the navigation with this.
    Document(Document),
    /// `{pass}`: pass the answer's body on under these headers.
    Pass(Vec<(&'static str, String)>),
    /// `{stop}`: leave everything where it is, or, with a page, show that.
    Stop(Option<Page>),
}

/// A document of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Header names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The HTML.
    pub body: String,
}

/// A small page for a tab of its own; the worker has the layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Title and heading.
    pub title: String,
    /// Paragraphs, as plain text.
    pub text: Vec<String>,
}
