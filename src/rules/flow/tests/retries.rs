//! What is tried again, and how often.

use super::*;

fn throttled(status: u16, retry_after_ms: Option<u32>) -> Event {
    reported(Answered {
        retry_after_ms,
        ..answer(status)
    })
}

#[test]
fn a_401_is_renewed_within_the_same_navigation() {
    let mut story = Story::requested();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    story.pass(2_000);
    story.on(renewed(), "request, [requesting], step 22000");
    assert_eq!(
        story.request().authorization(),
        ["Bearer ", RENEWED].concat()
    );
    story.ends_well("[downloading], done by worker after 2");
}

#[test]
fn a_claims_challenge_is_passed_to_the_sign_in() {
    let mut story = Story::requested();
    let challenged = Answered {
        challenge: r#"Bearer error="insufficient_claims", claims="eyJhIjp7fX0=""#.into(),
        ..answer(401)
    };
    story.on(
        reported(challenged),
        "[retrying], wait, step 7000, token renewed for eyJhIjp7fX0=",
    );
}

#[test]
fn a_second_401_is_told() {
    let mut story = Story::requested();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    story.on(renewed(), "request, [requesting], step 22000");
    story.on(
        reported(answer(401)),
        "stop, [failed], failed: unauthorized",
    );
    assert_eq!(story.failure().status, Some(401));
}

#[test]
fn a_person_may_take_longer_to_sign_in_than_a_navigation_is_held() {
    let mut story = Story::requested();
    story.pass(5_000);
    // What the endpoint took counts: the worker holds the navigation from its beginning.
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 2000, token renewed",
    );
    story.step("stop, no frame, no step");
    story.pass(20_000);
    story.on(renewed(), "frame, step 8000");
    story.ask();
    story.ends_well("[downloading], done by worker after 2");
}

#[test]
fn a_worker_lost_while_the_token_is_renewed_costs_no_wait() {
    let mut story = Story::requested();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    story.on(
        Event::Loaded(seen(Document::Ours)),
        "stop, no frame, no step",
    );
    story.on(renewed(), "frame, step 8000");
    story.ask();
    story.ends_well("[downloading], done by worker after 2");
}

#[test]
fn a_token_that_fails_is_told_at_once() {
    let mut first = Story::hidden();
    first.begin("[authorizing], queue");
    first.on(Event::Place, "deadline 60000, token, worker");
    let failed = || Event::Token(Err(Problem::PopupBlocked.into()));
    first.on(failed(), "[failed], failed: popup_blocked");

    let mut renewing = Story::requested();
    renewing.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    renewing.on(failed(), "stop, [failed], failed: popup_blocked");

    let mut later = Story::requested();
    later.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    later.step("stop, no frame, no step");
    later.on(failed(), "[failed], failed: popup_blocked");
}

#[test]
fn a_service_that_names_a_time_is_asked_again_after_it() {
    for status in [429, 503] {
        let mut story = Story::requested();
        let wait = throttled(status, Some(14_000));
        story.on(wait, "[retrying], stop, no frame, step 14250");
        story.step("no step, frame, step 8000");
        story.ask();
        story.ends_well("[downloading], done by worker after 2");
    }
}

#[test]
fn a_service_that_names_no_time_is_asked_ever_more_slowly() {
    let mut story = Story::requested();
    for ms in [2_000, 4_000, 8_000, 16_000] {
        let expected = format!("[retrying], stop, no frame, step {ms}");
        story.on(throttled(429, None), &expected);
        story.step("no step, frame, step 8000");
        story.ask();
    }
    // The fifth wait would take 30 s, of which 30 s are left, and the request comes on top.
    story.on(throttled(429, None), "stop, [failed], failed: throttled");
}

#[test]
fn a_wait_beyond_the_deadline_is_told_with_the_time() {
    for ms in [30_001, 86_400_000] {
        let mut story = Story::requested();
        story.on(
            throttled(429, Some(ms)),
            "stop, [failed], failed: throttled",
        );
        let failure = story.failure();
        assert_eq!(
            (failure.status, failure.retry_after_ms),
            (Some(429), Some(ms))
        );
    }
    let mut late = Story::requested();
    late.on(
        throttled(429, Some(25_000)),
        "[retrying], stop, no frame, step 25250",
    );
    late.step("no step, frame, step 8000");
    late.ask();
    late.pass(9_000);
    late.on(
        throttled(429, Some(25_000)),
        "stop, [failed], failed: throttled",
    );
}

#[test]
fn a_failing_service_is_asked_three_times_more() {
    let mut story = Story::requested();
    for ms in [500, 1_000, 2_000] {
        let expected = format!("[retrying], stop, no frame, step {ms}");
        story.on(reported(answer(500)), &expected);
        story.step("no step, frame, step 8000");
        story.ask();
    }
    story.on(
        reported(answer(500)),
        "stop, [failed], failed: service_error",
    );
    assert_eq!(story.flow.attempts(), 4);
}

#[test]
fn a_lost_network_that_comes_back_is_no_problem() {
    let mut story = Story::requested();
    let lost = || Event::Reported(Outcome::Unreachable);
    story.on(lost(), "[retrying], stop, no frame, step 500");
    story.step("no step, frame, step 8000");
    story.ask();
    story.on(lost(), "[retrying], stop, no frame, step 1000");
    story.step("no step, frame, step 8000");
    story.ask();
    story.ends_well("[downloading], done by worker after 3");
}

