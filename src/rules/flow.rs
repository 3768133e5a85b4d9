//! One download, from the click to the end, as a state machine.
//!
//! What happened comes in as an [`Event`] with the time; what to do goes out as [`Command`]s in
//! order. There is exactly one [`Command::Settle`] in the life of a flow, whatever comes in: the
//! deadline is set before anything is waited for, and every step has a limit of its own.

use std::rc::Rc;

use crate::rules::endpoint::Endpoint;
use crate::rules::frame::{Conclusion, Seen, conclude, was_refused};
use crate::rules::id::Cab;
use crate::rules::options::{Coep, Handoff};
use crate::rules::outcome::{Answered, Outcome, Verdict};
use crate::rules::pages;
use crate::rules::problem::{Failure, Problem};
use crate::rules::protocol::{Answer, Document, HOLD_MS};
use crate::rules::request::Request;
use crate::rules::retry::{Next, Tally};
use crate::rules::scope::Scope;
use crate::rules::storage::Storage;
use crate::rules::ticket::Use;
use crate::rules::token::Token;

/// How long the worker may take to ask, in milliseconds; starting one takes tens.
const SILENCE_MS: u32 = 8_000;

/// How long a report may take: the worker ends the navigation after [`HOLD_MS`] by itself.
const REPORT_MS: u32 = HOLD_MS + 2_000;

/// How long a navigation is held for a renewed token or a short wait; below [`HOLD_MS`], so that
/// the answer still arrives.
const PATIENCE_MS: u32 = 15_000;

/// As [`PATIENCE_MS`] for a hidden frame: a renewed token that takes longer gets a new frame, since
/// what is left of the hold must be enough for the service's answer.
const FRAME_PATIENCE_MS: u32 = 7_000;

/// How long the frame is kept after the redirect. Storage that has not answered in a minute will
/// not, and the SAS may be gone.
const LOAD_MS: u32 = 60_000;

/// How long a person may take to sign in, in milliseconds: a password, a second factor, a phone
/// that has to be found. It does not count against the deadline.
const SIGN_IN_MS: u32 = 300_000;

/// How long a report may come after `load`: a policy's in Firefox and WebKit, and the worker's
/// anywhere, since nothing orders its messages among the frame's events. On a busy machine Firefox
/// was once seen with a frame as after a file 100 ms after `load`, though storage had cut the
/// connection: its error page came later.
const GRACE_MS: u32 = 300;

/// What may be missing where following led nowhere; script cannot tell which.
const WITHOUT_WORKER: &str = "Check the connection and allow site data; otherwise the portal must serve the worker, or have storage answer CORS and name it in connect-src.";

/// How long a frame that went straight to storage is watched for what speaks against a download,
/// in milliseconds, from when it is on its way: in a hidden tab that alone may take a second. Nothing
/// speaks for one there: a frame stays as it is when the browser takes a file. Storage has just
/// answered the page, so that what comes, comes soon.
const DIRECT_MS: u32 = 1_000;

/// How much later than asked a timer may come. One that is later says nothing about the other side
/// but that this machine slept, or that its page was in the background.
const LATE_MS: f64 = 1_000.0;

/// After that, how long what happened meanwhile may take to be heard: the browser tells it in any
/// order, and a file that has arrived must not be called late.
const WAKE_MS: u32 = 2_000;

/// What a `CabLink` was started with, as far as flows need it.
#[derive(Clone, Debug)]
pub struct Config {
    /// The API's base.
    pub endpoint: Endpoint,
    /// The worker's scope.
    pub scope: Scope,
    /// Where redirects may lead.
    pub storage: Storage,
    /// For one download, retries included, in milliseconds.
    pub deadline_ms: u32,
    /// The portal's embedder policy.
    pub coep: Option<Coep>,
    /// How a redirect reaches the browser.
    pub handoff: Handoff,
}

