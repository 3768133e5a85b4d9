//! Whatever comes, in whatever order and at whatever time, there is exactly one end.

use super::world::{World, events, purposes, turns};
use super::*;
use proptest::prelude::*;

/// What a flow has said so far, and what must be true of it at any time.
struct Watched {
    flow: Flow,
    /// Whether it has asked for a token and got none yet.
    wants_token: bool,
    /// The token it has got: the only one that may stand in a request.
    token: Option<String>,
    requests: u32,
    deadlines: u32,
    may_be_set: u32,
    signing_in: bool,
    /// A question of the worker's that nobody has answered.
    open: bool,
    settled: Option<Result<Success, Failure>>,
}

impl Watched {
    fn new(handoff: u8, purpose: Use, deadline_ms: u32) -> Self {
        let handoff = [Handoff::Auto, Handoff::Worker, Handoff::Follow][usize::from(handoff % 3)];
        let config = Config {
            deadline_ms,
            ..relay(handoff)
        };
        Self {
            flow: flow(config, purpose),
            wants_token: false,
            token: None,
            requests: 0,
            deadlines: 0,
            may_be_set: 1,
            signing_in: false,
            open: purpose == Use::Link,
            settled: None,
        }
    }

    /// Gives the event to the flow and checks what it says.
    fn on(&mut self, event: Event, now: f64, jitter: f64) -> Result<Vec<Command>, TestCaseError> {
        let over = self.settled.is_some();
        match &event {
            Event::Token(Ok(token)) if std::mem::take(&mut self.wants_token) => {
                self.token = Some(token.expose().to_owned());
            }
            // Nobody hands a question to a flow that is over.
            _ if over => {}
            Event::FrameAsked | Event::CabAsked => self.open = true,
            // The worker awaits no answer to this one.
            Event::Reported(outcome) => self.open |= *outcome != Outcome::Redirected,
            _ => {}
        }
        // Set once, and again when a person begins or ends to sign in; the token ends it, too.
        let by_token = matches!(event, Event::Token(Ok(_))) && self.signing_in;
        self.may_be_set += u32::from(by_token || matches!(event, Event::SigningIn(_)));
        match event {
            Event::SigningIn(open) => self.signing_in = open,
            Event::Token(Ok(_)) => self.signing_in = false,
            _ => {}
        }
        let timer = matches!(event, Event::Deadline | Event::Step);
        let ends = matches!(event, Event::Deadline | Event::Abort);
        let may_navigate = matches!(
            &event,
            Event::Followed(Followed::Reached { origin, ok: true }) if origin == STORAGE
        );
        let woken = self.flow.woken;
        let commands = self.flow.on(event, now, jitter);
        prop_assert!(
            !over || commands.is_empty(),
            "after the end: {}",
            words(&commands)
        );
        // A timer that is late itself is given its time once more, and only once.
        let wakes = timer && self.settled.is_none() && self.flow.woken && !woken;
        self.may_be_set += u32::from(wakes);
        self.check(&commands, may_navigate)?;
        // The look that a deadline asks for comes at once.
        let looks = commands.contains(&Command::Look);
        prop_assert!(!ends || wakes || looks || self.settled.is_some());
        Ok(commands)
    }

