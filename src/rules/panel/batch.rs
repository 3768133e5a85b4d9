//! Several CABs, one after the other: what is begun when, and what may be said of it.

use crate::rules::panel::link::Trouble;
use crate::rules::problem::Problem;
use crate::rules::queue::LIMIT;

/// How many are under way at once: one place of the page's queue is left for a click.
pub const WIDTH: usize = LIMIT - 1;

/// Where one CAB is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Waiting,
    Running,
    /// The browser has taken it. Whether it was saved, no page can know.
    HandedOver,
    /// Left out, with the reason.
    Failed(Trouble),
}

/// Where the whole is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The first one is under way, alone: what is wrong with all shows here.
    First,
    /// The others are.
    Running,
    /// Something is in the way of all; nothing new is begun until the person says so.
    Paused(Trouble),
    /// There is nothing left to do; or the person ended it.
    Ended {
        /// Whether by the person.
        cancelled: bool,
    },
}

impl Phase {
    /// A name for events and styles.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::First | Self::Running => "running",
            Self::Paused(_) => "paused",
            Self::Ended { cancelled: true } => "cancelled",
            Self::Ended { cancelled: false } => "ended",
        }
    }
}

/// What is to be done about one CAB, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begin its download.
    Begin(usize),
    /// End its download.
    Abort(usize),
}

/// How many are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub total: usize,
    /// The browser has taken them.
    pub handed_over: usize,
    /// Left out.
    pub failed: usize,
    /// Under way.
    pub running: usize,
    /// Not begun.
    pub waiting: usize,
}

/// See the module's documentation.
#[derive(Clone, Debug)]
pub struct Batch {
    items: Vec<Item>,
    phase: Phase,
}

/// Whether a problem with one CAB is one with all of them.
#[must_use]
pub fn concerns_all(trouble: &Trouble) -> bool {
    match Problem::from_code(&trouble.code) {
        Some(
            Problem::InvalidCabId
            | Problem::InvalidQuery
            | Problem::BadRequest
            | Problem::NotFound
            | Problem::StorageRefused
            | Problem::Aborted,
        ) => false,
        Some(_) | None => true,
    }
}

impl Batch {
    /// So many CABs; the first one is to be begun now.
    #[must_use]
    pub fn begin(count: usize) -> (Self, Vec<Command>) {
        let mut batch = Self {
            items: vec![Item::Waiting; count],
            phase: Phase::First,
        };
        let commands = batch.go_on();
        (batch, commands)
    }

