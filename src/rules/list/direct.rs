//! The download of one CAB of a batch, from the call to the end, as a state machine.
//!
//! Its address is known already, so that there is no worker and most often no request to the
//! service: a place in the page's queue, a look at where the address leads, a frame that goes there,
//! and a look at what the frame shows. The service is asked for another address where this one has
//! aged, and once more where storage refuses.
//!
//! As in [`flow`](crate::rules::flow), what happened comes in with the time, what to do goes out in
//! order, and there is exactly one [`Command::Settle`].

use crate::rules::flow::State;
use crate::rules::frame::Document;
use crate::rules::list::cab_address::Target;
use crate::rules::problem::{Failure, Problem};
use crate::rules::retry::{Next, Tally};
use crate::rules::storage::Storage;

/// How long storage may take to answer, as for other downloads.
const LOAD_MS: u32 = 60_000;

/// How long a report may come after the frame's `load`: a policy's, and in Firefox the error page
/// that takes the place of a blank document when a connection is cut.
const GRACE_MS: u32 = 300;

/// How much later than asked a timer may come. One that is later only says that this machine slept.
const LATE_MS: f64 = 1_000.0;

/// After that, how long what happened meanwhile may take to be heard.
const WAKE_MS: u32 = 2_000;

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The queue has a place, and the batch holds this address, or none.
    Place(Option<Target>),
    /// The answer to [`Command::AskAnew`].
    Fresh(Result<Option<Target>, Failure>),
    /// The frame's `load`: the navigation to storage has ended, in whichever way.
    Loaded,
    /// The answer to [`Command::Look`].
    Looked(Document),
    /// The page's own policy refused the frame, or a script of the host's keeps it away.
    Forbidden,
    /// The page sits in a sandbox that forbids downloads.
    Sandboxed,
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
    /// Ask the service for the batch once more, for so many milliseconds; [`Event::Fresh`] answers.
    AskAnew(u32),
    /// Add a frame that goes to the address that was named last.
    Navigate,
    /// Remove that frame.
    RemoveFrame,
    /// Look at what it shows; [`Event::Looked`] answers.
    Look,
    /// [`Event::Step`] in so many milliseconds, instead of any earlier one.
    SetStep(u32),
    /// [`Event::Deadline`] in so many milliseconds.
    SetDeadline(u32),
    /// Tell the page about the state.
    Show(State),
    /// The end, with the number of tries. Timers, frame and place are to be given up; after a
    /// problem the address is, too.
    Settle(Result<u32, Failure>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In the queue.
    Queued,
    /// The service is asked for another address.
    Asking,
    /// The frame is on its way.
    Leaving,
    /// It has loaded; a report may still come.
    Settling,
    /// Settled.
    Done,
}

/// One download. See the module's documentation.
#[derive(Debug)]
pub struct Direct {
    storage: Storage,
    limit: u32,
    stage: Stage,
    deadline: f64,
    step_due: f64,
    /// Whether a late timer has been given its time already.
    woken: bool,
    tally: Tally,
    attempts: u32,
    out: Vec<Command>,
}

impl Direct {
    /// A download that has not begun; `limit` is the time for all of it, in milliseconds.
    #[must_use]
    pub fn new(storage: Storage, limit: u32) -> Self {
        Self {
            storage,
            limit,
            stage: Stage::Queued,
            deadline: f64::INFINITY,
            step_due: f64::INFINITY,
            woken: false,
            tally: Tally::default(),
            attempts: 0,
            out: Vec::new(),
        }
    }

