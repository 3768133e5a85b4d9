//! What one `<cab-link>` shows.

use crate::rules::flow::State;
use crate::rules::id::BadCab;
use crate::rules::panel::expiry::Expiry;
use crate::rules::panel::told::Told;
use crate::rules::problem::{Failure, Problem};

/// What went wrong, as the event `cablink:state` tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The stable code.
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// What the person can do.
    pub next_step: String,
    /// Whether the same action may work when simply done again.
    pub retryable: bool,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.problem.code().to_owned(),
            sentence: failure.message().to_owned(),
            next_step: failure.next_step().to_owned(),
            retryable: failure.problem.facts().retryable,
        }
    }
}

impl Trouble {
    /// Whether the person ended it.
    #[must_use]
    pub fn is_cancel(&self) -> bool {
        self.code == Problem::Aborted.code()
    }
}

/// What names the CAB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A good id.
    Cab,
    /// A row that has no CAB.
    NoCab,
    /// An id, method or application id that cannot be one, or none at all.
    Bad(BadCab),
}

/// Who is asked for a CAB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cabs {
    /// No `CabLink` has been started on the page, or given to the element.
    Nobody,
    /// A `CabLink`.
    Started,
    /// The host has set something else.
    Other,
}

/// Everything that decides what is shown.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The CAB.
    pub named: Named,
    /// Who is asked for it.
    pub cabs: Cabs,
    /// How long the CAB stays.
    pub expiry: Expiry,
    /// The last that was told of its download.
    pub told: Option<&'a Told>,
    /// Whether an element has begun what is under way, and can end it.
    pub own: bool,
}

/// What a state looks like; never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing to notice.
    Quiet,
    /// Something is going on.
    Busy,
    /// Something is going on that did not work at first.
    Warn,
    /// As far as a page can know, it went well.
    Good,
    /// It did not.
    Bad,
}

impl Tone {
    /// A name for styles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Busy => "busy",
            Self::Warn => "warn",
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// See the module's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether it is a link: has an address, and a click downloads.
    pub works: bool,
    /// The state's name: that of the event, or one of the element's own.
    pub name: &'static str,
    /// How it looks.
    pub tone: Tone,
    /// A few words beside the link; often none.
    pub state: &'static str,
    /// What went wrong, or why the link does not work; often nothing.
    pub sentence: String,
    /// What the person can do about it.
    pub next_step: String,
    /// Whether it can be ended.
    pub cancel: bool,
    /// Whether it can be tried again.
    pub retry: bool,
    /// Whether somebody who listens is told, when it has changed to this.
    pub spoken: bool,
}

/// The states of the element's own, beside those of the event.
pub const OWN_STATES: [&str; 6] = [
    "idle",
    "unready",
    "no-cab",
    "invalid",
    "expired",
    "cancelled",
];

impl Shown {
    const fn plain(name: &'static str) -> Self {
        Self {
            works: false,
            name,
            tone: Tone::Quiet,
            state: "",
            sentence: String::new(),
            next_step: String::new(),
            cancel: false,
            retry: false,
            spoken: false,
        }
    }

    fn because(self, sentence: &str) -> Self {
        Self {
            sentence: sentence.to_owned(),
            ..self
        }
    }

    /// All that is said of it, in one text.
    #[must_use]
    pub fn words(&self) -> String {
        let parts = [self.state, &self.sentence, &self.next_step];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [state, rest @ ..] if *state == self.state && !rest.is_empty() => {
                [state, ". ", &rest.join(" ")].concat()
            }
            _ => parts.join(" "),
        }
    }
}

/// Decides.
#[must_use]
pub fn shown(facts: &Facts<'_>) -> Shown {
    match &facts.named {
        Named::Bad(bad) => return invalid("Not a CAB", Failure::from(*bad)),
        Named::NoCab => {
            return Shown::plain("no-cab").because("No CAB was collected for this occurrence.");
        }
        Named::Cab => {}
    }
    match facts.cabs {
        Cabs::Nobody => {
            return Shown::plain("unready").because(
                "Downloads have not been started on this page yet; this link works as soon as they are.",
            );
        }
        Cabs::Other => return invalid("Not set up", not_a_cablink()),
        Cabs::Started => {}
    }
    match facts.told {
        Some(told) if told.is_running(facts.own) => running(told.state, facts.own),
        _ if facts.expiry.is_past() => expired(facts.expiry),
        None => Shown {
            works: true,
            ..Shown::plain("idle")
        },
        Some(told) => ended(told),
    }
}

/// What is wrong where a host has set something else as `cabs`.
#[must_use]
pub fn not_a_cablink() -> Failure {
    Failure::explained(
        Problem::InvalidOptions,
        "The property cabs of this element is not a CabLink.",
        None,
    )
}

fn invalid(state: &'static str, why: Failure) -> Shown {
    let trouble = Trouble::from(why);
    Shown {
        tone: Tone::Bad,
        state,
        next_step: trouble.next_step,
        ..Shown::plain("invalid").because(&trouble.sentence)
    }
}

