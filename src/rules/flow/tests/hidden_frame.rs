//! `download()` and a plain click: a hidden frame, by the worker.

use super::*;

#[test]
fn a_click_ends_with_a_file() {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(worker(), "");
    story.on(token(), "frame, step 8000");
    story.frame();
    story.on(Event::CabAsked, "request, [requesting], step 22000");
    story.on(redirected(), "[handed-off], step 60000");
    story.on(Event::Loaded(FILE), "step 300");
    story.step("look");
    story.on(Event::Looked(FILE), "[downloading], done by worker after 1");
}

#[test]
fn the_worker_may_be_later_than_the_token() {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(token(), "");
    story.pass(14_000);
    story.on(worker(), "frame, step 8000");
}

#[test]
fn the_token_is_asked_for_before_the_worker_since_a_popup_needs_the_click() {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    let at = |wanted: &str| {
        story
            .last
            .iter()
            .position(|command| word(command) == wanted)
    };
    assert!(at("token") < at("worker"));
}

#[test]
fn nothing_begins_before_the_queue_has_a_place() {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story.pass(600_000);
    story.on(Event::Step, "");
    story.on(worker(), "");
    story.on(token(), "");
    story.on(Event::Place, "deadline 60000, token");
    story.on(Event::Place, "");
    story.on(token(), "frame, step 8000");
}

#[test]
fn a_relay_gets_the_cookies_of_its_site_and_the_policy_needs_no_other_origin() {
    let mut story = Story::opened();
    story.on(Event::FrameAsked, "document, step 8000");
    let policy = policy_of(&story);
    assert!(
        policy.contains("frame-src 'self' https://*.blob.core.windows.net;"),
        "{policy}"
    );
    story.on(Event::Loaded(FILE), "fill, step 8000");
    story.on(Event::CabAsked, "request, [requesting], step 22000");
    let request = story.request();
    let url = "https://portal.example/devcenter/ihvdriver/cabdownload?cabIdHash=c1a5";
    assert_eq!(
        (request.url.as_str(), request.credentials),
        (url, "same-origin")
    );
    assert_eq!(request.authorization(), ["Bearer ", TOKEN].concat());
}

#[test]
fn an_endpoint_that_answers_cors_gets_the_token_alone() {
    let endpoint = crate::rules::endpoint::DEFAULT;
    let mut story = Story::new(config(Handoff::Auto, endpoint), Use::Frame);
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(worker(), "");
    story.on(token(), "frame, step 8000");
    story.on(Event::FrameAsked, "document, step 8000");
    let policy = policy_of(&story);
    let sources = "frame-src 'self' https://manage.devcenter.microsoft.com https://*.blob";
    assert!(policy.contains(sources), "{policy}");
    story.on(Event::Loaded(FILE), "fill, step 8000");
    story.on(Event::CabAsked, "request, [requesting], step 22000");
    let request = story.request();
    assert_eq!(
        request.url,
        [endpoint, "ihvdriver/cabdownload?cabIdHash=c1a5"].concat()
    );
    assert_eq!(request.credentials, "omit");
    story.ends_well("[downloading], done by worker after 1");
}

#[test]
fn the_frame_shares_the_portals_embedder_policy() {
    let config = Config {
        coep: Some(Coep::RequireCorp),
        ..relay(Handoff::Worker)
    };
    let mut story = Story::new(config, Use::Frame);
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(worker(), "");
    story.on(token(), "frame, step 8000");
    story.on(Event::FrameAsked, "document, step 8000");
    assert_eq!(
        header_of(&story, "cross-origin-embedder-policy"),
        "require-corp"
    );
}

#[test]
fn a_frame_that_is_ready_gets_its_inner_frame_at_once() {
    let mut story = Story::opened();
    story.on(Event::FrameReady, "fill, step 8000");
    story.on(Event::FrameReady, "");
    story.on(Event::FrameAsked, "not mine");
    story.on(Event::CabAsked, "request, [requesting], step 22000");
    story.ends_well("[downloading], done by worker after 1");
}

#[test]
fn a_frame_that_a_press_has_filled_is_answered_as_soon_as_it_asks() {
    let mut story = Story::opened();
    story.on(Event::FramePressed, "step 8000");
    story.on(Event::FramePressed, "");
    story.on(Event::FrameReady, "");
    story.on(Event::CabAsked, "request, [requesting], step 22000");
    story.ends_well("[downloading], done by worker after 1");
}

#[test]
fn a_frame_that_a_press_has_filled_and_that_ends_unanswered_is_a_lost_worker() {
    let mut story = Story::opened();
    story.on(Event::FramePressed, "step 8000");
    story.on(Event::Loaded(FILE), "[retrying], no frame, no step, worker");
    story.on(worker(), "frame, step 8000");
    story.ask();
    story.ends_well("[downloading], done by worker after 1");
}

