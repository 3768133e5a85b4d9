//! What surrounds a flow: a page, a worker, a service and storage that may do anything.

use super::*;
use proptest::prelude::*;

pub(super) fn purposes() -> impl Strategy<Value = Use> {
    prop_oneof![3 => Just(Use::Frame), 1 => Just(Use::Link)]
}

fn documents() -> impl Strategy<Value = Document> {
    prop_oneof![
        3 => Just(Document::Blank),
        1 => Just(Document::Ours),
        1 => Just(Document::Unreachable),
    ]
}

fn sights() -> impl Strategy<Value = Seen> {
    (
        prop::bool::weighted(0.9),
        documents(),
        documents(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(outer, outer_document, inner, blocked)| Seen {
            outer,
            outer_document,
            inner,
            blocked,
        })
}

fn answers() -> impl Strategy<Value = Answered> {
    let status = prop_oneof![
        Just(200_u16),
        Just(401),
        Just(404),
        Just(429),
        Just(500),
        Just(503),
        any::<u16>(),
    ];
    let content_type = prop_oneof![Just("application/octet-stream"), Just("text/html")];
    let message = prop_oneof![
        Just(None),
        Just(Some("Not now.".to_owned())),
        Just(Some(format!("You sent {TOKEN}-1."))),
    ];
    let retry_after = prop::option::of(prop_oneof![0..40_000_u32, any::<u32>()]);
    (status, content_type, retry_after, message).prop_map(
        |(status, content_type, retry_after_ms, service_message)| Answered {
            content_type: content_type.to_owned(),
            retry_after_ms,
            service_message,
            ..answer(status)
        },
    )
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        3 => Just(Outcome::Redirected),
        3 => answers().prop_map(|answered| Outcome::Answered(Box::new(answered))),
        1 => Just(Outcome::Unreachable),
        1 => Just(Outcome::TimedOut),
    ]
}

fn followings() -> impl Strategy<Value = Followed> {
    let origin = prop_oneof![
        Just(STORAGE),
        Just("https://evil.example"),
        Just(PAGE),
        Just("")
    ];
    prop_oneof![
        3 => (origin, any::<bool>()).prop_map(|(origin, ok)| Followed::Reached {
            origin: origin.to_owned(),
            ok,
        }),
        2 => answers().prop_map(|answered| Followed::Answered(Box::new(answered))),
        1 => Just(Followed::Unreachable),
    ]
}

fn problems() -> impl Strategy<Value = Failure> {
    prop::sample::select(Problem::ALL.as_slice()).prop_map(Failure::from)
}

/// Any event, sensible at this moment or not.
pub(super) fn events() -> impl Strategy<Value = Event> {
    let token = Token::parse(TOKEN.into()).unwrap();
    prop_oneof![
        Just(Event::Place),
        Just(worker()),
        problems().prop_map(|failure| Event::Worker(Err(failure))),
        Just(Event::Token(Ok(token))),
        problems().prop_map(|failure| Event::Token(Err(failure))),
        Just(Event::FrameAsked),
        Just(Event::FrameReady),
        Just(Event::FramePressed),
        Just(Event::CabAsked),
        outcomes().prop_map(Event::Reported),
        sights().prop_map(Event::Loaded),
        sights().prop_map(Event::Looked),
        Just(Event::FrameForbidden),
        Just(Event::Unfilled),
        Just(Event::Filled),
        Just(Event::DocumentShown),
        any::<bool>().prop_map(Event::SigningIn),
        followings().prop_map(Event::Followed),
        Just(Event::Step),
    ]
}

/// What the surroundings of a flow may do next, besides letting time pass.
#[derive(Debug, Default)]
pub(super) struct World {
    place: bool,
    worker: bool,
    token: bool,
    look: bool,
    follow: bool,
    direct: bool,
    left: bool,
    frame: bool,
    question: Question,
    /// How many tokens were given; each is another.
    tokens: u32,
}

/// How far the worker is with its navigation.
#[derive(Debug, Default)]
enum Question {
    #[default]
    None,
    Frame,
    Document,
    Cab,
    Fetch,
    Load,
}