impl Config {
    /// The hidden frame's document.
    #[must_use]
    pub fn frame_document(&self) -> Document {
        pages::frame_document(&self.endpoint, &self.storage, self.coep)
    }
}

/// What a page can honestly say about a download. Never "saved": no page can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Getting a token, or waiting for a place.
    Authorizing,
    /// The endpoint is being asked.
    Requesting,
    /// Something failed that may work the next time.
    Retrying,
    /// The browser has the redirect.
    HandedOff,
    /// Storage answered with a file; the browser may still ask the person.
    Downloading,
    /// It ended with a problem.
    Failed,
}

impl State {
    /// All states, for tests and tables.
    pub const ALL: [Self; 6] = [
        Self::Authorizing,
        Self::Requesting,
        Self::Retrying,
        Self::HandedOff,
        Self::Downloading,
        Self::Failed,
    ];

    /// The state's name in events and attributes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorizing => "authorizing",
            Self::Requesting => "requesting",
            Self::Retrying => "retrying",
            Self::HandedOff => "handed-off",
            Self::Downloading => "downloading",
            Self::Failed => "failed",
        }
    }

    /// What is shown beside a link and announced. For a failure the problem's sentence is.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Authorizing => "Checking sign-in…",
            Self::Requesting => "Requesting…",
            Self::Retrying => "Trying again…",
            Self::HandedOff => "Handed to the browser…",
            Self::Downloading => "The browser takes over",
            Self::Failed => "Failed",
        }
    }
}

/// How the file reached the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The worker returned the redirect.
    Worker,
    /// The page followed the redirect and navigated to its target.
    Follow,
}

impl Via {
    /// The name in the result of `download()`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Follow => "follow",
        }
    }
}

/// What `download()` resolves with, besides the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Success {
    /// How.
    pub via: Via,
    /// Requests made to the endpoint.
    pub attempts: u32,
}