fn expired(expiry: Expiry) -> Shown {
    let sentence = [
        "The service keeps this CAB no longer: it ",
        &expiry.words(),
        ".",
    ]
    .concat();
    Shown {
        state: "Expired",
        next_step: "Pick a newer occurrence of the same failure.".to_owned(),
        ..Shown::plain("expired").because(&sentence)
    }
}

fn running(state: State, own: bool) -> Shown {
    let tone = match state {
        State::Retrying => Tone::Warn,
        State::HandedOff => Tone::Good,
        _ => Tone::Busy,
    };
    Shown {
        works: true,
        tone,
        state: state.label(),
        cancel: own,
        // The others pass too quickly to be of use to somebody who listens.
        spoken: matches!(state, State::Requesting | State::Retrying),
        ..Shown::plain(state.as_str())
    }
}

fn ended(told: &Told) -> Shown {
    let works = Shown {
        works: true,
        spoken: true,
        ..Shown::plain(told.state.as_str())
    };
    match &told.trouble {
        Some(trouble) if trouble.is_cancel() => Shown {
            name: "cancelled",
            state: "Cancelled",
            ..works
        },
        Some(trouble) => Shown {
            tone: Tone::Bad,
            state: State::Failed.label(),
            sentence: trouble.sentence.clone(),
            next_step: trouble.next_step.clone(),
            retry: trouble.retryable,
            ..works
        },
        None if told.state == State::Failed => Shown {
            tone: Tone::Bad,
            state: State::Failed.label(),
            retry: true,
            ..works
        },
        None => Shown {
            tone: Tone::Good,
            state: told.state.label(),
            ..works
        },
    }
}

/// The small print of a row beside its link: `MINI · 88 days left`. That one has expired is what its
/// state says.
#[must_use]
pub fn facts_line(cab_type: Option<&str>, expiry: Expiry) -> String {
    let cab_type = cab_type
        .map(str::trim_ascii)
        .filter(|text| !text.is_empty());
    let left = if expiry.is_past() {
        String::new()
    } else {
        expiry.words()
    };
    match (cab_type, left.is_empty()) {
        (Some(cab_type), false) => [cab_type, " · ", &left].concat(),
        (Some(cab_type), true) => cab_type.to_owned(),
        (None, _) => left,
    }
}