#[test]
fn a_frame_that_was_ready_and_asks_nothing_is_a_lost_worker() {
    let mut story = Story::opened();
    story.on(Event::FrameReady, "fill, step 8000");
    story.on(Event::Loaded(FILE), "[retrying], no frame, no step, worker");
    story.on(worker(), "frame, step 8000");
    story.ask();
    story.ends_well("[downloading], done by worker after 1");
}

#[test]
fn the_inner_frame_asks_for_nothing_before_it_is_there() {
    let mut story = Story::opened();
    story.on(Event::FrameAsked, "document, step 8000");
    story.on(Event::CabAsked, "not mine");
    story.on(Event::Loaded(FILE), "fill, step 8000");
    story.on(Event::CabAsked, "request, [requesting], step 22000");
}

fn policy_of(story: &Story) -> &str {
    header_of(story, "content-security-policy")
}

fn header_of<'a>(story: &'a Story, wanted: &str) -> &'a str {
    let [Command::Answer(Answer::Document(document)), ..] = story.last.as_slice() else {
        panic!("no document");
    };
    let header = document.headers.iter().find(|(name, _)| *name == wanted);
    &header.expect("the header is sent").1
}

#[test]
fn a_relay_may_send_the_file_itself() {
    let mut story = Story::requested();
    story.on(reported(file()), "pass, [handed-off], step 60000");
    let [Command::Answer(Answer::Pass(headers)), ..] = story.last.as_slice() else {
        panic!("not passed");
    };
    let has = |name, value: &str| headers.iter().any(|(n, v)| *n == name && v == value);
    assert!(has(
        "content-disposition",
        "attachment; filename=\"c1a5.cab\""
    ));
    assert!(has("content-length", "8192") && has("content-security-policy", "sandbox"));
    story.on(Event::Loaded(FILE), "step 300");
    story.step("look");
    story.on(Event::Looked(FILE), "[downloading], done by worker after 1");
}

#[test]
fn a_page_instead_of_a_file_is_unexpected() {
    for content_type in ["text/html", "application/xml", "image/svg+xml", ""] {
        let mut story = Story::requested();
        let html = Answered {
            content_type: content_type.into(),
            ..answer(200)
        };
        story.on(
            reported(html),
            "stop, [failed], failed: unexpected_response",
        );
        assert_eq!(story.failure().status, Some(200));
    }
}

#[test]
fn a_redirect_to_a_login_page_of_the_portal_is_unexpected() {
    let mut story = Story::handed_off();
    story.on(
        Event::Loaded(seen(Document::Ours)),
        "[failed], failed: unexpected_response",
    );
}

#[test]
fn a_frame_that_broke_out_is_unexpected() {
    let mut story = Story::handed_off();
    story.on(
        Event::Loaded(OTHER_PAGE),
        "[failed], failed: unexpected_response",
    );
}

#[test]
fn a_target_outside_the_storage_is_blocked() {
    let blocked = |inner| Seen {
        blocked: true,
        ..seen(inner)
    };
    // Chromium: unreachable, and known at once.
    let mut story = Story::handed_off();
    let at_once = blocked(Document::Unreachable);
    story.on(Event::Loaded(at_once), "[failed], failed: storage_blocked");
    // Firefox and WebKit: as after a file, and known a little later.
    let mut story = Story::handed_off();
    story.on(Event::Loaded(FILE), "step 300");
    story.step("look");
    let later = blocked(Document::Blank);
    story.on(Event::Looked(later), "[failed], failed: storage_blocked");
}

#[test]
fn the_hosts_own_policy_forbids_the_frame() {
    let mut story = Story::opened();
    story.on(Event::FrameForbidden, "[failed], failed: frame_blocked");
}

#[test]
fn the_hosts_own_policy_is_heard_of_just_after_load() {
    let mut story = Story::opened();
    let error_page = Seen {
        outer_document: Document::Unreachable,
        ..OTHER_PAGE
    };
    story.on(Event::Loaded(error_page), "step 300");
    story.on(Event::FrameForbidden, "[failed], failed: frame_blocked");
}

#[test]
fn once_the_worker_has_asked_nothing_forbids_the_frame() {
    let mut story = Story::opened();
    story.on(Event::FrameAsked, "document, step 8000");
    story.on(Event::FrameForbidden, "");
    story.on(Event::Loaded(FILE), "fill, step 8000");
    story.on(Event::FrameForbidden, "");
    story.on(Event::CabAsked, "request, [requesting], step 22000");
    story.on(Event::FrameForbidden, "");
    story.ends_well("[downloading], done by worker after 1");
}