/// Where following led, as far as it may be known here: never the address itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// The endpoint itself answered, without a redirect.
    Answered(Box<Answered>),
    /// A redirect led to this origin, which answered; `ok` for a 2xx.
    Reached {
        /// The target's origin.
        origin: String,
        /// Whether it answered with success.
        ok: bool,
    },
    /// No readable answer: the network, or CORS at the endpoint or at storage.
    Unreachable,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The queue has a place.
    Place,
    /// The worker is active, or why there is none.
    Worker(Result<(), Failure>),
    /// The host's token, or why there is none.
    Token(Result<Token, Failure>),
    /// A sign-in window was opened for the token (`true`), or is closed again.
    SigningIn(bool),
    /// The worker asks for the hidden frame's document.
    FrameAsked,
    /// The hidden frame was made ready before, its document included.
    FrameReady,
    /// As [`FrameReady`](Self::FrameReady), and a press has added the inner frame for this CAB.
    FramePressed,
    /// The worker asks for the request.
    CabAsked,
    /// The worker reports what became of it.
    Reported(Outcome),
    /// The hidden frame's `load`.
    Loaded(Seen),
    /// The answer to [`Command::Look`].
    Looked(Seen),
    /// [`Command::FillFrame`] was not possible: another document stands there, or is kept from being opened.
    Unfilled,
    /// The host page's own policy refused the frame.
    FrameForbidden,
    /// The page sits in a sandbox that forbids downloads.
    Sandboxed,
    /// The answer to [`Command::Follow`].
    Followed(Followed),
    /// The navigation of [`Command::NavigateFollowed`] has begun.
    Filled,
    /// The frame of [`Command::NavigateFollowed`] shows a document: the browser took no file.
    DocumentShown,
    /// The step's time is over.
    Step,
    /// The download's time is over.
    Deadline,
    /// `stop()` or an `AbortSignal`.
    Abort,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Ask the queue for a place; [`Event::Place`] answers.
    EnterQueue,
    /// Make sure of the worker; [`Event::Worker`] answers.
    WantWorker,
    /// Ask the host for a token; [`Event::Token`] answers.
    WantToken {
        /// Past the cache.
        renew: bool,
        /// The claims challenge of a 401, base64 as it came.
        claims: Option<String>,
    },
    /// Add a hidden frame, removing one that may be there, or take one that is ready:
    /// [`Event::FrameReady`] or [`Event::FramePressed`] says so.
    AddFrame,
    /// Add the inner frame to the hidden one's document, with a new ticket for the CAB.
    FillFrame,
    /// Remove the hidden frame and forget its ticket.
    RemoveFrame,
    /// Answer the question that is open.
    Answer(Answer),
    /// Follow the redirect in the page.
    Follow(Request),
    /// Navigate a hidden frame to where following led; [`Event::Filled`] says that it has begun,
    /// [`Event::DocumentShown`] and [`Event::FrameForbidden`] that it did not work.
    NavigateFollowed,
    /// Look at the hidden frame again; [`Event::Looked`] answers.
    Look,
    /// [`Event::Deadline`] in so many milliseconds.
    SetDeadline(u32),
    /// [`Event::Step`] in so many milliseconds, instead of any earlier one.
    SetStep(u32),
    /// No [`Event::Step`] any more.
    ClearStep,
    /// Tell the page about the state.
    Show(State),
    /// The end. Timers, frame, ticket and place are to be given up.
    Settle(Result<Success, Failure>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In the queue.
    Queued,
    /// Token and worker are on their way.
    Preparing,
    /// The frame was added; nothing has asked.
    Opening,
    /// The outer document was served; it has not loaded.
    Served,
    /// The inner frame was added; it has not asked.
    Framed,
    /// The request was given; no report yet.
    Requested,
    /// Loaded before any report, which may still come.
    Unreported,
    /// The question is held while the token is renewed.
    Renewing,
    /// Waiting before the next try; a tab's question is held meanwhile.
    Waiting,
    /// The browser has the redirect or the file.
    HandedOff,
    /// Loaded as after a success; the policy's report may still come.
    Settling,
    /// The page itself follows the redirect.
    Following,
    /// A frame for where following led was added; it is not on its way.
    Leaving,
    /// It is on its way.
    Left,
    /// That frame shows a document; the policy's report may still come.
    Shown,
    /// Settled.
    Done,
}

/// One download. See the module's documentation.
#[derive(Debug)]
pub struct Flow {
    config: Rc<Config>,
    cab: Cab,
    purpose: Use,
    /// Whether its navigation has a tab of its own, where a page can be read.
    tab: bool,
    stage: Stage,
    token: Option<Token>,
    token_wanted: bool,
    worker: bool,
    /// Why there is none, where the page follows for that reason.
    without: Option<Failure>,
    follow: bool,
    question: bool,
    held_since: f64,
    deadline: f64,
    /// When the step's time is over.
    step_due: f64,
    /// Whether a late timer has been given its time already; once is enough for one download.
    woken: bool,
    /// What was left to the deadline when a person began to sign in.
    paused: Option<u32>,
    tally: Tally,
    attempts: u32,
    out: Vec<Command>,
}

impl Flow {
    /// A flow that has not begun.
    #[must_use]
    pub fn new(config: Rc<Config>, cab: Cab, purpose: Use) -> Self {
        let follow = config.handoff == Handoff::Follow && purpose == Use::Frame;
        Self {
            config,
            cab,
            purpose,
            tab: purpose == Use::Link,
            stage: Stage::Queued,
            token: None,
            token_wanted: false,
            worker: purpose == Use::Link || follow,
            without: None,
            follow,
            question: false,
            held_since: 0.0,
            deadline: f64::INFINITY,
            step_due: f64::INFINITY,
            woken: false,
            paused: None,
            tally: Tally::default(),
            attempts: 0,
            out: Vec::new(),
        }
    }

    /// Its navigation takes place in a frame of the host's, where nobody would read a page.
    #[must_use]
    pub const fn in_a_frame(mut self) -> Self {
        self.tab = false;
        self
    }

