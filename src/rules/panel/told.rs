//! What is known of one CAB's download by what was told of it: the events `cablink:state` of anybody.

use crate::rules::flow::State;
use crate::rules::panel::link::Trouble;

/// The last that was told of a CAB's download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it is.
    pub state: State,
    /// Why it failed, where it did.
    pub trouble: Option<Trouble>,
    /// Whether it may have a tab of its own, which `download()` does not join.
    pub may_be_tab: bool,
}

/// Where a state was told, as far as that says what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// At the document or an element of ours: a call of `download()` began or joined it.
    Call,
    /// At a link, while a click is on its way: the click began or joined it.
    Click,
    /// At a link at any other time.
    Link,
}

impl Told {
    /// A state on the way.
    #[must_use]
    pub const fn of(state: State) -> Self {
        Self {
            state,
            trouble: None,
            may_be_tab: false,
        }
    }

    /// A download that failed.
    #[must_use]
    pub const fn failed(trouble: Trouble) -> Self {
        Self {
            state: State::Failed,
            trouble: Some(trouble),
            may_be_tab: false,
        }
    }

    /// What is known once this was told.
    ///
    /// Tabs come from links alone. Where the first state was told decides: a link may join later, or leave the page, whose
    /// states then come at the document.
    #[must_use]
    pub fn after(self, before: Option<&Self>, at: At) -> Self {
        let may_be_tab = match (at, before) {
            // It has begun, with a state that nothing else tells; or was joined by a click, which may join a tab.
            (At::Click, Some(before)) if self.state == State::Authorizing => {
                before.may_be_tab && before.state == State::Authorizing
            }
            (At::Click, None) if self.state == State::Authorizing => false,
            (_, Some(before)) if self.state != State::Authorizing && before.is_running(true) => {
                before.may_be_tab
            }
            _ => at != At::Call,
        };
        Self { may_be_tab, ..self }
    }

    /// Whether the download is still under way, as far as the page has a part in it. One in a tab
    /// of its own ends with the hand-off, as nothing more can be known of it; `own` ones go on.
    #[must_use]
    pub const fn is_running(&self, own: bool) -> bool {
        match self.state {
            State::Authorizing | State::Requesting | State::Retrying => true,
            State::HandedOff => own,
            State::Downloading | State::Failed => false,
        }
    }
}

/// Whether a person's click has nothing to begin: the CAB is on its way in a tab, and a second file is not wanted.
/// Whatever runs in a frame is joined by calling `download()`, which opens a sign-in window anew that was closed.
#[must_use]
pub fn is_joined_by_waiting(told: Option<&Told>, own: bool) -> bool {
    told.is_some_and(|told| told.may_be_tab && !own && told.is_running(false))
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use State::{Authorizing, Downloading, Failed, HandedOff, Requesting, Retrying};

    #[test]
    fn what_is_under_way_is_known_by_its_state() {
        for (state, others, own) in [
            (Authorizing, true, true),
            (Requesting, true, true),
            (Retrying, true, true),
            (HandedOff, false, true),
            (Downloading, false, false),
            (Failed, false, false),
        ] {
            let told = Told::of(state);
            let running = (told.is_running(false), told.is_running(true));
            assert_eq!(running, (others, own), "{state:?}");
        }
    }

    #[test]
    fn where_a_download_began_says_whether_it_may_be_a_tab() {
        use At::{Call, Click, Link};
        for (all, may_be_tab) in [
            (&[(Authorizing, Link)][..], true),
            (&[(Authorizing, Call)], false),
            // A tab's comes once the tab has asked, when the click is long over.
            (&[(Authorizing, Click)], false),
            // The link has left the page.
            (&[(Authorizing, Link), (Requesting, Call)], true),
            // A click on a link has joined what script began, or another click.
            (&[(Authorizing, Call), (Authorizing, Click)], false),
            (&[(Authorizing, Click), (Authorizing, Click)], false),
            (&[(Authorizing, Call), (Requesting, Click)], false),
            (&[(Authorizing, Call), (Requesting, Link)], false),
            // A click on another link has joined the tab.
            (&[(Authorizing, Link), (Authorizing, Click)], true),
            (&[(Authorizing, Link), (Requesting, Click)], true),
            // Begun before anybody listened.
            (&[(Requesting, Link)], true),
            (&[(Requesting, Click)], true),
            (&[(Requesting, Call)], false),
            // The next one.
            (
                &[(Authorizing, Link), (HandedOff, Link), (Authorizing, Call)],
                false,
            ),
            (
                &[(Authorizing, Link), (HandedOff, Link), (Authorizing, Click)],
                false,
            ),
            (
                &[
                    (Authorizing, Call),
                    (Downloading, Call),
                    (Authorizing, Link),
                ],
                true,
            ),
            // A call began another one beside the tab, which goes on when that has ended.
            (&[(Authorizing, Link), (Authorizing, Call)], false),
            (
                &[
                    (Authorizing, Link),
                    (Authorizing, Call),
                    (Failed, Call),
                    (Requesting, Link),
                ],
                true,
            ),
        ] {
            let told = all.iter().fold(None, |before: Option<Told>, (state, at)| {
                Some(Told::of(*state).after(before.as_ref(), *at))
            });
            assert_eq!(told.unwrap().may_be_tab, may_be_tab, "{all:?}");
        }
    }

    #[test]
    fn a_click_waits_for_a_tab_alone_and_only_while_it_is_under_way() {
        assert!(!is_joined_by_waiting(None, false));
        for state in State::ALL {
            for (own, may_be_tab) in [(false, false), (false, true), (true, false), (true, true)] {
                let told = Told {
                    may_be_tab,
                    ..Told::of(state)
                };
                let under_way = matches!(state, Authorizing | Requesting | Retrying);
                let waits = is_joined_by_waiting(Some(&told), own);
                assert_eq!(waits, may_be_tab && !own && under_way, "{told:?}, {own}");
            }
        }
    }
}
