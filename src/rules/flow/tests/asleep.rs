//! A machine that slept: every timer is late, and what happened meanwhile comes in any order.

use super::*;

const HOUR_MS: f64 = 3_600_000.0;

/// 1. The browser has the redirect when the lid is closed.
/// 2. Storage answers; the machine sleeps past the deadline.
/// 3. It wakes, and the deadline's timer is told before the frame's `load`.
/// 4. The page said that storage had not answered, beside a file that was there.
#[test]
fn a_file_that_arrived_is_not_called_late() {
    let mut story = Story::handed_off();
    story.now += HOUR_MS;
    story.on(Event::Deadline, "deadline 2000, step 2000");
    story.on(Event::Loaded(FILE), "step 300");
    story.step("look");
    story.on(Event::Looked(FILE), "[downloading], done by worker after 1");
}

#[test]
fn a_worker_that_asked_meanwhile_is_not_called_silent() {
    let mut story = Story::opened();
    story.now += HOUR_MS;
    story.on(Event::Step, "deadline 2000, step 2000");
    story.ask();
    story.on(redirected(), "[handed-off], step 60000");
    story.on(Event::Loaded(FILE), "step 300");
    story.step("look");
    story.on(Event::Looked(FILE), "[downloading], done by worker after 1");
}

#[test]
fn a_short_sleep_leaves_the_deadline() {
    let mut story = Story::requested();
    story.now += 30_000.0;
    story.on(Event::Step, "step 2000");
    story.on(redirected(), "[handed-off], step 60000");
}

#[test]
fn what_does_not_come_then_is_late() {
    let mut story = Story::handed_off();
    story.now += HOUR_MS;
    story.on(Event::Deadline, "deadline 2000, step 2000");
    story.deadline("[failed], failed: timeout");
    let mut story = Story::requested();
    story.now += HOUR_MS;
    // The step's timer first, then the other one, which was late as well.
    story.on(Event::Step, "deadline 2000, step 2000");
    story.deadline("stop, [failed], failed: timeout");
}

#[test]
fn a_second_sleep_is_the_end() {
    let mut story = Story::handed_off();
    story.now += HOUR_MS;
    story.on(Event::Deadline, "deadline 2000, step 2000");
    story.now += HOUR_MS;
    story.on(Event::Deadline, "[failed], failed: timeout");
}

#[test]
fn a_wait_that_was_slept_through_is_over() {
    let mut story = Story::requested();
    story.on(
        reported(answer(500)),
        "[retrying], stop, no frame, step 500",
    );
    story.now += 20_000.0;
    story.on(Event::Step, "no step, frame, step 8000");
}

#[test]
fn a_timer_that_is_a_little_late_is_on_time() {
    let mut story = Story::handed_off();
    story.now = story.deadline_at.unwrap() + LATE_MS;
    story.on(Event::Deadline, "[failed], failed: timeout");
}