    /// The CAB it is about.
    #[must_use]
    pub const fn cab(&self) -> &Cab {
        &self.cab
    }

    /// Requests made to the endpoint so far.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Begins. A tab's flow begins with its question and needs no place in the queue.
    pub fn begin(&mut self, now: f64) -> Vec<Command> {
        if self.purpose == Use::Frame {
            self.show(State::Authorizing);
            self.push(Command::EnterQueue);
        } else {
            self.question = true;
            self.held_since = now;
            self.start(now);
        }
        self.said(now)
    }

    /// Takes an event and says what to do. `now` in milliseconds of a clock that does not run
    /// back, `jitter` random in `0.0..1.0`.
    pub fn on(&mut self, event: Event, now: f64, jitter: f64) -> Vec<Command> {
        if self.stage == Stage::Done {
            return Vec::new();
        }
        match event {
            Event::Place if self.stage == Stage::Queued => self.start(now),
            Event::Worker(Ok(())) => {
                self.worker = true;
                self.open();
            }
            Event::Worker(Err(failure)) => self.without_worker(failure),
            Event::Token(Ok(token)) if self.token_wanted => {
                self.token_wanted = false;
                self.token = Some(token);
                // It came without the sign-in that is open, perhaps another's.
                self.signing_in(false, now);
                self.open();
            }
            Event::Token(Err(failure)) if self.token_wanted => self.fail(failure),
            Event::SigningIn(open) => self.signing_in(open, now),
            Event::FrameAsked => self.frame_asked(),
            Event::FrameReady if self.stage == Stage::Opening => self.fill(),
            Event::FramePressed if self.stage == Stage::Opening => {
                self.go(Stage::Framed, SILENCE_MS);
            }
            Event::CabAsked => self.cab_asked(now),
            Event::Reported(outcome) => self.reported(outcome, now, jitter),
            Event::Loaded(seen) if self.purpose == Use::Frame => self.loaded(seen, now, jitter),
            Event::Looked(seen) if self.stage == Stage::Settling => self.end(seen, now, jitter),
            Event::Looked(seen) if matches!(self.stage, Stage::Served | Stage::Framed) => {
                self.unasked(seen, now, jitter);
            }
            Event::FrameForbidden => self.forbidden(),
            Event::Followed(followed) if self.stage == Stage::Following => {
                self.followed(followed, now, jitter);
            }
            Event::Unfilled if self.stage == Stage::Framed => self.lose(now, jitter),
            Event::Filled if self.stage == Stage::Leaving => self.go(Stage::Left, DIRECT_MS),
            Event::DocumentShown if self.stage == Stage::Left => {
                self.go(Stage::Shown, GRACE_MS);
            }
            Event::Step if self.awaits_others() && self.wakes(self.step_due, now) => {}
            Event::Step => self.step(now, jitter),
            Event::Deadline if self.wakes(self.deadline, now) => {}
            // Storage has answered, and only a report against it is waited for: what is known now
            // is the end. The look comes at once.
            Event::Deadline
                if matches!(self.stage, Stage::Settling | Stage::Left | Stage::Shown) =>
            {
                self.step(now, jitter);
            }
            Event::Deadline => self.fail(self.late()),
            Event::Abort => self.fail(Problem::Aborted.into()),
            Event::Sandboxed => self.fail(Problem::DownloadBlocked.into()),
            _ => {}
        }
        self.said(now)
    }

    /// The commands so far, and when the step that they set is over.
    fn said(&mut self, now: f64) -> Vec<Command> {
        for command in &self.out {
            match command {
                Command::SetStep(ms) => self.step_due = now + f64::from(*ms),
                Command::ClearStep => self.step_due = f64::INFINITY,
                _ => {}
            }
        }
        std::mem::take(&mut self.out)
    }