#[test]
fn a_network_that_stays_away_is_told() {
    let mut story = Story::requested();
    let lost = || Event::Reported(Outcome::Unreachable);
    for ms in [500, 1_000, 2_000] {
        story.on(lost(), &format!("[retrying], stop, no frame, step {ms}"));
        story.step("no step, frame, step 8000");
        story.ask();
    }
    story.on(lost(), "stop, [failed], failed: network_error");
}

#[test]
fn what_will_not_change_is_told_at_once() {
    for (status, code) in [
        (400, "bad_request"),
        (403, "forbidden"),
        (404, "not_found"),
        (410, "not_found"),
        (418, "unexpected_response"),
        (501, "service_error"),
        (206, "unexpected_response"),
    ] {
        let mut story = Story::requested();
        let expected = format!("stop, [failed], failed: {code}");
        story.on(reported(answer(status)), &expected);
        assert_eq!(story.failure().status, Some(status));
    }
}

#[test]
fn what_the_service_says_is_told_without_the_token() {
    let mut story = Story::requested();
    let said = Answered {
        service_code: Some("InvalidToken".into()),
        service_message: Some(["No access with ", TOKEN].concat()),
        ..answer(403)
    };
    story.on(reported(said), "stop, [failed], failed: forbidden");
    let failure = story.failure();
    assert_eq!(failure.service_code.as_deref(), Some("InvalidToken"));
    assert_eq!(
        failure.service_message.as_deref(),
        Some("No access with [removed]")
    );
}

#[test]
fn storage_that_refuses_gets_one_fresh_address() {
    let refused = || Event::Loaded(seen(Document::Unreachable));
    let mut story = Story::handed_off();
    story.on(refused(), "[retrying], no frame, step 0");
    story.step("no step, frame, step 8000");
    story.ask();
    story.ends_well("[downloading], done by worker after 2");

    let mut twice = Story::handed_off();
    twice.on(refused(), "[retrying], no frame, step 0");
    twice.step("no step, frame, step 8000");
    twice.ask();
    twice.on(redirected(), "[handed-off], step 60000");
    twice.on(refused(), "[failed], failed: storage_refused");
}

/// A story up to the point where the worker is lost.
type Until = fn(&mut Story);

const LOSSES: [(&str, Until); 4] = [
    ("it never asks", |_| {}),
    ("its document never loads", |story| {
        story.on(Event::FrameAsked, "document, step 8000");
    }),
    ("it never asks for the CAB", Story::frame),
    ("it never reports", Story::ask),
];

#[test]
fn a_lost_worker_is_replaced_once() {
    let lost = "[retrying], no frame, no step, worker";
    for (name, until) in LOSSES {
        let mut story = Story::opened();
        until(&mut story);
        let before = story.flow.attempts();
        let ends = |story: &mut Story, words: &str| {
            if matches!(story.flow.stage, Stage::Served | Stage::Framed) {
                // Its outer document may show why.
                story.step("look");
                story.on(Event::Looked(FILE), words);
            } else {
                story.step(words);
            }
        };
        ends(&mut story, lost);
        story.on(worker(), "frame, step 8000");
        story.ask();
        let after = before + 1;
        story.ends_well(&format!("[downloading], done by worker after {after}"));

        let mut twice = Story::opened();
        until(&mut twice);
        ends(&mut twice, lost);
        twice.on(worker(), "frame, step 8000");
        until(&mut twice);
        // One that still sends the request is told to leave it.
        let stop = if twice.flow.stage == Stage::Requested {
            "stop, "
        } else {
            ""
        };
        ends(
            &mut twice,
            &format!("{stop}[failed], failed: worker_silent"),
        );
        assert_eq!(twice.failure().problem, Problem::WorkerSilent, "{name}");
    }
}

#[test]
fn a_page_of_the_server_in_place_of_the_workers_is_a_lost_worker() {
    let lost = "[retrying], no frame, no step, worker";
    let mut story = Story::opened();
    story.on(Event::Loaded(OTHER_PAGE), "step 300");
    story.step(lost);
    story.on(worker(), "frame, step 8000");
    story.frame();
    let inner = Event::Loaded(seen(Document::Ours));
    story.on(inner, "[failed], failed: worker_silent");

    let mut asked = Story::requested();
    asked.on(Event::Loaded(seen(Document::Ours)), "step 300");
    asked.on(reported(answer(500)), "stop");
    asked.step(lost);
    asked.on(worker(), "frame, step 8000");
    asked.ask();
    asked.ends_well("[downloading], done by worker after 2");
}

#[test]
fn a_worker_that_cannot_be_replaced_leaves_following() {
    let mut story = Story::opened();
    story.step("[retrying], no frame, no step, worker");
    story.on(no_worker(), "[requesting], follow, step 22000");
}

#[test]
fn each_reason_has_its_own_count() {
    let mut story = Story::requested();
    story.on(
        reported(answer(500)),
        "[retrying], stop, no frame, step 500",
    );
    story.step("no step, frame, step 8000");
    story.step("[retrying], no frame, no step, worker");
    story.on(worker(), "frame, step 8000");
    story.ask();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    story.on(renewed(), "request, [requesting], step 22000");
    story.on(
        throttled(429, None),
        "[retrying], stop, no frame, step 2000",
    );
    story.step("no step, frame, step 8000");
    story.ask();
    story.on(redirected(), "[handed-off], step 60000");
    let refused = Event::Loaded(seen(Document::Unreachable));
    story.on(refused, "[retrying], no frame, step 0");
    story.step("no step, frame, step 8000");
    story.ask();
    story.ends_well("[downloading], done by worker after 5");
}