/// 1. The worker gets an opaque redirect and tells the page before it returns it.
/// 2. The frame's policy refuses the target at once, without any network.
/// 3. The frame's `load` reaches the page before the worker's message does.
/// 4. The page took this for a lost worker and asked the endpoint again.
#[test]
fn a_load_may_overtake_the_workers_report() {
    let mut story = Story::requested();
    story.on(Event::Loaded(FILE), "step 300");
    story.on(redirected(), "[handed-off], step 300");
    story.step("look");
    story.on(Event::Looked(FILE), "[downloading], done by worker after 1");
}

#[test]
fn questions_that_are_not_expected_are_not_answered() {
    let mut story = Story::opened();
    story.on(Event::CabAsked, "not mine");
    story.on(redirected(), "stop");
    story.on(Event::FrameAsked, "document, step 8000");
    story.on(Event::FrameAsked, "not mine");
    story.on(Event::Loaded(FILE), "fill, step 8000");
    story.on(reported(answer(401)), "stop");
    story.on(Event::CabAsked, "request, [requesting], step 22000");
    story.on(Event::CabAsked, "not mine");
    story.on(Event::Looked(FILE), "");
    story.on(redirected(), "[handed-off], step 60000");
    story.on(redirected(), "stop");
    story.on(reported(file()), "stop");
    story.on(Event::CabAsked, "not mine");
}

#[test]
fn what_nobody_asked_for_changes_nothing() {
    let mut story = Story::requested();
    story.on(renewed(), "");
    let failed = Event::Token(Err(Problem::TokenUnavailable.into()));
    story.on(failed, "");
    story.on(worker(), "");
    story.on(no_worker(), "");
    story.on(Event::Place, "");
    story.on(Event::Followed(Followed::Unreachable), "");
    story.on(
        reported(answer(500)),
        "[retrying], stop, no frame, step 500",
    );
    story.step("no step, frame, step 8000");
    story.ask();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    story.on(worker(), "");
    story.on(no_worker(), "");
    story.on(renewed(), "request, [requesting], step 22000");
    story.ends_well("[downloading], done by worker after 3");
}

#[test]
fn a_document_that_was_served_twice_and_is_not_there_was_refused() {
    let refused = Seen {
        outer: false,
        outer_document: Document::Unreachable,
        ..FILE
    };
    let mut story = Story::opened();
    story.on(Event::FrameAsked, "document, step 8000");
    story.on(
        Event::Loaded(refused),
        "[retrying], no frame, no step, worker",
    );
    story.on(worker(), "frame, step 8000");
    story.on(Event::FrameAsked, "document, step 8000");
    story.on(Event::Loaded(refused), "[failed], failed: frame_blocked");
    assert!(story.failure().next_step().contains("coep"));
}

#[test]
fn a_refused_document_is_looked_for_where_the_browser_says_nothing() {
    let refused = Seen {
        outer: false,
        outer_document: Document::Unreachable,
        ..FILE
    };
    let mut story = Story::opened();
    story.on(Event::FrameAsked, "document, step 8000");
    story.step("look");
    story.on(
        Event::Looked(refused),
        "[retrying], no frame, no step, worker",
    );
    story.on(worker(), "frame, step 8000");
    story.on(Event::FrameAsked, "document, step 8000");
    story.step("look");
    story.on(Event::Looked(refused), "[failed], failed: frame_blocked");
}

#[test]
fn under_an_embedder_policy_a_refusal_names_it() {
    let config = Config {
        coep: Some(Coep::RequireCorp),
        ..relay(Handoff::Worker)
    };
    let mut story = Story::new(config, Use::Frame);
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 60000, token, worker");
    story.on(worker(), "");
    story.on(token(), "frame, step 8000");
    for end in [
        "[retrying], no frame, step 0",
        "[failed], failed: storage_refused",
    ] {
        story.frame();
        story.on(Event::CabAsked, "request, [requesting], step 22000");
        story.on(redirected(), "[handed-off], step 60000");
        story.on(Event::Loaded(seen(Document::Unreachable)), end);
        if end.starts_with("[retrying]") {
            story.step("no step, frame, step 8000");
        }
    }
    assert!(
        story
            .failure()
            .next_step()
            .contains("Cross-Origin-Embedder-Policy")
    );
}

#[test]
fn a_sandbox_is_told_before_anything_else() {
    let mut story = Story::hidden();
    story.on(Event::Sandboxed, "[failed], failed: download_blocked");
}

#[test]
fn a_frame_that_cannot_be_filled_gives_way_to_one_of_its_own_at_once() {
    let mut story = Story::opened();
    story.on(Event::FrameReady, "fill, step 8000");
    story.on(Event::Unfilled, "[retrying], no frame, no step, worker");
    story.on(worker(), "frame, step 8000");
    story.frame();
    // Whatever keeps the next from being filled, too, is nothing to try for ever.
    story.on(Event::Unfilled, "[failed], failed: worker_silent");
}