    /// Where the whole is.
    #[must_use]
    pub const fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether something is or will be under way by itself.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::First | Phase::Running)
    }

    /// How many are where.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            total: self.items.len(),
            ..Counts::default()
        };
        for item in &self.items {
            match item {
                Item::Waiting => counts.waiting += 1,
                Item::Running => counts.running += 1,
                Item::HandedOver => counts.handed_over += 1,
                Item::Failed(_) => counts.failed += 1,
            }
        }
        counts
    }

    /// The first reason for which one was left out.
    #[must_use]
    pub fn first_failure(&self) -> Option<&Trouble> {
        self.items.iter().find_map(|item| match item {
            Item::Failed(trouble) => Some(trouble),
            _ => None,
        })
    }

    /// One has ended.
    #[must_use]
    pub fn ended(&mut self, place: usize, result: Result<(), Trouble>) -> Vec<Command> {
        let Some(item) = self
            .items
            .get_mut(place)
            .filter(|item| **item == Item::Running)
        else {
            return Vec::new();
        };
        *item = match (result, &self.phase) {
            (Ok(()), _) => Item::HandedOver,
            // It was ended with the whole.
            (Err(_), Phase::Ended { .. }) => Item::Waiting,
            (Err(trouble), _) if concerns_all(&trouble) => {
                if !matches!(self.phase, Phase::Paused(_)) {
                    self.phase = Phase::Paused(trouble);
                }
                Item::Waiting
            }
            (Err(trouble), _) => Item::Failed(trouble),
        };
        self.go_on()
    }

    /// The person goes on after a pause, or tries again what was left out.
    #[must_use]
    pub fn resume(&mut self) -> Vec<Command> {
        if !matches!(self.phase, Phase::Paused(_)) {
            for item in &mut self.items {
                if matches!(item, Item::Failed(_)) {
                    *item = Item::Waiting;
                }
            }
        }
        self.restart()
    }

    /// The person goes on after a pause, without the CAB that led to it.
    #[must_use]
    pub fn skip(&mut self) -> Vec<Command> {
        if let Phase::Paused(trouble) = &self.phase
            && let Some(item) = self.items.iter_mut().find(|item| **item == Item::Waiting)
        {
            *item = Item::Failed(trouble.clone());
        }
        self.restart()
    }

    /// All of them once more: the browser may have dropped some without a word.
    #[must_use]
    pub fn again(&mut self) -> Vec<Command> {
        if self.counts().running > 0 {
            return Vec::new();
        }
        self.items.fill(Item::Waiting);
        self.restart()
    }

    /// The person ends it. What the browser has stays there.
    #[must_use]
    pub fn cancel(&mut self) -> Vec<Command> {
        if matches!(self.phase, Phase::Ended { .. }) {
            return Vec::new();
        }
        self.phase = Phase::Ended { cancelled: true };
        let running = |(place, item): (usize, &Item)| {
            (*item == Item::Running).then_some(Command::Abort(place))
        };
        self.items.iter().enumerate().filter_map(running).collect()
    }

    fn restart(&mut self) -> Vec<Command> {
        self.phase = if self.counts().handed_over == 0 {
            Phase::First
        } else {
            Phase::Running
        };
        self.go_on()
    }

    /// Begins what may be begun now.
    fn go_on(&mut self) -> Vec<Command> {
        let counts = self.counts();
        match &self.phase {
            Phase::Paused(_) | Phase::Ended { .. } => return Vec::new(),
            // What was left out says nothing of the others; what was handed over does.
            Phase::First if counts.handed_over > 0 => self.phase = Phase::Running,
            Phase::First | Phase::Running => {}
        }
        if counts.running + counts.waiting == 0 {
            self.phase = Phase::Ended { cancelled: false };
            return Vec::new();
        }
        let width = if self.phase == Phase::First { 1 } else { WIDTH };
        let mut commands = Vec::new();
        let free = width.saturating_sub(counts.running);
        for (place, item) in self.items.iter_mut().enumerate() {
            if commands.len() == free {
                break;
            }
            if *item == Item::Waiting {
                *item = Item::Running;
                commands.push(Command::Begin(place));
            }
        }
        commands
    }

    /// What may be said: never more than was handed over. `number` writes a number.
    #[must_use]
    pub fn words(&self, number: &dyn Fn(usize) -> String) -> String {
        let Counts {
            total,
            handed_over,
            failed,
            ..
        } = self.counts();
        let of = [&number(handed_over), " of ", &number(total)].concat();
        let left_out = match failed {
            0 => String::new(),
            _ => [" ", &number(failed), " could not be."].concat(),
        };
        match &self.phase {
            Phase::First | Phase::Running => [&of, " handed to the browser.", &left_out].concat(),
            Phase::Paused(trouble) => [
                "Paused: ",
                &trouble.sentence,
                " ",
                &trouble.next_step,
                " ",
                &of,
                " handed to the browser.",
                &left_out,
            ]
            .concat(),
            Phase::Ended { cancelled: true } => [
                "Cancelled. ",
                &of,
                " were handed to the browser.",
                &left_out,
            ]
            .concat(),
            Phase::Ended { cancelled: false } => {
                let whether = match handed_over {
                    0 => "",
                    1 => " Its list of downloads says whether the file is saved.",
                    _ => {
                        " Its list of downloads says which are saved: it may have asked you, or dropped some."
                    }
                };
                [&of, " were handed to the browser.", &left_out, whether].concat()
            }
        }
    }
}