    /// Whether the step's time is that of the worker, the service or storage.
    const fn awaits_others(&self) -> bool {
        matches!(
            self.stage,
            Stage::Opening
                | Stage::Served
                | Stage::Framed
                | Stage::Requested
                | Stage::Unreported
                | Stage::HandedOff
                | Stage::Following
                | Stage::Leaving
        )
    }

    /// Whether a timer is so late that this machine slept; then both get a little more time.
    fn wakes(&mut self, due: f64, now: f64) -> bool {
        if self.woken || now - due <= LATE_MS {
            return false;
        }
        self.woken = true;
        let end = now + f64::from(WAKE_MS);
        if self.deadline < end {
            self.deadline = end;
            self.push(Command::SetDeadline(WAKE_MS));
        }
        if self.awaits_others() && self.step_due < end {
            self.push(Command::SetStep(WAKE_MS));
        }
        true
    }

    fn push(&mut self, command: Command) {
        self.out.push(command);
    }

    fn show(&mut self, state: State) {
        self.push(Command::Show(state));
    }

    fn go(&mut self, stage: Stage, limit_ms: u32) {
        self.stage = stage;
        self.push(Command::SetStep(limit_ms));
    }

    fn start(&mut self, now: f64) {
        self.stage = Stage::Preparing;
        let limit = self.config.deadline_ms;
        self.deadline = now + f64::from(limit);
        self.push(Command::SetDeadline(limit));
        if self.purpose == Use::Link {
            self.show(State::Authorizing);
            self.push(Command::Answer(Answer::Wait));
            self.push(Command::SetStep(PATIENCE_MS));
        }
        // The token first: a popup needs the click's activation, which the worker does not.
        self.want_token(false, None);
        if !self.worker {
            self.push(Command::WantWorker);
        }
    }

    fn want_token(&mut self, renew: bool, claims: Option<String>) {
        self.token = None;
        self.token_wanted = true;
        self.push(Command::WantToken { renew, claims });
    }

    /// Goes on once both the token and the worker are there.
    fn open(&mut self) {
        if !matches!(self.stage, Stage::Preparing | Stage::Renewing)
            || self.token.is_none()
            || !self.worker
        {
            return;
        }
        if self.question {
            self.ask_endpoint();
        } else if self.follow {
            self.follow();
        } else {
            self.push(Command::AddFrame);
            self.go(Stage::Opening, SILENCE_MS);
        }
    }

    /// Stops the deadline while a person signs in, and sets it again afterwards.
    fn signing_in(&mut self, open: bool, now: f64) {
        let limit = match (open, self.paused) {
            // A tab's navigation cannot be held for that long; its step says so in time.
            (true, None) if self.token_wanted && self.purpose == Use::Frame => {
                self.paused = Some(self.left(now));
                if self.stage == Stage::Renewing {
                    self.begin_anew();
                }
                SIGN_IN_MS
            }
            (false, Some(left)) => {
                self.paused = None;
                left
            }
            _ => return,
        };
        self.deadline = now + f64::from(limit);
        self.push(Command::SetDeadline(limit));
    }

    fn request(&mut self) -> Option<Request> {
        let token = self.token.clone()?;
        self.attempts += 1;
        Some(Request::for_cab(&self.config.endpoint, &self.cab, token))
    }

    fn frame_asked(&mut self) {
        if self.stage != Stage::Opening {
            return self.push(Command::Answer(Answer::NotMine));
        }
        let document = self.config.frame_document();
        self.push(Command::Answer(Answer::Document(document)));
        self.go(Stage::Served, SILENCE_MS);
    }

    /// The outer document is there.
    fn fill(&mut self) {
        self.push(Command::FillFrame);
        self.go(Stage::Framed, SILENCE_MS);
    }

    fn cab_asked(&mut self, now: f64) {
        if self.stage == Stage::Framed {
            self.question = true;
            self.held_since = now;
            self.ask_endpoint();
        } else {
            self.push(Command::Answer(Answer::NotMine));
        }
    }