/// A CAB's name where the page gives none: the beginning of its id.
#[must_use]
pub fn label(id: &str) -> String {
    const SHOWN: usize = 8;
    match id.char_indices().nth(SHOWN) {
        // The last few are shown, too, rather than replaced by one sign.
        Some((at, _)) if id.len() > SHOWN + 4 => ["CAB ", &id[..at], "…"].concat(),
        _ => ["CAB ", id].concat().trim_ascii_end().to_owned(),
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use crate::rules::id::{Cab, IdReason};

    const PAST: Expiry = Expiry::Past(3.0 * 86_400_000.0);

    fn facts(told: Option<&Told>) -> Facts<'_> {
        Facts {
            named: Named::Cab,
            cabs: Cabs::Started,
            expiry: Expiry::Unknown,
            told,
            own: true,
        }
    }

    fn trouble(problem: Problem) -> Trouble {
        Failure::from(problem).into()
    }

    #[test]
    fn a_good_link_says_nothing_until_it_is_used() {
        let idle = shown(&facts(None));
        assert!(idle.works && !idle.cancel && !idle.retry && !idle.spoken);
        assert_eq!((idle.name, idle.words().as_str()), ("idle", ""));
    }

    #[test]
    fn every_state_of_the_event_is_shown_under_its_name() {
        for state in State::ALL {
            let told = Told::of(state);
            let seen = shown(&facts(Some(&told)));
            assert!(seen.works, "{state:?}");
            assert_eq!((seen.name, seen.state), (state.as_str(), state.label()));
            assert_ne!(seen.tone, Tone::Quiet, "{state:?}");
            assert_eq!(seen.cancel, told.is_running(true), "{state:?}");
            assert!(!seen.cancel || !seen.retry, "{state:?}");
            let others = Facts {
                own: false,
                ..facts(Some(&told))
            };
            assert!(!shown(&others).cancel, "{state:?} of somebody else's");
        }
    }

    #[test]
    fn every_problem_says_what_to_do_and_offers_a_retry_where_it_helps() {
        for problem in Problem::ALL {
            let told = Told::failed(trouble(problem));
            let seen = shown(&facts(Some(&told)));
            assert!(seen.works && seen.spoken && !seen.cancel, "{problem:?}");
            if problem == Problem::Aborted {
                assert_eq!(
                    (seen.name, seen.words().as_str()),
                    ("cancelled", "Cancelled")
                );
                assert_eq!(seen.tone, Tone::Quiet);
                continue;
            }
            let texts = problem.facts();
            assert_eq!(seen.tone, Tone::Bad);
            assert_eq!(seen.retry, texts.retryable, "{problem:?}");
            assert_eq!(
                seen.words(),
                ["Failed. ", texts.sentence, " ", texts.next_step].concat()
            );
        }
    }

    #[test]
    fn what_cannot_work_is_no_link_and_says_why() {
        let bad = |id, method| Cab::from_parts(id, method, None, true).expect_err("bad");
        for (bad, why) in [
            (bad("", None), "The CAB id is empty."),
            (
                bad("../x", None),
                "The CAB id does not begin with a letter or a digit.",
            ),
            (
                bad("a", Some("x")),
                "The method is not ihvdriver, driver or hardware.",
            ),
            (bad("a", Some("driver")), "The application id is empty."),
            (
                BadCab {
                    field: "cabIdHash",
                    reason: IdReason::NotText,
                },
                "The CAB id is not a text.",
            ),
        ] {
            for cabs in [Cabs::Nobody, Cabs::Started, Cabs::Other] {
                let named = Named::Bad(bad);
                let seen = shown(&Facts {
                    named,
                    cabs,
                    expiry: PAST,
                    ..facts(None)
                });
                assert_eq!((seen.works, seen.name), (false, "invalid"));
                assert_eq!(seen.sentence, why);
                assert!(!seen.next_step.is_empty());
            }
        }
        let none = shown(&Facts {
            named: Named::NoCab,
            ..facts(None)
        });
        assert_eq!((none.works, none.name), (false, "no-cab"));
    }

    #[test]
    fn without_a_cablink_it_waits_whatever_was_told_before() {
        for told in [Told::of(State::Downloading), Told::of(State::Requesting)] {
            let seen = shown(&Facts {
                cabs: Cabs::Nobody,
                expiry: PAST,
                ..facts(Some(&told))
            });
            assert_eq!((seen.works, seen.name), (false, "unready"));
            assert!(seen.sentence.ends_with('.'));
        }
    }

    #[test]
    fn what_is_no_cablink_is_named() {
        let seen = shown(&Facts {
            cabs: Cabs::Other,
            ..facts(None)
        });
        assert_eq!((seen.works, seen.name), (false, "invalid"));
        assert_eq!(seen.sentence, not_a_cablink().message());
    }

    #[test]
    fn a_tab_of_its_own_ends_with_the_hand_off() {
        let told = Told::of(State::HandedOff);
        let seen = shown(&Facts {
            own: false,
            ..facts(Some(&told))
        });
        assert_eq!(
            (seen.name, seen.tone, seen.cancel),
            ("handed-off", Tone::Good, false)
        );
        assert!(seen.works);
    }

    #[test]
    fn an_expired_cab_is_no_link_unless_it_is_just_being_fetched() {
        for told in [
            None,
            Some(Told::of(State::Downloading)),
            Some(Told::failed(trouble(Problem::NotFound))),
        ] {
            let seen = shown(&Facts {
                expiry: PAST,
                ..facts(told.as_ref())
            });
            assert_eq!((seen.works, seen.name), (false, "expired"));
            assert_eq!(
                seen.words(),
                "Expired. The service keeps this CAB no longer: it expired 3 days ago. \
                 Pick a newer occurrence of the same failure."
            );
        }
        let told = Told::of(State::Requesting);
        let seen = shown(&Facts {
            expiry: PAST,
            ..facts(Some(&told))
        });
        assert_eq!(seen.name, "requesting");
        for expiry in [Expiry::Doubtful, Expiry::Left(1.0), Expiry::Unknown] {
            let facts = Facts {
                expiry,
                ..facts(None)
            };
            assert!(shown(&facts).works, "{expiry:?}");
        }
    }

    #[test]
    fn names_of_states_are_known() {
        let bad = BadCab {
            field: "cabIdHash",
            reason: IdReason::Empty,
        };
        let cancelled = Told::failed(trouble(Problem::Aborted));
        let all = [
            shown(&facts(None)),
            shown(&Facts {
                cabs: Cabs::Nobody,
                ..facts(None)
            }),
            shown(&Facts {
                named: Named::NoCab,
                ..facts(None)
            }),
            shown(&Facts {
                named: Named::Bad(bad),
                ..facts(None)
            }),
            shown(&Facts {
                expiry: PAST,
                ..facts(None)
            }),
            shown(&facts(Some(&cancelled))),
        ];
        assert_eq!(all.map(|shown| shown.name), OWN_STATES);
    }

    #[test]
    fn the_small_print() {
        let left = Expiry::Left(88.5 * 86_400_000.0);
        assert_eq!(facts_line(Some("MINI"), left), "MINI · 88 days left");
        assert_eq!(facts_line(Some(" "), left), "88 days left");
        assert_eq!(facts_line(Some("MINI"), Expiry::Unknown), "MINI");
        assert_eq!(facts_line(None, Expiry::Unknown), "");
        assert_eq!(facts_line(Some("MINI"), PAST), "MINI");
    }

    #[test]
    fn a_name_where_there_is_none() {
        assert_eq!(
            label("c1a51104-d682-4230-be14-7278b18e3555"),
            "CAB c1a51104…"
        );
        assert_eq!(label("c1a51104-d68"), "CAB c1a51104-d68");
        assert_eq!(label("öäüöäüöäüöäü"), "CAB öäüöäüöä…");
        assert_eq!(label(""), "CAB");
    }
}