    /// Tries so far, at least one once it is about a try.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempts.max(1)
    }

    /// Begins.
    pub fn begin(&mut self) -> Vec<Command> {
        self.show(State::Authorizing);
        self.out.push(Command::EnterQueue);
        std::mem::take(&mut self.out)
    }

    /// Takes an event and says what to do. `now` in milliseconds of a clock that does not run
    /// back, `jitter` random in `0.0..1.0`.
    pub fn on(&mut self, event: Event, now: f64, jitter: f64) -> Vec<Command> {
        if self.stage == Stage::Done {
            return Vec::new();
        }
        match event {
            Event::Place(target) if self.stage == Stage::Queued => {
                self.set_deadline(now);
                match target {
                    Some(target) if !target.aged => self.leave(&target, now),
                    _ => self.ask_anew(now),
                }
            }
            Event::Fresh(answer) if self.stage == Stage::Asking => match answer {
                Ok(target) => {
                    // Only a person who had to sign in can have taken longer.
                    if now >= self.deadline {
                        self.set_deadline(now);
                    }
                    match target {
                        // However its end looks by this machine's clock, it is new.
                        Some(target) => self.leave(&target, now),
                        None => self.fail(Failure::explained(
                            Problem::NotFound,
                            "The service has no address for this CAB, or no longer.",
                            None,
                        )),
                    }
                }
                Err(failure) => self.fail(failure),
            },
            Event::Loaded if self.stage == Stage::Leaving => {
                self.stage = Stage::Settling;
                self.set_step(GRACE_MS, now);
            }
            Event::Looked(document) if self.stage == Stage::Settling => {
                self.looked(document, now, jitter);
            }
            Event::Forbidden if matches!(self.stage, Stage::Leaving | Stage::Settling) => {
                self.fail(Failure::explained(
                    Problem::FrameBlocked,
                    "The security policy of this page forbids the frame that goes to storage.",
                    Some(
                        "Tell whoever runs this page; for CABs of a batch its Content-Security-Policy needs storage in frame-src.",
                    ),
                ));
            }
            Event::Sandboxed => self.fail(Problem::DownloadBlocked.into()),
            Event::Step if self.stage == Stage::Settling => self.out.push(Command::Look),
            Event::Step if self.stage == Stage::Leaving => self.due(self.step_due, now),
            // What storage has answered is known, and seen at once.
            Event::Deadline if self.stage == Stage::Settling => self.out.push(Command::Look),
            // While the service is asked, the request's own time counts, which stops for a sign-in.
            Event::Deadline if self.stage == Stage::Leaving => self.due(self.deadline, now),
            Event::Abort => self.fail(Problem::Aborted.into()),
            _ => {}
        }
        std::mem::take(&mut self.out)
    }

    fn leave(&mut self, target: &Target, now: f64) {
        if !self.storage.allows(&target.origin) {
            return self.fail(Failure::explained(
                Problem::StorageBlocked,
                "The service named a storage address that this page does not trust, so it was not opened.",
                None,
            ));
        }
        self.attempts += 1;
        self.stage = Stage::Leaving;
        self.out.push(Command::Navigate);
        self.show(State::HandedOff);
        self.set_step(LOAD_MS, now);
    }

    fn ask_anew(&mut self, now: f64) {
        let left = self.left(now);
        self.stage = Stage::Asking;
        self.show(State::Requesting);
        self.out.push(Command::AskAnew(left));
    }

    fn looked(&mut self, document: Document, now: f64, jitter: f64) {
        let problem = match document {
            Document::Blank => {
                self.show(State::Downloading);
                return self.settle(Ok(self.attempts));
            }
            Document::Unreachable => Problem::StorageRefused,
            Document::Ours => Problem::UnexpectedResponse,
        };
        let failure = Failure::from(problem);
        if self.tally.next(&failure, self.left(now), jitter) == Next::GiveUp {
            return self.fail(failure);
        }
        self.show(State::Retrying);
        self.out.push(Command::RemoveFrame);
        self.ask_anew(now);
    }

    /// A timer has come that was due then. One that is late gives what happened while this machine
    /// slept a moment to be heard.
    fn due(&mut self, due: f64, now: f64) {
        let slept = now - due >= LATE_MS;
        if slept && !self.woken {
            self.woken = true;
            self.deadline = now + f64::from(WAKE_MS);
            self.out.push(Command::SetDeadline(WAKE_MS));
        } else if !slept || now >= self.deadline {
            self.fail(Failure::explained(
                Problem::Timeout,
                "Storage did not answer in time.",
                None,
            ));
        }
        // Else it is the other timer, as late as the one before.
    }

    fn set_deadline(&mut self, now: f64) {
        self.deadline = now + f64::from(self.limit);
        self.out.push(Command::SetDeadline(self.limit));
    }

    fn set_step(&mut self, ms: u32, now: f64) {
        self.step_due = now + f64::from(ms);
        self.out.push(Command::SetStep(ms));
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped"
    )]
    fn left(&self, now: f64) -> u32 {
        (self.deadline - now).max(0.0).min(f64::from(self.limit)) as u32
    }

    fn show(&mut self, state: State) {
        self.out.push(Command::Show(state));
    }

    fn fail(&mut self, failure: Failure) {
        self.show(State::Failed);
        self.settle(Err(failure));
    }

    fn settle(&mut self, result: Result<u32, Failure>) {
        self.stage = Stage::Done;
        self.out.push(Command::Settle(result));
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMIT: u32 = 90_000;

    fn target(origin: &str, aged: bool) -> Target {
        Target {
            origin: origin.to_owned(),
            aged,
        }
    }

    fn good() -> Option<Target> {
        Some(target("https://a.blob.core.windows.net", false))
    }

    fn aged() -> Option<Target> {
        Some(target("https://a.blob.core.windows.net", true))
    }

    /// A download with what it was told, and the states it showed.
    struct Told {
        direct: Direct,
        now: f64,
        states: Vec<&'static str>,
        last: Vec<Command>,
    }

    impl Told {
        fn begun() -> Self {
            let mut direct = Direct::new(Storage::default(), LIMIT);
            let last = direct.begin();
            assert!(last.contains(&Command::EnterQueue));
            let mut told = Self {
                direct,
                now: 0.0,
                states: Vec::new(),
                last,
            };
            told.note();
            told
        }

        fn note(&mut self) {
            for command in &self.last {
                if let Command::Show(state) = command {
                    self.states.push(state.as_str());
                }
            }
        }

        fn on(&mut self, event: Event) -> &mut Self {
            self.last = self.direct.on(event, self.now, 0.5);
            self.note();
            self
        }

        fn after(&mut self, ms: f64, event: Event) -> &mut Self {
            self.now += ms;
            self.on(event)
        }

        fn does(&self, command: &Command) -> bool {
            self.last.contains(command)
        }

        fn end(&self) -> Result<u32, &'static str> {
            let Some(Command::Settle(result)) = self.last.last() else {
                panic!("not settled: {:?}", self.last);
            };
            result.clone().map_err(|failure| failure.problem.code())
        }
    }

    #[test]
    fn a_good_address_is_gone_to_without_asking_anybody() {
        let mut told = Told::begun();
        told.on(Event::Place(good()));
        assert!(told.does(&Command::Navigate) && told.does(&Command::SetDeadline(LIMIT)));
        told.after(3_000.0, Event::Loaded);
        assert_eq!(told.last, [Command::SetStep(GRACE_MS)]);
        told.after(300.0, Event::Step);
        assert_eq!(told.last, [Command::Look]);
        told.on(Event::Looked(Document::Blank));
        assert_eq!(told.end(), Ok(1));
        assert_eq!(told.states, ["authorizing", "handed-off", "downloading"]);
    }

    #[test]
    fn an_address_that_has_aged_or_is_missing_is_asked_for_once() {
        for held in [aged(), None] {
            let mut told = Told::begun();
            told.on(Event::Place(held));
            assert!(told.does(&Command::AskAnew(LIMIT)) && !told.does(&Command::Navigate));
            // By a clock that is wrong the new one looks no better; it is gone to all the same.
            told.on(Event::Fresh(Ok(aged())));
            assert!(told.does(&Command::Navigate));
            told.on(Event::Loaded)
                .on(Event::Step)
                .on(Event::Looked(Document::Blank));
            assert_eq!(told.end(), Ok(1));
            let states = ["authorizing", "requesting", "handed-off", "downloading"];
            assert_eq!(told.states, states);
        }
        let mut told = Told::begun();
        told.on(Event::Place(None)).on(Event::Fresh(Ok(None)));
        assert_eq!(told.end(), Err("not_found"));
    }

    #[test]
    fn what_the_service_says_instead_of_an_address_is_told() {
        let mut told = Told::begun();
        let refused = Failure::from(Problem::Forbidden);
        told.on(Event::Place(aged()))
            .on(Event::Fresh(Err(refused.clone())));
        assert_eq!(told.last.last(), Some(&Command::Settle(Err(refused))));
    }

    #[test]
    fn an_address_outside_the_storage_is_never_gone_to() {
        for origin in [
            "https://blob.core.windows.net",
            "http://a.blob.core.windows.net",
            "https://a.blob.core.windows.net.evil.example",
            "https://a.blob.core.windows.net:444",
            "null",
            "",
        ] {
            let mut told = Told::begun();
            told.on(Event::Place(Some(target(origin, false))));
            assert!(!told.does(&Command::Navigate), "{origin}");
            assert_eq!(told.end(), Err("storage_blocked"), "{origin}");
            let mut told = Told::begun();
            told.on(Event::Place(None))
                .on(Event::Fresh(Ok(Some(target(origin, false)))));
            assert_eq!(told.end(), Err("storage_blocked"), "{origin}");
        }
    }

    #[test]
    fn a_refusal_costs_one_fresh_address_and_no_more() {
        let mut told = Told::begun();
        told.on(Event::Place(good())).on(Event::Loaded);
        told.on(Event::Step)
            .on(Event::Looked(Document::Unreachable));
        assert!(told.does(&Command::RemoveFrame) && told.does(&Command::AskAnew(LIMIT)));
        told.on(Event::Fresh(Ok(good()))).on(Event::Loaded);
        told.on(Event::Step)
            .on(Event::Looked(Document::Unreachable));
        assert_eq!(told.end(), Err("storage_refused"));
        assert_eq!(
            told.states,
            [
                "authorizing",
                "handed-off",
                "retrying",
                "requesting",
                "handed-off",
                "failed"
            ]
        );
        let mut told = Told::begun();
        told.on(Event::Place(good())).on(Event::Loaded);
        told.on(Event::Step).on(Event::Looked(Document::Ours));
        assert_eq!(told.end(), Err("unexpected_response"));
    }

    #[test]
    fn a_policy_that_reports_late_is_heard() {
        for late in [false, true] {
            let mut told = Told::begun();
            told.on(Event::Place(good()));
            if late {
                told.on(Event::Loaded);
            }
            told.on(Event::Forbidden);
            assert_eq!(told.end(), Err("frame_blocked"));
        }
    }

    #[test]
    fn storage_that_is_silent_is_late_but_not_because_the_machine_slept() {
        let mut told = Told::begun();
        told.on(Event::Place(good())).after(60_000.0, Event::Step);
        assert_eq!(told.end(), Err("timeout"));
        let mut told = Told::begun();
        told.on(Event::Place(good()))
            .after(3_600_000.0, Event::Deadline);
        assert_eq!(told.last, [Command::SetDeadline(WAKE_MS)]);
        told.on(Event::Step);
        told.on(Event::Loaded);
        told.on(Event::Step).on(Event::Looked(Document::Blank));
        assert_eq!(told.end(), Ok(1));
        let mut told = Told::begun();
        told.on(Event::Place(good()))
            .after(3_600_000.0, Event::Deadline)
            .after(2_000.0, Event::Deadline);
        assert_eq!(told.end(), Err("timeout"));
    }

    #[test]
    fn a_sign_in_does_not_count() {
        let mut told = Told::begun();
        told.on(Event::Place(aged()))
            .after(f64::from(LIMIT), Event::Deadline);
        assert_eq!(told.last, []);
        told.after(100_000.0, Event::Fresh(Ok(good())));
        assert!(told.does(&Command::SetDeadline(LIMIT)) && told.does(&Command::Navigate));
    }

    #[test]
    fn an_end_from_outside_ends_it_everywhere() {
        let before: [&[Event]; 4] = [
            &[],
            &[Event::Place(good())],
            &[Event::Place(None)],
            &[Event::Place(good()), Event::Loaded],
        ];
        for events in before {
            for (event, code) in [
                (Event::Abort, "aborted"),
                (Event::Sandboxed, "download_blocked"),
            ] {
                let mut told = Told::begun();
                for event in events {
                    told.on(event.clone());
                }
                told.on(event);
                assert_eq!(told.end(), Err(code));
                assert_eq!(told.on(Event::Loaded).last, []);
            }
        }
    }

    fn anything() -> impl Strategy<Value = Event> {
        let targets = prop_oneof![
            Just(None),
            Just(good()),
            Just(aged()),
            Just(Some(target("https://evil.example", false))),
        ];
        prop_oneof![
            targets.clone().prop_map(Event::Place),
            targets.prop_map(|target| Event::Fresh(Ok(target))),
            Just(Event::Fresh(Err(Problem::Throttled.into()))),
            Just(Event::Loaded),
            Just(Event::Looked(Document::Blank)),
            Just(Event::Looked(Document::Unreachable)),
            Just(Event::Looked(Document::Ours)),
            Just(Event::Forbidden),
            Just(Event::Step),
            Just(Event::Deadline),
        ]
    }

    proptest! {
        #[test]
        fn it_settles_once_and_goes_to_allowed_storage_only(
            events in prop::collection::vec((anything(), 0_u32..70_000), 0..40),
        ) {
            let mut direct = Direct::new(Storage::default(), LIMIT);
            direct.begin();
            let (mut now, mut settled, mut asked, mut gone) = (0.0, 0, 0, 0);
            let mut named = None;
            let end = (Event::Abort, 0);
            for (event, ms) in events.into_iter().chain([end]) {
                now += f64::from(ms);
                if let Event::Place(target) | Event::Fresh(Ok(target)) = &event {
                    named.clone_from(target);
                }
                for command in direct.on(event, now, 0.5) {
                    match command {
                        Command::Settle(_) => settled += 1,
                        Command::AskAnew(ms) => {
                            asked += 1;
                            prop_assert!(ms <= LIMIT);
                        }
                        Command::Navigate => {
                            gone += 1;
                            let origin = named.clone().map(|target| target.origin);
                            prop_assert_eq!(origin.as_deref(), Some("https://a.blob.core.windows.net"));
                        }
                        _ => {}
                    }
                }
            }
            prop_assert_eq!(settled, 1);
            // Once because it had aged, once because storage refused.
            prop_assert!(asked <= 2 && gone <= 2);
        }
    }
}