    /// Answers the open question with the request.
    fn ask_endpoint(&mut self) {
        let Some(request) = self.request() else {
            return;
        };
        self.question = false;
        self.push(Command::Answer(Answer::Request(request)));
        self.show(State::Requesting);
        self.go(Stage::Requested, REPORT_MS);
    }

    fn reported(&mut self, outcome: Outcome, now: f64, jitter: f64) {
        match self.stage {
            Stage::Requested => {}
            Stage::Unreported if outcome == Outcome::Redirected => {
                self.show(State::HandedOff);
                return self.go(Stage::Settling, GRACE_MS);
            }
            _ => return self.push(Command::Answer(Answer::Stop(None))),
        }
        self.question = true;
        let failure = match outcome {
            Outcome::Redirected => {
                // The worker returns the redirect without waiting for an answer.
                self.question = false;
                return self.handed_off();
            }
            Outcome::Answered(answered) => match answered.verdict(self.token.as_ref()) {
                Verdict::File => {
                    let headers = pages::file_headers(self.cab.id.as_str(), &answered.length);
                    self.question = false;
                    self.push(Command::Answer(Answer::Pass(headers)));
                    return self.handed_off();
                }
                Verdict::Problem(failure) => {
                    let claims = answered.claims_challenge().map(ToOwned::to_owned);
                    return self.again_or_fail(failure, claims, now, jitter);
                }
            },
            Outcome::Unreachable => Problem::NetworkError.into(),
            // A tab has but this navigation, and its hold is over.
            Outcome::TimedOut if self.purpose == Use::Link => return self.fail(self.late()),
            Outcome::TimedOut => self.late(),
        };
        self.again_or_fail(failure, None, now, jitter);
    }

    fn handed_off(&mut self) {
        self.show(State::HandedOff);
        if self.purpose == Use::Link {
            // What a tab of its own shows is out of sight from here on.
            self.settle(Ok(self.success(Via::Worker)));
        } else {
            self.go(Stage::HandedOff, LOAD_MS);
        }
    }

    const fn success(&self, via: Via) -> Success {
        Success {
            via,
            attempts: self.attempts,
        }
    }

    fn again_or_fail(&mut self, failure: Failure, claims: Option<String>, now: f64, jitter: f64) {
        match self.tally.next(&failure, self.left(now), jitter) {
            Next::GiveUp => self.fail(failure),
            Next::Renew => {
                self.show(State::Retrying);
                if self.question {
                    self.push(Command::Answer(Answer::Wait));
                    let limit = self.patience(now);
                    self.go(Stage::Renewing, limit);
                } else {
                    self.stage = Stage::Preparing;
                    self.push(Command::ClearStep);
                }
                self.want_token(true, claims);
            }
            Next::After(ms) => {
                if self.purpose == Use::Link {
                    if !self.question || ms >= self.patience(now) {
                        return self.fail(failure);
                    }
                    self.push(Command::Answer(Answer::Wait));
                }
                self.show(State::Retrying);
                self.leave_frame();
                self.go(Stage::Waiting, ms);
            }
        }
    }

    /// How much longer the open question may be held.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    fn patience(&self, now: f64) -> u32 {
        let limit = f64::from(match self.purpose {
            Use::Frame => FRAME_PATIENCE_MS,
            Use::Link => PATIENCE_MS,
        });
        // Not `clamp`: its panic message prints numbers, which weighs 8 KB after gzip.
        (limit - (now - self.held_since)).max(0.0).min(limit) as u32
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    fn left(&self, now: f64) -> u32 {
        (self.deadline - now).clamp(0.0, f64::from(self.config.deadline_ms)) as u32
    }

    /// Lets a hidden frame's navigation go; a tab's is kept.
    fn leave_frame(&mut self) {
        if self.purpose == Use::Frame {
            if self.question {
                self.question = false;
                self.push(Command::Answer(Answer::Stop(None)));
            }
            self.push(Command::RemoveFrame);
        }
    }

