//! The deadline and an abort, in every stage.

use super::*;

/// A way into a stage, the answer to the question that is open there, and what is late in it,
/// where anything is.
type Way = (Stage, fn() -> Story, &'static str, &'static str);

/// At least one way into each stage.
fn stages() -> Vec<Way> {
    const SIGN_IN: &str = "The sign-in did not finish in time.";
    const WORKER: &str = "The download worker did not start in time.";
    const SERVICE: &str = "The service did not answer in time.";
    const STORAGE: &str = "Storage did not answer in time.";
    vec![
        (Stage::Queued, queued, "", SERVICE),
        (Stage::Preparing, no_token_yet, "", SIGN_IN),
        (Stage::Preparing, no_worker_yet, "", WORKER),
        (Stage::Opening, Story::opened, "", WORKER),
        (Stage::Served, served, "", WORKER),
        (Stage::Framed, framed, "", WORKER),
        (Stage::Requested, Story::requested, "stop, ", SERVICE),
        (Stage::Unreported, unreported, "", SERVICE),
        (Stage::Renewing, renewing, "stop, ", SIGN_IN),
        (Stage::Waiting, waiting, "", SERVICE),
        (Stage::HandedOff, Story::handed_off, "", STORAGE),
        (Stage::Settling, settling, "", ""),
        (Stage::Following, following, "", SERVICE),
        (Stage::Leaving, leaving, "", STORAGE),
        (Stage::Left, left, "", ""),
        (Stage::Shown, shown, "", ""),
    ]
}

fn queued() -> Story {
    let mut story = Story::hidden();
    story.begin("[authorizing], queue");
    story
}

fn no_token_yet() -> Story {
    let mut story = queued();
    story.on(Event::Place, "deadline 60000, token, worker");
    story
}

fn no_worker_yet() -> Story {
    let mut story = no_token_yet();
    story.on(token(), "");
    story
}

fn served() -> Story {
    let mut story = Story::opened();
    story.on(Event::FrameAsked, "document, step 8000");
    story
}

fn framed() -> Story {
    let mut story = Story::opened();
    story.frame();
    story
}

fn unreported() -> Story {
    let mut story = Story::requested();
    story.on(Event::Loaded(FILE), "step 300");
    story
}

fn renewing() -> Story {
    let mut story = Story::requested();
    story.on(
        reported(answer(401)),
        "[retrying], wait, step 7000, token renewed",
    );
    story
}

fn waiting() -> Story {
    let mut story = Story::requested();
    story.on(
        reported(answer(500)),
        "[retrying], stop, no frame, step 500",
    );
    story
}

fn settling() -> Story {
    let mut story = Story::handed_off();
    story.on(Event::Loaded(FILE), "step 300");
    story
}

fn following() -> Story {
    let mut story = no_worker_yet();
    story.on(no_worker(), "[requesting], follow, step 22000");
    story
}

fn leaving() -> Story {
    let mut story = following();
    let good = Event::Followed(Followed::Reached {
        origin: super::STORAGE.to_owned(),
        ok: true,
    });
    story.on(good, "navigate, [handed-off], step 8000");
    story
}

fn left() -> Story {
    let mut story = leaving();
    story.on(Event::Filled, "step 1000");
    story
}

fn shown() -> Story {
    let mut story = left();
    story.on(Event::DocumentShown, "step 300");
    story
}

#[test]
fn the_list_names_every_stage_but_the_last() {
    let mut known: Vec<_> = stages().iter().map(|(stage, ..)| *stage as usize).collect();
    known.dedup();
    assert_eq!(known, (0..Stage::Done as usize).collect::<Vec<_>>());
    for (stage, story, ..) in stages() {
        assert_eq!(story().flow.stage, stage);
    }
}

#[test]
fn an_abort_ends_it_in_every_stage() {
    for (_, story, answered, _) in stages() {
        let mut story = story();
        let expected = format!("{answered}[failed], failed: aborted");
        story.on(Event::Abort, &expected);
        nothing_more(story);
    }
}

