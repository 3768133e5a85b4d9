//! Without a worker: the page follows the redirect and navigates to where it led.

use super::*;

/// A download that follows by choice.
fn chosen() -> Story {
    let mut story = Story::new(relay(Handoff::Follow), Use::Frame);
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token");
    story.on(token(), "[requesting], follow, step 22000");
    story
}

fn reached(origin: &str, ok: bool) -> Event {
    Event::Followed(Followed::Reached {
        origin: origin.to_owned(),
        ok,
    })
}

impl Story {
    /// Following led to a file, and nothing spoke against it.
    fn leaves(&mut self, good: Event) {
        self.on(good, "navigate, [handed-off], step 8000");
        self.on(Event::Filled, "step 1000");
        self.step("[downloading], done by follow after 1");
    }
}

fn answered(answered: Answered) -> Event {
    Event::Followed(Followed::Answered(Box::new(answered)))
}

#[test]
fn chosen_it_needs_no_worker() {
    let mut story = chosen();
    let url = "https://portal.example/devcenter/ihvdriver/cabdownload?cabIdHash=c1a5";
    assert_eq!(story.request().url, url);
    let good = reached(STORAGE, true);
    story.leaves(good);
}

#[test]
fn it_takes_the_place_of_a_worker_that_is_not_there() {
    let expected = "[requesting], follow, step 22000";
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(no_worker(), "");
    story.on(token(), expected);
    let good = reached(STORAGE, true);
    story.leaves(good);

    let mut later = Story::hidden();
    later.begin("[authorizing], queue");
    later.on(Event::Place, "deadline 60000, token, worker");
    later.on(token(), "");
    later.on(no_worker(), expected);
}

#[test]
fn it_does_not_where_the_worker_was_demanded() {
    let mut story = Story::new(relay(Handoff::Worker), Use::Frame);
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(no_worker(), "[failed], failed: worker_unavailable");
}

#[test]
fn it_does_not_on_an_insecure_page() {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    let insecure = Event::Worker(Err(Problem::InsecureContext.into()));
    story.on(insecure, "[failed], failed: insecure_context");
}

#[test]
fn a_target_outside_the_storage_is_never_navigated_to() {
    for origin in [
        "https://evil.example",
        "http://uswewatcab09.blob.core.windows.net",
        "https://uswewatcab09.blob.core.windows.net.evil.example",
        "null",
        "",
    ] {
        for ok in [true, false] {
            let mut story = chosen();
            story.on(reached(origin, ok), "[failed], failed: storage_blocked");
        }
    }
}

#[test]
fn a_login_page_of_our_own_is_no_storage() {
    let mut story = chosen();
    story.on(reached(PAGE, true), "[failed], failed: unexpected_response");
}

#[test]
fn storage_that_refuses_is_asked_for_once_more() {
    let mut story = chosen();
    let refused = || reached(STORAGE, false);
    let again = "no step, [requesting], follow, step 22000";
    story.on(refused(), "[retrying], no frame, step 0");
    story.step(again);
    story.on(refused(), "[failed], failed: storage_refused");
    assert_eq!(story.flow.attempts(), 2);
}

#[test]
fn a_document_instead_of_the_file_is_a_refusal() {
    let mut story = chosen();
    let leaving = "navigate, [handed-off], step 8000";
    story.on(reached(STORAGE, true), leaving);
    story.on(Event::Filled, "step 1000");
    story.on(Event::DocumentShown, "step 300");
    story.step("[retrying], no frame, step 0");
    story.step("no step, [requesting], follow, step 22000");
    story.on(reached(STORAGE, true), leaving);
    story.on(Event::Filled, "step 1000");
    story.on(Event::DocumentShown, "step 300");
    story.step("[failed], failed: storage_refused");
}

#[test]
fn what_speaks_against_it_has_its_second_from_when_the_frame_is_on_its_way() {
    let mut story = chosen();
    story.on(reached(STORAGE, true), "navigate, [handed-off], step 8000");
    // In a hidden tab a timer of no time takes a second.
    story.pass(1_000);
    story.on(Event::DocumentShown, "");
    story.on(Event::Filled, "step 1000");
    story.on(Event::Filled, "");
    story.step("[downloading], done by follow after 1");
}

#[test]
fn a_frame_that_never_is_on_its_way_is_no_download() {
    let mut story = chosen();
    story.on(reached(STORAGE, true), "navigate, [handed-off], step 8000");
    story.step("[failed], failed: timeout");
    assert!(story.failure().message().contains("Storage"));
}

#[test]
fn a_host_that_forbids_the_frame_is_told_what_to_allow() {
    for shown_first in [false, true] {
        let mut story = chosen();
        story.on(reached(STORAGE, true), "navigate, [handed-off], step 8000");
        if shown_first {
            story.on(Event::Filled, "step 1000");
            story.on(Event::DocumentShown, "step 300");
        }
        story.on(Event::FrameForbidden, "[failed], failed: frame_blocked");
        assert!(story.failure().next_step().contains("storage in frame-src"));
    }
}

#[test]
fn a_401_is_renewed_once() {
    let mut story = chosen();
    story.on(answered(answer(401)), "[retrying], no step, token renewed");
    story.pass(30_000);
    story.on(renewed(), "[requesting], follow, step 22000");
    assert_eq!(
        story.request().authorization(),
        ["Bearer ", RENEWED].concat()
    );
    story.on(answered(answer(401)), "[failed], failed: unauthorized");
}

#[test]
fn a_throttled_request_waits() {
    let mut story = chosen();
    let wait = answered(Answered {
        retry_after_ms: Some(20_000),
        ..answer(429)
    });
    story.on(wait, "[retrying], no frame, step 20250");
    story.step("no step, [requesting], follow, step 22000");
}

#[test]
fn no_readable_answer_names_what_is_missing() {
    let mut story = chosen();
    for ms in [500, 1_000, 2_000] {
        let expected = format!("[retrying], no frame, step {ms}");
        story.on(Event::Followed(Followed::Unreachable), &expected);
        story.step("no step, [requesting], follow, step 22000");
    }
    let expected = "[failed], failed: network_error";
    story.on(Event::Followed(Followed::Unreachable), expected);
    assert!(story.failure().next_step().contains("CORS"));
    assert!(
        !story.failure().message().contains("worker"),
        "it was not wanted"
    );
}

#[test]
fn where_following_cannot_work_either_the_worker_is_what_is_missing() {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    let why = Failure::explained(Problem::WorkerUnavailable, "The script is gone.", None);
    story.on(Event::Worker(Err(why)), "");
    story.on(token(), "[requesting], follow, step 22000");
    let expected = "[failed], failed: worker_unavailable";
    story.on(Event::Followed(Followed::Unreachable), expected);
    assert_eq!(story.failure().message(), "The script is gone.");
}

#[test]
fn a_file_from_the_relay_cannot_be_saved_without_the_worker() {
    let mut story = chosen();
    story.on(answered(file()), "[failed], failed: unexpected_response");
    assert!(story.failure().message().contains("worker"));
}

#[test]
fn an_answer_that_never_comes_is_given_up() {
    let mut story = chosen();
    story.step("[failed], failed: timeout");
    assert_eq!(
        story.failure().message(),
        "The service did not answer in time."
    );
}

#[test]
fn a_worker_that_turns_up_later_changes_nothing() {
    let mut story = chosen();
    story.on(worker(), "");
    story.on(Event::FrameAsked, "not mine");
    story.on(Event::Loaded(FILE), "");
    let good = reached(STORAGE, true);
    story.leaves(good);
}