    /// Back to where a new frame is added once the token and the worker are there.
    fn begin_anew(&mut self) {
        self.leave_frame();
        self.push(Command::ClearStep);
        self.stage = Stage::Preparing;
    }

    fn loaded(&mut self, seen: Seen, now: f64, jitter: f64) {
        match self.stage {
            // Nothing asked, yet a page is there: the server's, instead of the worker's, or the
            // browser's, because the host's policy refused the frame and will say so.
            Stage::Opening => self.push(Command::SetStep(GRACE_MS)),
            Stage::Served if seen.outer => self.fill(),
            Stage::Served | Stage::Framed => self.unasked(seen, now, jitter),
            Stage::Requested => self.go(Stage::Unreported, GRACE_MS),
            // The worker ended with the question open; nobody would hear the answer.
            Stage::Renewing => self.begin_anew(),
            Stage::HandedOff => match conclude(seen) {
                Conclusion::Taken => self.go(Stage::Settling, GRACE_MS),
                Conclusion::Problem(_) => self.end(seen, now, jitter),
            },
            _ => {}
        }
    }

    fn end(&mut self, seen: Seen, now: f64, jitter: f64) {
        match conclude(seen) {
            Conclusion::Taken => {
                self.show(State::Downloading);
                self.settle(Ok(self.success(Via::Worker)));
            }
            Conclusion::Problem(problem) => {
                let mut failure = Failure::from(problem);
                if problem == Problem::StorageRefused && self.config.coep.is_some() {
                    failure.next_step = Some(
                        "Try again; if it stays so, use another browser: some hand out no file under a Cross-Origin-Embedder-Policy.",
                    );
                }
                self.again_or_fail(failure, None, now, jitter);
            }
        }
    }

    /// The outer document was served, and its inner frame asks for nothing.
    fn unasked(&mut self, seen: Seen, now: f64, jitter: f64) {
        // A worker may end in between; twice is no accident.
        if was_refused(seen) && self.tally.lost > 0 {
            return self.fail(Failure::explained(
                Problem::FrameBlocked,
                "The browser refused the hidden frame that starts a download.",
                Some(
                    "Tell whoever runs this page; the option coep has to name its Cross-Origin-Embedder-Policy.",
                ),
            ));
        }
        self.lose(now, jitter);
    }

    /// The worker did not ask, or its navigation ended without a report.
    fn lose(&mut self, now: f64, jitter: f64) {
        let failure = Failure::from(Problem::WorkerSilent);
        if self.purpose == Use::Link
            || self.tally.next(&failure, self.left(now), jitter) == Next::GiveUp
        {
            return self.fail(failure);
        }
        self.show(State::Retrying);
        self.begin_anew();
        self.worker = false;
        self.push(Command::WantWorker);
    }

    fn step(&mut self, now: f64, jitter: f64) {
        match self.stage {
            Stage::Opening | Stage::Requested | Stage::Unreported => self.lose(now, jitter),
            Stage::Waiting => {
                self.stage = Stage::Preparing;
                self.push(Command::ClearStep);
                self.open();
            }
            Stage::Renewing | Stage::Preparing if self.question => {
                if self.purpose == Use::Link {
                    return self.fail(self.late());
                }
                // The token takes its time, perhaps a person's; a new frame comes after it.
                self.begin_anew();
            }
            Stage::Left => {
                self.show(State::Downloading);
                self.settle(Ok(self.success(Via::Follow)));
            }
            Stage::Shown => {
                self.again_or_fail(Problem::StorageRefused.into(), None, now, jitter);
            }
            // Firefox fires no `load` for a document that it refuses.
            Stage::Settling | Stage::Served | Stage::Framed => self.push(Command::Look),
            Stage::HandedOff | Stage::Following | Stage::Leaving => self.fail(self.late()),
            _ => {}
        }
    }