    fn check(&mut self, commands: &[Command], may_navigate: bool) -> Result<(), TestCaseError> {
        for command in commands {
            prop_assert!(self.settled.is_none(), "after the end: {}", words(commands));
            match command {
                Command::WantToken { .. } => (self.wants_token, self.token) = (true, None),
                Command::Answer(Answer::Request(request)) | Command::Follow(request) => {
                    let bearer = self.token.as_ref().map(|token| ["Bearer ", token].concat());
                    prop_assert_eq!(Some(request.authorization()), bearer);
                    self.requests += 1;
                }
                Command::NavigateFollowed => prop_assert!(may_navigate),
                Command::SetDeadline(_) => self.deadlines += 1,
                Command::SetStep(ms) => prop_assert!(*ms <= LOAD_MS),
                Command::Settle(result) => self.settled = Some(result.clone()),
                _ => {}
            }
            if let Command::Answer(answer) = command {
                self.open &= *answer == Answer::Wait;
            }
        }
        prop_assert_eq!(self.requests, self.flow.attempts());
        prop_assert!(self.deadlines <= self.may_be_set);
        match &self.settled {
            Some(Ok(success)) => prop_assert_eq!(success.attempts, self.requests),
            Some(Err(failure)) => prop_assert!(!failure.message().is_empty()),
            None => {}
        }
        prop_assert!(
            self.settled.is_none() || !self.open,
            "a question is left open"
        );
        let shown = format!("{commands:?} {:?}", self.flow);
        prop_assert!(!shown.contains("nobody-may-see"), "a token is shown");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Some events are what the flow waits for, which leads deep; the others are nonsense.
    #[test]
    fn any_events_lead_to_one_end(
        purpose in purposes(), handoff in any::<u8>(), deadline_ms in 1..86_400_000_u32,
        steps in prop::collection::vec((turns(), prop::option::weighted(0.3, events()), any::<f64>()), 0..60),
        abort in any::<bool>(),
    ) {
        let mut watched = Watched::new(handoff, purpose, deadline_ms);
        let mut world = World::default();
        let mut now = 1.0;
        let mut commands = watched.flow.begin(now);
        watched.check(&commands, false)?;
        for (turn, nonsense, jitter) in steps {
            world.hears(&commands);
            now += f64::from(turn.delay_ms);
            let event = match nonsense {
                Some(Event::Token(Ok(_))) => world.next_token(),
                Some(event) => event,
                None => world.does(&turn).unwrap_or(Event::Step),
            };
            commands = watched.on(event, now, jitter)?;
        }
        let end = if abort { Event::Abort } else { Event::Deadline };
        let slept = watched.flow.woken;
        let commands = watched.on(end.clone(), now, 0.5)?;
        let mut looks = commands.contains(&Command::Look);
        if watched.settled.is_none() && !looks {
            prop_assert!(!slept && watched.flow.woken);
            looks = watched.on(end, now, 0.5)?.contains(&Command::Look);
        }
        if looks {
            watched.on(Event::Looked(FILE), now, 0.5)?;
        }
        prop_assert!(watched.settled.is_some());
        watched.on(Event::Place, now, 0.5)?;
        watched.on(Event::CabAsked, now, 0.5)?;
    }

    /// Timers are as they were asked for; everything else may be slow, wrong or silent.
    #[test]
    fn in_a_world_with_honest_timers_it_ends_by_itself(
        purpose in purposes(), handoff in any::<u8>(), deadline_ms in 1..200_000_u32,
        turns in prop::collection::vec(turns(), 1..80),
    ) {
        let mut watched = Watched::new(handoff, purpose, deadline_ms);
        let mut world = World::default();
        let (mut step_at, mut deadline_at) = (f64::INFINITY, f64::INFINITY);
        // When the navigation whose question is open began, and when it last said something.
        let (mut held_since, mut last_said) = (0.0, 0.0);
        let mut sending = false;
        let mut now = 0.0;
        let mut commands = watched.flow.begin(now);
        watched.check(&commands, false)?;
        let mut turn = turns.iter().cycle();
        let mut over = f64::INFINITY;
        let mut idle = 0;
        loop {
            for command in &commands {
                match command {
                    Command::SetStep(ms) => step_at = now + f64::from(*ms),
                    Command::ClearStep => step_at = f64::INFINITY,
                    Command::SetDeadline(ms) => {
                        deadline_at = now + f64::from(*ms);
                        over = deadline_at;
                    }
                    // No answer to a question: it ends the request that the worker is sending.
                    Command::Answer(Answer::Stop(_)) if sending => {}
                    Command::Answer(Answer::Request(_) | Answer::Stop(_)) => {
                        let late = f64::max(last_said, held_since + f64::from(PATIENCE_MS));
                        prop_assert!(now <= late, "held from {held_since} to {now}");
                    }
                    _ => {}
                }
            }
            sending = commands.iter().fold(sending, |sending, command| match command {
                Command::Answer(Answer::Request(_)) => true,
                Command::AddFrame => false,
                _ => sending,
            });
            world.hears(&commands);
            if watched.settled.is_some() {
                break;
            }
            let Some(next) = turn.next() else {
                break;
            };
            let event = world.does(next);
            let timer = f64::min(step_at, deadline_at);
            let at = now + f64::from(next.delay_ms);
            // A reply that a timer overtakes is lost: the worst case for the flow. A look is answered within the call.
            let event = match event {
                Some(event @ Event::Looked(_)) => event,
                Some(event) if at < timer => {
                    now = at;
                    event
                }
                _ if timer.is_finite() => {
                    now = timer;
                    if timer == deadline_at {
                        // It comes once.
                        (over, deadline_at) = (deadline_at, f64::INFINITY);
                        Event::Deadline
                    } else {
                        step_at = f64::INFINITY;
                        Event::Step
                    }
                }
                Some(event) => event,
                None => {
                    prop_assert!(false, "nothing under way and no timer: {:?}", watched.flow);
                    break;
                }
            };
            match &event {
                Event::CabAsked => (held_since, last_said) = (now, now),
                Event::Reported(_) => (last_said, sending) = (now, false),
                _ => {}
            }
            commands = watched.on(event, now, next.jitter)?;
            idle += 1;
            prop_assert!(idle < 1_000, "it goes on for ever");
        }
        prop_assert!(watched.settled.is_some());
        prop_assert!(now <= over);
        if purpose == Use::Link {
            prop_assert_eq!(watched.deadlines, 1);
        }
    }
}