/// What is said before several are begun, since the question comes from the browser and not from us.
pub const NOTICE: &str = "Your browser may ask whether this page may download several files: allow it. \
                          Otherwise it saves the first one only, and no page is told.";

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::problem::Failure;
    use proptest::prelude::*;

    fn trouble(problem: Problem) -> Trouble {
        Failure::from(problem).into()
    }

    fn words(batch: &Batch) -> String {
        batch.words(&|number| number.to_string())
    }

    fn begin(places: impl IntoIterator<Item = usize>) -> Vec<Command> {
        places.into_iter().map(Command::Begin).collect()
    }

    #[test]
    fn one_first_then_three_at_once_until_all_are_handed_over() {
        let (mut batch, commands) = Batch::begin(5);
        assert_eq!(commands, begin([0]));
        assert_eq!(words(&batch), "0 of 5 handed to the browser.");
        assert_eq!(batch.ended(0, Ok(())), begin([1, 2, 3]));
        assert_eq!(batch.ended(2, Ok(())), begin([4]));
        for place in [1, 3] {
            assert_eq!(batch.ended(place, Ok(())), []);
        }
        assert!(batch.is_running());
        assert_eq!(words(&batch), "4 of 5 handed to the browser.");
        assert_eq!(batch.ended(4, Ok(())), []);
        assert_eq!(batch.phase(), &Phase::Ended { cancelled: false });
        assert!(words(&batch).starts_with("5 of 5 were handed to the browser. Its list"));
    }

    #[test]
    fn a_cab_of_its_own_trouble_is_left_out_and_can_be_tried_again() {
        let (mut batch, _) = Batch::begin(3);
        // The first one says nothing of the others then: one alone, once more.
        assert_eq!(batch.ended(0, Err(trouble(Problem::NotFound))), begin([1]));
        assert_eq!(batch.ended(1, Ok(())), begin([2]));
        assert_eq!(batch.ended(2, Ok(())), []);
        assert!(words(&batch).starts_with("2 of 3 were handed to the browser. 1 could not be."));
        assert_eq!(batch.first_failure(), Some(&trouble(Problem::NotFound)));
        assert_eq!(batch.resume(), begin([0]));
        assert_eq!(batch.ended(0, Ok(())), []);
        assert_eq!(batch.counts().handed_over, 3);
    }

    #[test]
    fn what_is_in_the_way_of_all_is_a_pause() {
        let (mut batch, _) = Batch::begin(6);
        let _ = batch.ended(0, Ok(()));
        assert_eq!(
            batch.ended(1, Err(trouble(Problem::InteractionRequired))),
            []
        );
        assert_eq!(
            batch.phase(),
            &Phase::Paused(trouble(Problem::InteractionRequired))
        );
        // Those under way go on; nothing new is begun.
        assert_eq!(batch.ended(2, Ok(())), []);
        assert_eq!(batch.ended(3, Err(trouble(Problem::Timeout))), []);
        let said = words(&batch);
        assert!(
            said.starts_with("Paused: You have to sign in again"),
            "{said}"
        );
        assert!(said.ends_with("2 of 6 handed to the browser."), "{said}");
        assert_eq!(batch.resume(), begin([1, 3, 4]));
    }

    #[test]
    fn the_first_in_trouble_is_alone_again_after_the_pause_or_left_out() {
        let (mut batch, _) = Batch::begin(3);
        assert_eq!(batch.ended(0, Err(trouble(Problem::Forbidden))), []);
        assert_eq!(batch.resume(), begin([0]));
        assert_eq!(batch.ended(0, Err(trouble(Problem::Forbidden))), []);
        assert_eq!(batch.skip(), begin([1]));
        assert_eq!(batch.ended(1, Ok(())), begin([2]));
        assert_eq!(batch.counts().failed, 1);
    }

    #[test]
    fn the_person_ends_it_and_what_was_handed_over_is_said() {
        let (mut batch, _) = Batch::begin(9);
        let _ = batch.ended(0, Ok(()));
        assert_eq!(batch.cancel(), [1, 2, 3].map(Command::Abort));
        assert_eq!(batch.cancel(), []);
        assert_eq!(batch.ended(1, Err(trouble(Problem::Aborted))), []);
        // Too late to be ended.
        assert_eq!(batch.ended(2, Ok(())), []);
        assert_eq!(
            words(&batch),
            "Cancelled. 2 of 9 were handed to the browser."
        );
        assert_eq!(batch.phase().as_str(), "cancelled");
    }

    #[test]
    fn one_that_the_person_ends_by_itself_is_left_out() {
        let (mut batch, _) = Batch::begin(2);
        assert_eq!(batch.ended(0, Err(trouble(Problem::Aborted))), begin([1]));
        assert_eq!(batch.counts().failed, 1);
    }

    #[test]
    fn all_of_them_once_more() {
        let (mut batch, _) = Batch::begin(2);
        let _ = batch.ended(0, Ok(()));
        assert_eq!(batch.again(), [], "not while one is under way");
        let _ = batch.ended(1, Ok(()));
        assert_eq!(batch.again(), begin([0]));
        assert_eq!(batch.counts().handed_over, 0);
    }

    #[test]
    fn nothing_at_all_has_ended() {
        let (batch, commands) = Batch::begin(0);
        assert_eq!(commands, []);
        assert_eq!(batch.phase(), &Phase::Ended { cancelled: false });
    }

    #[test]
    fn every_problem_is_of_one_or_of_all() {
        let of_one: Vec<_> = Problem::ALL
            .into_iter()
            .filter(|problem| !concerns_all(&trouble(*problem)))
            .map(Problem::code)
            .collect();
        assert_eq!(
            of_one,
            [
                "invalid_cab_id",
                "invalid_query",
                "bad_request",
                "not_found",
                "aborted",
                "storage_refused"
            ]
        );
        assert!(concerns_all(&Trouble::default()), "what nobody knows");
    }

    #[derive(Clone, Debug)]
    enum Step {
        Ends(usize, Option<Problem>),
        Resume,
        Skip,
        Cancel,
        Again,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let problem = prop::option::of(prop::sample::select(Problem::ALL.to_vec()));
        let step = prop_oneof![
            12 => (0_usize..9, problem).prop_map(|(place, problem)| Step::Ends(place, problem)),
            2 => Just(Step::Resume),
            1 => Just(Step::Skip),
            1 => Just(Step::Cancel),
            1 => Just(Step::Again),
        ];
        prop::collection::vec(step, 0..60)
    }

    proptest! {
        #[test]
        fn in_any_order_it_neither_forgets_nor_claims_too_much(count in 0_usize..9, steps in steps()) {
            let (mut batch, mut commands) = Batch::begin(count);
            let mut running = vec![false; count];
            let mut handed_over = vec![false; count];
            for step in steps.into_iter().map(Some).chain([None]) {
                for command in commands {
                    match command {
                        Command::Begin(place) => {
                            prop_assert!(!std::mem::replace(&mut running[place], true), "begun twice");
                        }
                        Command::Abort(place) => prop_assert!(running[place]),
                    }
                }
                let counts = batch.counts();
                prop_assert_eq!(counts.running, running.iter().filter(|one| **one).count());
                prop_assert_eq!(counts.handed_over, handed_over.iter().filter(|one| **one).count());
                prop_assert_eq!(counts.total, counts.handed_over + counts.failed + counts.running + counts.waiting);
                prop_assert!(counts.running <= WIDTH);
                if batch.is_running() {
                    prop_assert!(counts.running > 0, "it waits for nobody");
                }
                if batch.phase() == &(Phase::Ended { cancelled: false }) {
                    prop_assert_eq!(counts.running + counts.waiting, 0);
                }
                let said = words(&batch);
                let claim = format!("{} of {count} ", counts.handed_over);
                prop_assert!(said.contains(&claim), "{}", said);
                commands = match step {
                    Some(Step::Ends(place, problem)) => {
                        if let Some(one) = running.get_mut(place).filter(|one| **one) {
                            *one = false;
                            handed_over[place] = problem.is_none();
                        }
                        batch.ended(place, problem.map_or(Ok(()), |problem| Err(trouble(problem))))
                    }
                    Some(Step::Resume) => batch.resume(),
                    Some(Step::Skip) => batch.skip(),
                    Some(Step::Cancel) => batch.cancel(),
                    Some(Step::Again) => {
                        let commands = batch.again();
                        if !commands.is_empty() {
                            handed_over.fill(false);
                        }
                        commands
                    }
                    None => break,
                };
            }
        }
    }
}
