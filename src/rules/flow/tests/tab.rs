//! A middle click: a tab of its own, whose navigation is held while it is decided.

use super::*;

fn tab() -> Story {
    let mut story = Story::new(relay(Handoff::Auto), Use::Link);
    story.begin("deadline 60000, [authorizing], wait, step 15000, token");
    story
}

#[test]
fn a_tab_needs_no_place_and_no_frame() {
    let mut story = tab();
    story.pass(3_000);
    story.on(token(), "request, [requesting], step 22000");
    story.on(redirected(), "[handed-off], done by worker after 1");
}

#[test]
fn a_file_from_the_relay_is_passed() {
    let mut story = Story::tab_requested();
    story.on(
        reported(file()),
        "pass, [handed-off], done by worker after 1",
    );
}

#[test]
fn a_problem_is_shown_in_the_tab() {
    for (status, code) in [(404, "not_found"), (403, "forbidden"), (400, "bad_request")] {
        let mut story = Story::tab_requested();
        let expected = format!("stop with {code}, [failed], failed: {code}");
        story.on(reported(answer(status)), &expected);
    }
}

#[test]
fn the_page_in_the_tab_says_what_the_service_said() {
    let mut story = Story::tab_requested();
    let said = Answered {
        service_message: Some("No such CAB.".into()),
        ..answer(404)
    };
    story.on(
        reported(said),
        "stop with not_found, [failed], failed: not_found",
    );
    let [Command::Answer(Answer::Stop(Some(page))), ..] = story.last.as_slice() else {
        panic!("no page");
    };
    assert!(
        page.text
            .contains(&"The service said: No such CAB.".to_owned())
    );
}

#[test]
fn a_401_is_renewed_while_the_tab_waits() {
    let mut story = Story::tab_requested();
    story.pass(1_000);
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 14000, token renewed",
    );
    story.pass(13_000);
    story.on(renewed(), "request, [requesting], step 22000");
    story.on(redirected(), "[handed-off], done by worker after 2");
}

#[test]
fn a_renewal_that_takes_too_long_is_told_in_the_tab() {
    let mut story = Story::tab_requested();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 15000, token renewed",
    );
    story.step("stop with timeout, [failed], failed: timeout");
    assert_eq!(
        story.failure().message(),
        "The sign-in did not finish in time."
    );
}

#[test]
fn a_sign_in_that_takes_too_long_is_told_in_the_tab() {
    let mut story = tab();
    story.step("stop with timeout, [failed], failed: timeout");
    assert_eq!(
        story.failure().message(),
        "The sign-in did not finish in time."
    );
}

#[test]
fn a_sign_in_that_fails_is_told_in_the_tab() {
    let mut story = tab();
    let failed = Event::Token(Err(Problem::InteractionRequired.into()));
    story.on(
        failed,
        "stop with interaction_required, [failed], failed: interaction_required",
    );
}

#[test]
fn a_short_wait_is_waited_in_the_tab() {
    let mut story = Story::tab_requested();
    story.on(reported(answer(500)), "wait, [retrying], step 500");
    story.step("no step, request, [requesting], step 22000");
    story.on(redirected(), "[handed-off], done by worker after 2");
}

#[test]
fn a_wait_beyond_the_hold_is_told_in_the_tab() {
    let mut story = Story::tab_requested();
    let wait = |ms| {
        reported(Answered {
            retry_after_ms: Some(ms),
            ..answer(429)
        })
    };
    story.on(wait(14_000), "wait, [retrying], step 14250");
    story.step("no step, request, [requesting], step 22000");
    story.on(
        wait(1_000),
        "stop with throttled, [failed], failed: throttled",
    );

    let mut at_once = Story::tab_requested();
    at_once.on(
        wait(15_000),
        "stop with throttled, [failed], failed: throttled",
    );
    assert_eq!(at_once.failure().retry_after_ms, Some(15_000));
}

#[test]
fn a_lost_network_is_told_in_the_tab_in_the_end() {
    let mut story = Story::tab_requested();
    for ms in [500, 1_000, 2_000] {
        let lost = Event::Reported(Outcome::Unreachable);
        story.on(lost, &format!("wait, [retrying], step {ms}"));
        story.step("no step, request, [requesting], step 22000");
    }
    let lost = Event::Reported(Outcome::Unreachable);
    story.on(
        lost,
        "stop with network_error, [failed], failed: network_error",
    );
}

#[test]
fn a_slow_service_is_told_in_the_tab() {
    let mut story = Story::tab_requested();
    let slow = Event::Reported(Outcome::TimedOut);
    story.on(slow, "stop with timeout, [failed], failed: timeout");
}

#[test]
fn a_worker_lost_in_a_tab_is_told_in_case_it_still_listens() {
    let mut story = Story::tab_requested();
    story.step("stop with worker_silent, [failed], failed: worker_silent");
}

#[test]
fn a_frame_of_the_hosts_is_left_as_it_was() {
    let flow = flow(relay(Handoff::Auto), Use::Link).in_a_frame();
    let mut story = Story {
        flow,
        ..Story::new(relay(Handoff::Auto), Use::Link)
    };
    story.begin("deadline 60000, [authorizing], wait, step 15000, token");
    story.on(token(), "request, [requesting], step 22000");
    story.on(reported(answer(404)), "stop, [failed], failed: not_found");
}

#[test]
fn a_tab_ends_with_the_portals_page() {
    let mut waiting = tab();
    waiting.on(Event::Abort, "stop with aborted, [failed], failed: aborted");
    let mut requested = Story::tab_requested();
    requested.on(Event::Abort, "stop with aborted, [failed], failed: aborted");
}

#[test]
fn a_tab_is_served_by_the_worker_whatever_the_option_says() {
    let mut story = Story::new(relay(Handoff::Follow), Use::Link);
    story.begin("deadline 60000, [authorizing], wait, step 15000, token");
    story.on(token(), "request, [requesting], step 22000");
    story.on(redirected(), "[handed-off], done by worker after 1");
}

#[test]
fn what_belongs_to_a_frame_changes_nothing() {
    let mut story = Story::tab_requested();
    story.on(Event::Loaded(FILE), "");
    story.on(Event::Looked(FILE), "");
    story.on(Event::FrameForbidden, "");
    story.on(Event::FrameAsked, "not mine");
    story.on(Event::Place, "");
    story.on(no_worker(), "");
    story.on(redirected(), "[handed-off], done by worker after 1");
}
