//! The flow told as stories: what happens, and what is done about it, in one line each.
//!
//! Commands are written as short words, see [`word`]; `[state]` is what the page is told.

mod any_order;
mod asleep;
mod ends;
mod follow;
mod hidden_frame;
mod retries;
mod sign_in;
mod tab;
mod world;

use super::*;
use crate::rules::endpoint::tests::address;
use crate::rules::frame::Document;
use crate::rules::id::CabIdHash;

const PAGE: &str = "https://portal.example";
const STORAGE: &str = "https://uswewatcab09.blob.core.windows.net";
const TOKEN: &str = "the-token-that-nobody-may-see";
const RENEWED: &str = "the-renewed-token-nobody-may-see";

fn config(handoff: Handoff, endpoint: &str) -> Config {
    let script = address("https://portal.example/cablink/worker.js");
    Config {
        endpoint: Endpoint::new(&address(endpoint), PAGE).unwrap(),
        scope: Scope::new(&script, PAGE).unwrap(),
        storage: Storage::default(),
        deadline_ms: 60_000,
        coep: None,
        handoff,
    }
}

fn relay(handoff: Handoff) -> Config {
    config(handoff, "https://portal.example/devcenter/")
}

fn flow(config: Config, purpose: Use) -> Flow {
    let cab = Cab::ihv(CabIdHash::parse("c1a5").unwrap());
    Flow::new(Rc::new(config), cab, purpose)
}

/// A command in a word or two.
fn word(command: &Command) -> String {
    match command {
        Command::EnterQueue => "queue".into(),
        Command::WantWorker => "worker".into(),
        Command::WantToken { renew, claims } => {
            let renew = if *renew { " renewed" } else { "" };
            let claims = claims.as_deref().map(|text| format!(" for {text}"));
            format!("token{renew}{}", claims.unwrap_or_default())
        }
        Command::AddFrame => "frame".into(),
        Command::FillFrame => "fill".into(),
        Command::RemoveFrame => "no frame".into(),
        Command::Answer(Answer::NotMine) => "not mine".into(),
        Command::Answer(Answer::Wait) => "wait".into(),
        Command::Answer(Answer::Request(_)) => "request".into(),
        Command::Answer(Answer::Document(_)) => "document".into(),
        Command::Answer(Answer::Pass(_)) => "pass".into(),
        Command::Answer(Answer::Stop(None)) => "stop".into(),
        Command::Answer(Answer::Stop(Some(page))) => {
            let code = page
                .text
                .last()
                .and_then(|text| text.strip_prefix("Code: "));
            format!("stop with {}", code.expect("the page ends with the code"))
        }
        Command::Follow(_) => "follow".into(),
        Command::NavigateFollowed => "navigate".into(),
        Command::Look => "look".into(),
        Command::SetDeadline(ms) => format!("deadline {ms}"),
        Command::SetStep(ms) => format!("step {ms}"),
        Command::ClearStep => "no step".into(),
        Command::Show(state) => format!("[{}]", state.as_str()),
        Command::Settle(Ok(success)) => {
            format!(
                "done by {} after {}",
                success.via.as_str(),
                success.attempts
            )
        }
        Command::Settle(Err(failure)) => format!("failed: {}", failure.problem.code()),
    }
}