#[test]
fn the_deadline_ends_it_in_every_stage_and_says_what_was_late() {
    for (stage, story, answered, late) in stages() {
        let mut story = story();
        if late.is_empty() {
            continue;
        }
        let expected = format!("{answered}[failed], failed: timeout");
        if stage == Stage::Queued {
            // The wait for a place has no deadline of its own: those before it have.
            assert_eq!(story.deadline_at, None);
            story.on(Event::Deadline, &expected);
        } else {
            story.deadline(&expected);
        }
        assert_eq!(story.failure().message(), late, "{stage:?}");
        assert!(story.failure().problem.facts().retryable);
        nothing_more(story);
    }
}

/// Only a report against it is waited for there, and what speaks for a file has been seen.
#[test]
fn a_deadline_in_the_last_moments_ends_them_early() {
    for (sight, expected) in [
        (FILE, "[downloading], done by worker after 1"),
        (
            seen(Document::Unreachable),
            "[failed], failed: storage_refused",
        ),
        (OTHER_PAGE, "[failed], failed: unexpected_response"),
    ] {
        let mut story = settling();
        story.deadline("look");
        story.on(Event::Looked(sight), expected);
        nothing_more(story);
    }
    let mut story = left();
    story.deadline("[downloading], done by follow after 1");
    nothing_more(story);
    let mut story = shown();
    story.deadline("[failed], failed: storage_refused");
    nothing_more(story);
}

/// After the end, whatever comes is met with silence.
fn nothing_more(mut story: Story) {
    for event in [
        Event::Place,
        worker(),
        no_worker(),
        token(),
        Event::FrameAsked,
        Event::FrameReady,
        Event::FramePressed,
        Event::CabAsked,
        redirected(),
        reported(file()),
        reported(answer(401)),
        Event::Loaded(FILE),
        Event::Looked(FILE),
        Event::FrameForbidden,
        Event::Unfilled,
        Event::Filled,
        Event::DocumentShown,
        Event::Followed(Followed::Reached {
            origin: STORAGE.to_owned(),
            ok: true,
        }),
        Event::Step,
        Event::Deadline,
        Event::Abort,
        Event::Sandboxed,
    ] {
        story.on(event, "");
    }
}

#[test]
fn nothing_follows_a_success() {
    let mut story = Story::requested();
    story.ends_well("[downloading], done by worker after 1");
    nothing_more(story);
}

#[test]
fn storage_that_never_answers_is_given_up_before_a_long_deadline() {
    let config = Config {
        deadline_ms: 600_000,
        ..relay(Handoff::Auto)
    };
    let mut story = Story::new(config, Use::Frame);
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 600000, token, worker");
    story.on(worker(), "");
    story.on(token(), "frame, step 8000");
    story.ask();
    story.on(redirected(), "[handed-off], step 60000");
    story.step("[failed], failed: timeout");
    assert_eq!(story.failure().message(), "Storage did not answer in time.");
}

#[test]
fn a_service_that_never_answers_is_given_up() {
    let mut story = Story::requested();
    let slow = || Event::Reported(Outcome::TimedOut);
    story.pass(17_000);
    story.on(slow(), "[retrying], stop, no frame, step 0");
    story.step("no step, frame, step 8000");
    story.ask();
    story.pass(17_000);
    story.on(slow(), "stop, [failed], failed: timeout");
}

#[test]
fn a_deadline_of_a_millisecond_leaves_no_time_to_try_again() {
    let config = Config {
        deadline_ms: 1,
        ..relay(Handoff::Auto)
    };
    let mut story = Story::new(config, Use::Frame);
    story.begin("[authorizing], queue");
    story.on(Event::Place, "deadline 1, token, worker");
    story.on(worker(), "");
    story.on(token(), "frame, step 8000");
    story.ask();
    story.on(
        reported(answer(500)),
        "stop, [failed], failed: service_error",
    );
}

#[test]
fn the_end_forgets_the_token() {
    for (_, story, ..) in stages() {
        let mut story = story();
        story.flow.on(Event::Abort, story.now, 0.5);
        assert_eq!(story.flow.token, None);
    }
}
