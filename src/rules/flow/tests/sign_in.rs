//! A person who signs in is given time.

use super::*;

fn preparing() -> Story {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(worker(), "");
    story
}

#[test]
fn the_sign_in_does_not_count_against_the_deadline() {
    let mut story = preparing();
    story.pass(10_000);
    story.on(Event::SigningIn(true), "deadline 300000");
    story.pass(200_000);
    story.on(Event::SigningIn(false), "deadline 50000");
    story.on(token(), "frame, step 8000");
}

#[test]
fn it_may_end_after_the_token_has_come() {
    let mut story = preparing();
    story.on(Event::SigningIn(true), "deadline 300000");
    story.pass(100_000);
    story.on(token(), "deadline 60000, frame, step 8000");
    story.on(Event::SigningIn(false), "");
}

#[test]
fn a_navigation_is_not_held_for_it() {
    let mut story = Story::requested();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    story.on(
        Event::SigningIn(true),
        "stop, no frame, no step, deadline 300000",
    );
    story.on(Event::SigningIn(false), "deadline 60000");
    story.on(renewed(), "frame, step 8000");
}

#[test]
fn others_sign_in_is_of_no_concern() {
    let mut story = Story::handed_off();
    story.on(Event::SigningIn(true), "");
    story.on(Event::SigningIn(false), "");
    let mut story = preparing();
    story.on(Event::SigningIn(false), "");
    story.on(Event::SigningIn(true), "deadline 300000");
    story.on(Event::SigningIn(true), "");
}

#[test]
fn a_sign_in_that_never_ends_ends_the_download() {
    let mut story = preparing();
    story.on(Event::SigningIn(true), "deadline 300000");
    story.on(Event::Deadline, "[failed], failed: timeout");
    assert_eq!(
        story.failure().message(),
        "The sign-in did not finish in time."
    );
}