/// One turn: how the surroundings behave, when there is something for them to do.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    pub(super) delay_ms: u32,
    silent: bool,
    loads: bool,
    /// A frame that is added was made ready before.
    ready: bool,
    /// And a press has begun its navigation.
    pressed: bool,
    outcome: Outcome,
    seen: Seen,
    followed: Followed,
    refusal: Option<Failure>,
    pub(super) jitter: f64,
}

pub(super) fn turns() -> impl Strategy<Value = Turn> {
    let delay = prop_oneof![5 => 0..300_u32, 1 => 0..30_000_u32];
    let refusal = prop::option::weighted(0.05, problems());
    let rare = || prop::bool::weighted(0.1);
    let seen = (outcomes(), sights(), followings());
    let frame = (rare(), any::<bool>(), any::<bool>());
    (delay, rare(), frame, seen, refusal, 0.0..1.0_f64).prop_map(
        |(
            delay_ms,
            silent,
            (loads, ready, pressed),
            (outcome, seen, followed),
            refusal,
            jitter,
        )| Turn {
            delay_ms,
            silent,
            loads,
            ready,
            pressed,
            outcome,
            seen,
            followed,
            refusal,
            jitter,
        },
    )
}

impl World {
    pub(super) fn next_token(&mut self) -> Event {
        self.tokens += 1;
        let text = format!("{TOKEN}-{}", self.tokens);
        Event::Token(Ok(Token::parse(text).unwrap()))
    }

    /// Takes in what the flow wants of it.
    pub(super) fn hears(&mut self, commands: &[Command]) {
        for command in commands {
            match command {
                Command::EnterQueue => self.place = true,
                Command::WantWorker => self.worker = true,
                Command::WantToken { .. } => self.token = true,
                Command::Look => self.look = true,
                Command::Follow(_) => self.follow = true,
                Command::NavigateFollowed => self.direct = true,
                Command::AddFrame => (self.frame, self.question) = (true, Question::Frame),
                Command::RemoveFrame => (self.frame, self.question) = (false, Question::None),
                Command::Answer(Answer::Document(_)) => self.question = Question::Document,
                Command::FillFrame => self.question = Question::Cab,
                Command::Answer(Answer::Request(_)) => self.question = Question::Fetch,
                Command::Answer(Answer::Pass(_) | Answer::Stop(_)) => {
                    self.question = Question::Load
                }
                _ => {}
            }
        }
    }

    /// The next thing to happen, if anything is under way; one that is silent never happens.
    pub(super) fn does(&mut self, turn: &Turn) -> Option<Event> {
        let take = std::mem::take::<bool>;
        let refusal = turn.refusal.clone();
        let event = if take(&mut self.place) {
            return Some(Event::Place);
        } else if take(&mut self.token) {
            match refusal {
                Some(failure) => Event::Token(Err(failure)),
                None => self.next_token(),
            }
        } else if take(&mut self.worker) {
            Event::Worker(refusal.map_or(Ok(()), Err))
        } else if take(&mut self.look) {
            return Some(Event::Looked(turn.seen));
        } else if take(&mut self.follow) {
            Event::Followed(turn.followed.clone())
        } else if take(&mut self.direct) {
            self.left = true;
            Event::Filled
        } else if take(&mut self.left) && turn.loads {
            return Some(Event::DocumentShown);
        } else if turn.loads && take(&mut self.frame) {
            self.question = Question::None;
            Event::Loaded(turn.seen)
        } else {
            match std::mem::take(&mut self.question) {
                Question::None => return None,
                Question::Frame if turn.ready && turn.pressed => {
                    self.question = Question::Cab;
                    Event::FramePressed
                }
                Question::Frame if turn.ready => Event::FrameReady,
                Question::Frame => Event::FrameAsked,
                Question::Document => Event::Loaded(turn.seen),
                Question::Cab => Event::CabAsked,
                Question::Fetch => {
                    if turn.outcome == Outcome::Redirected {
                        self.question = Question::Load;
                    }
                    Event::Reported(turn.outcome.clone())
                }
                Question::Load if take(&mut self.frame) => Event::Loaded(turn.seen),
                Question::Load => return None,
            }
        };
        (!turn.silent).then_some(event)
    }
}
