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

    /// What is known once this was told, at the document or an element of ours or, `elsewhere`, at a link.
    ///
    /// Tabs come from links alone. Where the first state was told decides: a link may join later, or leave the page, whose
    /// states then come at the document.
    #[must_use]
    pub fn after(self, before: Option<&Self>, elsewhere: bool) -> Self {
        let goes_on = before.filter(|_| self.state != State::Authorizing);
        let may_be_tab = goes_on.map_or(elsewhere, |before| before.may_be_tab);
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

/// Whether a call of `download()` began a download, which the caller's signal ends, by what was told before and after it.
///
/// A new one says `authorizing` within the call. One that was joined says where it is, or nothing; its own signal ends it.
#[must_use]
pub fn has_begun(before: Option<&Told>, after: Option<&Told>) -> bool {
    let authorizing =
        |told: Option<&Told>| told.is_some_and(|told| told.state == State::Authorizing);
    authorizing(after) && !authorizing(before)
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
    fn a_call_begins_what_asks_for_a_token_within_it() {
        // What was told before the call, what after it, and whether the caller can end it.
        for (before, after, begun) in [
            (None, Some(Authorizing), true),
            (Some(Downloading), Some(Authorizing), true),
            (Some(Failed), Some(Authorizing), true),
            // A tab's part is over with the hand-off; a host's own download goes on in its frame.
            (Some(HandedOff), Some(Authorizing), true),
            (Some(HandedOff), Some(HandedOff), false),
            // A tab is asking, and `download()` begins another one.
            (Some(Requesting), Some(Authorizing), true),
            (Some(Authorizing), Some(Authorizing), false),
            (Some(Requesting), Some(Requesting), false),
            (Some(Retrying), Some(Retrying), false),
            // Begun before anybody listened.
            (None, Some(Requesting), false),
            (None, Some(HandedOff), false),
            // Refused at once: by a sandbox, or by `stop()`.
            (None, Some(Failed), false),
            (None, None, false),
        ] {
            let [told, now] = [before, after].map(|state| state.map(Told::of));
            let is = has_begun(told.as_ref(), now.as_ref());
            assert_eq!(is, begun, "{before:?} to {after:?}");
        }
    }

    #[test]
    fn where_a_download_began_says_whether_it_may_be_a_tab() {
        let tell = |all: &[(State, bool)]| {
            all.iter()
                .fold(None, |before: Option<Told>, (state, elsewhere)| {
                    Some(Told::of(*state).after(before.as_ref(), *elsewhere))
                })
        };
        for (all, may_be_tab) in [
            (&[(Authorizing, true)][..], true),
            (&[(Authorizing, false)], false),
            // The link has left the page.
            (&[(Authorizing, true), (Requesting, false)], true),
            // A link has joined what script began.
            (&[(Authorizing, false), (Requesting, true)], false),
            // Begun before anybody listened.
            (&[(Requesting, true)], true),
            (&[(Requesting, false)], false),
            // The next one.
            (
                &[(Authorizing, true), (HandedOff, true), (Authorizing, false)],
                false,
            ),
            (
                &[
                    (Authorizing, false),
                    (Downloading, false),
                    (Authorizing, true),
                ],
                true,
            ),
        ] {
            assert_eq!(tell(all).unwrap().may_be_tab, may_be_tab, "{all:?}");
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