fn words(commands: &[Command]) -> String {
    commands.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// A flow with a clock, and with the timers that it has asked for.
struct Story {
    flow: Flow,
    now: f64,
    step_at: Option<f64>,
    deadline_at: Option<f64>,
    last: Vec<Command>,
}

impl Story {
    fn new(config: Config, purpose: Use) -> Self {
        Self {
            flow: flow(config, purpose),
            // Not zero, as no clock of a page is by the time somebody clicks.
            now: 5_000.0,
            step_at: None,
            deadline_at: None,
            last: Vec::new(),
        }
    }

    /// A hidden frame through the relay.
    fn hidden() -> Self {
        Self::new(relay(Handoff::Auto), Use::Frame)
    }

    /// A hidden frame that has its place, worker and token, and was added.
    fn opened() -> Self {
        let mut story = Self::hidden();
        story.begin("[authorizing], queue");
        story.on(Event::Place, "deadline 60000, token, worker");
        story.on(worker(), "");
        story.on(token(), "frame, step 8000");
        story
    }

    /// A hidden frame whose request was given to the worker.
    fn requested() -> Self {
        let mut story = Self::opened();
        story.ask();
        story
    }

    /// A hidden frame whose redirect the browser has.
    fn handed_off() -> Self {
        let mut story = Self::requested();
        story.on(redirected(), "[handed-off], step 60000");
        story
    }

    /// A tab of its own whose request was given to the worker.
    fn tab_requested() -> Self {
        let mut story = Self::new(relay(Handoff::Auto), Use::Link);
        story.begin("deadline 60000, [authorizing], wait, step 15000, token");
        story.on(token(), "request, [requesting], step 22000");
        story
    }

    fn begin(&mut self, expected: &str) {
        let commands = self.flow.begin(self.now);
        self.check("begin", commands, expected);
    }

    fn on(&mut self, event: Event, expected: &str) {
        let name = format!("{event:?}");
        let commands = self.flow.on(event, self.now, 1.0);
        self.check(&name, commands, expected);
    }

    /// The worker asks for the frame's document, which is there then and gets its inner frame.
    fn frame(&mut self) {
        self.on(Event::FrameAsked, "document, step 8000");
        self.on(Event::Loaded(FILE), "fill, step 8000");
    }

    /// The worker asks for the frame's document and then for the request.
    fn ask(&mut self) {
        self.frame();
        self.on(Event::CabAsked, "request, [requesting], step 22000");
    }

    /// The worker took the redirect and the browser the file.
    fn ends_well(&mut self, expected: &str) {
        self.on(redirected(), "[handed-off], step 60000");
        self.on(Event::Loaded(FILE), "step 300");
        self.step("look");
        self.on(Event::Looked(FILE), expected);
    }

    fn check(&mut self, name: &str, commands: Vec<Command>, expected: &str) {
        for command in &commands {
            match command {
                Command::SetStep(ms) => self.step_at = Some(self.now + f64::from(*ms)),
                Command::ClearStep => self.step_at = None,
                Command::SetDeadline(ms) => self.deadline_at = Some(self.now + f64::from(*ms)),
                Command::Settle(_) => (self.step_at, self.deadline_at) = (None, None),
                _ => {}
            }
        }
        assert_eq!(words(&commands), expected, "after {name}");
        let shown = format!("{commands:?} {:?}", self.flow);
        assert!(
            !shown.contains("nobody-may-see"),
            "a token is shown: {shown}"
        );
        self.last = commands;
    }

    /// Time passes, though not so much that a timer would end.
    fn pass(&mut self, ms: u32) {
        self.now += f64::from(ms);
        for at in [self.step_at, self.deadline_at].into_iter().flatten() {
            assert!(self.now < at, "a timer ends at {at}, before {}", self.now);
        }
    }

    /// The step's time ends.
    fn step(&mut self, expected: &str) {
        let at = self.step_at.take().expect("a step has a limit");
        assert!(self.deadline_at.is_some_and(|deadline| at < deadline));
        self.now = at;
        self.on(Event::Step, expected);
    }

    /// The download's time ends; where a step's does before, that is no part of the story.
    fn deadline(&mut self, expected: &str) {
        self.now = self.deadline_at.take().expect("a download has a deadline");
        self.on(Event::Deadline, expected);
    }

    /// The failure it has just ended with.
    fn failure(&self) -> &Failure {
        match self.last.last() {
            Some(Command::Settle(Err(failure))) => failure,
            other => panic!("no failure but {other:?}"),
        }
    }

    /// The request it has just sent.
    fn request(&self) -> &Request {
        let request = self.last.iter().find_map(|command| match command {
            Command::Answer(Answer::Request(request)) | Command::Follow(request) => Some(request),
            _ => None,
        });
        request.expect("a request")
    }
}

/// The browser took the file.
const FILE: Seen = seen(Document::Blank);

const fn seen(inner: Document) -> Seen {
    Seen {
        outer: true,
        outer_document: Document::Ours,
        inner,
        blocked: false,
    }
}

/// Another page than the worker's is in the hidden frame.
const OTHER_PAGE: Seen = Seen {
    outer: false,
    outer_document: Document::Ours,
    inner: Document::Unreachable,
    blocked: false,
};

fn worker() -> Event {
    Event::Worker(Ok(()))
}

fn no_worker() -> Event {
    Event::Worker(Err(Problem::WorkerUnavailable.into()))
}

fn token() -> Event {
    Event::Token(Ok(Token::parse(TOKEN.into()).unwrap()))
}

fn renewed() -> Event {
    Event::Token(Ok(Token::parse(RENEWED.into()).unwrap()))
}

fn redirected() -> Event {
    Event::Reported(Outcome::Redirected)
}

fn answer(status: u16) -> Answered {
    Answered {
        status,
        ..Answered::default()
    }
}

fn file() -> Answered {
    Answered {
        content_type: "application/octet-stream".into(),
        length: "8192".into(),
        ..answer(200)
    }
}

fn reported(answered: Answered) -> Event {
    Event::Reported(Outcome::Answered(Box::new(answered)))
}

#[test]
fn every_state_has_its_own_name_and_a_label() {
    for (index, state) in State::ALL.into_iter().enumerate() {
        assert_eq!(state as usize, index);
        assert!(!state.label().is_empty());
        let same = |other: &State| other.as_str() == state.as_str();
        assert_eq!(State::ALL.iter().filter(|other| same(other)).count(), 1);
    }
}

// The answer has to arrive while the worker still holds the navigation, and the worker's own end
// of it before the page concludes that the worker is lost.
const _: () = assert!(PATIENCE_MS < HOLD_MS && HOLD_MS < REPORT_MS);
// A worker that asks in time finds the frame's ticket alive.
const _: () = assert!((SILENCE_MS as f64) < crate::rules::ticket::FRAME_LIFE_MS);