    fn without_worker(&mut self, failure: Failure) {
        if self.worker {
            return;
        }
        // A token on an insecure page is as good as published; following would not mend that.
        let insecure = failure.problem == Problem::InsecureContext;
        if insecure || self.config.handoff == Handoff::Worker {
            return self.fail(failure);
        }
        self.follow = true;
        self.worker = true;
        self.without = Some(failure);
        self.open();
    }

    /// The host page's policy forbids the frame: ours, or without the worker that of storage.
    fn forbidden(&mut self) {
        match self.stage {
            Stage::Opening => self.fail(Problem::FrameBlocked.into()),
            Stage::Leaving | Stage::Left | Stage::Shown => self.fail(Failure::explained(
                Problem::FrameBlocked,
                "The security policy of this page forbids the frame that goes to storage.",
                Some(
                    "Tell whoever runs this page; without the download worker its Content-Security-Policy needs storage in frame-src.",
                ),
            )),
            _ => {}
        }
    }

    fn follow(&mut self) {
        let Some(request) = self.request() else {
            return;
        };
        self.show(State::Requesting);
        self.push(Command::Follow(request));
        self.go(Stage::Following, REPORT_MS);
    }

    fn followed(&mut self, followed: Followed, now: f64, jitter: f64) {
        let failure = match followed {
            Followed::Reached { origin, .. } if !self.config.storage.allows(&origin) => {
                // Most likely a login page, where it is our own.
                if self.config.scope.is_at(&origin) {
                    Problem::UnexpectedResponse.into()
                } else {
                    Problem::StorageBlocked.into()
                }
            }
            Followed::Reached { ok: true, .. } => {
                self.push(Command::NavigateFollowed);
                self.show(State::HandedOff);
                return self.go(Stage::Leaving, SILENCE_MS);
            }
            Followed::Reached { ok: false, .. } => Problem::StorageRefused.into(),
            Followed::Answered(answered) => match answered.verdict(self.token.as_ref()) {
                Verdict::Problem(failure) => {
                    let claims = answered.claims_challenge().map(ToOwned::to_owned);
                    return self.again_or_fail(failure, claims, now, jitter);
                }
                Verdict::File => Failure::explained(
                    Problem::UnexpectedResponse,
                    "The service sent the file itself, which needs the download worker to be saved.",
                    Some(
                        "Allow site data for this page and reload it; otherwise tell whoever runs it.",
                    ),
                ),
            },
            // Storage answers CORS hardly anywhere, so what is missing is the worker. Trying again
            // would only make the service write one more address.
            Followed::Unreachable if self.without.is_some() => {
                let reason = self
                    .without
                    .take()
                    .unwrap_or(Problem::WorkerUnavailable.into());
                return self.fail(reason);
            }
            Followed::Unreachable => Failure::explained(
                Problem::NetworkError,
                "The page could not follow the service to storage.",
                Some(WITHOUT_WORKER),
            ),
        };
        self.again_or_fail(failure, None, now, jitter);
    }

    /// What was being waited for when the time was over.
    fn late(&self) -> Failure {
        let sentence = match self.stage {
            _ if self.token_wanted => "The sign-in did not finish in time.",
            Stage::Preparing | Stage::Opening | Stage::Served | Stage::Framed => {
                "The download worker did not start in time."
            }
            Stage::HandedOff | Stage::Leaving => "Storage did not answer in time.",
            _ => "The service did not answer in time.",
        };
        Failure::explained(Problem::Timeout, sentence, None)
    }

    fn fail(&mut self, failure: Failure) {
        // While the worker sends the request it listens for this alone.
        if self.question || self.stage == Stage::Requested {
            self.question = false;
            let page = self.tab.then(|| pages::problem_page(&failure));
            self.push(Command::Answer(Answer::Stop(page)));
        }
        self.show(State::Failed);
        self.settle(Err(failure));
    }

    fn settle(&mut self, result: Result<Success, Failure>) {
        self.stage = Stage::Done;
        self.token = None;
        self.push(Command::Settle(result));
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests;
